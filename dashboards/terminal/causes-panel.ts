/** Why tokens fail: causes with count, share of all failures, change against the period before, trend, and what mostly. */
import { formatChange, formatCount, formatShare } from '../format-number.ts'
import { sparkline } from '../sparkline.ts'
import { causeTitle, subcauseTitle } from '../wording.ts'
import type { PanelBox } from './layout.ts'
import { cell, type Line, type Span, span } from './line.ts'
import type { CauseRow } from './model.ts'
import { MARKER_COLUMNS, panelLines } from './panel.ts'
import type { View } from './view.ts'

const TITLE = { width: 16 }
const COUNT = { width: 8, align: 'right' } as const
const SHARE = { width: 8, align: 'right' } as const
const CHANGE = { width: 7, align: 'right' } as const
const GAP = '  '
const FIXED = MARKER_COLUMNS + TITLE.width + COUNT.width + SHARE.width + CHANGE.width + GAP.length

/** Narrower than this "mostly" says nothing. */
const SHORTEST_MOSTLY = 14
const WIDEST_TREND = 60

export function causesPanel(view: View, box: PanelBox): Line[] {
  const rows = view.model?.causes ?? []
  const failures = view.model?.totals.failures ?? 0
  const rest = Math.max(0, box.width - FIXED)
  const points = view.model?.totals.trend.length ?? 0
  const wanted = Math.min(WIDEST_TREND, points, Math.max(12, Math.floor(rest * 0.38)))
  const mostly = rest - wanted - GAP.length
  const trend = { width: mostly >= SHORTEST_MOSTLY ? wanted : Math.min(rest, points) }

  return panelLines(view, box, {
    heads: [
      cell('Causes', TITLE, 'title'),
      cell('failures', COUNT),
      cell('share', SHARE),
      cell('change', CHANGE),
      { text: GAP },
      cell('trend', trend),
      ...(mostly >= SHORTEST_MOSTLY ? [{ text: GAP }, cell('mostly', { width: mostly })] : []),
    ],
    keys: rows.map((row) => row.cause),
    nothing: 'No failures in this range.',
    row(index) {
      const row = rows[index]!
      return [
        cell(causeTitle(row.cause), TITLE, row.cause),
        cell(formatCount(row.count), COUNT, 'strong'),
        cell(formatShare(row.count, failures), SHARE),
        cell(formatChange(row.count, row.before), CHANGE),
        { text: GAP },
        span(sparkline(row.trend, trend.width, view.ascii ? 'ascii' : 'unicode'), row.cause),
        ...(mostly >= SHORTEST_MOSTLY ? [{ text: GAP }, subcauses(row, mostly)] : []),
      ]
    },
  })
}

function subcauses(row: CauseRow, width: number): Span {
  const [first] = row.subcauses
  if (first === undefined) return cell('', { width })
  const mostly = subcauseTitle(row.cause, first.subcause)
  const all = row.subcauses.map(({ subcause, count }) => `${subcauseTitle(row.cause, subcause)} ${formatCount(count)}`)
  // A list cut in the middle of its first name says less than the name.
  const text = row.subcauses.length === 1 || width < (all[0]?.length ?? 0) + 8 ? mostly : all.join(', ')
  return cell(text, { width }, 'dim')
}
