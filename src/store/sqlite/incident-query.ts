/**
 * Lists incidents newest first. Without a filter the time index gives them; with one, the rollups say in which days,
 * hours and minutes something passes, so that a rare value is found without reading the failures in between.
 */
import type Database from 'better-sqlite3'
import type { Incident } from '../../core/incident.ts'
import type { IncidentQuery } from '../../core/ports/store.ts'
import type { CountQuery } from './count-query.ts'
import { addCondition, type FilterIds, filterIds, filterWithOther, incidentPasses } from './filter-ids.ts'
import { INCIDENT_COLUMNS, type IncidentRow, unpackIncident } from './incident-row.ts'
import type { Lexicon } from './lexicon.ts'
import { Statements } from './statements.ts'
import { DAY_MS, floorTo, GRAIN, GRAIN_MS, type Grain } from './time-grain.ts'

/** Days looked up at a time when searching for a rare value. */
const DAYS_AT_ONCE = 16

const COLUMNS = INCIDENT_COLUMNS.map((column) => `i.${column}`).join(', ')

/** Before which incident to go on; `id` above every id when paging starts. */
interface Cursor {
  from_ms: number
  time_ms: number
  id: number
}

export class IncidentList {
  readonly #db: Database.Database
  readonly #lexicon: Lexicon
  readonly #counts: CountQuery
  readonly #statements: Statements

  constructor(db: Database.Database, lexicon: Lexicon, counts: CountQuery) {
    this.#db = db
    this.#lexicon = lexicon
    this.#counts = counts
    this.#statements = new Statements(db)
  }

  list(query: IncidentQuery, extent: { from_ms: number; to_ms: number }): Incident[] {
    const cursor: Cursor = {
      from_ms: Math.max(query.range.from_ms, extent.from_ms),
      time_ms: Math.min(query.range.to_ms, extent.to_ms),
      id: 0,
    }
    if (query.before && query.before.time_ms < cursor.time_ms) {
      cursor.time_ms = query.before.time_ms
      cursor.id = Number(query.before.id)
    }
    const limit = Math.max(0, Math.floor(query.limit))
    const ids = filterIds(this.#db, this.#lexicon, filterWithOther(query.filter))
    const filtered = Object.keys({ ...query.filter.include, ...query.filter.exclude }).length > 0
    const found: Incident[] = []
    if (limit === 0 || !(cursor.from_ms <= cursor.time_ms)) return found
    for (const rows of filtered ? this.#minutes(cursor, ids) : [this.#rows(cursor, null, limit)]) {
      for (const row of rows) {
        const incident = unpackIncident(this.#lexicon, row)
        if (row[15] !== null && filtered && !incidentPasses(query.filter, incident)) continue
        found.push(incident)
        if (found.length === limit) return found
      }
    }
    return found
  }

  /** Passing incidents minute by minute, newest first. */
  *#minutes(cursor: Cursor, ids: FilterIds): IterableIterator<IncidentRow[]> {
    for (const day_ms of this.#buckets(GRAIN.day, cursor.from_ms, cursor.time_ms + 1, ids, DAYS_AT_ONCE)) {
      for (const hour_ms of this.#buckets(GRAIN.hour, day_ms, Math.min(day_ms + DAY_MS, cursor.time_ms + 1), ids, 24)) {
        const hour_end_ms = Math.min(hour_ms + GRAIN_MS[GRAIN.hour], cursor.time_ms + 1)
        for (const minute_ms of this.#buckets(GRAIN.minute, hour_ms, hour_end_ms, ids, 60)) {
          const end_ms = minute_ms + GRAIN_MS[GRAIN.minute]
          const from_ms = Math.max(minute_ms, cursor.from_ms)
          yield this.#rows(
            end_ms <= cursor.time_ms ? { from_ms, time_ms: end_ms, id: 0 } : { ...cursor, from_ms },
            ids,
            -1,
          )
        }
      }
    }
  }

  /** Starts of buckets with something that passes, newest first. */
  *#buckets(grain: Grain, from_ms: number, to_ms: number, ids: FilterIds, chunk: number): IterableIterator<number> {
    const size = GRAIN_MS[grain]
    const from = floorTo(from_ms, size) / size
    let to = Math.ceil(to_ms / size)
    for (;;) {
      const buckets = this.#counts.newestBuckets({ grain, from, to }, ids, chunk)
      for (const bucket of buckets) yield bucket * size
      if (buckets.length < chunk) return
      to = buckets.at(-1)!
    }
  }

  /** Incidents at or after `from_ms` and before the cursor, newest first; `limit` -1 is none. */
  #rows(cursor: Cursor, ids: FilterIds | null, limit: number): IncidentRow[] {
    const conditions = ['i.time_ms >= ?', 'i.time_ms <= ?', '(i.time_ms < ? OR i.id < ?)']
    const params: unknown[] = [cursor.from_ms, cursor.time_ms, cursor.time_ms, cursor.id]
    let join = ''
    if (ids !== null) {
      const series = ids.series()
      if (series !== null) {
        addCondition(conditions, params, 'i.series', { include: series, exclude: [] })
      } else {
        join = 'CROSS JOIN series s ON s.id = i.series'
        addCondition(conditions, params, 's.verdict', { include: [...ids.verdicts.keys()], exclude: [] })
        for (const condition of ids.dimensions) addCondition(conditions, params, `s.${condition.dimension}`, condition)
      }
    }
    const sql = `SELECT ${COLUMNS} FROM incident i ${join} WHERE ${conditions.join(' AND ')}
                  ORDER BY i.time_ms DESC, i.id DESC LIMIT ?`
    return this.#statements.rows<IncidentRow>(sql, [...params, limit])
  }
}
