/**
 * Asks one or several stores everything a report needs, and has it computed. Only reads; the questions are answered from
 * rollups, so that ten million incidents cost no more than ten thousand. Progress is told per store and question.
 */
import { type SubcausePlaces, subcauseKey } from '../analyze/report/cause-figures.ts'
import { computeReport } from '../analyze/report/compute-report.ts'
import { HEALABLE } from '../analyze/report/healing.ts'
import type { HygieneFacts } from '../analyze/report/hygiene.ts'
import { storeStep } from '../analyze/report/local-calendar.ts'
import {
  mergeFacts,
  mergeRows,
  PARTY_DIMENSIONS,
  type PartyDimension,
  type PeriodFacts,
} from '../analyze/report/period-facts.ts'
import { type Filter, NO_FILTER, type TimeRange } from '../core/filter.ts'
import type { ClockTable } from '../core/host-clock.ts'
import type { CauseCount, DimensionRow, StoreReader } from '../core/ports/store.ts'
import type { Report } from '../core/report.ts'
import { loadClocks } from './load-clocks.ts'
import { loadFindings } from './load-findings.ts'

export interface ReportRequest {
  period: TimeRange
  /** Null: nothing is compared. */
  previous: TimeRange | null
  zone: string
  /** 0 Sunday … 6 Saturday. */
  week_start: number
  now_ms: number
  /** Told before each part of the work, in a few words. */
  progress?(what: string): void
}

const DAY_MS = 86_400_000

/** Values of a dimension read per store; the tables show ten. */
const VALUES_READ = 20_000

/** Subcauses whose places are looked up: the rest together is small. */
const SUBCAUSES_PLACED = 12

/** Places looked at per subcause and dimension; one of them must hold half the failures to be told. */
const PLACES_READ = 5

/** Alerts told in the timeline; a page with more is no page. */
const ALERTS_READ = 200

/** Sampled uses of tokens: medians of more are no different. */
const USES_READ = 50_000

/** Keys and forms of tokens; more are made up. */
const FACTS_READ = 10_000

/** Expiries looked at for whether they healed, the newest; a share of so many is known to 2 %. */
const EXPIRIES_READ = 2_000
const MENDABLE = { cause: [HEALABLE.cause], subcause: [...HEALABLE.subcauses] }

/** Shapes of unknown messages looked through for new ones. */
const TEMPLATES_READ = 1000

export async function loadReport(readers: readonly StoreReader[], request: ReportRequest): Promise<Report> {
  const { period, previous, zone, now_ms, week_start, progress = () => {} } = request
  progress('reading the period')
  const now = mergeFacts(await each(readers, (reader) => factsOf(reader, period, zone)))
  if (previous !== null) progress('reading the period before')
  const before = previous && mergeFacts(await each(readers, (reader) => factsOf(reader, previous, zone)))
  progress('looking where the failures are')
  const places = await placesOf(readers, period, now.causes)
  progress('looking for findings')
  const found = await each(readers, (reader) => loadFindings(reader, period, now_ms))
  const extents = (await each(readers, (reader) => reader.extent())).filter((extent) => extent !== null)
  return computeReport({
    now_ms,
    zone,
    week_start,
    period: now,
    previous: before,
    places,
    extent:
      extents.length === 0
        ? null
        : {
            from_ms: Math.min(...extents.map(({ from_ms }) => from_ms)),
            to_ms: Math.max(...extents.map(({ to_ms }) => to_ms)),
          },
    limits: await each(readers, (reader) => reader.limits()),
    sources: (await each(readers, (reader) => reader.sources())).flat(),
    unrecognised: (await each(readers, (reader) => reader.unrecognised(TEMPLATES_READ))).flat(),
    clocks: await clocksOf(readers, Math.min(now_ms, period.to_ms)),
    clock_history: (await each(readers, (reader) => reader.clockReadings(period))).flat(),
    findings: found.flatMap((each) => each.findings),
    alerts: (await each(readers, (reader) => reader.alerts(period, ALERTS_READ))).flat(),
    advice: found.flatMap((each) => each.advice),
    hygiene: await hygieneOf(readers, period),
  })
}

async function hygieneOf(readers: readonly StoreReader[], range: TimeRange): Promise<HygieneFacts> {
  const of = (include: Filter['include']) =>
    each(readers, (reader) => reader.dimension('client_id', range, only(include), VALUES_READ))
  const sampled = await each(readers, (reader) => reader.tokenUses(range, Math.ceil(USES_READ / readers.length)))
  return {
    uses: sampled.flatMap(({ uses }) => uses),
    one_in: Math.max(1, ...sampled.map(({ one_in }) => one_in)),
    keys: (await each(readers, (reader) => reader.historyOf('keys', range, FACTS_READ))).flat(),
    forms: (await each(readers, (reader) => reader.historyOf('form', range, FACTS_READ))).flat(),
    refreshes: (await of({ kind: ['refresh'] })).flat(),
    expired: (await of({ cause: ['expiry'], subcause: ['access_token'] })).flat(),
  }
}

async function factsOf(reader: StoreReader, range: TimeRange, zone: string): Promise<PeriodFacts> {
  const step_ms = storeStep(range, zone)
  const causes = await reader.causes(range, NO_FILTER)
  const parties = {} as PeriodFacts['parties']
  for (const dimension of PARTY_DIMENSIONS) {
    parties[dimension] = {
      rows: await reader.dimension(dimension, range, NO_FILTER, VALUES_READ),
      days: await reader.dimensionSeries(dimension, range, DAY_MS, NO_FILTER),
    }
  }
  return {
    range,
    step_ms,
    kinds: await reader.kinds(range, NO_FILTER),
    causes,
    by_cause: await reader.series(range, step_ms, 'cause', NO_FILTER),
    by_kind: await reader.series(range, step_ms, 'kind', NO_FILTER),
    subcause_days: (
      await each(causes, async ({ cause, subcause }) =>
        (
          await reader.series(range, DAY_MS, 'cause', only({ cause: [cause], subcause: [subcause] }))
        ).map(({ start_ms, count }) => ({ cause, subcause, start_ms, count })),
      )
    ).flat(),
    parties,
    client_outcomes: await reader.lastOutcomes('client_id', range, NO_FILTER),
    signatures: await reader.signatures(range),
    users: await reader.failedSubjects(range),
    unrecognised: await reader.unrecognisedCount(range),
    expiries: await reader.incidents({ range, filter: only(MENDABLE), limit: EXPIRIES_READ }),
  }
}

async function placesOf(
  readers: readonly StoreReader[],
  range: TimeRange,
  causes: readonly CauseCount[],
): Promise<SubcausePlaces> {
  const largest = causes.toSorted((a, b) => b.count - a.count).slice(0, SUBCAUSES_PLACED)
  const places = new Map<string, Record<PartyDimension, DimensionRow[]>>()
  for (const { cause, subcause } of largest) {
    const filter = only({ cause: [cause], subcause: [subcause] })
    const rows = {} as Record<PartyDimension, DimensionRow[]>
    for (const dimension of PARTY_DIMENSIONS) {
      rows[dimension] = mergeRows(
        (await each(readers, (reader) => reader.dimension(dimension, range, filter, PLACES_READ))).flat(),
      )
    }
    places.set(subcauseKey(cause, subcause), rows)
  }
  return places
}

/** Clocks of several stores are put side by side: what links them is known to none of them. */
async function clocksOf(readers: readonly StoreReader[], now_ms: number): Promise<ClockTable> {
  const [first, ...others] = await each(readers, (reader) => loadClocks(reader, now_ms))
  return {
    reference: first?.reference ?? null,
    generated_ms: now_ms,
    hosts: [first, ...others].flatMap((table) => table?.hosts ?? []),
    issuers: [first, ...others].flatMap((table) => table?.issuers ?? []),
    collector: first?.collector ?? null,
  }
}

function only(include: Filter['include']): Filter {
  return { include, exclude: {} }
}

/** One after the other: the answers come from one file each, and a store has one connection. */
async function each<T, R>(items: readonly T[], ask: (item: T) => Promise<R>): Promise<R[]> {
  const answers: R[] = []
  for (const item of items) answers.push(await ask(item))
  return answers
}
