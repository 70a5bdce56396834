/** What is drawn at a place of the screen: a screen's name, a panel, a row of a table. The inverse of frame.ts for the mouse. */
import { titleTabs } from './header.ts'
import { HEADER_ROWS, PANEL_GAP } from './layout.ts'
import { lineWidth } from './line.ts'
import { panelsOf } from './screens.ts'
import { rowAt } from './table-panel.ts'
import { TABLES } from './tables.ts'
import { layoutOf, type View } from './view.ts'
import type { PointedAt } from './view-state.ts'

export function pointedAt(view: View, column: number, row: number): PointedAt | null {
  if (row === 0) return screenAt(view, column)
  const layout = layoutOf(view)
  let top = HEADER_ROWS
  if (layout.tab_rows === 1) {
    if (row === top) return tabAt(view, column)
    top += 1
  }
  for (const boxes of layout.body) {
    let left = 0
    for (const box of boxes) {
      const { panel, width, height } = box
      const inside = row >= top && row < top + height && column >= left && column < left + width
      if (inside && panel !== 'chart') {
        const index = row === top ? null : rowAt(view, { ...box, panel }, TABLES[panel], row - top - 1)
        return index === null ? { kind: 'panel', panel } : { kind: 'row', panel, index }
      }
      left += width + PANEL_GAP.length
    }
    top += boxes[0]?.height ?? 0
  }
  return null
}

function screenAt(view: View, column: number): PointedAt | null {
  let left = 0
  for (const { screen, spans } of titleTabs(view)) {
    const width = lineWidth(spans)
    if (column >= left && column < left + width) return screen === null ? null : { kind: 'screen', screen }
    left += width
  }
  return null
}

function tabAt(view: View, column: number): PointedAt | null {
  let left = 0
  for (const panel of panelsOf(view.state.screen)) {
    left += TABLES[panel].title.length + 2
    if (column < left) return { kind: 'panel', panel }
  }
  return null
}
