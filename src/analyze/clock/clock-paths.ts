/**
 * Puts all clocks on one scale: from a reference, along the links that have a value, each clock by the path with the
 * narrowest interval. Intervals add up along a path, so that what comes out is as sound as what went in.
 * Leaves who is wrong to `vote.ts`.
 */
import { COLLECTOR } from './clock-book.ts'
import { extrapolate, type LinkEstimate, stretchAt } from './clock-link.ts'

export interface Interval {
  offset_ms: number
  low_ms: number
  high_ms: number
}

interface PathStep {
  estimate: LinkEstimate
  /** The party this one was reached from. */
  from: string
  width_ms: number
}

/** Estimates of all links by party. */
export type Neighbours = ReadonlyMap<string, readonly LinkEstimate[]>

/** No path needs more hops than gateway, service, issuer and some; bounds the walk on damaged state. */
const HOP_LIMIT = 16

export function neighboursOf(estimates: Iterable<LinkEstimate>): Neighbours {
  const byParty = new Map<string, LinkEstimate[]>()
  const put = (party: string, estimate: LinkEstimate) => {
    const list = byParty.get(party)
    if (list === undefined) byParty.set(party, [estimate])
    else list.push(estimate)
  }
  for (const estimate of estimates) {
    put(estimate.link.first, estimate)
    put(estimate.link.second, estimate)
  }
  return byParty
}

export class ClockPaths {
  readonly reference: string
  private readonly reached = new Map<string, PathStep | null>()

  /** Receipts lead through the collector only where it is the reference: shipping delays are not offsets. */
  constructor(neighbours: Neighbours, reference: string) {
    this.reference = reference
    this.reached.set(reference, null)
    const width = new Map([[reference, 0]])
    const queue = [reference]
    for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
      const here = width.get(at)!
      for (const estimate of neighbours.get(at) ?? []) {
        const last = estimate.stretches.at(-1)
        const { first, second } = estimate.link
        const other = first === at ? second : first
        if (last === undefined || (first === COLLECTOR && reference !== COLLECTOR)) continue
        const there = here + last.high_ms - last.low_ms
        if (there >= (width.get(other) ?? Infinity) || this.leadsThrough(at, other)) continue
        width.set(other, there)
        this.reached.set(other, { estimate, from: at, width_ms: there })
        queue.push(other)
      }
    }
  }

  has(party: string): boolean {
    return this.reached.has(party)
  }

  step(party: string): PathStep | null {
    return this.reached.get(party) ?? null
  }

  parties(): IterableIterator<string> {
    return this.reached.keys()
  }

  /** Party minus reference at `time_ms`; null where no path leads to it. */
  offsetAt(party: string, time_ms: number): Interval | null {
    const total = { offset_ms: 0, low_ms: 0, high_ms: 0 }
    let at = party
    for (let hop = 0; at !== this.reference; hop++) {
      const step = this.reached.get(at)
      if (step === undefined || step === null || hop > HOP_LIMIT) return null
      const part = differenceAt(step.estimate, at, time_ms)
      if (part === null) return null
      total.offset_ms += part.offset_ms
      total.low_ms += part.low_ms
      total.high_ms += part.high_ms
      at = step.from
    }
    return total
  }

  private leadsThrough(from: string, party: string): boolean {
    let at: string | undefined = from
    for (let hop = 0; at !== undefined && hop <= HOP_LIMIT; hop++) {
      if (at === party) return true
      at = this.reached.get(at)?.from
    }
    return at !== undefined
  }
}

/** `party` minus the other end of the link. */
function differenceAt(estimate: LinkEstimate, party: string, time_ms: number): Interval | null {
  const stretch = stretchAt(estimate, time_ms)
  if (stretch === null) return null
  const d = extrapolate(stretch, time_ms)
  if (estimate.link.first === party) return d
  return { offset_ms: -d.offset_ms, low_ms: -d.high_ms, high_ms: -d.low_ms }
}
