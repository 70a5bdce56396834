/**
 * A look at a ClickHouse store: everything is asked of the server, which adds up, filters and sorts. Ranges are honoured to the minute
 * for counts (to the hour where retention has left only hours) and exactly for incidents.
 */
import type { Alert, Silence } from '../../core/alert.ts'
import { CAUSE_ORDER, type Cause } from '../../core/cause.ts'
import type { ClockReading } from '../../core/clock-lookup.ts'
import { type Filter, NO_FILTER, type TimeRange } from '../../core/filter.ts'
import type { HistoryFact, HistoryQuestion, Party } from '../../core/history.ts'
import type { Incident, Observation } from '../../core/incident.ts'
import type { ActivityPoint, FailureRow } from '../../core/ports/alert-store.ts'
import type {
  CauseCount,
  ClockRow,
  Dimension,
  DimensionPoint,
  DimensionRow,
  DistinctCount,
  GroupCount,
  GroupWish,
  IncidentQuery,
  KindCount,
  LastOutcome,
  SeriesPoint,
  SignatureCount,
  SqlResult,
  StoreLimits,
  StoreReader,
  UnrecognisedGroup,
} from '../../core/ports/store.ts'
import type { SourceStatus } from '../../core/source-status.ts'
import type { TokenUses } from '../../core/token-use.ts'
import type { WatchStep } from '../../core/watch-step.ts'
import { cleanText, NAME_LIMIT } from '../clean-text.ts'
import { TEMPLATE_LIMIT } from '../limits.ts'
import { HOUR_MS, MINUTE_MS } from '../time-grain.ts'
import { readAlerts, readFailures, readSilences, readWaiting, readWatchSteps } from './alert-query.ts'
import { type CountScope, type Grouping, readCounts, readGroups, readLast, type VerdictPart } from './count-query.ts'
import { readHistory, readHistoryOf } from './history-rows.ts'
import { listIncidents, readIncident } from './incident-query.ts'
import { COLLECTOR_BITS, type Marks, type Meta } from './meta.ts'
import { newestOf } from './newest-of.ts'
import { refusalOf } from './refusal-of.ts'
import { countFailedSubjects, countSignatures, countUnrecognised, readTokenUses } from './report-query.ts'
import { runSql } from './run-sql.ts'
import type { ClickhouseServer } from './server.ts'
import { type Sql, sql } from './sql.ts'

/** How long marks are taken for the present ones, ms: so late is what was dropped out of sight. */
const MARKS_MS = 500

export class ClickhouseReader implements StoreReader {
  readonly #server: ClickhouseServer
  readonly #meta: Meta
  /** Failures and counts of this collector only; null: everybody's. */
  readonly #collector: number | null
  #known: { marks: Promise<Marks>; until_ms: number } | null = null

  constructor(server: ClickhouseServer, meta: Meta, collector: number | null) {
    this.#server = server
    this.#meta = meta
    this.#collector = collector
  }

  async version(): Promise<number> {
    return this.#refusing(async () => {
      const rows = await this.#server.rows<[number]>(
        sql`SELECT sum(newest) FROM (SELECT max(n) AS newest FROM committed GROUP BY collector)`,
      )
      return rows[0]?.[0] ?? 0
    })
  }

  /** `to_ms` is 1 ms after the last event, so that the half-open range holds it. */
  async extent(): Promise<TimeRange | null> {
    return this.#refusing(async () => {
      const [row] = await this.#server.rows<[number | null, number | null]>(
        sql`SELECT min(first_ms), max(last_ms) FROM committed FINAL WHERE ${this.#whose()}`,
      )
      const [first_ms, last_ms] = row ?? [null, null]
      if (first_ms === null || last_ms === null) return null
      const { rollups_from_ms } = await this.#marks()
      if (rollups_from_ms === null || first_ms >= rollups_from_ms) return { from_ms: first_ms, to_ms: last_ms + 1 }
      // What was dropped leaves the extent; hours are all that says where the rest begins.
      const [rest] = await this.#server.rows<[number, number]>(
        sql`SELECT min(start_ms), count() FROM count_hour WHERE start_ms >= ${rollups_from_ms} AND ${this.#whose()}`,
      )
      return rest === undefined || rest[1] === 0 ? null : { from_ms: rest[0], to_ms: last_ms + 1 }
    })
  }

  async kinds(range: TimeRange, filter: Filter): Promise<KindCount[]> {
    const counts = new Map<string, KindCount>()
    for (const { kind, outcome, count } of await this.#counts(range, filter, { by: ['kind', 'outcome'] }))
      addTo(counts, `${kind}/${outcome}`, { kind, outcome, count: 0 }).count += count
    return [...counts.values()].sort((a, b) => b.count - a.count || compare(a.kind + a.outcome, b.kind + b.outcome))
  }

  /** Most frequent first. */
  async causes(range: TimeRange, filter: Filter): Promise<CauseCount[]> {
    const counts = new Map<string, CauseCount>()
    for (const { cause, subcause, count } of await this.#counts(range, filter, { by: ['cause', 'subcause'] }))
      if (cause !== null && subcause !== null)
        addTo(counts, `${cause}/${subcause}`, { cause, subcause, count: 0 }).count += count
    return [...counts.values()].sort(
      (a, b) =>
        b.count - a.count ||
        CAUSE_ORDER.indexOf(a.cause) - CAUSE_ORDER.indexOf(b.cause) ||
        compare(a.subcause, b.subcause),
    )
  }

  /** In order of time. Steps start at multiples of `step_ms` since the epoch. */
  async series(range: TimeRange, step_ms: number, by: 'cause' | 'kind', filter: Filter): Promise<SeriesPoint[]> {
    checkStep(step_ms)
    const points = new Map<string, SeriesPoint>()
    const verdict = by === 'cause' ? (['cause'] as const) : (['kind', 'outcome'] as const)
    for (const { kind, outcome, cause, start_ms, count } of await this.#counts(range, filter, {
      by: verdict,
      step_ms,
    })) {
      const key = by === 'cause' ? cause : `${kind}/${outcome}`
      if (key !== null) addTo(points, `${start_ms} ${key}`, { start_ms, key, count: 0 }).count += count
    }
    return [...points.values()].sort((a, b) => a.start_ms - b.start_ms || compare(a.key, b.key))
  }

  async dimension(dimension: Dimension, range: TimeRange, filter: Filter, limit: number): Promise<DimensionRow[]> {
    const rows = new Map<string, { successes: number; failures: number; causes: Map<Cause, number> }>()
    for (const { cause, value, count } of await this.#counts(range, filter, { by: ['cause'], dimension })) {
      const row = addTo(rows, value, { successes: 0, failures: 0, causes: new Map() })
      if (cause === null) row.successes += count
      else {
        row.failures += count
        row.causes.set(cause, (row.causes.get(cause) ?? 0) + count)
      }
    }
    return [...rows]
      .map(([value, { successes, failures, causes }]) => ({
        value,
        successes,
        failures,
        top_cause: mostFrequent(causes),
      }))
      .sort((a, b) => b.failures - a.failures || b.successes - a.successes || compare(a.value, b.value))
      .slice(0, limit)
  }

  async dimensionSeries(
    dimension: Dimension,
    range: TimeRange,
    step_ms: number,
    filter: Filter,
  ): Promise<DimensionPoint[]> {
    checkStep(step_ms)
    const points = new Map<string, DimensionPoint>()
    const counts = await this.#counts(range, filter, { by: ['outcome'], dimension, step_ms })
    for (const { outcome, value, start_ms, count } of counts) {
      const point = addTo(points, `${start_ms} ${value}`, { start_ms, value, successes: 0, failures: 0 })
      point[outcome === 'success' ? 'successes' : 'failures'] += count
    }
    return [...points.values()].sort((a, b) => a.start_ms - b.start_ms || compare(a.value, b.value))
  }

  async groups(range: TimeRange, filter: Filter, limit: number): Promise<{ groups: GroupCount[]; more: boolean }> {
    return this.#refusing(async () => readGroups(this.#server, await this.#scope(range, filter), limit))
  }

  /** In order of the values. */
  async lastOutcomes(dimension: Dimension, range: TimeRange, filter: Filter): Promise<LastOutcome[]> {
    const last = new Map<string, LastOutcome>()
    const found = await this.#refusing(async () =>
      readLast(this.#server, await this.#scope(range, filter), dimension, HOUR_MS),
    )
    for (const { outcome, value, start_ms } of found) {
      const row = addTo(last, value, { value, last_success_ms: null, last_failure_ms: null })
      row[outcome === 'success' ? 'last_success_ms' : 'last_failure_ms'] = start_ms
    }
    return [...last.values()].sort((a, b) => compare(a.value, b.value))
  }

  signatures(range: TimeRange): Promise<SignatureCount[]> {
    return this.#withMarks(({ detail_from_ms }) => countSignatures(this.#server, range, detail_from_ms))
  }

  failedSubjects(range: TimeRange): Promise<DistinctCount> {
    return this.#withMarks(({ detail_from_ms }) => countFailedSubjects(this.#server, range, detail_from_ms))
  }

  unrecognisedCount(range: TimeRange): Promise<number> {
    return this.#withMarks(({ detail_from_ms }) => countUnrecognised(this.#server, range, detail_from_ms))
  }

  limits(): Promise<StoreLimits> {
    return this.#withMarks(async ({ detail_from_ms }) => {
      const rows = await this.#server.rows<[string, number]>(
        sql`SELECT name, sum(count) FROM limited GROUP BY name ORDER BY name`,
      )
      return { detail_from_ms, reached: rows.map(([name, count]) => ({ name, count })) }
    })
  }

  incidents(query: IncidentQuery): Promise<Incident[]> {
    return this.#withMarks(({ detail_from_ms }) => listIncidents(this.#server, query, detail_from_ms))
  }

  newestOf(range: TimeRange, groups: readonly GroupWish[]): Promise<Incident[][]> {
    return this.#withMarks(({ detail_from_ms }) => newestOf(this.#server, range, groups, detail_from_ms))
  }

  incident(id: string): Promise<Incident | null> {
    return this.#withMarks(
      async ({ detail_from_ms }) => (await readIncident(this.#server, id, detail_from_ms))?.incident ?? null,
    )
  }

  observations(id: string): Promise<Observation[]> {
    return this.#withMarks(async ({ detail_from_ms }) => {
      const stored = await readIncident(this.#server, id, detail_from_ms)
      return [...(stored?.spoken ?? [])]
    })
  }

  history(questions: readonly HistoryQuestion[]): Promise<HistoryFact[][]> {
    return this.#withMarks(({ history_from_ms }) => readHistory(this.#server, questions, history_from_ms))
  }

  historyOf(party: Party, range: TimeRange, limit: number): Promise<HistoryFact[]> {
    return this.#withMarks(({ history_from_ms }) => readHistoryOf(this.#server, party, range, limit, history_from_ms))
  }

  tokenUses(range: TimeRange, limit: number): Promise<TokenUses> {
    return this.#withMarks(({ detail_from_ms }) => readTokenUses(this.#server, range, limit, detail_from_ms))
  }

  async sources(): Promise<SourceStatus[]> {
    return this.#refusing(async () => {
      const rows = await this.#server.rows<[string]>(
        sql`SELECT body FROM document FINAL WHERE kind = 'stream' ORDER BY collector, JSONExtractUInt(body, 'met')`,
      )
      return rows.map(([body]) => {
        const { met: _, ...status } = JSON.parse(body) as SourceStatus & { met: number }
        return status
      })
    })
  }

  /** Of several collectors that know one and the same clock, a row each. */
  async clockRows(): Promise<ClockRow[]> {
    return this.#refusing(async () => {
      const rows = await this.#server.rows<[string, string]>(
        sql`SELECT key, body FROM document FINAL WHERE kind = 'clock' ORDER BY key, collector`,
      )
      return rows.map(([key, body]) => ({ key, state: new Uint8Array(Buffer.from(body, 'base64')) }))
    })
  }

  clockReadings(range: TimeRange, host?: string): Promise<ClockReading[]> {
    return this.#withMarks(async ({ detail_from_ms }) => {
      const from_ms = Math.max(Math.floor(range.from_ms), detail_from_ms ?? -Number.MAX_SAFE_INTEGER)
      const of = host === undefined ? sql`1` : sql`host = ${cleanText(host, NAME_LIMIT)}`
      const rows = await this.#server.rows<ReadingRow>(
        sql`SELECT time_ms, host, reference, offset_ms, low_ms, high_ms, drift_ppb FROM clock_reading FINAL
             WHERE time_ms >= ${from_ms} AND time_ms < ${Math.ceil(range.to_ms)} AND ${of} ORDER BY time_ms, host`,
      )
      return rows.map(([at_ms, name, reference, offset, low, high, drift]) => ({
        at_ms,
        host: name,
        reference,
        offset_s: units(offset),
        low_s: units(low),
        high_s: units(high),
        drift_ppm: units(drift),
      }))
    })
  }

  unrecognised(limit: number): Promise<UnrecognisedGroup[]> {
    return this.#withMarks(async ({ detail_from_ms }) => {
      const rows = await this.#server.rows<[string, string, string, number, number, number]>(
        sql`SELECT template, system, anyLast(sample), sum(count) AS counted, min(first_ms), max(last_ms) AS newest
              FROM unrecognised GROUP BY system, template
            HAVING newest >= ${detail_from_ms ?? Number.MIN_SAFE_INTEGER}
             ORDER BY counted DESC, newest DESC, system, template LIMIT ${Math.min(limit, TEMPLATE_LIMIT)}`,
      )
      return rows.map(([template, system, sample, count, first_ms, last_ms]) => ({
        template,
        system,
        sample,
        count,
        first_ms,
        last_ms,
      }))
    })
  }

  watchSteps(range: TimeRange): Promise<WatchStep[]> {
    return this.#refusing(() => readWatchSteps(this.#server, range, this.#collector))
  }

  alerts(range: TimeRange, limit: number): Promise<Alert[]> {
    return this.#refusing(() => readAlerts(this.#server, range, limit))
  }

  silences(now_ms: number): Promise<Silence[]> {
    return this.#refusing(() => readSilences(this.#server, now_ms))
  }

  failureRows(range: TimeRange, after: { time_ms: number; id: number } | null, limit: number): Promise<FailureRow[]> {
    return this.#withMarks(({ detail_from_ms }) => {
      const from_ms = Math.max(after?.time_ms ?? Math.ceil(range.from_ms), detail_from_ms ?? -Number.MAX_SAFE_INTEGER)
      const behind = after === null ? sql`1` : sql`(time_ms, id) > (${after.time_ms}, ${after.id})`
      return readFailures(
        this.#server,
        sql`time_ms >= ${from_ms} AND time_ms < ${Math.ceil(range.to_ms)} AND ${behind} AND ${this.#whose()}`,
        sql`time_ms, id`,
        limit,
      )
    })
  }

  failureRowsSince(id: number, limit: number): Promise<FailureRow[]> {
    return this.#refusing(() => readFailures(this.#server, sql`id > ${id} AND ${this.#whose()}`, sql`id`, limit))
  }

  async lastFailureId(): Promise<number> {
    return this.#refusing(async () => {
      const rows = await this.#server.rows<[number, number]>(
        sql`SELECT collector, max(next_incident) FROM committed WHERE ${this.#whose()} GROUP BY collector`,
      )
      // A collector's numbers begin at 1.
      return Math.max(
        0,
        ...rows.map(([collector, next]) => (next <= 1 ? 0 : collector * 2 ** COLLECTOR_BITS + next - 1)),
        this.#collector === null ? 0 : this.#collector * 2 ** COLLECTOR_BITS,
      )
    })
  }

  async activity(range: TimeRange, step_ms: number): Promise<ActivityPoint[]> {
    checkStep(step_ms)
    const points = new Map<number, ActivityPoint>()
    for (const { outcome, start_ms, count } of await this.#counts(range, NO_FILTER, { by: ['outcome'], step_ms })) {
      const point = addTo(points, start_ms, { start_ms, successes: 0, failures: 0 })
      point[outcome === 'success' ? 'successes' : 'failures'] += count
    }
    return [...points.values()].sort((a, b) => a.start_ms - b.start_ms)
  }

  waiting() {
    return this.#refusing(() => readWaiting(this.#server))
  }

  sql(query: string, limit: number, timeout_ms: number): Promise<SqlResult> {
    return runSql(this.#server, query, limit, timeout_ms)
  }

  async close(): Promise<void> {
    await this.#server.close()
  }

  #counts<Part extends VerdictPart>(range: TimeRange, filter: Filter, grouping: Grouping<Part>) {
    return this.#refusing(async () => readCounts(this.#server, await this.#scope(range, filter), grouping))
  }

  async #scope(range: TimeRange, filter: Filter): Promise<CountScope> {
    const { detail_from_ms, rollups_from_ms, days_from_ms } = await this.#marks()
    return { range, filter, detail_from_ms, rollups_from_ms, days_from_ms, collector: this.#collector }
  }

  /** A report asks a hundred questions at once, and retention moves its marks by the hour. */
  #marks(): Promise<Marks> {
    const now_ms = performance.now()
    if (this.#known === null || now_ms >= this.#known.until_ms) {
      const marks = this.#meta.marks()
      this.#known = { marks, until_ms: now_ms + MARKS_MS }
      // Whoever asks next asks the server again.
      marks.catch(() => {
        this.#known = null
      })
    }
    return this.#known.marks
  }

  #whose(): Sql {
    return this.#collector === null ? sql`1` : sql`collector = ${this.#collector}`
  }

  #withMarks<T>(work: (marks: Marks) => Promise<T>): Promise<T> {
    return this.#refusing(async () => work(await this.#marks()))
  }

  async #refusing<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      throw refusalOf(error, this.#server.shown)
    }
  }
}

type ReadingRow = [number, string, string, number | null, number | null, number | null, number | null]

function checkStep(step_ms: number): void {
  if (!(step_ms > 0) || step_ms % MINUTE_MS !== 0)
    throw new RangeError(`step_ms must be a multiple of ${MINUTE_MS}, not ${step_ms}`)
}

function addTo<K, V>(map: Map<K, V>, key: K, empty: V): V {
  const found = map.get(key)
  if (found !== undefined) return found
  map.set(key, empty)
  return empty
}

function mostFrequent(causes: ReadonlyMap<Cause, number>): Cause | null {
  let top: Cause | null = null
  for (const cause of CAUSE_ORDER) {
    if ((causes.get(cause) ?? 0) > (top === null ? 0 : causes.get(top)!)) top = cause
  }
  return top
}

function units(thousandth: number | null): number | null {
  return thousandth === null ? null : thousandth / 1000
}

/** By code unit: the same order in every engine and locale. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
