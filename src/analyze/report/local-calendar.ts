/**
 * Hours and days of a period as people in a zone count them, for the charts and tables of a report.
 * Invariant: steps cover the period without holes, in order; an hour that a clock change repeats is two steps, one that it
 * skips is none. Half-hour zones have their hours at :30 of UTC.
 */
import { TZDate, tzOffset } from '@date-fns/tz'
import { addDays } from 'date-fns/addDays'
import { startOfDay } from 'date-fns/startOfDay'
import type { TimeRange } from '../../core/filter.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/** All zones in use are whole quarters of an hour from UTC (IANA tzdata). */
const QUARTER_MS = 15 * MINUTE_MS

/** Step in which a store must be asked so that local hours and days can be put together, ms. */
export function storeStep(range: TimeRange, zone: string): number {
  const whole = [range.from_ms, range.to_ms].every((at_ms) => offset_ms(zone, at_ms) % HOUR_MS === 0)
  return whole ? HOUR_MS : QUARTER_MS
}

/** Local days; the first and the last may be cut by the period. */
export function localDays(range: TimeRange, zone: string): TimeRange[] {
  const days: TimeRange[] = []
  let from_ms = range.from_ms
  while (from_ms < range.to_ms) {
    // Where clocks change at midnight a day begins at 01:00, hence the second startOfDay.
    const next = startOfDay(addDays(startOfDay(new TZDate(from_ms, zone)), 1)).getTime()
    const to_ms = Math.min(next, range.to_ms)
    days.push({ from_ms, to_ms })
    from_ms = to_ms
  }
  return days
}

/** Local hours; the first and the last may be cut by the period. */
export function localHours(range: TimeRange, zone: string): TimeRange[] {
  const hours: TimeRange[] = []
  let from_ms = range.from_ms
  while (from_ms < range.to_ms) {
    const into_ms = modulo(from_ms + offset_ms(zone, from_ms), HOUR_MS)
    const to_ms = Math.min(from_ms - into_ms + HOUR_MS, range.to_ms)
    hours.push({ from_ms, to_ms })
    from_ms = to_ms
  }
  return hours
}

/** 0 Sunday … 6 Saturday, and 0 to 23, on a wall clock of the zone. */
export function wallClock(at_ms: number, zone: string): { weekday: number; hour: number } {
  const local = new Date(at_ms + offset_ms(zone, at_ms))
  return { weekday: local.getUTCDay(), hour: local.getUTCHours() }
}

/** Index of the range of an ordered, gapless list that holds an instant; -1 outside. */
export function indexOfRange(ranges: readonly TimeRange[], at_ms: number): number {
  let low = 0
  let high = ranges.length - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    const range = ranges[middle]!
    if (at_ms < range.from_ms) high = middle - 1
    else if (at_ms >= range.to_ms) low = middle + 1
    else return middle
  }
  return -1
}

function offset_ms(zone: string, at_ms: number): number {
  return tzOffset(zone, new Date(at_ms)) * MINUTE_MS
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by
}
