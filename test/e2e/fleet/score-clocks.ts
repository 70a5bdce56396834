/**
 * Holds the clock table against the true clocks: error of the offsets, whether the stated interval holds the truth, drift, and
 * who is accused. The truth about a host is taken at the instant its row speaks of, by its own clock. True time is the issuers':
 * their clocks are right in every bench. What a row leaves open is no error, and is counted.
 */
import type { ClockTable, HostClock } from '../../../src/core/host-clock.ts'
import type { OffsetOf } from './match-incidents.ts'

export const CLOCK_SORTS = ['good', 'behind', 'ahead', 'drifts', 'steps'] as const
export type ClockSort = (typeof CLOCK_SORTS)[number]

export interface TrueClock {
  host: string
  sort: ClockSort
  drift_ppm: number
  /** Of its log stamps, ms. */
  resolution_ms: 1 | 1000
}

export interface ClockScore {
  sort: ClockSort
  resolution_ms: number
  row: HostClock
  /** Estimate − truth, s; null where no value was published. */
  error_s: number | null
  inside: boolean
  /** Estimate − truth; null where none was published. */
  drift_error_ppm: number | null
  /** Accused although its clock is good. */
  wronged: boolean
}

/** NTP keeps clocks far closer; `TOLERANCE_MS` of analyze/clock/vote.ts accuses from a second on. */
const GOOD_MS = 100

/** Hosts the table does not list are those no record of which names them: not scored. `stampOf`: the same of their stamps, zones included. */
export function scoreClocks(
  clocks: readonly TrueClock[],
  table: ClockTable,
  offsetOf: OffsetOf,
  end_ms: number,
  stampOf: OffsetOf = offsetOf,
): ClockScore[] {
  return clocks.flatMap(({ host, sort, drift_ppm, resolution_ms }) => {
    const row = table.hosts.find((r) => r.host === host)
    if (row === undefined) return []
    const at_ms = row.to_ms === null ? end_ms : trueTime(host, row.to_ms, stampOf, end_ms)
    const against_ms = row.reference?.startsWith('host ') ? offsetOf(row.reference.slice('host '.length), at_ms) : 0
    const truth_s = (offsetOf(host, at_ms) - against_ms) / 1000
    return [
      {
        ...{ sort, resolution_ms, row },
        error_s: row.offset_s === null ? null : row.offset_s - truth_s,
        inside: (row.low_s ?? -Infinity) <= truth_s && truth_s <= (row.high_s ?? Infinity),
        drift_error_ppm: row.drift_ppm === null ? null : row.drift_ppm - drift_ppm,
        wronged: row.at_fault && sort === 'good' && Math.abs(truth_s) * 1000 <= GOOD_MS,
      },
    ]
  })
}

/** The latest true time at which the host's clock read so. */
function trueTime(host: string, reading_ms: number, offsetOf: OffsetOf, end_ms: number): number {
  let true_ms = end_ms
  for (let round = 0; round < 4; round++) true_ms = reading_ms - offsetOf(host, true_ms)
  return true_ms
}

export interface ClockSums {
  hosts: number
  values: number
  error_p50_s: number
  error_p95_s: number
  inside: number
  wronged: number
  drifts: number
  drift_error_p95_ppm: number
}

export function sumUp(scores: readonly ClockScore[]): ClockSums {
  const errors = scores.flatMap(({ error_s }) => (error_s === null ? [] : [Math.abs(error_s)]))
  const drifts = scores.flatMap(({ drift_error_ppm }) => (drift_error_ppm === null ? [] : [Math.abs(drift_error_ppm)]))
  return {
    hosts: scores.length,
    values: errors.length,
    error_p50_s: quantile(errors, 0.5),
    error_p95_s: quantile(errors, 0.95),
    inside: scores.filter(({ inside }) => inside).length,
    wronged: scores.filter(({ wronged }) => wronged).length,
    drifts: drifts.length,
    drift_error_p95_ppm: quantile(drifts, 0.95),
  }
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

const COLUMNS = ['hosts', 'values', 'p50 s', 'p95 s', 'inside', 'wronged', 'drifts', 'p95 ppm'] as const

/** Hosts with this many samples are a line of their own. */
const SAMPLES = [50, 300, 3000] as const

export function clockTableOf(scores: readonly ClockScore[]): string {
  const groups: [string, readonly ClockScore[]][] = [
    ...CLOCK_SORTS.map((sort): [string, ClockScore[]] => [sort, scores.filter((s) => s.sort === sort)]),
    ...[1, 1000].map((ms): [string, ClockScore[]] => [
      `logs of ${ms} ms`,
      scores.filter((s) => s.resolution_ms === ms),
    ]),
    ...SAMPLES.map((from, i): [string, ClockScore[]] => [
      `${from} samples and more`,
      scores.filter(({ row }) => row.samples >= from && row.samples < (SAMPLES[i + 1] ?? Infinity)),
    ]),
    ['all clocks', scores],
  ]
  const outside = scores.filter(({ inside, wronged }) => !inside || wronged)
  return [
    'clock'.padEnd(26) + COLUMNS.map((column) => `  ${column}`).join(''),
    ...groups.filter(([, own]) => own.length > 0).map(([name, own]) => lineOf(name, sumUp(own))),
    ...outside.map(
      ({ sort, row, error_s, wronged }) =>
        `  ${row.host} (${sort}): ${row.low_s} … ${row.high_s}${error_s === null ? '' : `, off by ${error_s.toFixed(3)}`}${wronged ? ', WRONGED' : ''}: ${row.why[0]}`,
    ),
  ].join('\n')
}

function lineOf(name: string, s: ClockSums): string {
  const cells = [
    s.hosts,
    s.values,
    seconds(s.error_p50_s),
    seconds(s.error_p95_s),
    s.inside,
    s.wronged,
    s.drifts,
    Number.isNaN(s.drift_error_p95_ppm) ? '–' : s.drift_error_p95_ppm.toFixed(1),
  ]
  return name.padEnd(26) + cells.map((cell, i) => String(cell).padStart(COLUMNS[i]!.length + 2)).join('')
}

function seconds(s: number): string {
  return Number.isNaN(s) ? '–' : s.toFixed(3)
}
