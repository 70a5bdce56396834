/**
 * The clocks as the steward of a shared store knows them: what every collector knows, and what only the whole shows, the requests of which
 * one collector read the gateway's record and another one the service's.
 * Invariant: the steward keeps rows of its own for the latter only, and reads the others anew from time to time.
 */
import { ClockHistory } from '../../analyze/clock/clock-history.ts'
import { isUnique, pairsBetween } from '../../analyze/clock/exchanges.ts'
import type { Draft } from '../../analyze/incident/draft-index.ts'
import type { ClockLookup } from '../../core/clock-lookup.ts'
import type { Steward } from '../../core/ports/shared-store.ts'
import type { ClockChanges, Neighbour } from '../../core/ports/store.ts'
import { ClockKeeper } from '../clock-keeper.ts'

/** Collectors write a changed clock within some seconds; ms. */
const FRESH_MS = 5_000
/** Reading that took long is done so much more seldom: 4 % of a core. */
const REST = 25

export class SharedClocks {
  readonly #steward: Steward
  readonly #now: () => number
  /** From pairs alone. */
  readonly #own: ClockKeeper
  readonly #history = new ClockHistory()
  #all: ClockKeeper
  #read_ms = -Infinity
  #took_ms = 0
  #version = -1

  private constructor(steward: Steward, now: () => number, own: ClockKeeper, all: ClockKeeper) {
    this.#steward = steward
    this.#now = now
    this.#own = own
    this.#all = all
  }

  static async open(steward: Steward, now: () => number): Promise<SharedClocks> {
    const own = await ClockKeeper.restore(await steward.writer.clockRows())
    const clocks = new SharedClocks(steward, now, own, own)
    await clocks.refresh()
    return clocks
  }

  get lookup(): ClockLookup {
    return this.#all.lookup
  }

  /** Two that were written apart and turned out to be one request. */
  take(drafts: readonly Draft[], known: readonly Neighbour[]): void {
    const stored = new Map(known.map((one) => [one.incident.id, one]))
    for (const { id, absorbs } of drafts) {
      const parts = [id!, ...absorbs].flatMap((part) => stored.get(part) ?? [])
      for (const [i, one] of parts.entries())
        for (const other of parts.slice(i + 1)) {
          const [a, b] = [one.incident, other.incident]
          const same = a.request_id === b.request_id ? a.request_id : a.trace_id === b.trace_id ? a.trace_id : undefined
          if (!isUnique(same)) continue
          for (const pair of pairsBetween(one.spoken, other.spoken)) this.#own.takePair(pair)
        }
    }
  }

  /** Everybody's rows anew, where there are new ones and it is time; `always`: it is. */
  async refresh(always = true): Promise<void> {
    const start_ms = performance.now()
    if (!always && start_ms - this.#read_ms < Math.max(FRESH_MS, this.#took_ms * REST)) return
    const version = await this.#steward.reader.version()
    this.#read_ms = start_ms
    if (version === this.#version) return
    this.#version = version
    const all = await ClockKeeper.restore(await this.#steward.reader.clockRows())
    await all.catchUp(this.#now())
    this.#all = all
    this.#took_ms = performance.now() - start_ms
  }

  /** What the next commit is to write; null: nothing. `always`: also what could wait. */
  due(always = false): ClockChanges | null {
    this.#own.turn(this.#now())
    const own = always ? this.#own.rest() : this.#own.due(this.#now())
    const { reading } = this.#all
    const readings = reading === null ? [] : this.#history.since(reading)
    if (own === null && readings.length === 0) return null
    return { rows: own?.rows ?? [], gone: own?.gone ?? [], readings }
  }
}
