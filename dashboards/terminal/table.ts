/**
 * A table described once: what its columns say, how wide they are, how rows are ordered, and what leaves the screen. The
 * panel that draws it, the cursor, the order by `s`, export and copy all read this description.
 * Invariant: columns never add up to more than the panel's width; the order of equal rows is the model's.
 */
import type { ExportTable, ExportValue } from './export-text.ts'
import type { Span } from './line.ts'
import { fitText, toPrintable } from './printable.ts'
import type { PanelId } from './screens.ts'
import type { Style } from './theme.ts'
import type { View } from './view.ts'

export interface TableColumn<R> {
  /** The word for `:sort` and the heading in exports. */
  id: string
  head: string
  /** Columns it takes at least. */
  width: number
  /** Share of what is left over; without it the width is fixed. */
  grow?: number
  /** Columns it takes at most. */
  most?: number
  align?: 'left' | 'right'
  /** Shown in panels at least this wide. */
  from?: number
  /** Shown in panels narrower than this. */
  below?: number
  text(row: R, view: View): string
  style?(row: R, view: View): Style
  /** In place of `text`, for what is drawn: exactly `width` columns. */
  draw?(row: R, view: View, width: number): readonly Span[]
  /** A sentence: in the row under the cursor it goes on below instead of being cut. */
  wraps?: boolean
  /** What rows are ordered by; null comes last. Numbers go from large to small, words from A to Z. */
  order?(row: R): number | string | null
}

export interface Table<R> {
  panel: PanelId
  title: string
  columns: readonly TableColumn<R>[]
  /** Null: not read yet. */
  rows(view: View): readonly R[] | null
  key(row: R): string
  /** Column the rows come ordered by. */
  natural: string
  /** Said below the row under the cursor, one sentence; null: nothing. */
  below?(row: R, view: View): string | null
  /** Said in place of rows when there are none. */
  nothing(view: View): string
  /** What `x` writes, where that is more than the screen shows. */
  exports: readonly { name: string; value(row: R): ExportValue }[]
}

/** Blanks between columns. */
export const COLUMN_GAP = 2

interface SortedRows {
  column: string
  reversed: boolean
  rows: readonly unknown[]
}
/** Frames come often, new rows seldom: the last order of each list of rows. */
const sorted = new WeakMap<readonly unknown[], SortedRows>()

/** Rows in the order the person asked for; null: not read yet. */
export function orderedRows<R>(table: Table<R>, view: View): readonly R[] | null {
  const rows = table.rows(view)
  const order = view.state.sorts[table.panel]
  if (rows === null || order === undefined) return rows
  const { column: id, reversed } = order
  const known = sorted.get(rows)
  if (known !== undefined && known.column === id && known.reversed === reversed) return known.rows as readonly R[]
  const column = table.columns.find((each) => each.id === id)
  if (column?.order === undefined) return rows
  const rank = column.order.bind(column)
  const ordered = [...rows].sort((a, b) => compareRanks(rank(a), rank(b), reversed))
  sorted.set(rows, { column: id, reversed, rows: ordered })
  return ordered
}

/** Null comes last either way; numbers go from large to small, words from A to Z. */
export function compareRanks(a: number | string | null, b: number | string | null, reversed: boolean): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1
  const large = typeof a === 'number' && typeof b === 'number' ? b - a : String(a).localeCompare(String(b), 'en')
  return reversed ? -large : large
}

/** Ids of the columns a table can be ordered by, its own order first. */
export function sortableColumns<R>({ columns, natural }: Table<R>): readonly string[] {
  const ids = columns.filter(({ order }) => order !== undefined).map(({ id }) => id)
  return [natural, ...ids.filter((id) => id !== natural)]
}

export interface PlacedColumn<R> {
  column: TableColumn<R>
  width: number
}

/** Which columns fit into `width`, and how wide each is. */
export function placeColumns<R>(columns: readonly TableColumn<R>[], width: number): PlacedColumn<R>[] {
  const shown = columns.filter(({ from = 0, below = Number.POSITIVE_INFINITY }) => width >= from && width < below)
  let room = width - shown.reduce((sum, column) => sum + column.width, 0) - COLUMN_GAP * Math.max(0, shown.length - 1)
  const placed = shown.map((column) => ({ column, width: column.width }))
  // In rounds, because what one column cannot take the others can.
  for (let open = placed.filter(({ column }) => column.grow !== undefined); room > 0 && open.length > 0; ) {
    const shares = open.reduce((sum, { column }) => sum + (column.grow ?? 0), 0)
    const before = room
    for (const place of open) {
      const wish = Math.max(1, Math.floor((before * (place.column.grow ?? 0)) / shares))
      const taken = Math.min(wish, room, (place.column.most ?? Number.POSITIVE_INFINITY) - place.width)
      place.width += taken
      room -= taken
    }
    open = open.filter(({ column, width: own }) => own < (column.most ?? Number.POSITIVE_INFINITY))
    if (room === before) break
  }
  // A panel narrower than its columns cuts the widest of them.
  while (room < 0 && placed.length > 0) {
    const widest = placed.reduce((a, b) => (b.width > a.width ? b : a))
    if (widest.width <= 1) break
    widest.width -= 1
    room += 1
  }
  return placed
}

export function cellText(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  return fitText(toPrintable(text), width, align)
}

export function exportOf<R>(table: Table<R>, rows: readonly R[]): ExportTable {
  return {
    name: table.panel,
    columns: table.exports.map(({ name }) => name),
    rows: rows.map((row) => table.exports.map(({ value }) => value(row))),
  }
}
