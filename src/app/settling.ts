/**
 * When incidents are looked at again while collecting: all of a run's once its history is read, and the last hours' again
 * and again while something new comes in, a page at a time.
 * Invariant: bounded work per turn; nothing is done while nothing new was committed.
 */
import type { TimeRange } from '../core/filter.ts'
import type { Reattribution } from './reattribute.ts'

/** After this long no evidence is expected that would change a live verdict; `authtop reattribute` still finds it. ms. */
const SETTLED_MS = 2 * 3_600_000
/** Hosts' clocks may be ahead by a wrong zone; ms. */
const AHEAD_MS = 26 * 3_600_000
/** A page this often keeps the work under a few percent of a core; ms. */
export const LOOK_AGAIN_MS = 1_000
/** Clocks are compared anew this often; ms. A drifting one moves by less than a second in the meantime. */
const ALIGN_EVERY_MS = 10 * 60_000
/** What an incident was caused by, or healed by, lies this far from it; ms. */
const MARGIN_MS = 10 * 60_000

export class Settling {
  readonly #reattribution: () => Reattribution
  readonly #now: () => number
  #run: TimeRange | null = null
  #after: { time_ms: number; id: string } | undefined
  #looked_ms = -Infinity
  /** Something was committed since the present round began. */
  #news = false
  /** A round is under way or due. */
  #due = false
  /** Looks at the last hours again and again; keeps what it found of the clocks. */
  #live: Reattribution | null = null
  #aligned_ms = -Infinity
  #aligning = false

  constructor(reattribution: () => Reattribution, now: () => number) {
    this.#reattribution = reattribution
    this.#now = now
  }

  /** A commit brought incidents of these times, or other news. */
  committed(times_ms: readonly number[]): void {
    this.#news = true
    this.#due = true
    for (const time_ms of times_ms) {
      this.#run ??= { from_ms: time_ms, to_ms: time_ms }
      this.#run.from_ms = Math.min(this.#run.from_ms, time_ms)
      this.#run.to_ms = Math.max(this.#run.to_ms, time_ms)
    }
  }

  get pending(): boolean {
    return this.#due
  }

  /** Everything this run has read, once. */
  async all(signal: AbortSignal): Promise<void> {
    const run = this.#run
    this.#run = null
    if (run === null) return
    await this.#reattribution().all({ from_ms: run.from_ms - MARGIN_MS, to_ms: run.to_ms + MARGIN_MS }, signal)
  }

  /** The next page of the last hours, if one is due. */
  async some(): Promise<void> {
    const now_ms = this.#now()
    // Set back, this machine's clock must not make us wait until it is where it was.
    if (!this.#due || Math.abs(now_ms - this.#looked_ms) < LOOK_AGAIN_MS) return
    this.#looked_ms = now_ms
    if (this.#after === undefined) this.#news = false
    const range = { from_ms: now_ms - SETTLED_MS, to_ms: now_ms + AHEAD_MS }
    this.#live ??= this.#reattribution()
    if (Math.abs(now_ms - this.#aligned_ms) >= ALIGN_EVERY_MS) {
      this.#aligning = true
      this.#aligned_ms = now_ms
    }
    if (this.#aligning && (await this.#live.alignSome(range))) {
      this.#aligning = false
      this.#news = true
    }
    this.#after = (await this.#live.page(range, this.#after)) ?? undefined
    if (this.#after === undefined && !this.#news) this.#due = false
  }
}
