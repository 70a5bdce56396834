/**
 * Instants and spans of time in words; how far clocks are apart is said by src/core/time-apart.ts. Zones are IANA names and always stated where an instant stands alone.
 * Leaves clocks to the callers: `now` is a parameter. Invariant: total; a time no calendar has is said to be one.
 */

/** Beyond this ECMAScript has no calendar (ECMA-262 §21.4.1.1); ms. Tokens carry such times. */
const LAST_INSTANT_MS = 8.64e15

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** More zones than a run can meet (local, UTC, one by option) would be a leak; count. */
const ZONE_CACHE_LIMIT = 16

const calendars = new Map<string, Intl.DateTimeFormat>()

interface CalendarFields {
  year: string
  month: string
  day: string
  hour: string
  minute: string
  second: string
  zone: string
}

function calendarOf(zone: string): Intl.DateTimeFormat {
  let calendar = calendars.get(zone)
  if (calendar === undefined) {
    if (calendars.size >= ZONE_CACHE_LIMIT) calendars.clear()
    // en-GB names European zones ("CET"), where en-US would say "GMT+1".
    calendar = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      timeZoneName: 'short',
    })
    calendars.set(zone, calendar)
  }
  return calendar
}

/** Seconds whose calendar is kept: a screen shows the same ones with every frame, and reading a calendar is slow; count. */
const FIELDS_LIMIT = 4_096
const fieldsBySecond = new Map<string, CalendarFields>()

function fieldsOf(ms: number, zone: string): CalendarFields | null {
  if (!(Math.abs(ms) <= LAST_INSTANT_MS)) return null
  const key = `${zone} ${Math.floor(ms / SECOND)}`
  let fields = fieldsBySecond.get(key)
  if (fields === undefined) {
    if (fieldsBySecond.size >= FIELDS_LIMIT) fieldsBySecond.clear()
    fields = readCalendar(ms, zone)
    fieldsBySecond.set(key, fields)
  }
  return fields
}

function readCalendar(ms: number, zone: string): CalendarFields {
  const fields: CalendarFields = { year: '', month: '', day: '', hour: '', minute: '', second: '', zone: '' }
  for (const part of calendarOf(zone).formatToParts(ms)) {
    if (part.type === 'timeZoneName') fields.zone = part.value
    else if (part.type in fields) fields[part.type as keyof CalendarFields] = part.value
  }
  return fields
}

const NO_TIME = 'no such time'

/** `09:14:03` */
export function formatClock(ms: number, zone: string): string {
  const f = fieldsOf(ms, zone)
  return f === null ? NO_TIME : `${f.hour}:${f.minute}:${f.second}`
}

/** `09:14:03` on the day of `now_ms`, else `11-16 09:14`, in another year `2025-11-16`; at most 11 characters. */
export function formatStamp(ms: number, zone: string, now_ms: number): string {
  const f = fieldsOf(ms, zone)
  if (f === null) return NO_TIME.slice(0, 11)
  const today = fieldsOf(now_ms, zone)
  if (today === null || f.year !== today.year) return `${f.year}-${f.month}-${f.day}`
  if (f.month !== today.month || f.day !== today.day) return `${f.month}-${f.day} ${f.hour}:${f.minute}`
  return `${f.hour}:${f.minute}:${f.second}`
}

/** `2026-11-16 09:14:03.120 UTC`; milliseconds only where there are any. */
export function formatInstant(ms: number, zone: string): string {
  const f = fieldsOf(ms, zone)
  if (f === null) return `${NO_TIME} (${ms} ms)`
  const thousandths = ((Math.trunc(ms) % SECOND) + SECOND) % SECOND
  const fraction = thousandths === 0 ? '' : `.${String(thousandths).padStart(3, '0')}`
  return `${f.year}-${f.month}-${f.day} ${f.hour}:${f.minute}:${f.second}${fraction} ${f.zone}`
}

/** `2026-11-16 09:14 UTC` */
export function formatMinute(ms: number, zone: string): string {
  const f = fieldsOf(ms, zone)
  return f === null ? NO_TIME : `${f.year}-${f.month}-${f.day} ${f.hour}:${f.minute} ${f.zone}`
}

/** Short name of the zone at an instant: `UTC`, `CET`. */
export function formatZone(ms: number, zone: string): string {
  return fieldsOf(ms, zone)?.zone ?? zone
}

/** The length of a span, its sign dropped: `340 ms`, `4.2 s`, `42 s`, `5 min 12 s`, `3 h 20 min`, `2 d 4 h`. */
export function formatDuration(ms: number): string {
  const span = Math.abs(ms)
  if (!Number.isFinite(span)) return '–'
  if (span < SECOND) return `${Math.round(span)} ms`
  if (span < 10 * SECOND && span % SECOND !== 0) {
    const tenths = Math.round(span / 100)
    return tenths % 10 === 0 ? `${tenths / 10} s` : `${(tenths / 10).toFixed(1)} s`
  }
  // Rounded to the smaller unit first, so that 59.9 s reads 1 min and never 60 s.
  const seconds = Math.round(span / SECOND)
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return twoUnits(seconds, 60, 'min', 's')
  const minutes = Math.round(span / MINUTE)
  if (minutes < 24 * 60) return twoUnits(minutes, 60, 'h', 'min')
  const hours = Math.round(span / HOUR)
  return twoUnits(hours, DAY / HOUR, 'd', 'h')
}

function twoUnits(amount: number, ratio: number, large: string, small: string): string {
  const rest = amount % ratio
  const whole = Math.floor(amount / ratio)
  return rest === 0 ? `${whole} ${large}` : `${whole} ${large} ${rest} ${small}`
}

/** How long ago, in one unit: `just now`, `12 s ago`, `3 min ago`, `2 h ago`, `5 d ago`; `in 12 s` for the future. */
export function formatAgo(ms: number, now_ms: number): string {
  const age = now_ms - ms
  if (!Number.isFinite(age)) return '–'
  const span = Math.abs(age)
  if (span < SECOND) return 'just now'
  const size =
    span < MINUTE
      ? `${Math.floor(span / SECOND)} s`
      : span < HOUR
        ? `${Math.floor(span / MINUTE)} min`
        : span < DAY
          ? `${Math.floor(span / HOUR)} h`
          : `${Math.floor(span / DAY)} d`
  return age > 0 ? `${size} ago` : `in ${size}`
}

/** A range's length as a person names it: `5 min`, `1 h`, `24 h`, `7 days`. */
export function formatLength(ms: number): string {
  if (ms >= 2 * DAY && ms % DAY === 0) return `${ms / DAY} days`
  if (ms > HOUR && ms <= 2 * DAY && ms % HOUR === 0) return `${ms / HOUR} h`
  return formatDuration(ms)
}
