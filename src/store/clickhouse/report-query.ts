/** Figures that only reports ask for. Ranges are widened to whole quarters of an hour. */
import type { Confidence } from '../../core/confidence.ts'
import type { TimeRange } from '../../core/filter.ts'
import type { Kind } from '../../core/kind.ts'
import type { DistinctCount, SignatureCount } from '../../core/ports/store.ts'
import type { TokenUses } from '../../core/token-use.ts'
import { bySignature } from '../answer-order.ts'
import { SUBJECTS_PER_QUARTER } from '../limits.ts'
import { ceilTo, floorTo, MINUTE_MS, QUARTER_MS } from '../time-grain.ts'
import type { ClickhouseServer } from './server.ts'
import { type Sql, sql } from './sql.ts'

/** Most frequent first. */
export async function countSignatures(
  server: ClickhouseServer,
  range: TimeRange,
  detail_from_ms: number | null,
): Promise<SignatureCount[]> {
  const rows = await server.rows<[string, string, string, Confidence, number]>(
    sql`SELECT signature, system, minIf(symptom, counted > 0), confidence, sum(counted) AS total
          FROM (SELECT signature, system, symptom, confidence, sum(count) AS counted FROM tally
                 WHERE ${quarters(range, detail_from_ms)} GROUP BY signature, system, symptom, confidence)
         GROUP BY signature, system, confidence HAVING total > 0`,
  )
  return rows
    .map(([signature, system, symptom, confidence, count]) => ({ signature, system, symptom, confidence, count }))
    .sort(bySignature)
}

export async function countFailedSubjects(
  server: ClickhouseServer,
  range: TimeRange,
  detail_from_ms: number | null,
): Promise<DistinctCount> {
  const [row] = await server.rows<[number, number]>(
    sql`SELECT uniqExact(hash), max(many) FROM (
          SELECT hash, uniqExact(hash) OVER (PARTITION BY start_ms) AS many FROM affected
           WHERE ${quarters(range, detail_from_ms)})`,
  )
  return { count: row?.[0] ?? 0, at_least: (row?.[1] ?? 0) >= SUBJECTS_PER_QUARTER }
}

export async function countUnrecognised(
  server: ClickhouseServer,
  range: TimeRange,
  detail_from_ms: number | null,
): Promise<number> {
  const [row] = await server.rows<[number]>(
    sql`SELECT sum(count) FROM unrecognised_quarter WHERE ${quarters(range, detail_from_ms)}`,
  )
  return row?.[0] ?? 0
}

/** Sampled successes that state instants of their token; one that was kept for two reasons once. */
export async function readTokenUses(
  server: ClickhouseServer,
  { from_ms, to_ms }: TimeRange,
  limit: number,
  detail_from_ms: number | null,
): Promise<TokenUses> {
  const from = Math.max(Math.floor(from_ms), detail_from_ms ?? -Number.MAX_SAFE_INTEGER)
  const where = sql`minute >= ${Math.floor(from / MINUTE_MS)} AND minute < ${Math.ceil(to_ms / MINUTE_MS)}
      AND time_ms >= ${from} AND time_ms < ${Math.ceil(to_ms)} AND (iat_ms IS NOT NULL OR exp_ms IS NOT NULL)`
  const [row] = await server.rows<[number]>(sql`SELECT uniqExact(minute, host, rank) FROM success FINAL WHERE ${where}`)
  const one_in = Math.max(1, Math.ceil((row?.[0] ?? 0) / Math.max(1, limit)))
  const rows = await server.rows<[Kind, string, string, number, number | null, number | null]>(
    sql`SELECT kind, client_id, issuer, time_ms, iat_ms, exp_ms FROM success FINAL
         WHERE ${where} AND rank % ${one_in} = 0 ORDER BY minute, host, slot LIMIT 1 BY minute, host, rank`,
  )
  const uses = rows.map(([kind, client_id, issuer, time_ms, iat_ms, exp]) => ({
    kind,
    client_id,
    issuer,
    time_ms,
    iat_ms,
    exp_ms: exp,
  }))
  return { uses, one_in }
}

function quarters({ from_ms, to_ms }: TimeRange, detail_from_ms: number | null): Sql {
  const from = Math.max(from_ms, detail_from_ms ?? -Number.MAX_SAFE_INTEGER)
  return sql`start_ms >= ${floorTo(from, QUARTER_MS)} AND start_ms < ${ceilTo(Math.min(to_ms, Number.MAX_SAFE_INTEGER / 2), QUARTER_MS)}`
}
