/**
 * Finds requests that two hosts logged (shared request or trace id) and makes pairs of them: the strongest evidence there
 * is about two clocks. The outer side is the one that only saw the answer (gateway, access log); the inner one says why.
 * Invariant: only ids that are unique by themselves join; which side contains the other is never guessed.
 */
import type { AuthEvent } from '../../core/auth-event.ts'
import type { PairSample } from '../../core/clock-sample.ts'
import type { Spoken } from '../../core/ports/store.ts'
import { RecentMap } from '../../core/recent.ts'
import { type ExchangeSide, pairOf, stampResolution } from './clock-samples-of.ts'

/** Requests remembered, or up to twice as many, each some 200 bytes: minutes of a busy fleet, whole files of a small one. */
const REQUEST_LIMIT = 50_000
/** Shorter ids are counters that every process begins anew; characters. */
const UNIQUE_LENGTH = 16
/** A record this unspecific only passes on that a request failed; see `incident/sighting.ts`. */
const OUTER_SPECIFICITY = 20
/**
 * Access logs without a duration stamp the start (Apache) or the end (nginx), and do not say which: both are allowed for,
 * for requests of up to this length; ms.
 */
const UNSAID_DURATION_MS = 1_000

/** Spans state start and end and are paired by their own ids (span-pairs.ts). */
const SPANS = 'otlp-span'

interface Side {
  host: string
  /** Contains the other side; null: neither is known to. */
  outer: boolean
  time_ms: number
  resolution_ms: number
  duration_ms: number | null
}

export class Exchanges {
  readonly #byId = new RecentMap<string, Side>(REQUEST_LIMIT)

  /** What the event shows together with one met before; usually nothing. */
  meet(event: AuthEvent): PairSample[] {
    const id = event.trace_id ?? event.request_id
    const { host, time_ms } = event
    if (event.format === SPANS) return []
    if (id === undefined || !isUnique(id) || host === undefined || time_ms === undefined) return []
    const side: Side = {
      host,
      outer: event.specificity <= OUTER_SPECIFICITY,
      time_ms,
      resolution_ms: stampResolution(event),
      duration_ms: event.duration_ms ?? null,
    }
    const other = this.#byId.get(id)
    if (other === undefined) {
      this.#byId.set(id, side)
      return []
    }
    if (other.host === host || other.outer === side.outer) return []
    const pair = pairOf(
      ...(side.outer ? ([outerOf(side), innerOf(other)] as const) : ([outerOf(other), innerOf(side)] as const)),
    )
    // Each request speaks once, however many more records it has.
    this.#byId.delete(id)
    return pair === null ? [] : [pair]
  }
}

/** What two hosts' records of one request, put down apart, show of their clocks. */
export function pairsBetween(some: readonly Spoken[], others: readonly Spoken[]): PairSample[] {
  const pairs: PairSample[] = []
  for (const [a, b] of some.flatMap((one) => others.map((other) => [one, other] as const))) {
    if (a.host === undefined || b.host === undefined) continue
    const [one, other] = [a, b].map(({ host, time_ms, specificity }) => ({
      host: host!,
      outer: specificity <= OUTER_SPECIFICITY,
      time_ms,
      resolution_ms: stampResolution({ time_ms }),
      duration_ms: null,
    })) as [Side, Side]
    if (one.outer === other.outer) continue
    const pair = one.outer ? pairOf(outerOf(one), innerOf(other)) : pairOf(outerOf(other), innerOf(one))
    if (pair !== null) pairs.push(pair)
  }
  return pairs
}

/** Unique by itself: the same request wherever it stands. */
export function isUnique(id: string | undefined): boolean {
  return id !== undefined && id.length >= UNIQUE_LENGTH
}

function outerOf({ host, time_ms, resolution_ms, duration_ms }: Side): ExchangeSide {
  if (duration_ms !== null) return { host, start_ms: time_ms - duration_ms, end_ms: time_ms, resolution_ms }
  return { host, start_ms: time_ms - UNSAID_DURATION_MS, end_ms: time_ms + UNSAID_DURATION_MS, resolution_ms }
}

function innerOf({ host, time_ms, resolution_ms }: Side): ExchangeSide {
  return { host, start_ms: time_ms, end_ms: time_ms, resolution_ms }
}
