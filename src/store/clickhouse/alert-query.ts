/** Reads alerts, silences, and the failures and counts that rules are fed with. */
import type { Alert, Silence } from '../../core/alert.ts'
import type { Cause, Subcause } from '../../core/cause.ts'
import type { ClockProof } from '../../core/clock-proof.ts'
import type { Confidence } from '../../core/confidence.ts'
import type { TimeRange } from '../../core/filter.ts'
import type { FailureRow } from '../../core/ports/alert-store.ts'
import type { WatchStep } from '../../core/watch-step.ts'
import type { KeptNotice } from './alert-documents.ts'
import { DESK } from './meta.ts'
import type { ClickhouseServer } from './server.ts'
import { type Sql, sql } from './sql.ts'

/** Alive in the range, newest start first. */
export async function readAlerts(server: ClickhouseServer, range: TimeRange, limit: number): Promise<Alert[]> {
  const rows = await server.rows<[string, string]>(
    sql`SELECT a.body, k.body FROM (SELECT key, body FROM document FINAL WHERE kind = 'alert') AS a
          LEFT JOIN (SELECT key, body FROM document FINAL WHERE collector = ${DESK} AND kind = 'acknowledgement') AS k ON k.key = a.key
         WHERE JSONExtractInt(a.body, 'started_ms') < ${Math.ceil(range.to_ms)}
           AND (JSONExtractRaw(a.body, 'resolved_ms') = 'null' OR JSONExtractInt(a.body, 'resolved_ms') >= ${Math.floor(range.from_ms)})
         ORDER BY JSONExtractInt(a.body, 'started_ms') DESC, a.key LIMIT ${limit}`,
  )
  return rows.map(([alert, acknowledged]) => ({
    ...(JSON.parse(alert) as Alert),
    acknowledged_ms: acknowledged === '' ? null : Number(acknowledged),
  }))
}

export async function readSilences(server: ClickhouseServer, now_ms: number): Promise<Silence[]> {
  const rows = await server.rows<[string]>(
    sql`SELECT body FROM document FINAL WHERE collector = ${DESK} AND kind = 'silence'`,
  )
  return rows
    .map(([body]) => JSON.parse(body) as Silence)
    .filter(({ to_ms }) => to_ms > now_ms)
    .sort((a, b) => a.from_ms - b.from_ms || (a.id < b.id ? -1 : 1))
}

type LeanRow = [
  id: number,
  time_ms: number,
  received: number | null,
  cause: Cause,
  subcause: Subcause,
  confidence: Confidence,
  host: string,
  service: string,
  client_id: string,
  issuer: string,
  token: string,
  proof: ClockProof['kind'] | '',
  offset: number | null,
  mover: ClockProof['mover'],
]

/** Failures that pass `where`, in the order given. */
export async function readFailures(
  server: ClickhouseServer,
  where: Sql,
  order: Sql,
  limit: number,
): Promise<FailureRow[]> {
  const rows = await server.rows<LeanRow>(
    sql`SELECT id, time_ms, received_collector_ms, cause, subcause, confidence, host, service, client_id, issuer, token,
               clock_proof, clock_proof_offset_ms, clock_mover
          FROM incident FINAL WHERE ${where} ORDER BY ${order} LIMIT ${limit}`,
  )
  return rows.map(toFailure)
}

function toFailure(row: LeanRow): FailureRow {
  const [id, time_ms, received_collector_ms, cause, subcause, confidence, , , , , , kind, offset_ms, mover] = row
  const failure: FailureRow = {
    id,
    time_ms,
    received_collector_ms,
    cause,
    subcause,
    confidence,
    proof: kind === '' || offset_ms === null ? null : { kind, offset_ms, mover },
  }
  const texts = { host: row[6], service: row[7], client_id: row[8], issuer: row[9], token: row[10] }
  for (const [field, text] of Object.entries(texts)) if (text !== '') failure[field as keyof typeof texts] = text
  return failure
}

/**
 * In order of time; of `collector`, or null: of all. Steps that several collectors watched are one, in which each source is named with
 * its collector: two hosts have the same paths.
 */
export async function readWatchSteps(
  server: ClickhouseServer,
  range: TimeRange,
  collector: number | null,
): Promise<WatchStep[]> {
  const whose = collector === null ? sql`1` : sql`collector = ${collector}`
  const rows = await server.rows<[string, string]>(
    sql`SELECT d.body, n.name FROM (SELECT * FROM document FINAL WHERE kind = 'watch' AND ${whose}
            AND toInt64OrZero(key) >= ${Math.floor(range.from_ms)} AND toInt64OrZero(key) < ${Math.ceil(range.to_ms)}) AS d
          LEFT JOIN (SELECT key, argMin(value, at_ms) AS name FROM meta WHERE startsWith(key, 'collector ') GROUP BY key) AS n
            ON n.key = concat('collector ', toString(d.collector))
         ORDER BY toInt64OrZero(d.key), d.collector`,
  )
  const several = new Set(rows.map(([, name]) => name)).size > 1
  const steps = new Map<number, WatchStep>()
  for (const [body, name] of rows) {
    const { start_ms, sources, templates, time_services } = JSON.parse(body) as WatchStep
    const named = several ? sources.map((source) => ({ ...source, name: `${name}:${source.name}` })) : sources
    const known = steps.get(start_ms) ?? { start_ms, sources: [], templates: [], time_services: [] }
    steps.set(start_ms, {
      start_ms,
      sources: [...known.sources, ...named],
      templates: addedUp(known.templates, templates),
      time_services: [...known.time_services, ...time_services],
    })
  }
  return [...steps.values()]
}

function addedUp(known: WatchStep['templates'], more: WatchStep['templates']): WatchStep['templates'] {
  const sums = new Map(known.map((one) => [`${one.system}\u001f${one.template}`, one]))
  for (const one of more) {
    const place = `${one.system}\u001f${one.template}`
    sums.set(place, { ...one, count: one.count + (sums.get(place)?.count ?? 0) })
  }
  return [...sums.values()]
}

export async function readWaiting(server: ClickhouseServer) {
  const rows = await server.rows<[string]>(
    sql`SELECT body FROM document FINAL WHERE kind = 'notice' ORDER BY collector, key`,
  )
  const bySink = new Map<string, { sink: string; count: number; oldest_ms: number; error: string | null }>()
  for (const [body] of rows) {
    const { sink, created_ms, error, done } = JSON.parse(body) as KeptNotice
    if (done) continue
    const waiting = bySink.get(sink) ?? { sink, count: 0, oldest_ms: created_ms, error: null }
    waiting.count++
    waiting.oldest_ms = Math.min(waiting.oldest_ms, created_ms)
    if (error !== null && (waiting.error === null || error > waiting.error)) waiting.error = error
    bySink.set(sink, waiting)
  }
  return [...bySink.values()]
}
