/**
 * Which panels stand where for a given size and screen. Pure arithmetic; panels draw themselves into the boxes.
 * Invariant: the heights of header, tabs, body and footer add up to the terminal's rows, no panel is lower than two rows,
 * and the panel with the cursor is always there.
 */
import { type PanelId, panelsOf, type ScreenId } from './screens.ts'

/** Below this the dashboard says so rather than draw nonsense; columns and rows. */
export const SMALLEST_COLUMNS = 60
export const SMALLEST_ROWS = 15

export interface Size {
  columns: number
  rows: number
}

/** What can be drawn into a box: the tables, and pictures that hold no cursor. */
export type BoxId = PanelId | 'chart'

/** One panel; `height` counts its title row. */
export interface PanelBox<Id extends BoxId = PanelId> {
  panel: Id
  width: number
  height: number
}

export interface Layout {
  too_small: boolean
  columns: number
  rows: number
  /** 1 where the screen's tables are shown one at a time, with their names in a row above. */
  tab_rows: 0 | 1
  /** From top to bottom; the panels of one row stand side by side, parted by {@link PANEL_GAP}. */
  body: readonly (readonly PanelBox<BoxId>[])[]
  body_rows: number
}

export const HEADER_ROWS = 4
/** Message line and keys. */
export const FOOTER_ROWS = 2
export const PANEL_GAP = ' │ '

/** Four tables at once want this much. */
const GRID_COLUMNS = 116
const GRID_ROWS = 30
/** Head, bars, axis. A lower chart shows nothing, a higher one nothing more. */
const LOWEST_CHART = 5
const HIGHEST_CHART = 14
/** A list of fewer rows than these (with its head) is not worth its head. */
const LOWEST_LIST = 4

/** How many lines each list of the overview has to show. */
export interface OverviewRows {
  findings: number
  causes: number
}

export function layoutFor({ columns, rows }: Size, screen: ScreenId, focus: PanelId, wanted: OverviewRows): Layout {
  const too_small = columns < SMALLEST_COLUMNS || rows < SMALLEST_ROWS
  const body_rows = Math.max(2, rows - HEADER_ROWS - FOOTER_ROWS)
  const base = { too_small, columns, rows, body_rows, tab_rows: 0 as const }
  if (screen === 'overview') return { ...base, body: overview(columns, body_rows, wanted, focus) }
  const panels = panelsOf(screen)
  if (panels.length === 1) return { ...base, body: [[{ panel: focus, width: columns, height: body_rows }]] }
  if (columns >= GRID_COLUMNS && rows >= GRID_ROWS) {
    const upper = Math.ceil(body_rows / 2)
    const pairs = [panels.slice(0, 2), panels.slice(2)]
    return { ...base, body: pairs.map((pair, i) => sideBySide(columns, i === 0 ? upper : body_rows - upper, pair)) }
  }
  const height = body_rows - 1
  return { ...base, tab_rows: 1, body_rows: height, body: [[{ panel: focus, width: columns, height }]] }
}

/** What is wrong, the chart, the causes as many as there are, and with what is left the latest incidents. */
function overview(columns: number, rows: number, wanted: OverviewRows, focus: PanelId): PanelBox<BoxId>[][] {
  const shares: [BoxId, number][] = []
  const give = (panel: BoxId, height: number) => {
    if (height > 0) shares.push([panel, height])
  }
  const causes = Math.max(3, Math.min(wanted.causes + 1, Math.floor(rows * 0.34)))
  // What is wrong and what to do about it comes first: it leaves the lowest chart, and on high screens more than half.
  const most = Math.max(Math.floor(rows * 0.22) + 1, Math.min(Math.floor(rows * 0.4), rows - causes - LOWEST_CHART))
  const findings = Math.max(2, Math.min(wanted.findings + 1, most))
  const rest = rows - findings - causes
  give('findings', findings)
  if (rest >= LOWEST_CHART + LOWEST_LIST) {
    const chart = Math.min(HIGHEST_CHART, rest - Math.max(LOWEST_LIST, Math.floor(rest * 0.45)))
    give('chart', chart)
    give('causes', causes)
    give('incidents', rest - chart)
  } else if (focus === 'incidents') {
    // Too low for all: the list takes the place of the chart while the cursor is in it, or of the causes too.
    const list = rest >= LOWEST_LIST ? rest : rest + causes
    give('causes', rows - findings - list)
    give('incidents', list)
  } else {
    const chart = rest >= LOWEST_CHART ? rest : 0
    give('chart', chart)
    give('causes', rows - findings - chart)
  }
  return shares.map(([panel, height]) => [{ panel, width: columns, height }])
}

function sideBySide(columns: number, height: number, panels: readonly PanelId[]): PanelBox[] {
  const left = Math.floor((columns - PANEL_GAP.length) / 2)
  return panels.map((panel, i) => ({ panel, height, width: i === 0 ? left : columns - PANEL_GAP.length - left }))
}

/** Rows of data a panel shows under its title; 0 when it is not on the screen. */
export function panelRows(layout: Layout, panel: PanelId): number {
  for (const row of layout.body) for (const box of row) if (box.panel === panel) return Math.max(0, box.height - 1)
  return 0
}
