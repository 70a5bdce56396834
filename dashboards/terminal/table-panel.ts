/**
 * Draws a table (table.ts) into its box: a title row with column heads, rows with a cursor, scrolling that follows it, a
 * sentence where there is nothing. The row under the cursor says its sentence in full where there is room.
 * Invariant: exactly `box.height` lines.
 */
import type { PanelBox } from './layout.ts'
import { EMPTY_LINE, type Line, lineWidth, type Span, span } from './line.ts'
import { cutText, toPrintable, wrapText } from './printable.ts'
import { COLUMN_GAP, cellText, orderedRows, type PlacedColumn, placeColumns, type Table } from './table.ts'
import type { View } from './view.ts'
import { activePanel, cursorIndex } from './view-state.ts'

/** Columns of the cursor's marker. */
export const MARKER_COLUMNS = 2
const GAP: Span = { text: ' '.repeat(COLUMN_GAP) }

/** The sentence under the cursor takes at most so many lines, and what is said below it as many as the second; count. */
const SENTENCE_LINES = 3
const BELOW_LINES = 2

export function tablePanel<R>(view: View, box: PanelBox, table: Table<R>): Line[] {
  const focused = activePanel(view.state) === box.panel
  const placed = placeColumns(table.columns, box.width - MARKER_COLUMNS)
  const lines: Line[] = [headLine(view, focused, table, placed, box.width)]
  const rows = orderedRows(table, view)
  if (rows === null) lines.push({ spans: [span('  Reading …', 'dim')] })
  else if (rows.length === 0) lines.push({ spans: [span(`  ${table.nothing(view)}`, 'dim')] })
  else {
    const { first, at, told } = shownRows(view, box, table, rows)
    for (let i = first; i < rows.length && lines.length < box.height; i++) {
      const selected = focused && i === at
      const [row, ...more] = i === at ? told : [rowSpans(view, rows[i]!, placed, null)]
      const over = selected ? { over: 'selected' as const } : {}
      lines.push({ spans: [{ text: selected ? '› ' : '  ' }, ...row!], ...over })
      for (const spans of more) lines.push({ spans })
    }
  }
  while (lines.length < box.height) lines.push(EMPTY_LINE)
  return lines.slice(0, box.height)
}

/** Lines a table would like to have below its head, the row under the cursor told in full; at least one. */
export function wantedLines<R>(view: View, width: number, table: Table<R>): number {
  const rows = orderedRows(table, view) ?? []
  return Math.max(1, rows.length + cursorLines(view, width, table, rows, Number.POSITIVE_INFINITY).length - 1)
}

interface ShownRows {
  first: number
  at: number
  /** The lines of the row under the cursor. */
  told: readonly (readonly Span[])[]
}

function shownRows<R>(view: View, box: PanelBox, table: Table<R>, rows: readonly R[]): ShownRows {
  const height = box.height - 1
  const at = cursorAt(view, table, rows)
  // What stands around the row matters more than all of its words.
  const others = Math.min(rows.length - 1, Math.ceil(height / 3))
  const told = cursorLines(view, box.width, table, rows, Math.max(1, height - others))
  return { first: firstShown(at, height - told.length + 1, rows.length), at, told }
}

function cursorAt<R>(view: View, table: Table<R>, rows: readonly R[]): number {
  return cursorIndex(
    view.state.cursors[table.panel],
    rows.map((row) => table.key(row)),
  )
}

/** The row under the cursor: its columns, the rest of its sentence, and what is said below. */
function cursorLines<R>(view: View, width: number, table: Table<R>, rows: readonly R[], most: number): Span[][] {
  const row = rows[cursorAt(view, table, rows)]
  if (row === undefined) return []
  const placed = placeColumns(table.columns, width - MARKER_COLUMNS)
  const sentence = placed.find(({ column }) => column.wraps)
  if (sentence === undefined) return [rowSpans(view, row, placed, null)]
  const style = sentence.column.style?.(row, view)
  const words = wrapText(toPrintable(sentence.column.text(row, view)), sentence.width)
  const kept = Math.min(words.length, SENTENCE_LINES, most)
  const parts = [...words.slice(0, kept - 1), cutText(words.slice(kept - 1).join(' '), sentence.width)]
  const indent = ' '.repeat(columnStart(placed, sentence))
  const lines = [rowSpans(view, row, placed, parts[0]!)]
  for (const text of parts.slice(1)) lines.push([{ text: indent }, { text, ...(style === undefined ? {} : { style }) }])
  const said = table.below?.(row, view) ?? null
  if (said === null) return lines
  const below = wrapText(toPrintable(said), width - indent.length)
  const room = Math.min(below.length, BELOW_LINES, most - lines.length)
  for (let i = 0; i < room; i++) {
    const text = i < room - 1 ? below[i]! : cutText(below.slice(i).join(' '), width - indent.length)
    lines.push([{ text: indent }, span(text, 'accent')])
  }
  return lines
}

function columnStart<R>(placed: readonly PlacedColumn<R>[], wanted: PlacedColumn<R>): number {
  let start = MARKER_COLUMNS
  for (const place of placed) {
    if (place === wanted) break
    start += place.width + COLUMN_GAP
  }
  return start
}

/** `sentence`: the part of the wrapping column's text that stands in the row; null: as much as fits. */
function rowSpans<R>(view: View, row: R, placed: readonly PlacedColumn<R>[], sentence: string | null): Span[] {
  return placed.flatMap(({ column, width }, i) => {
    const style = column.style?.(row, view)
    const text = column.wraps && sentence !== null ? sentence : column.text(row, view)
    const drawn: readonly Span[] = column.draw?.(row, view, width) ?? [
      { text: cellText(text, width, column.align), ...(style === undefined ? {} : { style }) },
    ]
    return i === 0 ? drawn : [GAP, ...drawn]
  })
}

/** One bar over the whole width, so that panels are told apart without a row for a rule. */
function headLine<R>(
  view: View,
  focused: boolean,
  table: Table<R>,
  placed: readonly PlacedColumn<R>[],
  width: number,
): Line {
  const order = view.state.sorts[table.panel]
  const spans: Span[] = [span(focused ? '› ' : '  ', 'title')]
  placed.forEach(({ column, width: own }, i) => {
    if (i > 0) spans.push(span(GAP.text, 'head'))
    const arrow = order?.column === column.id ? (order.reversed ? '▲' : '▼') : ''
    spans.push(span(cellText(column.head + arrow, own, column.align), i === 0 ? 'title' : 'head'))
  })
  return { spans: [...spans, span(' '.repeat(Math.max(0, width - lineWidth(spans))), 'head')] }
}

/** Row of the table drawn `down` rows below the panel's head; null below its last. */
export function rowAt<R>(view: View, box: PanelBox, table: Table<R>, down: number): number | null {
  const rows = orderedRows(table, view) ?? []
  if (down >= box.height - 1 || rows.length === 0) return null
  const { first, at, told } = shownRows(view, box, table, rows)
  const plain = first + down
  const index = plain <= at ? plain : Math.max(at, plain - told.length + 1)
  return index < rows.length ? index : null
}

/** First row shown so that the cursor is on the screen, in the middle once the list is longer than the panel. */
function firstShown(at: number, rows: number, count: number): number {
  return Math.max(0, Math.min(at - Math.floor(rows / 2), count - rows))
}
