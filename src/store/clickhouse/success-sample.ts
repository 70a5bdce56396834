/**
 * A bounded sample of successes for clock work and token hygiene, chosen as in every engine: per minute and host one that carries
 * token times (slot 0) and one that carries a request or trace id (slot 1), the one with the smallest hash.
 */
import type { AuthEvent } from '../../core/auth-event.ts'
import { EVIDENCE_TIMES } from '../../core/evidence.ts'
import { cleanText, KEY_LIMIT } from '../clean-text.ts'
import { keyedHash } from '../keyed-hash.ts'
import { MINUTE_MS } from '../time-grain.ts'
import type { RowsByTable } from './batch-rows.ts'
import { DIMENSIONS, whole } from './incident-row.ts'

const SLOT = { token_times: 0, ids: 1 } as const

/** The table keeps the greatest rank. */
const LARGEST_HASH = 2 ** 32 - 1

interface Pick {
  event: AuthEvent
  time_ms: number
  counted: readonly string[]
  slot: number
  rank: number
}

export class SuccessSample {
  readonly #seed: number
  readonly #picked = new Map<string, Pick>()

  constructor(seed: number) {
    this.#seed = seed
  }

  consider(event: AuthEvent, time_ms: number, counted: readonly string[]): void {
    const request = event.trace_id ?? event.request_id
    const id = request ?? event.token
    if (id === undefined) return
    const timed = EVIDENCE_TIMES.some((field) => event.evidence[field] !== undefined)
    const rank = LARGEST_HASH - (keyedHash(id, this.#seed) >>> 0)
    if (timed) this.#pick({ event, time_ms, counted, slot: SLOT.token_times, rank })
    if (request !== undefined) this.#pick({ event, time_ms, counted, slot: SLOT.ids, rank })
  }

  write(rows: RowsByTable): void {
    for (const { event, time_ms, counted, slot, rank } of this.#picked.values()) {
      const row: Record<string, unknown> = {
        time_ms,
        minute: Math.floor(time_ms / MINUTE_MS),
        slot,
        rank,
        kind: event.kind,
      }
      DIMENSIONS.forEach((dimension, i) => {
        row[dimension] = counted[i]
      })
      for (const field of ['request_id', 'trace_id', 'token'] as const)
        row[field] = cleanText(event[field] ?? '', KEY_LIMIT)
      for (const field of EVIDENCE_TIMES) row[field] = whole(event.evidence[field])
      row.time_resolution_ms = whole(event.time_resolution_ms)
      row.received_collector_ms = whole(event.received_collector_ms)
      rows.add('success', row)
    }
  }

  #pick(pick: Pick): void {
    const key = `${Math.floor(pick.time_ms / MINUTE_MS)}/${pick.counted[0]}/${pick.slot}`
    const best = this.#picked.get(key)
    if (best === undefined || pick.rank > best.rank) this.#picked.set(key, pick)
  }
}
