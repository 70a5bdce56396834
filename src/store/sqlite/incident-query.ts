/**
 * Lists incidents newest or oldest first. Without a filter the time index gives them; with one, the rollups say in which
 * days and hours something passes, so that a rare value is found without going through the failures in between.
 */
import type Database from 'better-sqlite3'
import type { TimeRange } from '../../core/filter.ts'
import type { Incident } from '../../core/incident.ts'
import type { IncidentQuery } from '../../core/ports/store.ts'
import { GRAIN, GRAIN_MS, type Grain } from '../time-grain.ts'
import type { CountQuery } from './count-query.ts'
import { addCondition, type FilterIds, filterIds, filterWithOther, incidentPasses } from './filter-ids.ts'
import { INCIDENT_COLUMNS, type IncidentRow, unpackIncident } from './incident-row.ts'
import type { Lexicon } from './lexicon.ts'
import { Statements } from './statements.ts'

/** Days looked up at a time when searching for a rare value. */
const DAYS_AT_ONCE = 16

const COLUMNS = INCIDENT_COLUMNS.map((column) => `i.${column}`).join(', ')

/** What is still to be listed: within [from_ms, to_ms), and in the order of the query after the place. */
interface Rest {
  from_ms: number
  to_ms: number
  /** Null: from the beginning of the list. */
  after: { time_ms: number; id: number } | null
}

type Order = 'ASC' | 'DESC'

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

  list(query: IncidentQuery, extent: TimeRange): Incident[] {
    const order: Order = query.oldest_first ? 'ASC' : 'DESC'
    const after = query.after === undefined ? null : { time_ms: query.after.time_ms, id: Number(query.after.id) }
    const rest: Rest = {
      from_ms: Math.max(
        query.range.from_ms,
        extent.from_ms,
        order === 'ASC' ? (after?.time_ms ?? -Infinity) : -Infinity,
      ),
      to_ms: Math.min(
        query.range.to_ms,
        extent.to_ms,
        order === 'DESC' && after !== null ? after.time_ms + 1 : Infinity,
      ),
      after,
    }
    const limit = Math.max(0, Math.floor(query.limit))
    const ids = filterIds(this.#db, this.#lexicon, filterWithOther(query.filter))
    const filtered = Object.keys({ ...query.filter.include, ...query.filter.exclude }).length > 0
    const found: Incident[] = []
    if (limit === 0 || !(rest.from_ms < rest.to_ms)) return found
    for (const part of filtered ? this.#hours(rest, ids, order) : [rest]) {
      for (let left: Rest | null = part; left !== null; ) {
        const wanted = limit - found.length
        const rows = this.#rows(left, filtered ? ids : null, order, wanted)
        for (const row of rows) {
          const incident = unpackIncident(this.#lexicon, row)
          if (row[15] === null || !filtered || incidentPasses(query.filter, incident)) found.push(incident)
        }
        if (found.length === limit) return found
        const last = rows.at(-1)
        // Those counted under (other) may have been somebody else's.
        left = rows.length < wanted || last === undefined ? null : { ...part, after: { time_ms: last[1], id: last[0] } }
      }
    }
    return found
  }

  /** Hours in which something passes. */
  *#hours({ from_ms, to_ms, after }: Rest, ids: FilterIds, order: Order): IterableIterator<Rest> {
    for (const day of this.#buckets(GRAIN.day, { from_ms, to_ms }, ids, order, DAYS_AT_ONCE)) {
      for (const hour of this.#buckets(GRAIN.hour, both(day, { from_ms, to_ms }), ids, order, 24)) {
        yield { ...both(hour, { from_ms, to_ms }), after }
      }
    }
  }

  /** Buckets with something that passes. */
  *#buckets(
    grain: Grain,
    { from_ms, to_ms }: TimeRange,
    ids: FilterIds,
    order: Order,
    chunk: number,
  ): IterableIterator<TimeRange> {
    const size = GRAIN_MS[grain]
    let from = Math.floor(from_ms / size)
    let to = Math.ceil(to_ms / size)
    for (;;) {
      const buckets = this.#counts.buckets({ grain, from, to }, ids, order, chunk)
      for (const bucket of buckets) yield { from_ms: bucket * size, to_ms: (bucket + 1) * size }
      if (buckets.length < chunk) return
      if (order === 'ASC') from = buckets.at(-1)! + 1
      else to = buckets.at(-1)!
    }
  }

  /** At most `limit`, in the order asked for. The index by time holds the series, so others are passed over unread. */
  #rows({ from_ms, to_ms, after }: Rest, ids: FilterIds | null, order: Order, limit: number): IncidentRow[] {
    const conditions = ['i.time_ms >= ?', 'i.time_ms < ?']
    const params: unknown[] = [from_ms, to_ms]
    if (after !== null) {
      conditions.push(order === 'ASC' ? '(i.time_ms, i.id) > (?, ?)' : '(i.time_ms, i.id) < (?, ?)')
      params.push(after.time_ms, after.id)
    }
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
                  ORDER BY i.time_ms ${order}, i.id ${order} LIMIT ?`
    return this.#statements.rows<IncidentRow>(sql, [...params, limit])
  }
}

function both(a: TimeRange, b: TimeRange): TimeRange {
  return { from_ms: Math.max(a.from_ms, b.from_ms), to_ms: Math.min(a.to_ms, b.to_ms) }
}
