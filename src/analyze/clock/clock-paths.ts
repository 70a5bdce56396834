/**
 * Puts all clocks on one scale: from a reference, along the links that have a value, each clock by the path with the
 * narrowest interval. Intervals add up along a path, so that what comes out is as sound as what went in.
 * Every hop is read by the clock of its own parties, since a clock that was set reads minutes more or less than its neighbours.
 * Leaves who is wrong to `vote.ts`. Invariant: a clock that was set leads on only between links that agree about when; where
 * they do not, the step is added to the interval as doubt.
 */
import { COLLECTOR } from './clock-book.ts'
import { extrapolate, type LinkEstimate, type OffsetStretch, stretchAt } from './clock-link.ts'
import type { Jump } from './steps.ts'

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

export interface PathOptions {
  /** When the clock of a party was set. */
  jumpsOf: (party: string) => readonly Jump[]
  /** Parties that are not led through: their own place may be known, that of others by way of them is not. */
  barred?: (party: string) => boolean
}

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
  private readonly jumpsOf: PathOptions['jumpsOf']
  private readonly reached = new Map<string, PathStep | null>()

  /** Receipts lead through the collector only where it is the reference: shipping delays are not offsets. */
  constructor(neighbours: Neighbours, reference: string, { jumpsOf, barred = () => false }: PathOptions) {
    this.reference = reference
    this.jumpsOf = jumpsOf
    this.reached.set(reference, null)
    const width = new Map([[reference, 0]])
    const queue = [reference]
    for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
      if (at !== reference && barred(at)) continue
      const here = width.get(at)!
      const way = this.reached.get(at)
      for (const estimate of neighbours.get(at) ?? []) {
        const last = estimate.stretches.at(-1)
        const other = otherEnd(estimate, at)
        if (last === undefined || (estimate.link.first === COLLECTOR && reference !== COLLECTOR)) continue
        const before = way?.estimate.stretches.at(-1)
        const doubt = before === undefined ? 0 : this.doubt(at, [way!.estimate, before], [estimate, last])
        const there = here + last.high_ms - last.low_ms + 2 * doubt
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

  /**
   * Party minus reference when the party's own clock reads `reading_ms`; null where no path leads to it. `first`: the link
   * to begin with, where it shall not be the narrowest.
   */
  offsetAt(party: string, reading_ms: number, first?: LinkEstimate): Interval | null {
    const total = { offset_ms: 0, low_ms: 0, high_ms: 0 }
    let at = party
    let reading = reading_ms
    let behind: [LinkEstimate, OffsetStretch] | null = null
    for (let hop = 0; at !== this.reference; hop++) {
      const estimate: LinkEstimate | undefined =
        hop === 0 && first !== undefined ? first : this.reached.get(at)?.estimate
      if (estimate === undefined || hop > HOP_LIMIT) return null
      const stretch = stretchFor(estimate, at, reading)
      if (stretch === null) return null
      const part = partOf(estimate, at, stretch, reading)
      // Others met this clock in its log stamps, which may be in a zone that its own "now" is not.
      const shift =
        behind === null ? 0 : estimate.link.first === at ? estimate.stamp_shift_ms : -estimate.stamp_shift_ms
      const doubt = behind === null ? 0 : this.doubt(at, behind, [estimate, stretch])
      total.offset_ms += part.offset_ms + shift
      total.low_ms += part.low_ms + shift - doubt
      total.high_ms += part.high_ms + shift + doubt
      reading -= part.offset_ms + shift
      behind = [estimate, stretch]
      at = otherEnd(estimate, at)
    }
    return total
  }

  /** Is the party placed by way of the other? */
  leadsThrough(party: string, other: string): boolean {
    let at: string | undefined = party
    for (let hop = 0; at !== undefined && hop <= HOP_LIMIT; hop++) {
      if (at === other) return true
      at = this.reached.get(at)?.from
    }
    return at !== undefined
  }

  /** How far a party's clock may have been set between what two of its links measured it at, ms. */
  private doubt(
    party: string,
    one: readonly [LinkEstimate, OffsetStretch],
    two: readonly [LinkEstimate, OffsetStretch],
  ): number {
    let doubt = 0
    for (const jump of this.jumpsOf(party)) {
      const a = sideOf(party, jump, ...one)
      const b = sideOf(party, jump, ...two)
      if (a !== b || a === 'across') doubt += Math.abs(jump.by_ms)
    }
    return doubt
  }
}

export function otherEnd({ link }: LinkEstimate, party: string): string {
  return link.first === party ? link.second : link.first
}

/** The party's clock at the last evidence of a link, ms. */
export function lastReading(estimate: LinkEstimate, party: string): number {
  const last = estimate.stretches.at(-1)
  if (last === undefined) return Number.NaN
  return estimate.link.first === party ? last.at_ms : last.at_ms - last.offset_ms
}

/** Where a stretch lies against a jump of the party's clock; `across`: the link covers it and did not notice. */
function sideOf(
  party: string,
  jump: Jump,
  estimate: LinkEstimate,
  stretch: OffsetStretch,
): 'before' | 'after' | 'across' {
  const after = jump.shown.get(estimate)
  if (after !== undefined) return estimate.stretches.indexOf(stretch) >= after ? 'after' : 'before'
  const from_ms = readingOf(party, estimate, stretch, stretch.from_ms)
  const at_ms = readingOf(party, estimate, stretch, stretch.at_ms)
  if (at_ms <= Math.min(jump.before_ms, jump.after_ms)) return 'before'
  if (from_ms >= Math.max(jump.before_ms, jump.after_ms)) return 'after'
  // Forward: the clock never read what lies between.
  if (jump.by_ms > 0 && at_ms < jump.after_ms) return 'before'
  if (jump.by_ms > 0 && from_ms > jump.before_ms) return 'after'
  return 'across'
}

function readingOf(party: string, { link }: LinkEstimate, stretch: OffsetStretch, first_ms: number): number {
  return link.first === party ? first_ms : first_ms - extrapolate(stretch, first_ms).offset_ms
}

/** The stretch of a link that holds when one of its parties reads `reading_ms`. */
function stretchFor(estimate: LinkEstimate, party: string, reading_ms: number): OffsetStretch | null {
  if (estimate.link.first === party) return stretchAt(estimate, reading_ms)
  const { stretches } = estimate
  // Cuts lie on the first party's clock: of the stretches that put its reading within themselves the latest, else the first.
  for (let i = stretches.length - 1; i > 0; i--)
    if (firstReading(stretches[i]!, reading_ms) >= (stretches[i]!.cut_ms ?? stretches[i]!.from_ms)) return stretches[i]!
  return stretches[0] ?? null
}

/** first's clock when second's reads `second_ms`: one round suffices, drifts are parts in a thousand. */
function firstReading(stretch: OffsetStretch, second_ms: number): number {
  return second_ms + extrapolate(stretch, second_ms + stretch.offset_ms).offset_ms
}

/** `party` minus the other end of the link. */
function partOf(estimate: LinkEstimate, party: string, stretch: OffsetStretch, reading_ms: number): Interval {
  const { link } = estimate
  if (link.first === party) return extrapolate(stretch, reading_ms)
  const d = extrapolate(stretch, firstReading(stretch, reading_ms))
  return { offset_ms: -d.offset_ms, low_ms: -d.high_ms, high_ms: -d.low_ms }
}
