/**
 * Looks at stored incidents again with all that is known by now: rotations seen after the first failures, clocks that have
 * converged, partners that were read later. The same function as while collecting; positions are untouched.
 * Invariant: bounded work between two turns of the event loop; a second run right after changes nothing.
 */
import { HostAlignment } from '../analyze/incident/align-hosts.ts'
import type { ClockLookup } from '../core/clock-lookup.ts'
import type { TimeRange } from '../core/filter.ts'
import type { AppendBatch, Neighbour, StoreWriter } from '../core/ports/store.ts'
import { Attribution, changeOf } from './attributing.ts'

/** Incidents looked at between two turns of the event loop; about 20 ms of work. */
const PAGE = 100

/** Incidents compared at once: enough of each host, and few MB. */
const ALIGNED = 6_000
/** Once the most are joined, what is left over stands out better; again until nothing joins any more, mostly twice or thrice. */
const ROUNDS = 5
/** Comparing is interrupted this often; ms. */
const SLICE_MS = 20

/** A comparison under way. */
interface Aligning {
  alignment: HostAlignment
  range: TimeRange
  looked: number
  after?: { time_ms: number; id: string }
  comparing?: Generator<void>
}

export interface Reattributed {
  looked: number
  /** Incidents whose verdict, confidence or reasons changed. */
  changed: number
  /** Incidents that turned out to be part of another one. */
  joined: number
  /** `cause/subcause → cause/subcause` and how often. */
  moves: Map<string, number>
}

export class Reattribution {
  readonly #writer: Pick<StoreWriter, 'neighbours' | 'page' | 'history'>
  readonly #append: (batch: AppendBatch) => Promise<void>
  readonly #attribution: Attribution
  readonly #now: () => number
  #alignment = new HostAlignment()
  /** Incidents it was made from. */
  #aligned = 0
  #aligning: Aligning | null = null
  readonly result: Reattributed = { looked: 0, changed: 0, joined: 0, moves: new Map() }

  /** `append` commits what changed; a caller that can wait for disk space does so there. */
  constructor(
    writer: Pick<StoreWriter, 'neighbours' | 'page' | 'history'>,
    append: (batch: AppendBatch) => Promise<void>,
    clocks: () => ClockLookup,
    now: () => number,
  ) {
    this.#writer = writer
    this.#append = append
    this.#attribution = new Attribution(
      writer,
      () => this.#alignment.over(clocks()),
      (host, gateway) => this.#alignment.serves(host, gateway),
    )
    this.#now = now
  }

  /** One page; where to go on, or null at the end of the range. */
  async page(
    range: TimeRange,
    after: { time_ms: number; id: string } | undefined,
  ): Promise<{ time_ms: number; id: string } | null> {
    const page = await this.#writer.page({ ...range, ...(after === undefined ? {} : { after }), limit: PAGE })
    if (page.length === 0) return null
    const drafts = await this.#attribution.again(page)
    this.#count(page, drafts)
    if (drafts.length > 0)
      await this.#append({
        successes: [],
        incidents: drafts.map(changeOf),
        unrecognised: [],
        history: [],
        streams: [],
        now_ms: this.#now(),
      })
    const { time_ms, id } = page.at(-1)!.incident
    return page.length < PAGE ? null : { time_ms, id }
  }

  /**
   * Compares the hosts by when requests were refused, a little with each call: at most {@link ALIGNED} incidents of the range.
   * True when it is done; from then on until the next time, what was found counts.
   */
  async alignSome(range: TimeRange): Promise<boolean> {
    this.#aligning ??= { alignment: new HostAlignment(), range, looked: 0 }
    const work = this.#aligning
    if (work.comparing === undefined) {
      const { after, alignment } = work
      const page = await this.#writer.page({ ...work.range, ...(after === undefined ? {} : { after }), limit: PAGE })
      for (const neighbour of page) {
        alignment.consider(neighbour)
        for (const { host } of neighbour.spoken) if (host !== undefined) this.#attribution.meet(host)
      }
      work.looked += page.length
      const last = page.at(-1)?.incident
      if (last !== undefined) work.after = { time_ms: last.time_ms, id: last.id }
      if (page.length === PAGE && work.looked < ALIGNED) return false
      work.comparing = alignment.compare()
    }
    const until_ms = performance.now() + SLICE_MS
    while (performance.now() < until_ms) {
      if (work.comparing.next().done !== true) continue
      this.#alignment = work.alignment
      this.#aligned = work.looked
      this.#aligning = null
      return true
    }
    return false
  }

  /** A range of any length: as much as is compared at once, then its pages, and on. */
  async all(range: TimeRange, signal: AbortSignal): Promise<Reattributed> {
    let start: { time_ms: number; id: string } | undefined
    const others = () => new Promise((resolve) => setImmediate(resolve))
    while (!signal.aborted) {
      const part = start === undefined ? range : { ...range, from_ms: start.time_ms }
      let next: typeof start | null = start
      for (let round = 1; round <= ROUNDS && !signal.aborted; round++) {
        const joined = this.result.joined
        while (!signal.aborted && !(await this.alignSome(part))) await others()
        next = start
        for (
          let looked = 0;
          looked < Math.max(this.#aligned, PAGE) && next !== null && !signal.aborted;
          looked += PAGE
        ) {
          next = await this.page(range, next)
          await others()
        }
        if (this.result.joined === joined) break
      }
      if (next === null) break
      start = next
    }
    return this.result
  }

  #count(page: readonly Neighbour[], drafts: Awaited<ReturnType<Attribution['again']>>): void {
    this.result.looked += page.length
    const before = new Map(page.map(({ incident }) => [incident.id, incident]))
    for (const { id, incident, absorbs } of drafts) {
      this.result.joined += absorbs.length
      this.result.changed++
      const old = before.get(id!)
      if (old === undefined || (old.cause === incident.cause && old.subcause === incident.subcause)) continue
      const move = `${old.cause}/${old.subcause} → ${incident.cause}/${incident.subcause}`
      this.result.moves.set(move, (this.result.moves.get(move) ?? 0) + 1)
    }
  }
}
