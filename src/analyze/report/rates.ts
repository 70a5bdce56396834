/**
 * Rates of a period cut into UTC days, the parts that change intervals are estimated from; whose rate it is (everybody's,
 * a subcause's, one client's) is the caller's question. Where successes are never logged, failures are related to hours.
 */
import type { TimeRange } from '../../core/filter.ts'
import type { RateChange } from '../../core/report.ts'
import { compareRates, NO_CHANGE_KNOWN, type RatePart } from './compare-rates.ts'
import type { PeriodFacts } from './period-facts.ts'

const HOUR_MS = 3_600_000
export const DAY_MS = 24 * HOUR_MS

/** Below this length days are too few to learn from, and hours are the parts; ms. */
const DAYS_FROM_MS = 4 * DAY_MS

export interface Part extends TimeRange {
  failures: number
  successes: number
}

/** All events of a period in parts. */
export function partsOf(facts: PeriodFacts): Part[] {
  const parts = emptyParts(facts.range, facts.range.to_ms - facts.range.from_ms >= DAYS_FROM_MS ? DAY_MS : HOUR_MS)
  for (const { start_ms, key, count } of facts.by_kind) {
    const part = partAt(parts, Math.max(start_ms, facts.range.from_ms))
    if (part !== undefined) part[key.endsWith('/failure') ? 'failures' : 'successes'] += count
  }
  return parts
}

/** The same days, with counts of one party. */
export function dayParts(
  range: TimeRange,
  days: readonly { start_ms: number; failures: number; successes: number }[],
): Part[] {
  const parts = emptyParts(range, DAY_MS)
  for (const { start_ms, failures, successes } of days) {
    const part = partAt(parts, Math.max(start_ms, range.from_ms))
    if (part === undefined) continue
    part.failures += failures
    part.successes += successes
  }
  return parts
}

/** What failures are related to: events, where the logs tell of any success. */
export function exposureOf(now: readonly Part[], before: readonly Part[] | null): RateChange['per'] {
  return [...now, ...(before ?? [])].some(({ successes }) => successes > 0) ? 'event' : 'hour'
}

/** How the share of failures among events changed. */
export function changeOf(
  now: readonly Part[],
  before: readonly Part[] | null,
  per: RateChange['per'] = exposureOf(now, before),
): RateChange {
  if (before === null) return NO_CHANGE_KNOWN
  const rate = (part: Part): RatePart => ({
    failures: part.failures,
    exposure: per === 'event' ? part.failures + part.successes : (part.to_ms - part.from_ms) / HOUR_MS,
  })
  return compareRates(now.map(rate), before.map(rate), per)
}

function emptyParts(range: TimeRange, size_ms: number): Part[] {
  const parts: Part[] = []
  for (let from_ms = range.from_ms; from_ms < range.to_ms; ) {
    const to_ms = Math.min((Math.floor(from_ms / size_ms) + 1) * size_ms, range.to_ms)
    parts.push({ from_ms, to_ms, failures: 0, successes: 0 })
    from_ms = to_ms
  }
  return parts
}

function partAt(parts: readonly Part[], at_ms: number): Part | undefined {
  return parts.find((part) => at_ms >= part.from_ms && at_ms < part.to_ms)
}
