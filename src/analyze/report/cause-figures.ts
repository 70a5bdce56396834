/** Causes and subcauses of a period: counts, shares, change, days, and whether they sit in one place. */
import { CAUSE_ORDER, type Cause, type Subcause } from '../../core/cause.ts'
import type { TimeRange } from '../../core/filter.ts'
import type { DimensionRow } from '../../core/ports/store.ts'
import type { CauseFigures, Concentration, SubcauseFigures } from '../../core/report.ts'
import { indexOfRange } from './local-calendar.ts'
import { PARTY_DIMENSIONS, type PartyDimension, type PeriodFacts } from './period-facts.ts'
import { changeOf, dayParts, exposureOf, type Part, partsOf } from './rates.ts'

/** From here on one value of a dimension is "where they are". */
const MOSTLY = 0.5

/** Where the failures of one subcause were. */
export type SubcausePlaces = ReadonlyMap<string, Readonly<Record<PartyDimension, readonly DimensionRow[]>>>

export function subcauseKey(cause: Cause, subcause: Subcause): string {
  return `${cause}/${subcause}`
}

/** Most failures first; with equal counts in the order in which a person should look. */
export function causeFigures(
  now: PeriodFacts,
  before: PeriodFacts | null,
  days: readonly TimeRange[],
  places: SubcausePlaces,
): CauseFigures[] {
  const total = sumOf(now.causes)
  const earlier = new Map(before?.causes.map((row) => [subcauseKey(row.cause, row.subcause), row.count]))
  const per = exposureOf(partsOf(now), before && partsOf(before))
  const names = new Set([...now.causes, ...(before?.causes ?? [])].map(({ cause }) => cause))
  return [...names]
    .map((cause): CauseFigures => {
      const rows = now.causes.filter((row) => row.cause === cause)
      const failures = sumOf(rows)
      const inDays = (facts: PeriodFacts) => failuresByDay(facts, (row) => row.cause === cause)
      return {
        cause,
        failures,
        share: shareOf(failures, total) ?? 0,
        previous: before && sumOf(before.causes.filter((row) => row.cause === cause)),
        change: changeOf(inDays(now), before && inDays(before), per),
        trend: trendOf(now, cause, days),
        subcauses: rows
          .map((row): SubcauseFigures => {
            const key = subcauseKey(row.cause, row.subcause)
            const own = (facts: PeriodFacts) =>
              failuresByDay(facts, (point) => subcauseKey(point.cause, point.subcause) === key)
            return {
              cause,
              subcause: row.subcause,
              failures: row.count,
              share: shareOf(row.count, total) ?? 0,
              previous: before && (earlier.get(key) ?? 0),
              change: changeOf(own(now), before && own(before), per),
              mostly: concentrations(places.get(key), row.count),
            }
          })
          .sort((a, b) => b.failures - a.failures || (a.subcause < b.subcause ? -1 : 1)),
      }
    })
    .filter(({ failures, previous }) => failures > 0 || (previous ?? 0) > 0)
    .sort((a, b) => b.failures - a.failures || CAUSE_ORDER.indexOf(a.cause) - CAUSE_ORDER.indexOf(b.cause))
}

export function shareOf(part: number, whole: number): number | null {
  return whole > 0 ? part / whole : null
}

/** Days with the failures that pass, and everything else as what they are related to. */
function failuresByDay(facts: PeriodFacts, passes: (row: { cause: Cause; subcause: Subcause }) => boolean): Part[] {
  const own = facts.subcause_days
    .filter(passes)
    .map(({ start_ms, count }) => ({ start_ms, failures: count, successes: -count }))
  const all = facts.by_kind.map(({ start_ms, count }) => ({ start_ms, failures: 0, successes: count }))
  return dayParts(facts.range, [...own, ...all])
}

function trendOf(facts: PeriodFacts, cause: Cause, days: readonly TimeRange[]): number[] {
  const trend = days.map(() => 0)
  for (const { start_ms, key, count } of facts.by_cause) {
    if (key !== cause) continue
    const day = indexOfRange(days, Math.max(start_ms, facts.range.from_ms))
    if (day >= 0) trend[day]! += count
  }
  return trend
}

function concentrations(places: ReturnType<SubcausePlaces['get']>, total: number): Concentration[] {
  if (places === undefined || total === 0) return []
  return PARTY_DIMENSIONS.flatMap((dimension) => {
    const top = places[dimension].find(({ value, failures }) => value !== '' && failures / total >= MOSTLY)
    return top === undefined
      ? []
      : [{ dimension, value: top.value, failures: top.failures, share: top.failures / total }]
  })
}

function sumOf(rows: readonly { count: number }[]): number {
  return rows.reduce((sum, { count }) => sum + count, 0)
}
