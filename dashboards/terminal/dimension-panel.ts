/** Hosts or clients by failures: how many, which share of their own requests (failing), and mostly why. */
import type { DimensionRow } from '../../src/core/ports/store.ts'
import { formatCount, formatShare } from '../format-number.ts'
import { causeTitle, NOT_STATED } from '../wording.ts'
import type { PanelBox } from './layout.ts'
import { cell, type Line } from './line.ts'
import { MARKER_COLUMNS, panelLines } from './panel.ts'
import type { View } from './view.ts'

const COUNT = { width: 9, align: 'right' } as const
const SHARE = { width: 9, align: 'right' } as const
const CAUSE = { width: 17 }
const REQUESTS = { width: 12, align: 'right' } as const
/** The columns that are dropped first want this much. */
const WITH_CAUSE = 46
const WITH_REQUESTS = 70
const WIDEST_NAME = 60

export function dimensionPanel(view: View, box: PanelBox, title: string, rows: readonly DimensionRow[]): Line[] {
  const cause = box.width >= WITH_CAUSE
  const requests = box.width >= WITH_REQUESTS
  const rest =
    box.width - MARKER_COLUMNS - COUNT.width - SHARE.width - (cause ? CAUSE.width : 0) - (requests ? REQUESTS.width : 0)
  const name = { width: Math.min(WIDEST_NAME, rest) }

  return panelLines(view, box, {
    heads: [
      cell(title, name, 'title'),
      cell('failures', COUNT),
      cell('failing', SHARE),
      ...(requests ? [cell('requests', REQUESTS)] : []),
      ...(cause ? [cell('  mostly', CAUSE)] : []),
    ],
    keys: rows.map((row) => row.value),
    nothing: 'No requests in this range.',
    row(index) {
      const row = rows[index]!
      const total = row.successes + row.failures
      return [
        cell(row.value === '' ? NOT_STATED : row.value, name, row.value === '' ? 'dim' : 'plain'),
        cell(formatCount(row.failures), COUNT, 'strong'),
        cell(formatShare(row.failures, total), SHARE),
        ...(requests ? [cell(formatCount(total), REQUESTS)] : []),
        ...(cause
          ? [cell(row.top_cause === null ? '' : `  ${causeTitle(row.top_cause)}`, CAUSE, row.top_cause ?? 'plain')]
          : []),
      ]
    },
  })
}
