/**
 * Which panels stand where for a given size, screen and focus. Pure arithmetic; panels draw themselves into the boxes.
 * Invariant: the heights of header, body and footer add up to the terminal's rows, and no panel is lower than two rows.
 */
import type { PanelId, ScreenId } from './screens.ts'

/** Below this the dashboard says so rather than draw nonsense; columns and rows. */
export const SMALLEST_COLUMNS = 60
export const SMALLEST_ROWS = 15

export interface Size {
  columns: number
  rows: number
}

/** One panel; `height` counts its title row. */
export interface PanelBox {
  panel: PanelId
  width: number
  height: number
}

export interface Layout {
  too_small: boolean
  columns: number
  rows: number
  /** From top to bottom; the panels of one row stand side by side, parted by {@link PANEL_GAP}. */
  body: readonly (readonly PanelBox[])[]
  body_rows: number
}

export const HEADER_ROWS = 4
/** Message line and keys. */
export const FOOTER_ROWS = 2
export const PANEL_GAP = ' │ '

/** Two tables next to each other want this many columns. */
const PAIR_COLUMNS = 100
/** From here on hosts and clients have a place of their own under the incidents; rows. */
const TALL_ROWS = 34
/** Eight causes and the title. */
const CAUSES_ROWS = 9

export function layoutFor({ columns, rows }: Size, screen: ScreenId, focus: PanelId, cause_rows: number): Layout {
  const too_small = columns < SMALLEST_COLUMNS || rows < SMALLEST_ROWS
  const body_rows = Math.max(2, rows - HEADER_ROWS - FOOTER_ROWS)
  const base = { too_small, columns, rows, body_rows }
  if (screen !== 'overview') return { ...base, body: [[{ panel: screen, width: columns, height: body_rows }]] }

  const causes = Math.max(3, Math.min(cause_rows + 1, CAUSES_ROWS, Math.floor(body_rows * 0.45)))
  const rest = body_rows - causes
  const top = [{ panel: 'causes', width: columns, height: causes }] as const
  const pair = columns >= PAIR_COLUMNS || rows >= TALL_ROWS
  if (rows >= TALL_ROWS) {
    const tables = Math.max(4, Math.floor(rest * 0.34))
    return {
      ...base,
      body: [top, [{ panel: 'incidents', width: columns, height: rest - tables }], sideBySide(columns, tables)],
    }
  }
  if (focus === 'hosts' || focus === 'clients') {
    return { ...base, body: [top, pair ? sideBySide(columns, rest) : [{ panel: focus, width: columns, height: rest }]] }
  }
  return { ...base, body: [top, [{ panel: 'incidents', width: columns, height: rest }]] }
}

function sideBySide(columns: number, height: number): PanelBox[] {
  const left = Math.floor((columns - PANEL_GAP.length) / 2)
  return [
    { panel: 'hosts', width: left, height },
    { panel: 'clients', width: columns - PANEL_GAP.length - left, height },
  ]
}

/** Rows of data a panel shows under its title; 0 when it is not on the screen. */
export function panelRows(layout: Layout, panel: PanelId): number {
  for (const row of layout.body) for (const box of row) if (box.panel === panel) return Math.max(0, box.height - 1)
  return 0
}
