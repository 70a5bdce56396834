/**
 * A whole frame as painted lines: header, panels or the text that covers them, footer. Pure; the React component
 * (dashboard.tsx) only hands the lines to Ink.
 * Invariant: exactly `rows` lines, none wider than `columns`.
 */
import type { Appearance } from './appearance.ts'
import { causeChart } from './cause-chart.ts'
import { emptyText } from './empty-text.ts'
import { footerLines } from './footer.ts'
import { headerLines, titleLine } from './header.ts'
import { type BoxId, FOOTER_ROWS, PANEL_GAP, type PanelBox, SMALLEST_COLUMNS, SMALLEST_ROWS } from './layout.ts'
import { beside, EMPTY_LINE, type Line, line, paintLine, plainText, span } from './line.ts'
import { panelsOf } from './screens.ts'
import { sourcesPanel } from './sources-panel.ts'
import { tablePanel } from './table-panel.ts'
import { TABLES } from './tables.ts'
import { layoutOf, openText, textRows, type View } from './view.ts'
import { topText } from './view-state.ts'

function drawBox(view: View, box: PanelBox<BoxId>): Line[] {
  const { panel } = box
  if (panel === 'chart') return causeChart(view, box)
  return panel === 'sources'
    ? sourcesPanel(view, { ...box, panel })
    : tablePanel(view, { ...box, panel }, TABLES[panel])
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
    const first = Math.max(0, Math.min(topText(view.state)?.scroll ?? 0, text.length - height))
    const shown = text.slice(first, first + height).map((drawn) => marked(drawn, view.state.search))
    return [titleLine(view), ...exactly(shown, height), ...footerLines(view)]
  }
  const head = headerLines(view)
  const body = emptyText(view) ?? [
    ...(layout.tab_rows === 1 ? [tabsLine(view)] : []),
    ...layout.body.flatMap((row) => panelRow(view, row)),
  ]
  return [...head, ...exactly(body, rows - head.length - FOOTER_ROWS), ...footerLines(view)]
}

/** A line that holds the searched words stands out. */
function marked(drawn: Line, search: string | null): Line {
  return search !== null && plainText(drawn).toLowerCase().includes(search) ? { ...drawn, over: 'selected' } : drawn
}

/** The tables of a screen that shows one at a time. */
function tabsLine({ state }: View): Line {
  const here = state.focus[state.screen]
  return line(
    ...panelsOf(state.screen).map((panel) => span(` ${TABLES[panel].title} `, panel === here ? 'selected' : 'plain')),
    span('  Tab next', 'dim'),
  )
}

function panelRow(view: View, boxes: readonly PanelBox<BoxId>[]): Line[] {
  const [left, right] = boxes
  if (left === undefined) return []
  const drawn = drawBox(view, left)
  return right === undefined ? drawn : beside(drawn, left.width, PANEL_GAP, drawBox(view, right))
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
