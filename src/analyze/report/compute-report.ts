/**
 * The whole report from what the stores said: joins the figures of the other files of this folder. Pure: `now_ms` is a
 * parameter, and nothing is asked for here. Invariant: every count is a sum of counts the stores gave for exactly the
 * periods named in the report.
 */
import type { Alert } from '../../core/alert.ts'
import type { ClockReading } from '../../core/clock-lookup.ts'
import type { TimeRange } from '../../core/filter.ts'
import type { Advice, Finding } from '../../core/finding.ts'
import type { ClockTable } from '../../core/host-clock.ts'
import { KINDS } from '../../core/kind.ts'
import type { StoreLimits, UnrecognisedGroup } from '../../core/ports/store.ts'
import { type KindFigures, REPORT_VERSION, type Report, type ReportPeriod, type Totals } from '../../core/report.ts'
import type { SourceStatus } from '../../core/source-status.ts'
import { rankActions } from './actions.ts'
import { causeFigures, type SubcausePlaces, shareOf } from './cause-figures.ts'
import { healingOf } from './healing.ts'
import { type HygieneFacts, hygieneOf } from './hygiene.ts'
import { localDays } from './local-calendar.ts'
import { newsOf } from './news.ts'
import { type Parties, partyTables } from './party-tables.ts'
import { PARTY_DIMENSIONS, type PartyDimension, type PeriodFacts } from './period-facts.ts'
import { qualityOf } from './quality.ts'
import { changeOf, partsOf } from './rates.ts'
import { periodInTime } from './timeline.ts'

export interface ReportInput {
  now_ms: number
  zone: string
  /** 0 Sunday … 6 Saturday. */
  week_start: number
  period: PeriodFacts
  previous: PeriodFacts | null
  places: SubcausePlaces
  /** Of all stores together; null: they are empty. */
  extent: TimeRange | null
  limits: readonly StoreLimits[]
  sources: readonly SourceStatus[]
  unrecognised: readonly UnrecognisedGroup[]
  clocks: ClockTable | null
  clock_history: readonly ClockReading[]
  findings: readonly Finding[]
  alerts: readonly Alert[]
  advice: readonly Advice[]
  hygiene: HygieneFacts
}

const HOUR_MS = 3_600_000

/** Stranded clients told by name; count. */
const STRANDED_NAMED = 5

export function computeReport(input: ReportInput): Report {
  const { period, zone } = input
  // A period before the first record would look like a hundred percent rise.
  const previous = input.previous !== null && eventsOf(input.previous) > 0 ? input.previous : null
  const parties = partyTables(period, previous)
  const causes = causeFigures(period, previous, localDays(period.range, zone), input.places)
  const inTime = periodInTime(period, zone, input.week_start, input.now_ms)
  const change = changeOf(partsOf(period), previous && partsOf(previous))
  const detail_from_ms = Math.max(...input.limits.map((each) => each.detail_from_ms ?? -Infinity))
  return {
    version: REPORT_VERSION,
    generated_ms: input.now_ms,
    zone,
    period: periodOf(period.range),
    previous: previous && periodOf(previous.range),
    totals: totalsOf(period, parties, detail_from_ms),
    previous_totals: previous && totalsOf(previous, partyTables(previous, null), detail_from_ms),
    change,
    actions: rankActions(input.advice, causes),
    kinds: kindFigures(period, previous),
    causes,
    timeline: inTime.timeline,
    heat: inTime.heat,
    news: previous && newsOf(period, previous, causes, parties, input.unrecognised, change),
    parties: PARTY_DIMENSIONS.map((dimension) => parties[dimension].table),
    clocks: input.clocks,
    clock_history: [...input.clock_history],
    findings: [...input.findings],
    alerts: [...input.alerts],
    advice: [...input.advice].sort((a, b) => b.avoided - a.avoided),
    hygiene: hygieneOf(input.hygiene, period.range),
    quality: qualityOf(input, inTime),
  }
}

function periodOf({ from_ms, to_ms }: TimeRange): ReportPeriod {
  return { from_ms, to_ms, hours: (to_ms - from_ms) / HOUR_MS }
}

function totalsOf(
  facts: PeriodFacts,
  parties: Readonly<Record<PartyDimension, Parties>>,
  detail_from_ms: number,
): Totals {
  const count = (outcome: string) =>
    facts.kinds.reduce((sum, kind) => sum + (kind.outcome === outcome ? kind.count : 0), 0)
  const [successes, failures] = [count('success'), count('failure')]
  const failing = (dimension: PartyDimension) =>
    parties[dimension].all.filter((row) => row.value !== '' && row.failures > 0).length
  const outcomes = facts.client_outcomes.filter(
    ({ value, last_failure_ms }) => value !== '' && last_failure_ms !== null,
  )
  const stranded = outcomes.filter(
    ({ last_success_ms, last_failure_ms }) => last_success_ms === null || last_success_ms < last_failure_ms!,
  )
  return {
    events: successes + failures,
    successes,
    failures,
    share: shareOf(failures, successes + failures),
    clients: failing('client_id'),
    users: facts.users.count,
    // Who failed is known only as long as the incidents are kept.
    users_approximate: facts.users.at_least || detail_from_ms > facts.range.from_ms,
    services: failing('service'),
    hosts: failing('host'),
    clients_recovered: outcomes.length - stranded.length,
    clients_stranded: stranded.length,
    stranded: stranded.slice(0, STRANDED_NAMED).map(({ value }) => value),
    healing: healingOf(facts.expiries, facts.kinds),
  }
}

function kindFigures(now: PeriodFacts, before: PeriodFacts | null): KindFigures[] {
  return KINDS.flatMap((kind) => {
    const count = (facts: PeriodFacts, outcome: string) =>
      facts.kinds.find((row) => row.kind === kind && row.outcome === outcome)?.count ?? 0
    const successes = count(now, 'success')
    const failures = count(now, 'failure')
    const previous_failures = before && count(before, 'failure')
    const previous_successes = before && count(before, 'success')
    if (successes + failures + (previous_failures ?? 0) + (previous_successes ?? 0) === 0) return []
    const share = shareOf(failures, successes + failures)
    return [{ kind, successes, failures, share, previous_failures, previous_successes }]
  })
}

function eventsOf(facts: PeriodFacts): number {
  return facts.kinds.reduce((sum, { count }) => sum + count, 0)
}
