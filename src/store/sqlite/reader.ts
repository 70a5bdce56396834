/**
 * A read-only look at an SQLite store, beside a running writer or without one. Every answer is one or few short
 * statements, so the writer's WAL is never held up.
 * Ranges are honoured to the minute for counts (to the hour where retention has left only hours) and exactly for
 * incidents.
 */

import type Database from 'better-sqlite3'
import type { Alert, Silence } from '../../core/alert.ts'
import { CAUSE_ORDER, type Cause } from '../../core/cause.ts'
import type { ClockReading } from '../../core/clock-lookup.ts'
import type { Filter, TimeRange } from '../../core/filter.ts'
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
import {
  readActivity,
  readAlerts,
  readFailureRows,
  readFailureRowsSince,
  readSilences,
  readWaiting,
} from './alert-query.ts'
import { readClockReadings, readClockRows } from './clock-table.ts'
import { CountQuery } from './count-query.ts'
import { readGroups } from './group-query.ts'
import { HistoryTable } from './history-table.ts'
import { IncidentList } from './incident-query.ts'
import { INCIDENT_COLUMNS, type IncidentRow, unpackIncident } from './incident-row.ts'
import { type Last, lastOutcomes } from './last-outcomes.ts'
import { Lexicon } from './lexicon.ts'
import { MetaTable } from './meta-table.ts'
import { newestOf } from './newest-of.ts'
import { readObservations } from './observation-query.ts'
import { refusalOf } from './refusal-of.ts'
import { countFailedSubjects, countSignatures, countUnrecognised } from './report-query.ts'
import { runSql } from './run-sql.ts'
import { readStreams } from './stream-table.ts'
import { readTokenUses } from './token-use-query.ts'
import { readWatchSteps } from './watch-table.ts'

export class SqliteReader implements StoreReader {
  readonly #db: Database.Database
  readonly #path: string
  readonly #meta: MetaTable
  readonly #lexicon: Lexicon
  readonly #counts: CountQuery
  readonly #incidents: IncidentList
  readonly #byId: Database.Statement<[number], IncidentRow>
  #history: HistoryTable | null = null
  readonly #version: Database.Statement<[], number>

  /** Takes over an open read-only connection to an up-to-date store. */
  constructor(db: Database.Database, path: string) {
    this.#db = db
    this.#path = path
    this.#meta = new MetaTable(db)
    this.#lexicon = new Lexicon(db)
    this.#counts = new CountQuery(db, this.#lexicon)
    this.#incidents = new IncidentList(db, this.#lexicon, this.#counts)
    this.#byId = db
      .prepare<[number], IncidentRow>(`SELECT ${INCIDENT_COLUMNS.join(', ')} FROM incident WHERE id = ?`)
      .raw()
    this.#version = db.prepare<[], number>('PRAGMA data_version').pluck()
  }

  async version(): Promise<number> {
    return this.#refusing(() => this.#version.get()!)
  }

  /** `to_ms` is 1 ms after the last event, so that the half-open range holds it. */
  async extent(): Promise<TimeRange | null> {
    return this.#refusing(() => this.#extent())
  }

  async kinds(range: TimeRange, filter: Filter): Promise<KindCount[]> {
    return this.#refusing(() => {
      const counts = new Map<string, KindCount>()
      this.#count(range, filter, { by: 'nothing' }, ({ kind, outcome }, _, count) => {
        addTo(counts, `${kind}/${outcome}`, { kind, outcome, count: 0 }).count += count
      })
      return [...counts.values()].sort((a, b) => b.count - a.count || compare(a.kind + a.outcome, b.kind + b.outcome))
    })
  }

  /** Most frequent first. */
  async causes(range: TimeRange, filter: Filter): Promise<CauseCount[]> {
    return this.#refusing(() => {
      const counts = new Map<string, CauseCount>()
      this.#count(range, filter, { by: 'nothing' }, ({ cause, subcause }, _, count) => {
        if (cause === null || subcause === null) return
        addTo(counts, `${cause}/${subcause}`, { cause, subcause, count: 0 }).count += count
      })
      return [...counts.values()].sort(
        (a, b) =>
          b.count - a.count ||
          CAUSE_ORDER.indexOf(a.cause) - CAUSE_ORDER.indexOf(b.cause) ||
          compare(a.subcause, b.subcause),
      )
    })
  }

  /** In order of time. Steps start at multiples of `step_ms` since the epoch; a clipped first or last step is counted in part. */
  async series(range: TimeRange, step_ms: number, by: 'cause' | 'kind', filter: Filter): Promise<SeriesPoint[]> {
    if (!(step_ms > 0) || step_ms % 60_000 !== 0)
      throw new RangeError(`step_ms must be a multiple of 60000, not ${step_ms}`)
    return this.#refusing(() => {
      const points = new Map<string, SeriesPoint>()
      this.#count(range, filter, { by: 'step', step_ms }, ({ kind, outcome, cause }, start_ms, count) => {
        const key = by === 'cause' ? cause : `${kind}/${outcome}`
        if (key !== null) addTo(points, `${start_ms} ${key}`, { start_ms, key, count: 0 }).count += count
      })
      return [...points.values()].sort((a, b) => a.start_ms - b.start_ms || compare(a.key, b.key))
    })
  }

  async dimension(dimension: Dimension, range: TimeRange, filter: Filter, limit: number): Promise<DimensionRow[]> {
    return this.#refusing(() => {
      const rows = new Map<number, { successes: number; failures: number; causes: Map<Cause, number> }>()
      this.#count(range, filter, { by: 'dimension', dimension }, ({ cause }, value, count) => {
        const row = addTo(rows, value, { successes: 0, failures: 0, causes: new Map() })
        if (cause === null) {
          row.successes += count
        } else {
          row.failures += count
          row.causes.set(cause, (row.causes.get(cause) ?? 0) + count)
        }
      })
      return [...rows]
        .map(([value, { successes, failures, causes }]) => ({
          value: this.#lexicon.names.text(value),
          successes,
          failures,
          top_cause: mostFrequent(causes),
        }))
        .sort((a, b) => b.failures - a.failures || b.successes - a.successes || compare(a.value, b.value))
        .slice(0, limit)
    })
  }

  async dimensionSeries(
    dimension: Dimension,
    range: TimeRange,
    step_ms: number,
    filter: Filter,
  ): Promise<DimensionPoint[]> {
    if (!(step_ms > 0) || step_ms % 60_000 !== 0)
      throw new RangeError(`step_ms must be a multiple of 60000, not ${step_ms}`)
    return this.#refusing(() => {
      const points = new Map<string, DimensionPoint>()
      this.#count(range, filter, { by: 'dimension_step', dimension, step_ms }, ({ cause }, id, count, start_ms) => {
        const key = `${start_ms} ${id}`
        const point =
          points.get(key) ??
          addTo(points, key, { start_ms, value: this.#lexicon.names.text(id), successes: 0, failures: 0 })
        point[cause === null ? 'successes' : 'failures'] += count
      })
      return [...points.values()].sort((a, b) => a.start_ms - b.start_ms || compare(a.value, b.value))
    })
  }

  /** In order of the values. */
  async lastOutcomes(dimension: Dimension, range: TimeRange, filter: Filter): Promise<LastOutcome[]> {
    return this.#refusing(() => {
      let last: ReadonlyMap<number, Last> = new Map()
      this.#within(range, (clipped, detail_from_ms) => {
        last = lastOutcomes(this.#counts, this.#lexicon, dimension, clipped, detail_from_ms, filter)
      })
      return [...last]
        .map(([id, { success, failure }]) => ({
          value: this.#lexicon.names.text(id),
          last_success_ms: success,
          last_failure_ms: failure,
        }))
        .sort((a, b) => compare(a.value, b.value))
    })
  }

  async signatures(range: TimeRange): Promise<SignatureCount[]> {
    return this.#refusing(() => countSignatures(this.#db, this.#lexicon, range))
  }

  async failedSubjects(range: TimeRange): Promise<DistinctCount> {
    return this.#refusing(() => countFailedSubjects(this.#db, range))
  }

  async unrecognisedCount(range: TimeRange): Promise<number> {
    return this.#refusing(() => countUnrecognised(this.#db, range))
  }

  async limits(): Promise<StoreLimits> {
    return this.#refusing(() => ({
      detail_from_ms: this.#meta.get('detail_from_ms') ?? null,
      reached: this.#db
        .prepare<[], { name: string; count: number }>('SELECT name, count FROM counter ORDER BY name')
        .all(),
    }))
  }

  async groups(range: TimeRange, filter: Filter, limit: number): Promise<{ groups: GroupCount[]; more: boolean }> {
    return this.#refusing(() => {
      const extent = this.#extent()
      if (extent === null) return { groups: [], more: false }
      const detail_from_ms = this.#meta.get('detail_from_ms') ?? -Infinity
      return readGroups(this.#db, this.#lexicon, clip(range, extent), detail_from_ms, filter, limit)
    })
  }

  async incidents(query: IncidentQuery): Promise<Incident[]> {
    return this.#refusing(() => {
      const extent = this.#extent()
      return extent === null ? [] : this.#incidents.list(query, extent)
    })
  }

  async newestOf(range: TimeRange, groups: readonly GroupWish[]): Promise<Incident[][]> {
    return this.#refusing(() => {
      const extent = this.#extent()
      if (extent === null) return groups.map(() => [])
      return newestOf(this.#db, this.#lexicon, this.#incidents, range, groups, extent)
    })
  }

  async incident(id: string): Promise<Incident | null> {
    return this.#refusing(() => {
      const row = this.#byId.get(Number(id))
      return row === undefined ? null : unpackIncident(this.#lexicon, row)
    })
  }

  async observations(id: string): Promise<Observation[]> {
    return this.#refusing(() => readObservations(this.#db, this.#lexicon, Number(id)))
  }

  async history(questions: readonly HistoryQuestion[]): Promise<HistoryFact[][]> {
    return this.#refusing(() => {
      this.#history ??= new HistoryTable(this.#db, this.#lexicon)
      return this.#history.answers(questions)
    })
  }

  async historyOf(party: Party, range: TimeRange, limit: number): Promise<HistoryFact[]> {
    return this.#refusing(() => {
      this.#history ??= new HistoryTable(this.#db, this.#lexicon)
      return this.#history.all(party, range, limit)
    })
  }

  async tokenUses(range: TimeRange, limit: number): Promise<TokenUses> {
    return this.#refusing(() => readTokenUses(this.#db, this.#lexicon, range, limit))
  }

  async sources(): Promise<SourceStatus[]> {
    return this.#refusing(() => readStreams(this.#db))
  }

  async clockRows(): Promise<ClockRow[]> {
    return this.#refusing(() => readClockRows(this.#db))
  }

  async clockReadings(range: TimeRange, host?: string): Promise<ClockReading[]> {
    return this.#refusing(() => readClockReadings(this.#db, this.#lexicon, range, host))
  }

  async unrecognised(limit: number): Promise<UnrecognisedGroup[]> {
    return this.#refusing(() =>
      this.#db
        .prepare<[number], UnrecognisedGroup>(
          `SELECT template, system, sample, count, first_ms, last_ms FROM unrecognised
            ORDER BY count DESC, last_ms DESC, system, template LIMIT ?`,
        )
        .all(limit),
    )
  }

  async watchSteps(range: TimeRange): Promise<WatchStep[]> {
    return this.#refusing(() => readWatchSteps(this.#db, range))
  }

  async alerts(range: TimeRange, limit: number): Promise<Alert[]> {
    return this.#refusing(() => readAlerts(this.#db, range, limit))
  }

  async silences(now_ms: number): Promise<Silence[]> {
    return this.#refusing(() => readSilences(this.#db, now_ms))
  }

  async failureRows(
    range: TimeRange,
    after: { time_ms: number; id: number } | null,
    limit: number,
  ): Promise<FailureRow[]> {
    return this.#refusing(() => readFailureRows(this.#db, this.#lexicon, range, after, limit))
  }

  async failureRowsSince(id: number, limit: number): Promise<FailureRow[]> {
    return this.#refusing(() => readFailureRowsSince(this.#db, this.#lexicon, id, limit))
  }

  async lastFailureId(): Promise<number> {
    return this.#refusing(() => this.#meta.get('next_incident')! - 1)
  }

  async activity(range: TimeRange, step_ms: number): Promise<ActivityPoint[]> {
    if (!(step_ms > 0) || step_ms % 60_000 !== 0)
      throw new RangeError(`step_ms must be a multiple of 60000, not ${step_ms}`)
    return this.#refusing(() => {
      const extent = this.#extent()
      if (extent === null) return []
      const clipped = { from_ms: Math.max(range.from_ms, extent.from_ms), to_ms: Math.min(range.to_ms, extent.to_ms) }
      if (clipped.from_ms >= clipped.to_ms) return []
      return readActivity(this.#db, this.#lexicon, clipped, this.#meta.get('detail_from_ms') ?? -Infinity, step_ms)
    })
  }

  async waiting() {
    return this.#refusing(() => readWaiting(this.#db))
  }

  async sql(query: string, limit: number, timeout_ms: number): Promise<SqlResult> {
    return runSql(this.#path, query, limit, timeout_ms)
  }

  async close(): Promise<void> {
    this.#db.close()
  }

  #extent(): TimeRange | null {
    const first_ms = this.#meta.get('first_ms')
    const last_ms = this.#meta.get('last_ms')
    return first_ms === undefined || last_ms === undefined ? null : { from_ms: first_ms, to_ms: last_ms + 1 }
  }

  #count(
    range: TimeRange,
    filter: Filter,
    ...rest: [Parameters<CountQuery['run']>[3], Parameters<CountQuery['run']>[4]]
  ): void {
    this.#within(range, (clipped, detail_from_ms) => this.#counts.run(clipped, detail_from_ms, filter, ...rest))
  }

  /** What there is within `range`, in one snapshot of the store; nothing is looked for where there is nothing. */
  #within(range: TimeRange, look: (clipped: TimeRange, detail_from_ms: number) => void): void {
    this.#db.transaction(() => {
      const extent = this.#extent()
      if (extent === null) return
      const clipped = clip(range, extent)
      if (clipped.from_ms < clipped.to_ms) look(clipped, this.#meta.get('detail_from_ms') ?? -Infinity)
    })()
  }

  #refusing<T>(work: () => T): T {
    try {
      return work()
    } catch (error) {
      throw refusalOf(error, this.#path)
    }
  }
}

function addTo<K, V>(map: Map<K, V>, key: K, empty: V): V {
  const found = map.get(key)
  if (found !== undefined) return found
  map.set(key, empty)
  return empty
}

function clip(range: TimeRange, extent: TimeRange): TimeRange {
  return { from_ms: Math.max(range.from_ms, extent.from_ms), to_ms: Math.min(range.to_ms, extent.to_ms) }
}

function mostFrequent(causes: ReadonlyMap<Cause, number>): Cause | null {
  let top: Cause | null = null
  for (const cause of CAUSE_ORDER) {
    if ((causes.get(cause) ?? 0) > (top === null ? 0 : causes.get(top)!)) top = cause
  }
  return top
}

/** By code unit: the same order in every engine and locale. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
