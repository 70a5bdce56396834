/**
 * Follows how far two clocks are apart through a list of things seen by one and, unmarked, by the other: the difference that
 * most of them share at each time, allowed to creep as a drifting clock does and, at a price, to jump as a clock does that is set.
 * A Viterbi search over differences: hits speak for a difference, misses against it, chance is taken off both.
 * Leaves it to the caller what may be the same thing. Invariant: what comes back stands out from chance, or nothing comes back.
 */

/** Seen by one clock at `mine_ms`, perhaps the same as what the other stamped at `other_ms`. */
export interface Meeting {
  mine_ms: number
  other_ms: number
}

export interface TrackedShift {
  /** In order of `mine_ms`. */
  meetings: Meeting[]
  /** How many of them are known by more than time. */
  marked: number
}

/** Differences are told apart to this, and counted together with the next: stamps of gateways are whole seconds; ms. */
export const BIN_MS = 1_000
/** Things weighed together; count. Few, so that a drift of 1000 ppm stays within a bin at one a minute. */
const GROUP = 8
/** So many things must agree in a stretch of time, or so many of them that are marked … */
const LEAST = 6
const LEAST_MARKED = 3
/** … and be so much likelier than chance, for the best of all bins: e⁷ is a thousand to one; log. */
const SURE = 7
/** Of the things that were seen by both, so many are found where they should be: lines are lost, logs are cut. */
const FOUND = 0.85
/** A drifting clock moves by a bin now and then: log of the chance of that per group. */
const CREEP_COST = 1.5
/** Bins moved at most from one group to the next: 1000 ppm over an hour. */
const CREEP_BINS = 4
/** No list is so short, or so full, that a hit would say everything, or nothing; of what is marked none meets by chance. */
const LEAST_CHANCE = 0.01
const MOST_CHANCE = 0.8
/** Clocks are seldom set: log of the chance of that per group, beside the choice of where to. */
const JUMP_COST = 6
/** Differences searched to either side: a wrong zone and a day; ms. */
const FURTHEST_MS = 26 * 3_600_000

/** Seen by one clock; what may be the same, by the other. */
export interface Seen {
  mine_ms: number
  others_ms: readonly number[]
  /** Share of all differences at which it would meet something by chance. */
  chance: number
  /** The two are known to be one by something else than time: it counts whatever stands near it. */
  marked?: boolean
}

/** A thing with what meeting and missing say, log of odds. */
interface Weighed extends Seen {
  gain: number
  miss: number
}

/** Steps of a few ms. `seen` in order of its clock; `bin_ms`: to what differences are told apart. */
export function* trackShift(seen: readonly Seen[], bin_ms = BIN_MS): Generator<void, TrackedShift[]> {
  const things = apart(seen, bin_ms).map(weighed)
  let [low, high] = [Infinity, -Infinity]
  for (const { mine_ms, others_ms } of things)
    for (const other_ms of others_ms) {
      if (Math.abs(mine_ms - other_ms) > FURTHEST_MS) continue
      const bin = binOf(mine_ms, other_ms, bin_ms)
      low = Math.min(low, bin)
      high = Math.max(high, bin)
    }
  if (low > high) return []
  const range: BinRange = { low, bins: high - low + 1, bin_ms }
  const path = yield* bestPath(things, range)
  return stretches(things, path, range)
}

/** Things of one burst meet or miss together: one of them is evidence, the others add none. Marked ones stand for themselves. */
function apart(seen: readonly Seen[], bin_ms: number): Seen[] {
  let last = -Infinity
  return seen.filter(({ mine_ms, marked }) => {
    if (marked === true) return true
    if (mine_ms - last < 2 * bin_ms) return false
    last = mine_ms
    return true
  })
}

/** What a hit says for a difference; a miss is taken off both. */
function weighed(seen: Seen): Weighed {
  const chance = seen.marked === true ? LEAST_CHANCE : Math.max(LEAST_CHANCE, Math.min(MOST_CHANCE, seen.chance))
  const miss = Math.log((1 - FOUND) / (1 - chance))
  return { ...seen, miss, gain: Math.log(FOUND / chance) - miss }
}

/** One difference at one group, and how the search came to it. */
interface Step {
  bin: number
  score: number
  before: Step | null
}

/** Differences kept in mind from one group to the next, the likeliest; count. */
const BEAM = 1_000

/** Bin of the difference for each group. */
function* bestPath(things: readonly Weighed[], range: BinRange): Generator<void, number[]> {
  const groups = Math.ceil(things.length / GROUP)
  // A jump must be paid for by more than the best of so many bins would have by chance.
  const jumpCost = JUMP_COST + Math.log(range.bins)
  const hits = new Hits(range)
  let beam: Step[] = []
  for (let group = 0; group < groups; group++) {
    const jumped = beam.length > 0 && beam[0]!.score > jumpCost ? beam[0]! : null
    const floor = jumped === null ? 0 : jumped.score - jumpCost
    const next = new Map<number, Step>()
    for (const step of beam)
      for (let by = -CREEP_BINS; by <= CREEP_BINS; by++) {
        const score = step.score - CREEP_COST * Math.abs(by)
        if (score <= floor) continue
        const bin = step.bin + by
        const known = next.get(bin)
        if (known === undefined) next.set(bin, { bin, score, before: step })
        else if (known.score < score) Object.assign(known, { score, before: step })
      }
    hits.count(things, group * GROUP)
    for (const step of next.values()) step.score += hits.at(step.bin)
    // One thing alone is chance: a path begins where two agree.
    for (const bin of hits.repeated)
      if (!next.has(bin)) next.set(bin, { bin, score: floor + hits.at(bin), before: jumped })
    // Where nothing met, nothing is known.
    if (next.size > 0) beam = [...next.values()].sort((a, b) => b.score - a.score || a.bin - b.bin).slice(0, BEAM)
    else beam = beam.map((step) => ({ ...step, before: step }))
    yield
  }
  const path = new Array<number>(groups)
  let step: Step | null = beam[0] ?? null
  for (let group = groups - 1; group >= 0; group--) {
    path[group] = step?.bin ?? path[group + 1] ?? 0
    step = step?.before ?? null
  }
  return path
}

interface BinRange {
  low: number
  bins: number
  bin_ms: number
}

/** What a group's things say for each difference at which one of them meets; a bin stands for itself and the next one. */
class Hits {
  readonly #low: number
  readonly #bin_ms: number
  readonly #gains: Float32Array
  /** Number of the thing that was counted last, so that none counts twice. */
  readonly #last: Int32Array
  #touched: number[] = []
  /** Bins with two things and more. */
  repeated: number[] = []

  constructor({ low, bins, bin_ms }: BinRange) {
    this.#low = low - 1
    this.#bin_ms = bin_ms
    this.#gains = new Float32Array(bins + 1)
    this.#last = new Int32Array(bins + 1).fill(-1)
  }

  count(things: readonly Weighed[], from: number): void {
    for (const i of this.#touched) this.#gains[i] = 0
    this.#touched = []
    const repeated = new Set<number>()
    for (let i = from; i < Math.min(things.length, from + GROUP); i++) {
      const { mine_ms, others_ms, gain } = things[i]!
      for (const other_ms of others_ms) {
        if (Math.abs(mine_ms - other_ms) > FURTHEST_MS) continue
        const bin = binOf(mine_ms, other_ms, this.#bin_ms)
        this.#add(bin - this.#low, i, gain, repeated)
        this.#add(bin - 1 - this.#low, i, gain, repeated)
      }
    }
    this.repeated = [...repeated].map((index) => index + this.#low)
  }

  at(bin: number): number {
    return this.#gains[bin - this.#low] ?? 0
  }

  #add(index: number, thing: number, gain: number, repeated: Set<number>): void {
    if (this.#last[index] === thing) return
    this.#last[index] = thing
    const before = this.#gains[index]!
    this.#gains[index] = before + gain
    if (before === 0) this.#touched.push(index)
    else repeated.add(index)
  }
}

function binOf(mine_ms: number, other_ms: number, bin_ms: number): number {
  return Math.floor((mine_ms - other_ms) / bin_ms)
}

/** Groups whose difference creeps are one stretch; each must stand out by itself. */
function stretches(things: readonly Weighed[], path: readonly number[], { bins, bin_ms }: BinRange): TrackedShift[] {
  const found: TrackedShift[] = []
  let start = 0
  for (let group = 1; group <= path.length; group++) {
    if (group < path.length && Math.abs(path[group]! - path[group - 1]!) <= CREEP_BINS) continue
    const meetings: Meeting[] = []
    let [odds, marked] = [0, 0]
    for (let i = start * GROUP; i < Math.min(things.length, group * GROUP); i++) {
      const { mine_ms, others_ms, gain, miss } = things[i]!
      // The middle of the two bins that were counted.
      const middle_ms = (path[Math.floor(i / GROUP)]! + 1) * bin_ms
      let nearest: number | null = null
      for (const other_ms of others_ms) {
        const off = Math.abs(mine_ms - other_ms - middle_ms)
        if (off <= bin_ms && (nearest === null || off < Math.abs(mine_ms - nearest - middle_ms))) nearest = other_ms
      }
      odds += miss
      if (nearest === null) continue
      odds += gain
      if (things[i]!.marked === true) marked++
      meetings.push({ mine_ms, other_ms: nearest })
    }
    const enough = meetings.length >= LEAST || marked >= LEAST_MARKED
    if (enough && odds > SURE + Math.log(bins)) found.push({ meetings, marked })
    start = group
  }
  return found
}
