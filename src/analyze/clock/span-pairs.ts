/**
 * The two sides of one call, found among spans: a client span and the server span whose parent it is. Each pair bounds the
 * offset of the two hosts' clocks from both sides, whatever the call was about; most are no auth step at all.
 * Bounded: the half that came first waits for the other among the last {@link WAITING_LIMIT} of its kind, or up to twice as many.
 */
import type { PairSample } from '../../core/clock-sample.ts'
import type { Exchange } from '../../core/exchange.ts'
import { RecentMap } from '../../core/recent.ts'
import { pairOf } from './clock-samples-of.ts'

/** Exporters send every five seconds or so; at 20,000 spans a second a tenth of which are calls, ten seconds' worth. */
const WAITING_LIMIT = 20_000
/** Spans carry nanoseconds; stamps are kept as whole ms. */
const RESOLUTION_MS = 1

export class SpanPairs {
  /** By trace and client span id. */
  readonly #clients = new RecentMap<string, Exchange>(WAITING_LIMIT)
  readonly #servers = new RecentMap<string, Exchange>(WAITING_LIMIT)

  /** The pair that this span completes, or null. */
  take(exchange: Exchange): PairSample | null {
    const { side, trace_id, call_span_id } = exchange
    const key = `${trace_id}${call_span_id}`
    const [mine, theirs] = side === 'client' ? [this.#clients, this.#servers] : [this.#servers, this.#clients]
    const other = theirs.get(key)
    if (other === undefined) {
      mine.set(key, exchange)
      return null
    }
    theirs.delete(key)
    const [outer, inner] = side === 'client' ? [exchange, other] : [other, exchange]
    return pairOf(sideOf(outer), sideOf(inner))
  }
}

function sideOf({ host, start_ms, end_ms }: Exchange) {
  return { host, start_ms, end_ms, resolution_ms: RESOLUTION_MS }
}
