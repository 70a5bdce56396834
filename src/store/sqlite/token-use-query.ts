/** Reads the sample of successes that success-sample.ts keeps, for those that state instants of their token. */
import type Database from 'better-sqlite3'
import type { TimeRange } from '../../core/filter.ts'
import type { TokenUse, TokenUses } from '../../core/token-use.ts'
import { MINUTE_MS } from '../time-grain.ts'
import { DIMENSIONS, FIRST_DIMENSION, type Lexicon } from './lexicon.ts'
import { decodeNumbers } from './number-code.ts'
import { SLOT } from './success-sample.ts'

const CLIENT = FIRST_DIMENSION + DIMENSIONS.indexOf('client_id')
const ISSUER = FIRST_DIMENSION + DIMENSIONS.indexOf('issuer')

type Row = [time_ms: number, series: number, numbers: Buffer]

export function readTokenUses(
  db: Database.Database,
  lexicon: Lexicon,
  { from_ms, to_ms }: TimeRange,
  limit: number,
): TokenUses {
  const minutes = [Math.floor(from_ms / MINUTE_MS), Math.ceil(to_ms / MINUTE_MS)]
  // One that was kept for its token's times and for its request's id is one use.
  const where = `minute >= ? AND minute < ? AND time_ms >= ? AND time_ms < ? AND numbers IS NOT NULL
    AND (slot = ${SLOT.token_times} OR NOT EXISTS (
      SELECT 1 FROM success AS timed WHERE timed.minute = success.minute AND timed.host = success.host
         AND timed.slot = ${SLOT.token_times} AND timed.hash = success.hash))`
  const range = [...minutes, from_ms, to_ms]
  const kept = db
    .prepare<unknown[], number>(`SELECT count(*) FROM success WHERE ${where}`)
    .pluck()
    .get(...range)!
  const one_in = Math.max(1, Math.ceil(kept / Math.max(1, limit)))
  // The hash is that of the token or request: evenly spread, and the same rows every time.
  const rows = db
    .prepare<unknown[], Row>(`SELECT time_ms, series, numbers FROM success WHERE ${where} AND abs(hash) % ? = 0`)
    .raw()
    .all(...range, one_in)
  const uses: TokenUse[] = []
  for (const [time_ms, id, numbers] of rows) {
    const series = lexicon.series.parts(id)
    if (series === undefined) continue
    const { iat_ms, exp_ms } = decodeNumbers(numbers, time_ms)
    if (iat_ms === undefined && exp_ms === undefined) continue
    uses.push({
      kind: lexicon.verdict(series[0]!).kind,
      client_id: lexicon.names.text(series[CLIENT]!),
      issuer: lexicon.names.text(series[ISSUER]!),
      time_ms,
      iat_ms: iat_ms ?? null,
      exp_ms: exp_ms ?? null,
    })
  }
  return { uses, one_in }
}
