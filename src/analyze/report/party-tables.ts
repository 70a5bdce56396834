/** Services, clients, issuers and hosts: the worst by failures and by share, each against the compared period. */
import type { DimensionPoint } from '../../core/ports/store.ts'
import type { PartyFigures, PartyTable } from '../../core/report.ts'
import { PARTY_DIMENSIONS, type PartyDimension, type PeriodFacts } from './period-facts.ts'
import { changeOf, dayParts } from './rates.ts'

/** Rows of a table: who reads more of them asks `authtop failures`. */
const ROWS = 10

/** Below this a share says nothing: one failure of two events is 50 %; events. */
const EVENTS_FOR_SHARE = 50

export interface Parties {
  table: PartyTable
  /** Everybody, most failures first. */
  all: PartyFigures[]
}

export function partyTables(now: PeriodFacts, before: PeriodFacts | null): Record<PartyDimension, Parties> {
  return Object.fromEntries(
    PARTY_DIMENSIONS.map((dimension) => {
      const all = partiesOf(dimension, now, before)
      const failing = all.filter(({ failures }) => failures > 0)
      const table: PartyTable = {
        dimension,
        distinct: all.filter(({ value }) => value !== '').length,
        by_failures: failing.slice(0, ROWS),
        by_share: failing
          .filter(({ successes, failures }) => successes > 0 && successes + failures >= EVENTS_FOR_SHARE)
          .sort((a, b) => b.share - a.share || b.failures - a.failures)
          .slice(0, ROWS),
      }
      return [dimension, { table, all }]
    }),
  ) as Record<PartyDimension, Parties>
}

function partiesOf(dimension: PartyDimension, now: PeriodFacts, before: PeriodFacts | null): PartyFigures[] {
  const days = byValue(now.parties[dimension].days)
  const daysBefore = before && byValue(before.parties[dimension].days)
  const earlier = new Map(before?.parties[dimension].rows.map((row) => [row.value, row]))
  return now.parties[dimension].rows.map((row): PartyFigures => {
    const { value, successes, failures, top_cause } = row
    const was = earlier.get(value)
    return {
      value,
      successes,
      failures,
      share: failures / Math.max(1, failures + successes),
      top_cause,
      previous_failures: before && (was?.failures ?? 0),
      change: changeOf(
        dayParts(now.range, days.get(value) ?? []),
        before && daysBefore && dayParts(before.range, daysBefore.get(value) ?? []),
      ),
      known_before: before && was !== undefined,
    }
  })
}

function byValue(points: readonly DimensionPoint[]): Map<string, DimensionPoint[]> {
  const map = new Map<string, DimensionPoint[]>()
  for (const point of points) {
    const list = map.get(point.value)
    if (list === undefined) map.set(point.value, [point])
    else list.push(point)
  }
  return map
}
