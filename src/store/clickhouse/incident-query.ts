/** Lists incidents in order of time and id, as the table is sorted, so that a page reads no more than a few granules. */
import type { Incident } from '../../core/incident.ts'
import type { IncidentQuery } from '../../core/ports/store.ts'
import { filterConditions } from './count-query.ts'
import { fromRow, INCIDENT_COLUMNS, type StoredIncident } from './incident-row.ts'
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
  const rows = await server.rows(
    sql`SELECT ${COLUMNS} FROM incident FINAL WHERE ${join(conditions, ' AND ')} ORDER BY ${order} LIMIT ${most}`,
  )
  return rows.map((row) => fromRow(row).incident)
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
    sql`SELECT ${COLUMNS} FROM incident FINAL
         WHERE id = ${number} AND time_ms >= ${detail_from_ms ?? Number.MIN_SAFE_INTEGER} LIMIT 1`,
  )
  return rows[0] === undefined ? null : fromRow(rows[0])
}
