/**
 * Every clock against the reference: how far off (as a bar around zero with the tolerance marked), how it drifts, its last
 * step, what failed for it and when the tolerance will be crossed. A row of it in full is clock-text.ts.
 * Invariant: what is not known is a dash or a word, never a zero.
 */
import { leadWithin, signedSeconds, timeApart } from '../../src/core/time-apart.ts'
import { formatCount, formatCountWithin, NO_FIGURE } from '../format-number.ts'
import { formatAgo, formatDuration } from '../format-time.ts'
import { sparkline } from '../sparkline.ts'
import { span } from './line.ts'
import type { ClockRow } from './model.ts'
import { type OffsetScale, offsetBar, offsetScale } from './offset-bar.ts'
import { cellText, type Table } from './table.ts'
import type { View } from './view.ts'

export const CLOCKS_TABLE: Table<ClockRow> = {
  panel: 'clocks',
  title: 'Clocks',
  natural: 'offset',
  rows: ({ model }) => model?.clocks?.rows ?? null,
  key: (row) => row.key,
  nothing: () => 'No clock can be compared yet: no token told its times here.',
  columns: [
    {
      id: 'name',
      head: 'Clocks',
      width: 14,
      grow: 2,
      most: 32,
      // Not by colour alone: without it the one at fault would look like any other.
      text: (row) => (row.at_fault ? `! ${row.title}` : row.title),
      style: (row) => (row.at_fault ? 'bad' : 'plain'),
      order: (row) => row.title,
    },
    {
      id: 'offset',
      head: 'off by',
      width: 14,
      grow: 1,
      most: 23,
      align: 'right',
      text: (row) => offsetWords(row),
      draw: (row, _view, width) => [
        span(cellText(offsetWords(row, width), width, 'right'), row.at_fault ? 'bad' : 'strong'),
      ],
      order: (row) => (row.offset_s === null ? null : Math.abs(row.offset_s)),
    },
    {
      id: 'bar',
      head: 'behind ── 0 ── ahead',
      width: 20,
      grow: 2,
      most: 61,
      text: (row) => intervalWords(row),
      draw: (row, view, width) => offsetBar(row, scaleOf(view), width),
    },
    {
      id: 'refused',
      head: 'refused',
      width: 8,
      align: 'right',
      text: (row) => (row.refused === null ? '' : formatCountWithin(row.refused, 8)),
      order: (row) => row.refused,
    },
    {
      id: 'forecast',
      head: 'leeway',
      width: 14,
      text: (row, { model }) => forecastWords(row, model?.now_ms ?? 0),
      style: (row) => (row.breach_ms === null ? 'dim' : 'warn'),
      order: (row) => (row.breach_ms === null ? null : -row.breach_ms),
    },
    {
      id: 'drift',
      head: 'drift',
      width: 10,
      from: 110,
      align: 'right',
      text: (row) => driftWords(row.drift_ppm),
      order: (row) => (row.drift_ppm === null ? null : Math.abs(row.drift_ppm)),
    },
    {
      id: 'trend',
      head: 'trend',
      width: 12,
      from: 100,
      grow: 1,
      most: 60,
      text: (row) =>
        row.trend.map((value) => (value === null ? '' : String(Math.round(value * 1000) / 1000))).join(' '),
      draw: (row, view, width) => [trendSpan(row, view, width)],
    },
    {
      id: 'step',
      head: 'last step',
      width: 18,
      from: 150,
      text: (row, { model }) => stepWords(row, model?.now_ms ?? 0),
      order: (row) => row.steps.at(-1)?.at_ms ?? null,
    },
  ],
  exports: [
    { name: 'clock', value: (row) => row.key },
    { name: 'reference', value: (row) => row.reference },
    { name: 'offset_s', value: (row) => row.offset_s },
    { name: 'low_s', value: (row) => row.low_s },
    { name: 'high_s', value: (row) => row.high_s },
    { name: 'drift_ppm', value: (row) => row.drift_ppm },
    { name: 'leeway_s', value: (row) => row.leeway_s },
    { name: 'breach_ms', value: (row) => row.breach_ms },
    { name: 'at_fault', value: (row) => String(row.at_fault) },
    { name: 'refused', value: (row) => row.refused },
    { name: 'why', value: (row) => row.why.join('; ') },
  ],
}

/** `312 s ahead`; of a bound `> 4 s ahead` or `< 42 s ahead`; else `cannot tell`. Long ones in as many units as fit into `width`. */
export function offsetWords(
  { offset_s, low_s, high_s }: Pick<ClockRow, 'offset_s' | 'low_s' | 'high_s'>,
  width = Number.POSITIVE_INFINITY,
): string {
  if (offset_s !== null) return leadWithin(offset_s * 1000, width)
  const beyond = (sign: '<' | '>', seconds: number) => `${sign} ${leadWithin(seconds * 1000, width - 2)}`
  if (low_s !== null && low_s > 0) return beyond('>', low_s)
  if (high_s !== null && high_s < 0) return beyond('>', high_s)
  // Tokens were not yet valid there, and nothing says by how much.
  if (high_s === 0 && low_s === null) return 'behind'
  if (high_s !== null && high_s > 0 && low_s === null) return beyond('<', high_s)
  if (low_s !== null && low_s < 0 && high_s === null) return beyond('<', low_s)
  return 'cannot tell'
}

/** `between −0.400 s and +1.20 s` */
export function intervalWords({ low_s, high_s }: Pick<ClockRow, 'low_s' | 'high_s'>): string {
  if (low_s === null && high_s === null) return ''
  if (low_s === null) return `at most ${signedSeconds(high_s!)}`
  if (high_s === null) return `at least ${signedSeconds(low_s)}`
  return `between ${signedSeconds(low_s)} and ${signedSeconds(high_s)}`
}

/** A crystal is good for some 20 ppm; from 1,000 on per mille tells more. */
export function driftWords(ppm: number | null): string {
  if (ppm === null) return NO_FIGURE
  const sign = ppm < 0 ? '−' : '+'
  return `${sign}${formatCount(Math.round(Math.abs(ppm)))} ppm`
}

/** `5 s`, `5 s, in 6 h` (until it is crossed), `none, crossed`. */
export function forecastWords({ breach_ms, leeway_s, offset_s }: ClockRow, now_ms: number): string {
  const leeway = leeway_s === null ? '' : leeway_s === 0 ? 'none' : formatDuration(leeway_s * 1000)
  if (breach_ms === null) return leeway
  // A clock that is ahead has crossed it at a time that is still to come for everybody else.
  const crossed = breach_ms <= now_ms || Math.abs(offset_s ?? 0) > (leeway_s ?? Number.POSITIVE_INFINITY)
  return `${leeway}, ${crossed ? 'crossed' : formatAgo(breach_ms, now_ms)}`
}

function stepWords({ steps }: ClockRow, now_ms: number): string {
  const last = steps.at(-1)
  return last === undefined
    ? ''
    : `${last.by_s < 0 ? '−' : '+'}${timeApart(last.by_s * 1000)} ${formatAgo(last.at_ms, now_ms)}`
}

function trendSpan(row: ClockRow, { ascii }: View, width: number) {
  const known = row.trend.filter((value) => value !== null)
  if (known.length < 2) return span(cellText('', width), 'dim')
  const lowest = Math.min(...known)
  // From its own lowest up: a line shows change, the bar beside it shows size. A value that is there is always seen.
  const spread = Math.max(...known) - lowest
  const values = row.trend.map((value) => (value === null ? 0 : value - lowest + Math.max(spread, 0.05) / 8))
  return span(sparkline(values, width, ascii ? 'ascii' : 'unicode'), row.at_fault ? 'bad' : 'accent')
}

function scaleOf({ model }: View): OffsetScale {
  return offsetScale(model?.clocks?.rows ?? [])
}
