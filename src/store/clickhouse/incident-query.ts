/** Lists incidents in order of time and id, as the table is sorted, so that a page reads no more than a few granules. */
import type { Incident } from '../../core/incident.ts'
import type { IncidentQuery } from '../../core/ports/store.ts'
import { filterConditions } from './count-query.ts'
import { fromRow, INCIDENT_COLUMNS, incidentOf, STORED_COLUMNS, type StoredIncident } from './incident-row.ts'
import type { ClickhouseServer } from './server.ts'
import { join, Sql, sql } from './sql.ts'

const COLUMNS = new Sql(INCIDENT_COLUMNS)

export async function listIncidents(
  server: ClickhouseServer,
  { range, filter, limit, oldest_first, after }: IncidentQuery,
  detail_from_ms: number | null,
): Promise<Incident[]> {
  const from_ms = Math.max(range.from_ms, detail_from_ms ?? -Infinity, -Number.MAX_SAFE_INTEGER)
  const to_ms = Math.min(range.to_ms, Number.MAX_SAFE_INTEGER)
  const most = Math.max(0, Math.floor(limit))
  if (most === 0 || !(from_ms < to_ms)) return []
  const conditions = [
    sql`time_ms >= ${Math.ceil(from_ms)}`,
    sql`time_ms < ${Math.ceil(to_ms)}`,
    ...filterConditions(filter),
  ]
  if (after !== undefined) {
    const place = sql`(${after.time_ms}, ${Number(after.id)})`
    conditions.push(
      oldest_first
        ? sql`time_ms >= ${after.time_ms} AND (time_ms, id) > ${place}`
        : sql`time_ms <= ${after.time_ms} AND (time_ms, id) < ${place}`,
    )
  }
  const order = oldest_first ? sql`time_ms, id` : sql`time_ms DESC, id DESC`
  const found: [number, number][] = []
  for await (const [start_ms, end_ms] of windows(server, Math.ceil(from_ms), Math.ceil(to_ms), oldest_first === true)) {
    const within = sql`time_ms >= ${start_ms} AND time_ms < ${end_ms}`
    found.push(
      ...(await server.rows<[number, number]>(
        sql`SELECT time_ms, id FROM incident FINAL WHERE ${within} AND ${join(conditions, ' AND ')}
             ORDER BY ${order} LIMIT ${most - found.length} ${BY_DAYS}`,
      )),
    )
    if (found.length >= most) break
  }
  const incidents = await readPlaces(server, found)
  return found.map(([, id]) => incidents.get(id)).filter((incident) => incident !== undefined)
}

/** The incidents at these instants, by id; one that has moved since is left out. */
export async function readPlaces(
  server: ClickhouseServer,
  places: readonly (readonly [time_ms: number, id: number])[],
): Promise<Map<number, Incident>> {
  const incidents = new Map<number, Incident>()
  for (let at = 0; at < places.length; at += PAGE) {
    const page = join(
      places.slice(at, at + PAGE).map(([time_ms, id]) => sql`(${time_ms}, ${id})`),
      ', ',
    )
    // All versions of a row have its key: looked at first, it spares the other columns of those that are not wanted.
    const rows = await server.rows(
      sql`SELECT ${COLUMNS} FROM incident FINAL PREWHERE (time_ms, id) IN (${page}) ${BY_DAYS}`,
    )
    for (const row of rows) {
      const incident = incidentOf(row)
      incidents.set(Number(incident.id), incident)
    }
  }
  return incidents
}

/** An incident is sorted by its time, and so are the days it is kept by: no two of them hold versions of one. */
export const BY_DAYS = sql`SETTINGS do_not_merge_across_partitions_select_final = 1`
/** Rows in one statement. */
const PAGE = 5_000
/** The first window, and by how much each is longer than the one before: a page is mostly found in the first. */
const WINDOW_MS = 3_600_000
const LONGER = 8

/** The range in pieces that touch, from the end that is asked for; only as far as there are incidents. */
export async function* windows(
  server: ClickhouseServer,
  from_ms: number,
  to_ms: number,
  oldest_first: boolean,
): AsyncGenerator<[start_ms: number, end_ms: number]> {
  const [row] = await server.rows<[number, number, number]>(
    sql`SELECT count(), min(time_ms), max(time_ms) FROM incident`,
  )
  if (row === undefined || row[0] === 0) return
  const first_ms = Math.max(from_ms, row[1])
  const last_ms = Math.min(to_ms, row[2] + 1)
  let length_ms = WINDOW_MS
  for (let done_ms = 0; done_ms < last_ms - first_ms; ) {
    const next_ms = Math.min(last_ms - first_ms, done_ms + length_ms)
    yield oldest_first ? [first_ms + done_ms, first_ms + next_ms] : [last_ms - next_ms, last_ms - done_ms]
    done_ms = next_ms
    length_ms *= LONGER
  }
}

/** Null where there is none of this id. */
export async function readIncident(
  server: ClickhouseServer,
  id: string,
  detail_from_ms: number | null,
): Promise<StoredIncident | null> {
  const number = Number(id)
  if (id === '' || !Number.isSafeInteger(number) || number < 0) return null
  const rows = await server.rows(
    sql`SELECT ${new Sql(STORED_COLUMNS)} FROM incident FINAL
         WHERE id = ${number} AND time_ms >= ${detail_from_ms ?? Number.MIN_SAFE_INTEGER} LIMIT 1`,
  )
  return rows[0] === undefined ? null : fromRow(rows[0])
}
