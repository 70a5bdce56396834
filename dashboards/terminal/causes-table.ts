/** Why tokens fail: causes with count, share of all failures, change against the period before, trend, and what mostly. */
import { formatChange, formatCount, formatCountWithin, formatShare } from '../format-number.ts'
import { sparkline } from '../sparkline.ts'
import { causeTitle, subcauseTitle } from '../wording.ts'
import { changeOrder } from './change-order.ts'
import { span } from './line.ts'
import type { CauseRow } from './model.ts'
import { textWidth } from './printable.ts'
import { cellText, type Table } from './table.ts'

export const CAUSES_TABLE: Table<CauseRow> = {
  panel: 'causes',
  title: 'Causes',
  natural: 'failures',
  rows: ({ model }) => model?.causes ?? null,
  key: (row) => row.cause,
  nothing: () => 'No failures in this range.',
  columns: [
    {
      id: 'cause',
      head: 'Causes',
      width: 15,
      text: (row) => causeTitle(row.cause),
      style: (row) => row.cause,
      order: (row) => causeTitle(row.cause),
    },
    {
      id: 'failures',
      head: 'failures',
      width: 9,
      align: 'right',
      text: (row) => formatCountWithin(row.count, 9),
      style: () => 'strong',
      order: (row) => row.count,
    },
    {
      id: 'share',
      head: 'share',
      width: 6,
      align: 'right',
      text: (row, { model }) => formatShare(row.count, model?.totals.failures ?? 0),
    },
    {
      id: 'change',
      head: 'change',
      width: 7,
      align: 'right',
      text: (row) => formatChange(row.count, row.before),
      order: (row) => changeOrder(row.count, row.before),
    },
    {
      id: 'trend',
      head: 'trend',
      width: 12,
      grow: 1,
      most: 60,
      text: (row) => row.trend.join(' '),
      draw: (row, view, width) => [span(sparkline(row.trend, width, view.ascii ? 'ascii' : 'unicode'), row.cause)],
    },
    {
      id: 'mostly',
      head: 'mostly',
      width: 16,
      from: 70,
      grow: 2,
      text: mostly,
      draw: (row, _, width) => [{ text: fitMostly(row, width), style: 'dim' }],
    },
  ],
  exports: [
    { name: 'cause', value: (row) => row.cause },
    { name: 'failures', value: (row) => row.count },
    { name: 'before', value: (row) => row.before },
    {
      name: 'subcauses',
      value: (row) => row.subcauses.map(({ subcause, count }) => `${subcause} ${count}`).join(', '),
    },
  ],
}

function mostly(row: CauseRow): string {
  return row.subcauses
    .map(({ subcause, count }) => `${subcauseTitle(row.cause, subcause)} ${formatCount(count)}`)
    .join(', ')
}

/** A list cut in the middle of its first name says less than the name. */
function fitMostly(row: CauseRow, width: number): string {
  const [first] = row.subcauses
  if (first === undefined) return ' '.repeat(width)
  const name = subcauseTitle(row.cause, first.subcause)
  const text = row.subcauses.length === 1 || width < textWidth(name) + 16 ? name : mostly(row)
  return cellText(text, width)
}
