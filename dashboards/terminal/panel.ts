/**
 * What all list panels share: a title row with column heads, rows with a cursor, scrolling that follows it, a sentence
 * where there is nothing. Leaves the columns to each panel.
 * Invariant: exactly `box.height` lines.
 */
import type { PanelBox } from './layout.ts'
import { EMPTY_LINE, type Line, lineWidth, type Span, span } from './line.ts'
import type { View } from './view.ts'
import { activePanel, cursorIndex } from './view-state.ts'

export interface PanelContent {
  /** Title and column heads, behind the two columns of the marker. */
  heads: readonly Span[]
  keys: readonly string[]
  /** Spans of one row, behind the marker. */
  row(index: number): readonly Span[]
  /** Said in place of rows when there are none. */
  nothing: string
}

/** Columns of the cursor's marker. */
export const MARKER_COLUMNS = 2

export function panelLines(view: View, box: PanelBox, content: PanelContent): Line[] {
  const focused = activePanel(view.state) === box.panel
  const lines: Line[] = [headLine(focused, content.heads, box.width)]
  const rows = box.height - 1
  const at = cursorIndex(view.state.cursors[box.panel], content.keys)
  const first = firstShown(at, rows, content.keys.length)
  if (content.keys.length === 0) lines.push({ spans: [span(`  ${content.nothing}`, 'dim')] })
  for (let i = first; i < Math.min(content.keys.length, first + rows); i++) {
    const selected = focused && i === at
    lines.push({
      spans: [{ text: selected ? '› ' : '  ' }, ...content.row(i)],
      ...(selected ? { over: 'selected' as const } : {}),
    })
  }
  while (lines.length < box.height) lines.push(EMPTY_LINE)
  return lines.slice(0, box.height)
}

/** One bar over the whole width, so that panels are told apart without a row for a rule. */
function headLine(focused: boolean, heads: readonly Span[], width: number): Line {
  const spans = [
    span(focused ? '› ' : '  ', 'title'),
    ...heads.map((head) => ({ ...head, style: head.style ?? 'head' })),
  ]
  return { spans: [...spans, span(' '.repeat(Math.max(0, width - lineWidth(spans))), 'head')] }
}

/** First row shown so that the cursor is on the screen, in the middle once the list is longer than the panel. */
function firstShown(at: number, rows: number, count: number): number {
  return Math.max(0, Math.min(at - Math.floor(rows / 2), count - rows))
}
