import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FOOTER_ROWS, HEADER_ROWS, layoutFor, PANEL_GAP, panelRows } from '../../../../dashboards/terminal/layout.ts'
import { PANELS_OF, SCREENS } from '../../../../dashboards/terminal/screens.ts'

test('panels fill the body exactly, for any size, screen and focus', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 60, max: 400 }),
      fc.integer({ min: 15, max: 200 }),
      fc.constantFrom(...SCREENS.flatMap(({ id }) => PANELS_OF[id].map((focus) => ({ screen: id, focus })))),
      fc.integer({ min: 0, max: 8 }),
      fc.integer({ min: 0, max: 30 }),
      (columns, rows, { screen, focus }, causes, findings) => {
        const layout = layoutFor({ columns, rows }, screen, focus, { causes, findings })
        expect(layout.body_rows + layout.tab_rows + HEADER_ROWS + FOOTER_ROWS).toBe(rows)
        expect(layout.body.reduce((sum, row) => sum + row[0]!.height, 0)).toBe(layout.body_rows)
        for (const row of layout.body) {
          const gaps = PANEL_GAP.length * (row.length - 1)
          expect(row.reduce((sum, box) => sum + box.width, gaps)).toBe(columns)
          for (const box of row) expect(box.height).toBeGreaterThanOrEqual(2)
        }
        expect(panelRows(layout, focus)).toBeGreaterThan(0)
      },
    ),
  )
})
