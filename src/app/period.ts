/**
 * Reads the times people type: `7d`, `90m`, `2026-11-16`, RFC 3339, `today`, `yesterday`, `last week`, `2026-W47`,
 * `2026-11`, `2026-11-01..2026-11-08`, and finds the period before a period.
 * Calendar words are days, weeks and months of the given IANA zone, with its daylight saving (a week may have 167 or 169
 * hours, and a day may begin at 01:00); a bare duration counts back from now.
 */
import { TZDate } from '@date-fns/tz'
// One module each: the package's index loads all of its 300 files, a second of start-up on a slow machine.
import { addDays } from 'date-fns/addDays'
import { addMonths } from 'date-fns/addMonths'
import { addWeeks } from 'date-fns/addWeeks'
import { differenceInCalendarDays } from 'date-fns/differenceInCalendarDays'
import { differenceInCalendarMonths } from 'date-fns/differenceInCalendarMonths'
import { getISOWeeksInYear } from 'date-fns/getISOWeeksInYear'
import { startOfDay } from 'date-fns/startOfDay'
import { startOfMonth } from 'date-fns/startOfMonth'
import { startOfWeek } from 'date-fns/startOfWeek'
import type { TimeRange } from '../core/filter.ts'

export class PeriodError extends Error {}

/** The day a week begins with, 0 Sunday to 6 Saturday; 1, as ISO 8601 has it, where nobody chose. */
export type WeekStart = 0 | 1 | 2 | 3 | 4 | 5 | 6

const ISO_WEEK_START: WeekStart = 1

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
  week_start: WeekStart = ISO_WEEK_START,
): TimeRange {
  const start = since === undefined ? null : readMoment(since, now_ms, zone, week_start)
  const end = until === undefined ? null : readMoment(until, now_ms, zone, week_start)
  const to_ms = end === null ? (start?.named ? start.to_ms : now_ms) : end.from_ms
  const from_ms = start === null ? to_ms - fallback_ms : start.from_ms
  if (from_ms >= to_ms) throw new PeriodError(`the period ends (${iso(to_ms)}) before it starts (${iso(from_ms)})`)
  return { from_ms, to_ms }
}

/** One instant as typed, past or future. */
export function parseMoment(text: string, now_ms: number, zone: string): number {
  return readMoment(text, now_ms, zone, ISO_WEEK_START).from_ms
}

/** A whole period as one text: `last week`, `2026-W46`, `2026-10`, `2026-11-16` (that day), `30d`, `2026-11-01..2026-11-08`. */
export function parseWholePeriod(text: string, now_ms: number, zone: string, week_start?: WeekStart): TimeRange {
  const [since, until, more] = text.split('..')
  if (since === undefined || more !== undefined) throw unreadable(text)
  if (until !== undefined) return parsePeriod(since, until, now_ms, zone, 0, week_start)
  if (/^\d{4}-\d{2}-\d{2}$/.test(text.trim())) {
    const from_ms = parseMoment(text, now_ms, zone)
    return { from_ms, to_ms: dayAfter(new TZDate(from_ms, zone), 1).getTime() }
  }
  return parsePeriod(text, undefined, now_ms, zone, 0, week_start)
}

/** The period of the same calendar length that ends where this one begins: the month before a month, the week before a week. */
export function previousPeriod({ from_ms, to_ms }: TimeRange, zone: string): TimeRange {
  const from = new TZDate(from_ms, zone)
  const to = new TZDate(to_ms, zone)
  const months = differenceInCalendarMonths(to, from)
  if (months > 0 && startsMonth(from) && startsMonth(to)) {
    return { from_ms: startOfMonth(addMonths(from, -months)).getTime(), to_ms: from_ms }
  }
  const days = differenceInCalendarDays(to, from)
  if (days > 0 && startsDay(from) && startsDay(to)) {
    return { from_ms: dayAfter(from, -days).getTime(), to_ms: from_ms }
  }
  return { from_ms: from_ms - (to_ms - from_ms), to_ms: from_ms }
}

interface Moment extends TimeRange {
  /** `last week` and the like are whole periods; a day or an instant is only where one starts. */
  named: boolean
}

function readMoment(text: string, now_ms: number, zone: string, weekStartsOn: WeekStart): Moment {
  const t = text.trim().toLowerCase()
  const duration = /^(\d{1,6})\s*([smhdw])$/.exec(t)
  if (duration !== null) {
    const from_ms = now_ms - Number(duration[1]) * UNIT_MS[duration[2]!]!
    return { from_ms, to_ms: now_ms, named: false }
  }
  const now = new TZDate(now_ms, zone)
  const week = startOfWeek(now, { weekStartsOn })
  const month = startOfMonth(now)
  const named: Record<string, () => [Date, Date]> = {
    today: () => [startOfDay(now), dayAfter(now, 1)],
    yesterday: () => [dayAfter(now, -1), startOfDay(now)],
    'this week': () => [week, weekAfter(week, 1)],
    'last week': () => [weekAfter(week, -1), week],
    'this month': () => [month, startOfMonth(addMonths(month, 1))],
    'last month': () => [startOfMonth(addMonths(month, -1)), month],
  }
  const range = named[t]?.() ?? isoWeek(t, zone) ?? calendarMonth(t, zone)
  if (range !== undefined) return { from_ms: range[0].getTime(), to_ms: range[1].getTime(), named: true }
  if (t === 'now') return { from_ms: now_ms, to_ms: now_ms, named: false }

  const clock = timeOfDay(t, now, zone)
  if (clock !== null) return { from_ms: clock, to_ms: clock, named: false }

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
  throw unreadable(text)
}

/** `09:14`: the last time the clock showed it, which is what somebody types during an incident. */
function timeOfDay(text: string, now: TZDate, zone: string): number | null {
  const parts = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(text)
  if (parts === null) return null
  const on = (day: Date) =>
    new TZDate(day.getFullYear(), day.getMonth(), day.getDate(), Number(parts[1]), Number(parts[2]), zone).getTime()
  return on(now) <= now.getTime() ? on(now) : on(dayAfter(now, -1))
}

/** `2026-W47`: ISO 8601 weeks begin on Monday, and the first one holds 4 January. */
function isoWeek(text: string, zone: string): [Date, Date] | undefined {
  const parts = /^(\d{4})-?w(\d{2})$/.exec(text)
  if (parts === null) return undefined
  const [year, number] = [Number(parts[1]), Number(parts[2])]
  const fourth = new TZDate(year, 0, 4, zone)
  if (number < 1 || number > getISOWeeksInYear(fourth))
    throw new PeriodError(`${year} has no week ${number}; its ISO weeks are 1 to ${getISOWeeksInYear(fourth)}`)
  const monday = weekAfter(startOfWeek(fourth, { weekStartsOn: ISO_WEEK_START }), number - 1)
  return [monday, weekAfter(monday, 1)]
}

/** `2026-11` */
function calendarMonth(text: string, zone: string): [Date, Date] | undefined {
  const parts = /^(\d{4})-(\d{2})$/.exec(text)
  if (parts === null) return undefined
  const month = Number(parts[2])
  if (month < 1 || month > 12) return undefined
  const first = startOfDay(new TZDate(Number(parts[1]), month - 1, 1, zone))
  return [first, startOfMonth(addMonths(first, 1))]
}

/** Where clocks change at midnight a day begins at 01:00; adding days alone would carry that hour along. */
function dayAfter(day: TZDate | Date, days: number): Date {
  return startOfDay(addDays(startOfDay(day), days))
}

function weekAfter(day: Date, weeks: number): Date {
  return startOfDay(addWeeks(day, weeks))
}

function startsDay(at: TZDate): boolean {
  return startOfDay(at).getTime() === at.getTime()
}

function startsMonth(at: TZDate): boolean {
  return startOfMonth(at).getTime() === at.getTime()
}

function unreadable(text: string): PeriodError {
  return new PeriodError(
    `cannot read the time "${text}"; try 24h, 7d, 09:14, 2026-11-16, 2026-W47, 2026-11, 2026-11-16T09:00:00Z, yesterday or "last week"`,
  )
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}
