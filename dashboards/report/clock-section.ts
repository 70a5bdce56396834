/** Clocks: who is off by how much, steps, drift and forecast, and the failures that clocks explain. */
import type { HostClock } from '../../src/core/host-clock.ts'
import type { Report } from '../../src/core/report.ts'
import { lead, signedSeconds, timeApart } from '../../src/core/time-apart.ts'
import { formatCount, formatQuantity, NO_FIGURE } from '../format-number.ts'
import { formatMinute } from '../format-time.ts'
import type { Block, Cell, Section } from './document.ts'

/** Rows of the table: those at fault and those farthest off; count. */
const ROWS = 15

export function clockSection({ clocks, clock_history, causes, zone, totals }: Report): Section | null {
  const known = clocks?.hosts.filter(({ kind }) => kind !== 'cannot_tell') ?? []
  const skew = causes.find(({ cause }) => cause === 'skew')?.failures ?? 0
  if (known.length === 0 && skew === 0) return null
  const explained = `Clocks explain ${formatCount(skew)} of ${formatQuantity(totals.failures, 'failure')}.`
  const blocks: Block[] = [{ type: 'text', text: explained }]
  const worst = [...known].sort(
    (a, b) => Number(b.at_fault) - Number(a.at_fault) || Math.abs(b.offset_s ?? 0) - Math.abs(a.offset_s ?? 0),
  )
  if (worst.length > 0) {
    blocks.push({
      type: 'table',
      caption: `Clocks at the end of the period, against ${clocks?.reference ?? 'their reference'}`,
      columns: [
        { title: 'Host', align: 'left' },
        { title: 'Offset', align: 'right' },
        { title: 'Between', align: 'right' },
        { title: 'Drift', align: 'right' },
        { title: 'Steps', align: 'left' },
        { title: 'Leeway', align: 'right' },
        { title: 'Crosses the leeway', align: 'left' },
        { title: 'At fault', align: 'left' },
      ],
      rows: worst.slice(0, ROWS).map((clock) => clockRow(clock, zone)),
    })
  }
  const readings = clock_history.filter(({ offset_s }) => offset_s !== null)
  if (new Set(readings.map(({ at_ms }) => at_ms)).size > 1) {
    const hosts = [...new Set(readings.map(({ host }) => host))]
    blocks.push({
      type: 'chart',
      caption: `Clock offsets over the period, ${formatQuantity(hosts.length, 'host')}; above zero is ahead`,
      spark: [],
      drawing: { kind: 'clocks', readings, zone },
      table: {
        type: 'table',
        caption: 'Clock offsets over the period',
        columns: [
          { title: 'Time', align: 'left' },
          { title: 'Host', align: 'left' },
          { title: 'Against', align: 'left' },
          { title: 'Offset', align: 'right' },
        ],
        rows: readings.map(({ at_ms, host, reference, offset_s }) => [
          { text: formatMinute(at_ms, zone) },
          { text: host },
          { text: reference },
          { text: lead(offset_s! * 1000) },
        ]),
      },
    })
  }
  return { id: 'clocks', title: 'Clocks', blocks }
}

function clockRow(clock: HostClock, zone: string): Cell[] {
  const offset = clock.offset_s === null ? NO_FIGURE : lead(clock.offset_s * 1000)
  const side = (seconds: number | null) => (seconds === null ? '?' : signedSeconds(seconds))
  const zoneMistake =
    clock.zone_s === null || clock.zone_s === 0
      ? ''
      : ` (stamps another ${timeApart(clock.zone_s * 1000)}: zone mistake)`
  return [
    { text: clock.host },
    { text: offset + zoneMistake, ...(clock.at_fault && { tone: 'bad' as const }) },
    {
      text: clock.low_s === null && clock.high_s === null ? NO_FIGURE : `${side(clock.low_s)} … ${side(clock.high_s)}`,
    },
    { text: clock.drift_ppm === null ? NO_FIGURE : `${clock.drift_ppm.toFixed(0)} ppm` },
    {
      text: clock.steps
        .map(({ at_ms, by_s }) => `${by_s > 0 ? '+' : '−'}${timeApart(by_s * 1000)} at ${formatMinute(at_ms, zone)}`)
        .join('; '),
    },
    { text: clock.leeway_s === null ? NO_FIGURE : `${clock.leeway_s} s` },
    { text: clock.breach_ms === null ? '' : formatMinute(clock.breach_ms, zone) },
    { text: clock.at_fault ? 'yes' : '' },
  ]
}
