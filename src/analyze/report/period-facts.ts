/**
 * What stores answered about one period, and the answers of several stores put together. Leaves asking to app and
 * arithmetic to the figures. Invariant: merging adds counts and never invents a value; the order of stores is irrelevant.
 */
import type { Cause, Subcause } from '../../core/cause.ts'
import type { TimeRange } from '../../core/filter.ts'
import type { Incident } from '../../core/incident.ts'
import type {
  CauseCount,
  DimensionPoint,
  DimensionRow,
  DistinctCount,
  KindCount,
  LastOutcome,
  SeriesPoint,
  SignatureCount,
} from '../../core/ports/store.ts'

export const PARTY_DIMENSIONS = ['service', 'client_id', 'issuer', 'host'] as const
export type PartyDimension = (typeof PARTY_DIMENSIONS)[number]

export interface PartyFacts {
  rows: DimensionRow[]
  /** Per UTC day (the ends of the period may cut the first and last one). */
  days: DimensionPoint[]
}

export interface PeriodFacts {
  range: TimeRange
  kinds: KindCount[]
  causes: CauseCount[]
  /** In steps of `step_ms`; failures by cause, and events by `kind/outcome`. */
  step_ms: number
  by_cause: SeriesPoint[]
  by_kind: SeriesPoint[]
  /** Failures of each subcause per UTC day. */
  subcause_days: { cause: Cause; subcause: Subcause; start_ms: number; count: number }[]
  parties: Record<PartyDimension, PartyFacts>
  client_outcomes: LastOutcome[]
  signatures: SignatureCount[]
  users: DistinctCount
  unrecognised: number
  /** The newest expiries that a client can mend. */
  expiries: Pick<Incident, 'client_id' | 'recovered_ms'>[]
}

/** @throws RangeError for an empty list: there is no period without a store. */
export function mergeFacts(facts: readonly PeriodFacts[]): PeriodFacts {
  const [first] = facts
  if (first === undefined) throw new RangeError('no facts to merge')
  if (facts.length === 1) return first
  const all = <K extends keyof PeriodFacts>(key: K) => facts.map((each) => each[key])
  return {
    range: first.range,
    step_ms: first.step_ms,
    kinds: adding(all('kinds').flat(), (row) => `${row.kind}/${row.outcome}`),
    causes: adding(all('causes').flat(), (row) => `${row.cause}/${row.subcause}`),
    by_cause: adding(all('by_cause').flat(), (row) => `${row.start_ms} ${row.key}`),
    by_kind: adding(all('by_kind').flat(), (row) => `${row.start_ms} ${row.key}`),
    subcause_days: adding(all('subcause_days').flat(), (row) => `${row.start_ms} ${row.cause}/${row.subcause}`),
    parties: Object.fromEntries(
      PARTY_DIMENSIONS.map((dimension) => [dimension, mergeParties(all('parties').map((each) => each[dimension]))]),
    ) as Record<PartyDimension, PartyFacts>,
    client_outcomes: mergeOutcomes(all('client_outcomes').flat()),
    signatures: adding(all('signatures').flat(), (row) => `${row.signature} ${row.system} ${row.confidence}`),
    // Every store has its own key for fingerprints: one person in two stores looks like two.
    users: { count: all('users').reduce((sum, users) => sum + users.count, 0), at_least: true },
    unrecognised: all('unrecognised').reduce((sum, count) => sum + count, 0),
    expiries: all('expiries').flat(),
  }
}

function adding<T extends { count: number }>(rows: readonly T[], keyOf: (row: T) => string): T[] {
  const sums = new Map<string, T>()
  for (const row of rows) {
    const sum = sums.get(keyOf(row))
    if (sum === undefined) sums.set(keyOf(row), { ...row })
    else sum.count += row.count
  }
  return [...sums.values()]
}

/** The top cause of a value is the one of the store that saw most of its failures. */
export function mergeRows(rows: readonly DimensionRow[]): DimensionRow[] {
  const sums = new Map<string, DimensionRow & { most: number }>()
  for (const row of rows) {
    const sum = sums.get(row.value)
    if (sum === undefined) {
      sums.set(row.value, { ...row, most: row.failures })
      continue
    }
    sum.successes += row.successes
    sum.failures += row.failures
    if (row.failures > sum.most) {
      sum.most = row.failures
      sum.top_cause = row.top_cause
    }
  }
  return [...sums.values()].map(({ most: _, ...row }) => row).sort((a, b) => b.failures - a.failures)
}

function mergeParties(parties: readonly PartyFacts[]): PartyFacts {
  const days = new Map<string, DimensionPoint>()
  for (const point of parties.flatMap((each) => each.days)) {
    const key = `${point.start_ms} ${point.value}`
    const sum = days.get(key)
    if (sum === undefined) days.set(key, { ...point })
    else {
      sum.successes += point.successes
      sum.failures += point.failures
    }
  }
  return { rows: mergeRows(parties.flatMap((each) => each.rows)), days: [...days.values()] }
}

function mergeOutcomes(outcomes: readonly LastOutcome[]): LastOutcome[] {
  const last = new Map<string, LastOutcome>()
  for (const row of outcomes) {
    const known = last.get(row.value)
    last.set(row.value, {
      value: row.value,
      last_success_ms: later(known?.last_success_ms ?? null, row.last_success_ms),
      last_failure_ms: later(known?.last_failure_ms ?? null, row.last_failure_ms),
    })
  }
  return [...last.values()]
}

function later(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : Math.max(a, b)
}
