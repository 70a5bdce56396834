/**
 * Keeps a few successes whole, for clock work: at most two per minute and host.
 * Slot 0 holds one that carries token times, slot 1 one that carries a request or trace id. Of several the one with the
 * smallest hash of its id stays: the choice does not depend on the order of reading, and two hosts that log the same
 * requests keep the same ones, which is what comparing their clocks needs.
 */
import type Database from 'better-sqlite3'
import type { AuthEvent } from '../../core/auth-event.ts'
import { EVIDENCE_TIMES } from '../../core/evidence.ts'
import { keyedHash } from '../keyed-hash.ts'
import { MINUTE_MS } from '../time-grain.ts'
import { encodeKey } from './key-code.ts'
import { FIRST_DIMENSION, type Lexicon } from './lexicon.ts'
import { encodeNumbers } from './number-code.ts'

export const SLOT = { token_times: 0, ids: 1 } as const
type Slot = (typeof SLOT)[keyof typeof SLOT]

interface Pick {
  event: AuthEvent
  time_ms: number
  series: number
  host: number
  slot: Slot
  hash: number
}

export class SuccessSample {
  readonly #lexicon: Lexicon
  readonly #put: Database.Statement<unknown[]>
  readonly #picked = new Map<string, Pick>()

  constructor(db: Database.Database, lexicon: Lexicon) {
    this.#lexicon = lexicon
    this.#put = db.prepare(
      `INSERT INTO success (minute, host, slot, hash, time_ms, series, time_resolution_ms, received_collector_ms,
                            request_id, trace_id, token, numbers)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET
         hash = excluded.hash, time_ms = excluded.time_ms, series = excluded.series,
         time_resolution_ms = excluded.time_resolution_ms, received_collector_ms = excluded.received_collector_ms,
         request_id = excluded.request_id, trace_id = excluded.trace_id, token = excluded.token,
         numbers = excluded.numbers
       WHERE excluded.hash < success.hash`,
    )
  }

  /** Considers one success; `series` is where it was counted. */
  consider(event: AuthEvent, time_ms: number, series: number): void {
    const request = event.trace_id ?? event.request_id
    const id = request ?? event.token
    if (id === undefined) return
    const timed = EVIDENCE_TIMES.some((field) => event.evidence[field] !== undefined)
    if (!timed && request === undefined) return
    const host = this.#lexicon.series.parts(series)![FIRST_DIMENSION]!
    const hash = keyedHash(id, this.#lexicon.seed)
    if (timed) this.#pick({ event, time_ms, series, host, slot: SLOT.token_times, hash })
    if (request !== undefined) this.#pick({ event, time_ms, series, host, slot: SLOT.ids, hash })
  }

  /** Writes what the batch brought, unless something with a smaller hash is there. */
  flush(): void {
    for (const { event, time_ms, series, host, slot, hash } of this.#picked.values()) {
      this.#put.run(
        Math.floor(time_ms / MINUTE_MS),
        host,
        slot,
        hash,
        time_ms,
        series,
        event.time_resolution_ms ?? null,
        event.received_collector_ms ?? null,
        encodeKey(event.request_id),
        encodeKey(event.trace_id),
        encodeKey(event.token),
        encodeNumbers(event.evidence, time_ms),
      )
    }
    this.discard()
  }

  discard(): void {
    this.#picked.clear()
  }

  #pick(pick: Pick): void {
    const key = `${Math.floor(pick.time_ms / MINUTE_MS)}/${pick.host}/${pick.slot}`
    const best = this.#picked.get(key)
    if (best === undefined || pick.hash < best.hash) this.#picked.set(key, pick)
  }
}
