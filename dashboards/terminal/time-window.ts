/**
 * The ranges the dashboard offers and how a request becomes a half-open range on whole minutes, with the equal period
 * before it and the step of its trend lines. Pure: the clock is a parameter.
 * Invariant: ranges and steps are multiples of a minute, because the store's rollups are.
 */
import type { TimeRange } from '../../src/core/filter.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Offered lengths, ms, shortest first. */
export const RANGE_LENGTHS = [
  5 * MINUTE,
  15 * MINUTE,
  HOUR,
  6 * HOUR,
  DAY,
  7 * DAY,
  30 * DAY,
] as const satisfies readonly number[]

/** The same as people type them, and everything there is. */
export const RANGE_WORDS = ['5m', '15m', '1h', '6h', '24h', '7d', '30d', 'all'] as const

const UNITS: Readonly<Record<string, number>> = { m: MINUTE, h: HOUR, d: DAY }

/** `15m`, `24h`, `7d` or `all`; null when it is none of these. */
export function parseLength(text: string): number | 'all' | null {
  if (text === 'all') return 'all'
  const found = /^([1-9]\d{0,3})([mhd])$/.exec(text)
  return found === null ? null : Number(found[1]) * UNITS[found[2]!]!
}

export const DEFAULT_RANGE_MS = 15 * MINUTE

/** Trend figures per range at most; wider terminals than this many columns per trend gain nothing. */
const TREND_POINTS = 60

/** Steps a person can name, ms. */
const STEPS = [
  MINUTE,
  2 * MINUTE,
  5 * MINUTE,
  10 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  HOUR,
  3 * HOUR,
  6 * HOUR,
  12 * HOUR,
  DAY,
]

export interface TimeWindow {
  range: TimeRange
  /** The equal period just before. */
  previous: TimeRange
  step_ms: number
}

/**
 * @param extent first and last event in the store; needed for `all`, which falls back to the default length without it
 */
export function timeWindow(
  wanted: { length_ms: number | 'all'; end: 'now' | number; now_ms: number },
  extent: TimeRange | null,
): TimeWindow {
  const end = wanted.end === 'now' ? wanted.now_ms : wanted.end
  let from: number
  let to = ceilMinute(end + 1)
  if (wanted.length_ms !== 'all') {
    from = to - ceilMinute(wanted.length_ms)
  } else if (extent === null) {
    from = to - DEFAULT_RANGE_MS
  } else {
    from = Math.floor(extent.from_ms / MINUTE) * MINUTE
    to = Math.max(ceilMinute(extent.to_ms + 1), from + MINUTE)
  }
  const length = to - from
  return {
    range: { from_ms: from, to_ms: to },
    previous: { from_ms: from - length, to_ms: from },
    step_ms: STEPS.find((step) => length / step <= TREND_POINTS) ?? Math.ceil(length / TREND_POINTS / DAY) * DAY,
  }
}

function ceilMinute(ms: number): number {
  return Math.ceil(ms / MINUTE) * MINUTE
}

/** The next shorter (`-1`) or longer (`1`) offered length; `all` lies beyond the longest. */
export function zoom(length_ms: number | 'all', direction: 1 | -1): number | 'all' {
  if (length_ms === 'all') return direction === 1 ? 'all' : RANGE_LENGTHS[RANGE_LENGTHS.length - 1]!
  if (direction === 1) return RANGE_LENGTHS.find((length) => length > length_ms) ?? 'all'
  return RANGE_LENGTHS.findLast((length) => length < length_ms) ?? length_ms
}
