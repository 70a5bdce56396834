/**
 * Cuts a one-way channel where one of its clocks was set: two stretches whose edges lie at different offsets explain the
 * differences far better than any single line does. Each stretch has its own share of fresh tokens, so that a change in
 * how old tokens get (a refresh bug, a backlog) is no step; only a sharp edge at a new place is.
 * Leaves the exact offsets to `fit-line.ts`. Invariant: stretches are in order and cover all blocks, except that differences
 * which are clearly below a stretch's edge are left to the stretch on the other side of the cut.
 */
import { DRIFT_LIMIT_PPM } from './fit-line.ts'
import { type Block, CELL_SIZE, coarsen, type Stratum } from './one-way-channel.ts'
import { AGED_PER_FRESH, type RoundingModel, roundingModel } from './rounding-model.ts'

interface Stretch {
  strata: Stratum[]
  /** An offset within a second or so of the truth for the middle of these blocks, ms. */
  near_ms: number
  /** When the clock was set, between the stretch before and this one, ms; null for the first. */
  cut_ms: number | null
}

/** How much better (nats) two edges must explain the differences than one line. */
const STEP_EVIDENCE = 12
/** … and per difference at the weaker edge, since the candidates' coarse grid costs likelihood. */
const EVIDENCE_PER_SUPPORT = 0.4
/** Slow clients blur the edge: steps below this (in units of the resolution) need that much more evidence. */
const SMALL_STEP = 1.4
const SMALL_STEP_DOUBT = 1.6
/** Each side needs this many differences at its edge; two bad records are no step. */
const EDGE_SUPPORT = 3
/** A smaller jump is not told apart from drift and traffic: in units of the coarser resolution, and ms. */
const SMALLEST_STEP = 0.9
const SMALLEST_STEP_MS = 150
/** More cuts in one window than this mean that the clock has no offset worth the name. */
const CUT_LIMIT = 8
/** Lowest differences tried as the least age of aged tokens, and what passing over one costs, nats. */
const LOWEST_TRIED = 8
const SKIP_COST = 4
/** Places where a cut is tried first. */
const COARSE_CUTS = 12
/** Sharpest concentrations of differences that are tried as places of the edge. */
const PEAK_LIMIT = 14
const PEAKS_PER_SLICE = 2
/** Offsets tried around each, in units of the resolution. */
const AROUND = [-0.75, -0.5, -0.25, 0, 0.25, 0.5, 0.75]
/** Aged tokens are thought of as spread evenly at most this far above the lowest difference; ms. */
const WIDEST_SPREAD_MS = 4 * 3_600_000
/** Hypotheses tried: a delay of 25 ms with few, some and many aged tokens; slow clients (1 s), whose edge is blurred. */
const HYPOTHESES = [0, 3, 5]
  .map((aged) => AGED_PER_FRESH.length + aged)
  .concat([1, 3].map((aged) => 4 * AGED_PER_FRESH.length + aged))
/** Stamps are cut down to this for the search, ms. */
const COARSE_MS = 250
/** A difference this far below an edge (beyond the resolution) does not belong to it; ms. */
const BELOW_EDGE_MS = 200

/** Blocks of one start in all strata, flattened. */
interface Slice {
  start: number
  /** 1e6 ms from the middle of the channel. */
  t: number
  n: number
  parts: Part[]
}

interface Part {
  model: RoundingModel
  n: number
  top: number
  /** Ascending. */
  d: number[]
  count: number[]
  time: number[]
  /** How many lie before each place of `d`, and after the last: all. */
  upTo: number[]
}

/** Log-likelihoods of every candidate edge, summed over slices so that any stretch costs one subtraction. */
interface Score {
  candidates: number[]
  /** [(slice × candidates + candidate) × hypotheses + hypothesis], cumulative. */
  sum: Float64Array
  mass: Float64Array
  /** Cumulative number of differences kept, per slice; and of those at a candidate's edge, per slice and candidate. */
  counted: Float64Array
  atEdge: Float64Array
}

export function findStretches(strata: readonly Stratum[]): Stretch[] {
  const filled = strata.filter((s) => s.blocks.length > 0)
  const slices = sliceUp(filled.map((s) => coarsen(s.resolution, s.blocks, COARSE_MS)))
  const last = slices.length
  if (last === 0) return []
  const scale = Math.min(...filled.map((s) => Math.max(s.resolution.early_ms, s.resolution.late_ms, 100)))
  const lines = new Lines(slices, scale)
  const cuts = [0, ...findCuts(lines, 0, last, CUT_LIMIT), last]
  const nears = cuts.slice(1).map((end, i) => best(lines.at(0), cuts[i]!, end).near)
  return nears.map((near, i) => {
    const from = cuts[i]!
    const to = cuts[i + 1]!
    const edges = { first: i > 0 ? near : null, last: i + 1 < nears.length ? near : null }
    return {
      strata: filled.map((s) => cutOut(s, slices, from, to, edges)),
      near_ms: near,
      cut_ms: i === 0 ? null : cutTime(slices, from, nears[i - 1]!, near),
    }
  })
}

function sliceUp(strata: readonly Stratum[]): Slice[] {
  const byStart = new Map<number, Slice>()
  let first = Infinity
  let end = -Infinity
  for (const { resolution, blocks } of strata) {
    // The middle block's lowest, since a single forged iat can lie hours below all others.
    const lows = blocks.map((b) => b.cells[0] ?? Infinity).sort((a, b) => a - b)
    const low = lows[lows.length >> 1]!
    let high = -Infinity
    for (const b of blocks) {
      high = Math.max(high, b.cells[b.cells.length - CELL_SIZE] ?? -Infinity)
      first = Math.min(first, b.mean_ms)
      end = Math.max(end, b.mean_ms)
    }
    const top = Math.min(high + resolution.late_ms, low + WIDEST_SPREAD_MS)
    for (const b of blocks) {
      const slice = byStart.get(b.start) ?? { start: b.start, t: b.mean_ms, n: 0, parts: [] }
      byStart.set(b.start, slice)
      slice.n += b.n
      const part: Part = {
        model: roundingModel(resolution),
        n: b.n,
        top: Math.min(b.cut ?? top, top),
        d: [],
        count: [],
        time: [],
        upTo: [0],
      }
      for (let c = 0; c < b.cells.length && b.cells[c]! < part.top; c += CELL_SIZE) {
        part.d.push(b.cells[c]!)
        part.count.push(b.cells[c + 1]!)
        part.upTo.push(part.upTo[part.upTo.length - 1]! + b.cells[c + 1]!)
        part.time.push(b.start + b.cells[c + 2]!, b.start + b.cells[c + 3]!)
      }
      slice.parts.push(part)
    }
  }
  const slices = [...byStart.values()].sort((a, b) => a.start - b.start)
  for (const s of slices) s.t = (s.t - (first + end) / 2) / 1e6
  return slices
}

function score(slices: readonly Slice[], drift: number, scale: number): Score {
  const candidates = edgeCandidates(slices, drift, scale)
  const width = candidates.length * HYPOTHESES.length
  const sum = new Float64Array((slices.length + 1) * width)
  const mass = new Float64Array((slices.length + 1) * width)
  const counted = new Float64Array(slices.length + 1)
  const atEdge = new Float64Array((slices.length + 1) * candidates.length)
  for (let s = 0; s < slices.length; s++) {
    const { parts, t } = slices[s]!
    let n = 0
    for (const part of parts) for (const c of part.count) n += c
    counted[s + 1] = counted[s]! + n
    for (let c = 0; c < candidates.length; c++) {
      const theta = candidates[c]! + drift * t
      let edge = 0
      for (const { model, d, upTo } of parts) {
        const from = firstFrom(d, theta - model.resolution.late_ms - BELOW_EDGE_MS, true)
        const to = firstFrom(d, theta + model.resolution.early_ms + BELOW_EDGE_MS, false)
        edge += upTo[to]! - upTo[from]!
      }
      atEdge[(s + 1) * candidates.length + c] = atEdge[s * candidates.length + c]! + edge
      const at = s * width + c * HYPOTHESES.length
      for (let h = 0; h < HYPOTHESES.length; h++) {
        sum[at + width + h] = sum[at + h]!
        mass[at + width + h] = mass[at + h]!
      }
      for (const { model, d, count, upTo, top, n: all } of parts) {
        // Only those near the edge differ in what they say of it: the others are outliers or aged, whatever their age.
        const from = firstFrom(d, theta + model.zero_ms, true)
        const to = firstFrom(d, theta + model.end_ms, true)
        const below = upTo[from]! * model.outlierLogMass
        const above = upTo[d.length]! - upTo[to]!
        for (let h = 0; h < HYPOTHESES.length; h++) {
          const table = model.tables[HYPOTHESES[h]!]!
          let ln = below + above * table.flatLogMass
          for (let i = from; i < to; i++) ln += count[i]! * model.logMass(table, d[i]! - theta)
          sum[at + width + h]! += ln
          mass[at + width + h]! += all * model.massBelow(table, top - theta)
        }
      }
    }
  }
  return { candidates, sum, mass, counted, atEdge }
}

/** Place of the first of an ascending list that is at least `limit` (`included`) or beyond it. */
function firstFrom(list: readonly number[], limit: number, included: boolean): number {
  let low = 0
  let high = list.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (included ? list[middle]! >= limit : list[middle]! > limit) high = middle
    else low = middle + 1
  }
  return low
}

/** Where differences crowd: in any slice, the sharpest concentrations; overall, the best of those and the lowest difference. */
function edgeCandidates(slices: readonly Slice[], drift: number, scale: number): number[] {
  const grid = scale / 2
  const crowds = new Map<number, number>()
  let lowest = Infinity
  for (const { parts, t } of slices)
    for (const { d, count } of parts) {
      const found: [number, number][] = []
      for (let i = 0; i < d.length; i++) {
        let n = 0
        for (let j = i; j < d.length && d[j]! <= d[i]! + scale * 1.1; j++) n += count[j]!
        found.push([d[i]! - drift * t, n])
        lowest = Math.min(lowest, d[i]! - drift * t)
      }
      found.sort((a, b) => b[1] - a[1])
      for (const [place, n] of found.slice(0, PEAKS_PER_SLICE)) {
        const key = Math.round(place / grid)
        crowds.set(key, (crowds.get(key) ?? 0) + n)
      }
    }
  const places = [...crowds].sort((a, b) => b[1] - a[1]).slice(0, PEAK_LIMIT)
  const keys = new Set(places.map(([key]) => key))
  if (lowest < Infinity) keys.add(Math.round(lowest / grid))
  const offsets = new Set<number>()
  for (const key of keys) for (const a of AROUND) offsets.add(Math.round(key * grid + a * scale))
  return [...offsets].sort((a, b) => a - b)
}

/** Best log-likelihood of one candidate edge in slices [from, to), over the hypotheses and the (free) number of fresh tokens. */
function value(s: Score, from: number, to: number, candidate: number): number {
  const width = s.candidates.length * HYPOTHESES.length
  const n = s.counted[to]! - s.counted[from]!
  if (n === 0) return 0
  let best = -Infinity
  for (let h = 0; h < HYPOTHESES.length; h++) {
    const at = candidate * HYPOTHESES.length + h
    const ln = s.sum[to * width + at]! - s.sum[from * width + at]!
    const m = s.mass[to * width + at]! - s.mass[from * width + at]!
    best = Math.max(best, ln + n * Math.log(n / m) - n)
  }
  return best
}

interface Edge {
  value: number
  near: number
  support: number
}

function best(s: Score, from: number, to: number): Edge {
  let found = -1
  let top = -Infinity
  for (let c = 0; c < s.candidates.length; c++) {
    const v = value(s, from, to, c)
    if (v > top) {
      top = v
      found = c
    }
  }
  const count = s.candidates.length
  return {
    value: top,
    near: s.candidates[found] ?? 0,
    support: s.atEdge[to * count + found]! - s.atEdge[from * count + found]!,
  }
}

/** One edge for both sides of a cut, each side with its own share of fresh tokens. */
function shared(s: Score, from: number, cut: number, to: number): number {
  let found = -Infinity
  for (let c = 0; c < s.candidates.length; c++) found = Math.max(found, value(s, from, cut, c) + value(s, cut, to, c))
  return found
}

function findCuts(lines: Lines, from: number, to: number, allowed: number): number[] {
  if (allowed === 0 || to - from < 2) return []
  // Every few slices first; then all of those around the best.
  const stride = Math.ceil((to - from) / COARSE_CUTS)
  let found: Cut | null = null
  for (let cut = from + 1; cut < to; cut += stride) found = better(found, tryCut(lines, from, cut, to))
  if (found === null) return []
  const centre = found.cut
  for (let cut = Math.max(from + 1, centre - stride + 1); stride > 1 && cut < Math.min(to, centre + stride); cut++)
    found = better(found, tryCut(lines, from, cut, to))
  if (found === null || found.gain < found.needed) return []
  const { cut, two, needed } = found
  if (two - lines.best(from, cut, to) < needed) return []
  // The latest first: what holds now matters most.
  const right = findCuts(lines, cut, to, allowed - 1)
  return [...findCuts(lines, from, cut, allowed - 1 - right.length), cut, ...right]
}

interface Cut {
  cut: number
  /** How much better two edges are than one, and must be; nats. */
  gain: number
  needed: number
  /** Log-likelihood with two edges. */
  two: number
}

function better(a: Cut | null, b: Cut | null): Cut | null {
  return a === null || (b !== null && b.gain - b.needed > a.gain - a.needed) ? b : a
}

/** Null where the sides hardly differ or one of them has too little at its edge. */
function tryCut(lines: Lines, from: number, cut: number, to: number): Cut | null {
  const { scale } = lines
  const level = lines.at(0)
  const left = best(level, from, cut)
  const right = best(level, cut, to)
  const support = Math.min(left.support, right.support)
  const step = Math.abs(left.near - right.near)
  if (step < Math.max(SMALLEST_STEP * scale, SMALLEST_STEP_MS) || support < EDGE_SUPPORT) return null
  const two = left.value + right.value
  const doubt = step < SMALL_STEP * scale ? SMALL_STEP_DOUBT : 1
  const needed = Math.max(STEP_EVIDENCE, support * EVIDENCE_PER_SUPPORT) * doubt
  const rising = right.near > left.near
  const aging = rising
    ? left.value + agedAlone(lines, cut, to, left.near)
    : agedAlone(lines, from, cut, right.near) + right.value
  return { cut, gain: two - Math.max(shared(level, from, cut, to), aging), needed, two }
}

/**
 * Log-likelihood of slices [from, to) as tokens of any age from some age on, seen against the lower edge `floor`: what
 * clients that hold tokens back would show. A few lower ones may belong to the other side of the cut.
 */
function agedAlone({ slices }: Lines, from: number, to: number, floor: number): number {
  const lowest: number[] = []
  let counted = 0
  let cells = 0
  for (let s = from; s < to; s++)
    for (const { d, count, model } of slices[s]!.parts)
      for (let i = 0; i < d.length; i++) {
        counted += count[i]!
        cells += count[i]! * Math.log(model.resolution.late_ms)
        if (d[i]! > floor) insertLowest(lowest, d[i]!)
      }
  let top = -Infinity
  for (const [skipped, low] of lowest.entries()) {
    let room = 0
    for (let s = from; s < to; s++) for (const { n, top: t } of slices[s]!.parts) room += n * Math.max(0, t - low)
    if (room > 0) top = Math.max(top, cells + counted * Math.log(counted / room) - counted - skipped * SKIP_COST)
  }
  return top
}

function insertLowest(list: number[], value: number): void {
  let at = list.length
  while (at > 0 && list[at - 1]! > value) at--
  list.splice(at, 0, value)
  if (list.length > LOWEST_TRIED) list.pop()
}

/** Scores of sloping edges: costly, hence made only when a step has to be told from a drift, and kept. */
class Lines {
  readonly scale: number
  readonly slices: readonly Slice[]
  private readonly made = new Map<number, Score>()
  private readonly step: number

  constructor(slices: readonly Slice[], scale: number) {
    this.slices = slices
    this.scale = scale
    const reach_ms = (slices[slices.length - 1]!.t - slices[0]!.t) * DRIFT_LIMIT_PPM
    this.step = reach_ms < scale / 4 ? Infinity : Math.max((DRIFT_LIMIT_PPM * scale) / reach_ms, DRIFT_LIMIT_PPM / 16)
  }

  at(drift: number): Score {
    let made = this.made.get(drift)
    if (made === undefined) {
      made = score(this.slices, drift, this.scale)
      this.made.set(drift, made)
    }
    return made
  }

  /** How well one line with any drift explains slices [from, to), either side of the cut with its own share of fresh tokens. */
  best(from: number, cut: number, to: number): number {
    let top = shared(this.at(0), from, cut, to)
    let drift = 0
    const look = (at: number) => {
      const value = shared(this.at(at), from, cut, to)
      if (value > top) {
        top = value
        drift = at
      }
    }
    if (this.step === Infinity) return top
    for (let at = this.step; at <= DRIFT_LIMIT_PPM; at += this.step) {
      look(at)
      look(-at)
    }
    for (let fine = this.step / 2; fine > this.step / 10; fine /= 2) {
      const centre = drift
      look(centre + fine)
      look(centre - fine)
    }
    return top
  }
}

function isAtEdge(d: number, edge: number, { resolution }: RoundingModel): boolean {
  const z = d - edge
  return z >= -resolution.late_ms - BELOW_EDGE_MS && z <= resolution.early_ms + BELOW_EDGE_MS
}

/** The stratum's blocks in slices [from, to), without what lies below the edge next to a cut. */
function cutOut(
  { resolution, blocks }: Stratum,
  slices: readonly Slice[],
  from: number,
  to: number,
  edge: { first: number | null; last: number | null },
): Stratum {
  const start = slices[from]!.start
  const end = slices[to - 1]!.start
  const floor = (b: Block) => (b.start === start ? edge.first : null) ?? (b.start === end ? edge.last : null)
  const kept = blocks.filter((b) => b.start >= start && b.start <= end)
  return {
    resolution,
    blocks: kept.map((b) => {
      const near = floor(b)
      return near === null ? b : withoutBelow(b, near - resolution.late_ms - BELOW_EDGE_MS)
    }),
  }
}

function withoutBelow(block: Block, floor: number): Block {
  let from = 0
  let n = block.n
  while (from < block.cells.length && block.cells[from]! < floor) {
    n -= block.cells[from + 1]!
    from += CELL_SIZE
  }
  return from === 0 ? block : { ...block, n, cells: block.cells.slice(from) }
}

/** Between the last difference at the old edge and the first at the new one. */
function cutTime(slices: readonly Slice[], cut: number, before: number, after: number): number {
  // Around the cut, aged tokens of the lower side look like fresh ones of the higher: the lower side is sure, the other fits in.
  if (after > before) {
    const last = latest(slices.slice(0, cut + 1), before, Infinity)
    const first = earliest(slices.slice(cut), after, last)
    return first === Infinity ? last : (last + first) / 2
  }
  const first = earliest(slices.slice(cut - 1), after, -Infinity)
  const last = latest(slices.slice(0, cut), before, first)
  return last === -Infinity ? first : (last + first) / 2
}

function latest(slices: readonly Slice[], edge: number, before: number): number {
  let found = -Infinity
  for (const { parts } of slices)
    for (const { d, time, model } of parts)
      for (let c = 0; c < d.length; c++)
        if (isAtEdge(d[c]!, edge, model) && time[2 * c + 1]! < before) found = Math.max(found, time[2 * c + 1]!)
  return found
}

function earliest(slices: readonly Slice[], edge: number, after: number): number {
  let found = Infinity
  for (const { parts } of slices)
    for (const { d, time, model } of parts)
      for (let c = 0; c < d.length; c++)
        if (isAtEdge(d[c]!, edge, model) && time[2 * c]! > after) found = Math.min(found, time[2 * c]!)
  return found
}
