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

/** Incidents read to compare hosts; beyond it the oldest of a range must do. */
const ALIGNED = 20_000

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
    this.#attribution = new Attribution(writer, () => this.#alignment.over(clocks()))
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

  /** Compares the hosts by when requests were refused; to be done before the pages of a range. */
  async align(range: TimeRange, signal: AbortSignal): Promise<void> {
    const alignment = new HostAlignment()
    let after: { time_ms: number; id: string } | undefined
    for (let looked = 0; looked < ALIGNED && !signal.aborted; looked += PAGE) {
      const page = await this.#writer.page({ ...range, ...(after === undefined ? {} : { after }), limit: PAGE })
      for (const neighbour of page) {
        alignment.consider(neighbour)
        for (const { host } of neighbour.spoken) if (host !== undefined) this.#attribution.meet(host)
      }
      if (page.length < PAGE) break
      const { time_ms, id } = page.at(-1)!.incident
      after = { time_ms, id }
      await new Promise((resolve) => setImmediate(resolve))
    }
    for (const _ of alignment.compare()) await new Promise((resolve) => setImmediate(resolve))
    this.#alignment = alignment
  }

  async all(range: TimeRange, signal: AbortSignal): Promise<Reattributed> {
    await this.align(range, signal)
    let after: { time_ms: number; id: string } | undefined
    while (!signal.aborted) {
      const next = await this.page(range, after)
      if (next === null) break
      after = next
      await new Promise((resolve) => setImmediate(resolve))
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
