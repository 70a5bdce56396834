/**
 * Draws a table (table.ts) into its box: a title row with column heads, rows with a cursor, scrolling that follows it, a
 * sentence where there is nothing.
 * Invariant: exactly `box.height` lines.
 */
import type { PanelBox } from './layout.ts'
import { EMPTY_LINE, type Line, lineWidth, type Span, span } from './line.ts'
import { COLUMN_GAP, cellText, orderedRows, type PlacedColumn, placeColumns, type Table } from './table.ts'
import type { View } from './view.ts'
import { activePanel, cursorIndex } from './view-state.ts'

/** Columns of the cursor's marker. */
export const MARKER_COLUMNS = 2
const GAP: Span = { text: ' '.repeat(COLUMN_GAP) }

export function tablePanel<R>(view: View, box: PanelBox, table: Table<R>): Line[] {
  const focused = activePanel(view.state) === box.panel
  const placed = placeColumns(table.columns, box.width - MARKER_COLUMNS)
  const lines: Line[] = [headLine(view, focused, table, placed, box.width)]
  const rows = orderedRows(table, view)
  const height = box.height - 1
  if (rows === null) lines.push({ spans: [span('  Reading …', 'dim')] })
  else if (rows.length === 0) lines.push({ spans: [span(`  ${table.nothing(view)}`, 'dim')] })
  const keys = (rows ?? []).map((row) => table.key(row))
  const at = cursorIndex(view.state.cursors[box.panel], keys)
  const first = firstShown(at, height, keys.length)
  for (let i = first; rows !== null && i < Math.min(keys.length, first + height); i++) {
    const selected = focused && i === at
    lines.push({
      spans: [{ text: selected ? '› ' : '  ' }, ...rowSpans(view, rows[i]!, placed)],
      ...(selected ? { over: 'selected' as const } : {}),
    })
  }
  while (lines.length < box.height) lines.push(EMPTY_LINE)
  return lines.slice(0, box.height)
}

function rowSpans<R>(view: View, row: R, placed: readonly PlacedColumn<R>[]): Span[] {
  return placed.flatMap(({ column, width }, i) => {
    const style = column.style?.(row, view)
    const drawn: readonly Span[] = column.draw?.(row, view, width) ?? [
      { text: cellText(column.text(row, view), width, column.align), ...(style === undefined ? {} : { style }) },
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
  const keys = (orderedRows(table, view) ?? []).map((row) => table.key(row))
  const height = box.height - 1
  const index = firstShown(cursorIndex(view.state.cursors[box.panel], keys), height, keys.length) + down
  return down < height && index < keys.length ? index : null
}

/** First row shown so that the cursor is on the screen, in the middle once the list is longer than the panel. */
function firstShown(at: number, rows: number, count: number): number {
  return Math.max(0, Math.min(at - Math.floor(rows / 2), count - rows))
}
