/**
 * A time of the week, on the wall clocks of a zone: reads `Mon 08:00` and tells when it last was. Pure.
 * Where a change of the clocks leaves the time out, it is the first one after; where it comes twice, the first.
 */
import { TZDate } from '@date-fns/tz'
import { addDays } from 'date-fns/addDays'

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const

export interface Weekly {
  /** 0 Sunday … 6 Saturday. */
  weekday: number
  hour: number
  minute: number
}

/** Null when it is none. */
export function parseWeekly(text: string): Weekly | null {
  const parts = /^\s*([a-z]{3})[a-z]*\s+([01]?\d|2[0-3]):([0-5]\d)\s*$/i.exec(text)
  const weekday = DAYS.findIndex((day) => day.toLowerCase() === parts?.[1]?.toLowerCase())
  return parts === null || weekday < 0 ? null : { weekday, hour: Number(parts[2]), minute: Number(parts[3]) }
}

/** `Mon 08:00` */
export function formatWeekly({ weekday, hour, minute }: Weekly): string {
  return `${DAYS[weekday]} ${two(hour)}:${two(minute)}`
}

/** The newest `most` times at or before `now_ms` and after `after_ms`, oldest first. */
export function dueTimes(weekly: Weekly, zone: string, after_ms: number, now_ms: number, most: number): number[] {
  const due: number[] = []
  // From the day after, because of zones that are ahead of the one the process runs in.
  for (let day = addDays(new TZDate(now_ms, zone), 1); due.length < most; day = addDays(day, -1)) {
    if (day.getDay() !== weekly.weekday) continue
    const at = new TZDate(day.getFullYear(), day.getMonth(), day.getDate(), weekly.hour, weekly.minute, zone).getTime()
    if (at <= after_ms) break
    if (at <= now_ms) due.unshift(at)
  }
  return due
}

function two(number: number): string {
  return String(number).padStart(2, '0')
}
