/** How long facts of the history are kept and how often they are written: the same in every engine. */
import type { HistoryFact } from '../core/history.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from './time-grain.ts'

/** A token is asked for until this long after its expiry: clocks may be off by a wrong zone; ms. */
const AFTER_EXPIRY_MS = 26 * HOUR_MS
/** A token whose expiry nobody said, ms. */
const UNSTATED_LIFE_MS = 2 * DAY_MS
/** Everything else, and tokens that were refused, live as long as incidents do by default; ms. */
const DETAIL_MS = 35 * DAY_MS
/** Acceptances of one token closer together than this change no verdict; ms. */
const ACCEPTED_EVERY_MS = MINUTE_MS
/** Tokens remembered as lately accepted; beyond it the memory starts anew. */
const LATELY_LIMIT = 100_000

export function isRefusal({ deed }: HistoryFact): boolean {
  return deed !== 'issued' && deed !== 'refreshed' && deed !== 'accepted'
}

/** Instant of the data past which nobody asks for the fact any more, ms. */
export function keepUntil(fact: HistoryFact, last_ms: number): number {
  if (fact.party !== 'token' || isRefusal(fact)) return last_ms + DETAIL_MS
  const exp_ms = wholeInstant(fact.exp_ms)
  return exp_ms === null
    ? last_ms + UNSTATED_LIFE_MS
    : Math.min(Math.max(exp_ms, last_ms) + AFTER_EXPIRY_MS, last_ms + DETAIL_MS)
}

/** A token used again and again is written at most once a minute and host. */
export class LatelyAccepted {
  /** Newest acceptance written, by token and host. */
  readonly #lately = new Map<string, number>()

  /** Whether it need not be written; it counts as written when it need be. */
  covers(fact: HistoryFact, last_ms: number): boolean {
    if (fact.party !== 'token' || fact.deed !== 'accepted') return false
    const place = `${fact.key}\u001f${fact.host}`
    const before = this.#lately.get(place)
    if (before !== undefined && Math.abs(last_ms - before) < ACCEPTED_EVERY_MS) return true
    if (this.#lately.size >= LATELY_LIMIT) this.#lately.clear()
    this.#lately.set(place, last_ms)
    return false
  }

  /** After a rollback what was written lately is not there. */
  forget(): void {
    this.#lately.clear()
  }
}

/** Null for what is absent or no instant. */
export function wholeInstant(time_ms: number | undefined): number | null {
  return time_ms === undefined || !Number.isFinite(time_ms) || Math.abs(time_ms) > Number.MAX_SAFE_INTEGER
    ? null
    : Math.round(time_ms)
}
