/** `--since` and `--until` as typed: what cannot be read is the user's mistake. */
import { PeriodError, parseMoment, parsePeriod, type WeekStart } from '../app/period.ts'
import type { TimeRange } from '../core/filter.ts'
import { UserError } from './exit-code.ts'

/** @param fallback_ms length of the period when `since` is not given, ms */
export function readPeriod(
  since: string | undefined,
  until: string | undefined,
  zone: string,
  fallback_ms: number,
  week_start?: WeekStart,
): TimeRange {
  return asUserError(() => parsePeriod(since, until, Date.now(), zone, fallback_ms, week_start))
}

/** An instant, ms; now when not given. */
export function readInstant(text: string | undefined, zone: string): number {
  return text === undefined ? Date.now() : asUserError(() => parseMoment(text, Date.now(), zone))
}

/** A period that cannot be read is the user's mistake. */
export function asUserError<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof PeriodError) throw new UserError(error.message)
    throw error
  }
}
