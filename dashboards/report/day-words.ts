/** Days and periods as a calendar names them; instants and spans are worded in format-time.ts. */
import type { TimeRange } from '../../src/core/filter.ts'
import { formatMinute } from '../format-time.ts'

const DAY_HOURS = 24

/** `Mon 2026-11-16`, in the zone. */
export function dayWords(ms: number, zone: string): string {
  return `${part(ms, zone, { weekday: 'short' })} ${formatMinute(ms, zone).slice(0, 10)}`
}

/** `Monday`; 0 is Sunday. */
export function weekdayName(weekday: number): string {
  // 2023-01-01 was a Sunday.
  return part(Date.UTC(2023, 0, 1 + weekday), 'UTC', { weekday: 'long' })
}

/** `Mon 2026-11-16 00:00 to Mon 2026-11-23 00:00 (Europe/Paris)`, with the hours where they are not what the days suggest. */
export function periodWords({ from_ms, to_ms }: TimeRange, zone: string): string {
  const stamp = (ms: number) => `${dayWords(ms, zone)} ${formatMinute(ms, zone).slice(11, 16)}`
  const hours = (to_ms - from_ms) / 3_600_000
  const shift = hours % DAY_HOURS !== 0 && stamp(from_ms).slice(-5) === stamp(to_ms).slice(-5)
  return `${stamp(from_ms)} to ${stamp(to_ms)} (${zone}${shift ? `, ${hours} hours: the clocks changed` : ''})`
}

/** `week of 2026-11-16`, `day …`, `month 2026-11`, else `period`: what the report is about, for its title. */
export function periodName({ from_ms, to_ms }: TimeRange, zone: string): string {
  const [from, to] = [formatMinute(from_ms, zone), formatMinute(to_ms, zone)]
  const midnights = from.slice(11, 16) === '00:00' && to.slice(11, 16) === '00:00'
  const days = Math.round((to_ms - from_ms) / 86_400_000)
  if (midnights && days === 7) return `week of ${from.slice(0, 10)}`
  if (midnights && days === 1) return from.slice(0, 10)
  if (midnights && from.slice(8, 10) === '01' && to.slice(8, 10) === '01' && days <= 31) return from.slice(0, 7)
  const [first, last] = [from.slice(0, 10), to.slice(0, 10)]
  return first === last ? `${first}, ${from.slice(11, 16)} to ${to.slice(11, 16)}` : `${first} to ${last}`
}

function part(ms: number, zone: string, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat('en-GB', { timeZone: zone, ...options }).format(ms)
}
