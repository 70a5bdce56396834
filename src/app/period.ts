/**
 * Reads the times people type: `7d`, `90m`, `2026-11-16`, RFC 3339, `today`, `yesterday`, `last week`, `this week`.
 * Calendar words are days and weeks of the given IANA zone, with its daylight saving; a bare duration counts back from now.
 */
import { TZDate } from '@date-fns/tz'
// One module each: the package's index loads all of its 300 files, a second of start-up on a slow machine.
import { addDays } from 'date-fns/addDays'
import { addMonths } from 'date-fns/addMonths'
import { addWeeks } from 'date-fns/addWeeks'
import { startOfDay } from 'date-fns/startOfDay'
import { startOfMonth } from 'date-fns/startOfMonth'
import { startOfWeek } from 'date-fns/startOfWeek'
import type { TimeRange } from '../core/filter.ts'

export class PeriodError extends Error {}

const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}

/** `since` and `until` as typed; either may be missing. `until` defaults to now, `since` to `fallback_ms` before it. */
export function parsePeriod(
  since: string | undefined,
  until: string | undefined,
  now_ms: number,
  zone: string,
  fallback_ms: number,
): TimeRange {
  const start = since === undefined ? null : readMoment(since, now_ms, zone)
  const end = until === undefined ? null : readMoment(until, now_ms, zone)
  const to_ms = end === null ? (start?.named ? start.to_ms : now_ms) : end.from_ms
  const from_ms = start === null ? to_ms - fallback_ms : start.from_ms
  if (from_ms >= to_ms) throw new PeriodError(`the period ends (${iso(to_ms)}) before it starts (${iso(from_ms)})`)
  return { from_ms, to_ms }
}

/** One instant as typed, past or future. */
export function parseMoment(text: string, now_ms: number, zone: string): number {
  return readMoment(text, now_ms, zone).from_ms
}

interface Moment extends TimeRange {
  /** `last week` and the like are whole periods; a day or an instant is only where one starts. */
  named: boolean
}

function readMoment(text: string, now_ms: number, zone: string): Moment {
  const t = text.trim().toLowerCase()
  const duration = /^(\d{1,6})\s*([smhdw])$/.exec(t)
  if (duration !== null) {
    const from_ms = now_ms - Number(duration[1]) * UNIT_MS[duration[2]!]!
    return { from_ms, to_ms: now_ms, named: false }
  }
  const now = new TZDate(now_ms, zone)
  const weekStart = startOfWeek(now, { weekStartsOn: 1 })
  const named: Record<string, [Date, Date]> = {
    today: [startOfDay(now), addDays(startOfDay(now), 1)],
    yesterday: [addDays(startOfDay(now), -1), startOfDay(now)],
    'this week': [weekStart, addWeeks(weekStart, 1)],
    'last week': [addWeeks(weekStart, -1), weekStart],
    'this month': [startOfMonth(now), addMonths(startOfMonth(now), 1)],
    'last month': [addMonths(startOfMonth(now), -1), startOfMonth(now)],
  }
  const range = named[t]
  if (range !== undefined) return { from_ms: range[0].getTime(), to_ms: range[1].getTime(), named: true }
  if (t === 'now') return { from_ms: now_ms, to_ms: now_ms, named: false }

  const day = /^(\d{4})-(\d{2})-(\d{2})(?:[t ](\d{2}):(\d{2})(?::(\d{2}))?)?$/.exec(t)
  if (day !== null) {
    const [y, mo, d, h, mi, s] = day.slice(1).map((part) => Number(part ?? 0)) as [
      number,
      number,
      number,
      number,
      number,
      number,
    ]
    const at = new TZDate(y, mo - 1, d, h, mi, s, zone).getTime()
    if (!Number.isNaN(at) && mo >= 1 && mo <= 12 && d >= 1 && d <= 31) return { from_ms: at, to_ms: at, named: false }
  }
  if (/^\d{4}-\d{2}-\d{2}t\d{2}:\d{2}/.test(t)) {
    const at = Date.parse(text.trim())
    if (!Number.isNaN(at)) return { from_ms: at, to_ms: at, named: false }
  }
  throw new PeriodError(
    `cannot read the time "${text}"; try 24h, 7d, 2026-11-16, 2026-11-16T09:00:00Z, yesterday or "last week"`,
  )
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}
