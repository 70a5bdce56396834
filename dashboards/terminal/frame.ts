/**
 * A whole frame as painted lines: header, panels or the text that covers them, footer. Pure; the React component
 * (dashboard.tsx) only hands the lines to Ink.
 * Invariant: exactly `rows` lines, none wider than `columns`.
 */
import type { Appearance } from './appearance.ts'
import { causesPanel } from './causes-panel.ts'
import { dimensionPanel } from './dimension-panel.ts'
import { emptyText } from './empty-text.ts'
import { footerLines } from './footer.ts'
import { headerLines, titleLine } from './header.ts'
import { incidentsPanel } from './incidents-panel.ts'
import { FOOTER_ROWS, PANEL_GAP, type PanelBox, SMALLEST_COLUMNS, SMALLEST_ROWS } from './layout.ts'
import { beside, EMPTY_LINE, type Line, line, paintLine, span } from './line.ts'
import type { PanelId } from './screens.ts'
import { sourcesPanel } from './sources-panel.ts'
import { layoutOf, openText, textRows, type View } from './view.ts'

const PANELS: Record<PanelId, (view: View, box: PanelBox) => Line[]> = {
  causes: causesPanel,
  incidents: incidentsPanel,
  hosts: (view, box) => dimensionPanel(view, box, 'Hosts', view.model?.hosts ?? []),
  clients: (view, box) => dimensionPanel(view, box, 'Clients', view.model?.clients ?? []),
  sources: sourcesPanel,
}

export function paintFrame(view: View, appearance: Appearance): string[] {
  return frameLines(view).map((drawn) => paintLine(drawn, view.columns, appearance))
}

function frameLines(view: View): Line[] {
  const { rows } = view
  const layout = layoutOf(view)
  if (layout.too_small) return exactly(tooSmall(view), rows)
  const text = openText(view)
  if (text !== null) {
    const height = textRows(rows)
    const first = Math.max(0, Math.min(view.state.scroll, text.length - height))
    return [titleLine(view), ...exactly(text.slice(first, first + height), height), ...footerLines(view)]
  }
  const head = headerLines(view)
  const body = emptyText(view) ?? layout.body.flatMap((row) => panelRow(view, row))
  return [...head, ...exactly(body, rows - head.length - FOOTER_ROWS), ...footerLines(view)]
}

function panelRow(view: View, boxes: readonly PanelBox[]): Line[] {
  const [left, right] = boxes
  if (left === undefined) return []
  const drawn = PANELS[left.panel](view, left)
  return right === undefined ? drawn : beside(drawn, left.width, PANEL_GAP, PANELS[right.panel](view, right))
}

function tooSmall({ columns, rows }: View): Line[] {
  return [
    line(span('authtop', 'title')),
    line(`This terminal is ${columns}×${rows}.`),
    line(`authtop needs ${SMALLEST_COLUMNS}×${SMALLEST_ROWS}.`),
    line(span('q quits', 'dim')),
  ]
}

function exactly(lines: readonly Line[], count: number): Line[] {
  return Array.from({ length: Math.max(0, count) }, (_, i) => lines[i] ?? EMPTY_LINE)
}
