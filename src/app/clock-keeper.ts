/**
 * The clocks of a running collector: feeds them from events, answers joining and attribution, and says which rows the next
 * commit must write. A row holds nothing of records that are not committed with it or before it, so that a record read
 * again after a crash is not counted twice; what a row lags behind is lost with the crash, at most the few seconds below.
 */

import { ClientIssuers } from '../analyze/clock/client-issuers.ts'
import type { HostState, IssuerState } from '../analyze/clock/clock-book.ts'
import { linkKey } from '../analyze/clock/clock-book.ts'
import { ClockHistory } from '../analyze/clock/clock-history.ts'
import type { LinkState } from '../analyze/clock/clock-link.ts'
import { clockSamplesOf } from '../analyze/clock/clock-samples-of.ts'
import type { ClockReading } from '../analyze/clock/clock-table.ts'
import { Exchanges } from '../analyze/clock/exchanges.ts'
import { LiveClocks } from '../analyze/clock/live-clocks.ts'
import { SpanPairs } from '../analyze/clock/span-pairs.ts'
import type { AuthEvent } from '../core/auth-event.ts'
import type { ClockLookup } from '../core/clock-lookup.ts'
import type { PairSample } from '../core/clock-sample.ts'
import type { Exchange } from '../core/exchange.ts'
import type { ClockChanges, ClockRow } from '../core/ports/store.ts'
import { hostRow, issuerRow, linkRow, restoreClocks, unusedRow } from './clock-rows.ts'

/** A changed row waits at most this long to be written, ms: writing 3 KB a link with every commit would be the most of it. */
export const ROW_WAITS_MS = 5_000
/** …unless it has grown by this share since it was written, and by so many samples: a crash early in a long read costs little. */
const GROWN_SHARE = 0.1
const GROWN_SAMPLES = 50
/** Rows per commit, some 0.1 ms each: keeps the commit short on ten thousand hosts, which take their turns. */
const ROWS_PER_COMMIT = 64
/** Rows per commit at the end, when nothing waits for it. */
const LAST_ROWS = 1_024
/** For readings that are up to date at the end; thousands of hosts take some ms each, and a loaded machine several times that. ms. */
const CATCH_UP_MS = 180_000

type Part = HostState | IssuerState | LinkState

export class ClockKeeper {
  readonly #live: LiveClocks
  readonly #history = new ClockHistory()
  readonly #pairs = new SpanPairs()
  readonly #issuers = new ClientIssuers()
  readonly #exchanges = new Exchanges()
  /** Changed and not yet written, since when; oldest first. */
  readonly #waiting = new Map<Part, number>()
  readonly #written = new WeakMap<Part, number>()
  #noted: ClockReading | null = null

  private constructor(live: LiveClocks) {
    this.#live = live
  }

  static async restore(rows: readonly ClockRow[]): Promise<ClockKeeper> {
    return new ClockKeeper(new LiveClocks(await restoreClocks(rows)))
  }

  /** As last judged; null before the first turn. */
  get reading(): ClockReading | null {
    return this.#live.reading
  }

  get lookup(): ClockLookup {
    return this.#live
  }

  /** Takes what one event says of the clocks; `event.host` and `event.time_ms` are as its record stated them. */
  take(event: AuthEvent): void {
    const whole = this.#issuers.named(event)
    for (const sample of clockSamplesOf(whole)) this.#live.add(sample)
    for (const sample of this.#exchanges.meet(whole)) this.#live.add(sample)
  }

  /** Takes what a request shows that two hosts logged. */
  takePair(pair: PairSample): void {
    this.#live.add(pair)
  }

  /** Takes one side of a call between two hosts. */
  takeExchange(exchange: Exchange): void {
    const sample = this.#pairs.take(exchange)
    if (sample !== null) this.#live.add(sample)
  }

  /** Once per commit, before `lookup` is used for it. */
  turn(now_ms: number): void {
    this.#live.turn(now_ms)
    const { changed } = this.#live.book
    for (const parts of [changed.hosts, changed.issuers, changed.links]) {
      for (const part of parts) if (!this.#waiting.has(part)) this.#waiting.set(part, now_ms)
      parts.clear()
    }
  }

  get waits(): boolean {
    return this.#waiting.size > 0
  }

  /** What the commit in hand must write; null when nothing is due. */
  due(now_ms: number, most = ROWS_PER_COMMIT): ClockChanges | null {
    const { book, reading } = this.#live
    const rows: ClockRow[] = []
    for (const [part, since_ms] of this.#waiting) {
      if (rows.length >= most) break
      const more = part.samples - (this.#written.get(part) ?? 0)
      const grown = more >= GROWN_SAMPLES && more >= part.samples * GROWN_SHARE
      if (now_ms - since_ms < ROW_WAITS_MS && !grown) continue
      this.#write(part, rows)
    }
    const readings = reading === null || reading === this.#noted ? [] : this.#history.since(reading)
    this.#noted = reading
    if (rows.length === 0 && readings.length === 0 && book.gone.size === 0) return null
    return this.#changes(rows, readings)
  }

  /** At the end, until null: what is left to write, due or not; readings may be left where no row waits. */
  rest(): ClockChanges | null {
    for (;;) {
      const changes = this.due(Infinity, LAST_ROWS)
      if (changes !== null || !this.waits) return changes
    }
  }

  /** When everything is read: estimates up to date, for the last readings and for those who look again. */
  async catchUp(now_ms: number): Promise<void> {
    this.turn(now_ms)
    const until_ms = performance.now() + CATCH_UP_MS
    for (const _ of this.#live.catchUp(now_ms)) {
      await new Promise((resolve) => setImmediate(resolve))
      if (performance.now() > until_ms) break
    }
  }

  #changes(rows: ClockRow[], readings: ClockChanges['readings']): ClockChanges {
    const { book } = this.#live
    if (rows.length > 0) rows.push(unusedRow(book.unused))
    const gone = [...book.gone]
    book.gone.clear()
    return { rows, gone, readings }
  }

  #write(part: Part, rows: ClockRow[]): void {
    this.#waiting.delete(part)
    this.#written.set(part, part.samples)
    const { hosts, issuers, links } = this.#live.book
    // What was given up in the meantime must not come back as a row.
    if ('first' in part) {
      if (links.get(linkKey(part.first, part.second)) === part) rows.push(linkRow(part))
    } else if ('profile' in part) {
      if (issuers.get(part.name) === part) rows.push(issuerRow(part))
    } else if (hosts.get(part.name) === part) rows.push(hostRow(part))
  }
}
