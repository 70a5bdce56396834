/**
 * The offset between two clocks and its drift from a one-way channel: a joint likelihood that models the rounding of both
 * stamps, an unknown share of fresh tokens and an unknown delay, weighed over a grid and read off as a posterior.
 * Assumes one line over the given blocks; `find-steps.ts` cuts the blocks where the clock was set.
 * Invariant: low ≤ offset ≤ high, all at `at_ms`.
 */
import { CELL_SIZE, coarsen, type Stratum } from './one-way-channel.ts'
import { AGED_PER_FRESH, DELAY_MEANS_MS, type DelayTable, type RoundingModel, roundingModel } from './rounding-model.ts'

export interface LineFit {
  /** Last time the fit rests on; offset, low and high hold there; ms. */
  at_ms: number
  from_ms: number
  offset_ms: number
  low_ms: number
  high_ms: number
  drift_ppm: number
  /** Half of the 95 % interval of the drift, ppm. */
  drift_half_ppm: number
  /** Expected number of differences that a fresh token made. */
  fresh: number
  /** ln of how much better an edge explains the differences than aged tokens alone do. */
  edge: number
  samples: number
}

/** No working quartz is off by more; PTP and NTP daemons give up at 500 ppm (RFC 5905 §11.3). */
export const DRIFT_LIMIT_PPM = 400
/** Scale of the heavy-tailed (Cauchy) expectation about drifts before any data, as a share of the limit (30 ppm): servers mostly lie within it. */
const DRIFT_SCALE = 0.075
/** Only differences this close above the edge speak of it; beyond, the ages of tokens are anybody's guess; ms. */
const HORIZON_MS = 5_000
/** Offsets and drifts this much less likely than the best (nats) are left out. */
const NEGLIGIBLE = 6
/** … and hypotheses on delay and share. */
const NEGLIGIBLE_HYPOTHESIS = 4
/** The part of the delay that every token has cannot be seen one way; the interval allows for this much, ms. */
const UNSEEN_DELAY_MS = 60
/** … and of few fresh tokens, that none was as quick as the quickest can be: so much over the root of their number, ms. */
const FEW_FRESH_MS = 400
/** Aged tokens are of many ages: were they all within this, they would be fresh ones with a delay; ms. */
const NARROWEST_AGES_MS = 4_000
/** The tables' steps and the shape of real delays, ms. */
const CLOSE_MS = 25
/** Under coarse stamps a delay and an offset can hardly be told apart: this share of the stamps' resolution on each side. */
const COARSE_STAMP_DOUBT = 0.02
/** Finer stamps than this do not make the search finer: delays blur the edge; ms. */
const FINEST_SCALE_MS = 40
/** The model's delays are not the world's: more fresh tokens than about this many no longer narrow the interval as they should. */
const TRUSTED_FRESH = 100
const DRIFT_POINTS = 40
const COARSE_GROUPS = 8
const BLOCKS_AT_MOST = 1_024
const FINE_GROUPS = 12
const FINE_OFFSETS = 19
const FINE_DRIFTS = 9
/** The most likely shares of aged tokens for each delay. */
const SHARES_PER_DELAY = 2
/** Tail left out on each side of the interval. */
const TAIL = 0.008
/** A delay of 25 ms with few to many aged tokens. */
const COARSE_HYPOTHESES = [1, 3, 5].map((aged) => AGED_PER_FRESH.length + aged)
const DIRECTIONS = [
  [1, 0],
  [-1, 0],
  [0, 1],
  [0, -1],
  [1, 1],
  [-1, -1],
  [1, -1],
  [-1, 1],
] as const

interface Cells {
  d: Float64Array
  n: Float64Array
  t: Float64Array
  block_t: Float64Array
  block_n: Float64Array
  /** Highest difference each block shows completely, ms. */
  block_top: Float64Array
  total: number
  model: RoundingModel
}

/** Log-probability of an offset (ms) and a drift (ppm). */
type Surface = (theta: number, drift: number) => number

interface Point {
  value: number
  theta: number
  drift: number
}

/**
 * Fits all strata by one line. `near_ms` is an offset known to lie within a few seconds of the truth (at the middle of the
 * span); null where no difference lies near it. `limit_ppm`: no drift is beyond.
 */
export function fitLine(
  strata: readonly Stratum[],
  near_ms: number,
  limit_ppm: number = DRIFT_LIMIT_PPM,
): LineFit | null {
  const driftPrior = (drift: number) => -Math.log1p((drift / (limit_ppm * DRIFT_SCALE)) ** 2)
  const posteriorOf =
    (sets: readonly Cells[], hypothesis: number): Surface =>
    (theta, drift) =>
      logLikelihood(sets, theta, drift, hypothesis) + driftPrior(drift)
  const span = spanOf(strata)
  const middle = (span.from + span.to) / 2
  const half_s = (span.to - span.from) / 2000
  const resolutions = strata.map((s) => Math.max(s.resolution.early_ms, s.resolution.late_ms))
  const scale = Math.max(Math.min(...resolutions), FINEST_SCALE_MS)
  const withDrift = half_s * limit_ppm > scale * 50
  const slack = withDrift ? (limit_ppm / 1000) * half_s : 0
  const merged = (from: readonly Stratum[], groups: number, bin_ms: number) =>
    from.map((s) => gather(s, middle, near_ms, slack, groups, bin_ms)).filter((c) => c.total > 0)

  // Coarse: every drift in reach, the offset around `near_ms`, a few hypotheses on delay and share.
  const rough = merged(
    strata.map((s) => coarsen(s.resolution, s.blocks, Math.min(scale / 4, 250))),
    withDrift ? COARSE_GROUPS : 1,
    1,
  )
  if (rough.length === 0) return null
  const driftStep = Math.max((limit_ppm * 2) / DRIFT_POINTS, (scale * 250) / Math.max(half_s, 1))
  const drifts = withDrift ? symmetric(driftStep, limit_ppm) : [0]
  const reach = 1.6 * Math.max(...resolutions) + 250 + Math.min(slack / 2, 2_000)
  let start: Point = { value: -Infinity, theta: near_ms, drift: 0 }
  const look = (theta: number, drift: number) => {
    const prior = driftPrior(drift)
    for (const k of COARSE_HYPOTHESES) {
      const value = logLikelihood(rough, theta, drift, k) + prior
      if (value > start.value) start = { value, theta, drift }
    }
  }
  // Every other point of the grid, as on a chessboard's white squares; then the squares around the best.
  const step = scale / 5
  for (const [i, drift] of drifts.entries())
    for (let theta = near_ms - reach + (((i + 1) >> 1) % 2) * step; theta <= near_ms + reach; theta += 2 * step)
      look(theta, drift)
  const { theta, drift } = start
  for (const by of [-1, 0, 1]) {
    if (withDrift) for (const side of [-1, 1]) look(theta + by * step, drift + side * driftStep)
    look(theta + by * step, drift)
  }

  // Each delay has its own peak, since an offset and a delay can stand in for each other; shares hardly move it.
  const sets = merged(strata, withDrift ? FINE_GROUPS : 1, Math.min(scale / 50, 10))
  const peaks = DELAY_MEANS_MS.flatMap((_, delay) => {
    const shares = AGED_PER_FRESH.map((_, aged) => delay * AGED_PER_FRESH.length + aged)
    const likely = best(shares, (k) => logLikelihood(rough, start.theta, start.drift, k))[0]!
    const near = climb(posteriorOf(rough, likely), start, scale / 5, withDrift ? driftStep / 2 : 0, 9)
    const two = best(shares, (k) => logLikelihood(sets, near.theta, near.drift, k)).slice(0, SHARES_PER_DELAY)
    const first = climb(posteriorOf(sets, two[0]!), near, scale / 20, withDrift ? driftStep / 8 : 0, 8)
    return two.map((k) => ({ ...first, value: posteriorOf(sets, k)(first.theta, first.drift), k }))
  })
  const top = peaks.reduce((a, b) => (b.value > a.value ? b : a))
  const posterior: Posterior = { weights: [], ends: [], slopes: [] }
  for (const peak of peaks)
    if (peak.value > top.value - NEGLIGIBLE_HYPOTHESIS)
      spread(posterior, posteriorOf(sets, peak.k), peak, half_s, scale, withDrift ? limit_ppm : 0)
  const highest = Math.max(...posterior.weights)
  const fresh = freshCount(sets, top.theta, top.drift, top.k)
  const temper = 1 / (1 + fresh / TRUSTED_FRESH)
  const weights = posterior.weights.map((w) => Math.exp((w - highest) * temper))
  const [low, mid, high] = quantiles(posterior.ends, weights, [TAIL, 0.5, 1 - TAIL])
  const blur = Math.min(...strata.map((s) => s.resolution.late_ms)) * COARSE_STAMP_DOUBT
  const [driftLow, driftMid, driftHigh] = quantiles(posterior.slopes, weights, [0.025, 0.5, 0.975])
  return {
    at_ms: span.to,
    from_ms: span.from,
    offset_ms: mid!,
    low_ms: low! - UNSEEN_DELAY_MS - FEW_FRESH_MS / Math.sqrt(Math.max(fresh, 1)) - blur,
    high_ms: high! + CLOSE_MS + blur,
    drift_ppm: driftMid!,
    drift_half_ppm: withDrift ? (driftHigh! - driftLow!) / 2 : limit_ppm,
    fresh,
    edge: top.value - driftPrior(top.drift) - withoutEdge(sets, top.theta, top.drift),
    samples: span.samples,
  }
}

function spanOf(strata: readonly Stratum[]): { from: number; to: number; samples: number } {
  const span = { from: Infinity, to: -Infinity, samples: 0 }
  for (const { blocks } of strata)
    for (const b of blocks) {
      span.samples += b.n
      span.from = Math.min(span.from, b.mean_ms)
      span.to = Math.max(span.to, b.mean_ms)
      for (let c = 0; c < b.cells.length; c += CELL_SIZE) {
        span.from = Math.min(span.from, b.start + b.cells[c + 2]!)
        span.to = Math.max(span.to, b.start + b.cells[c + 3]!)
      }
    }
  return span
}

/** Flattens the blocks, merged into at most `groups` stretches of time and differences into bins, so that fits cost little. */
function gather(
  { resolution, blocks }: Stratum,
  middle: number,
  near_ms: number,
  slack: number,
  groups: number,
  bin_ms: number,
): Cells {
  const window = HORIZON_MS + slack + 1.6 * Math.max(resolution.early_ms, resolution.late_ms)
  const per = Math.max(1, Math.ceil(blocks.length / groups))
  const cells = new Map<number, { d: number; n: number; t: number }>()
  const tops: { t: number; n: number; top: number }[] = []
  let total = 0
  for (const [i, b] of blocks.entries()) {
    const top = Math.min(b.cut ?? Infinity, near_ms + window)
    const t = (b.mean_ms - middle) / 1e6
    const before = tops[tops.length - 1]
    if (i % per !== 0 && before !== undefined && before.top === top) {
      before.t += ((t - before.t) * b.n) / (before.n + b.n)
      before.n += b.n
    } else tops.push({ t, n: b.n, top })
    for (let c = 0; c < b.cells.length && b.cells[c]! < top; c += CELL_SIZE) {
      const d = b.cells[c]!
      const n = b.cells[c + 1]!
      const time = (b.start + (b.cells[c + 2]! + b.cells[c + 3]!) / 2 - middle) / 1e6
      total += n
      const key = Math.round((d - near_ms) / bin_ms) * BLOCKS_AT_MOST + Math.floor(i / per)
      const cell = cells.get(key)
      if (cell === undefined) cells.set(key, { d, n, t: time })
      else {
        cell.n += n
        cell.d += ((d - cell.d) * n) / cell.n
        cell.t += ((time - cell.t) * n) / cell.n
      }
    }
  }
  const list = [...cells.values()]
  return {
    d: Float64Array.from(list, (c) => c.d),
    n: Float64Array.from(list, (c) => c.n),
    t: Float64Array.from(list, (c) => c.t),
    block_t: Float64Array.from(tops, (b) => b.t),
    block_n: Float64Array.from(tops, (b) => b.n),
    block_top: Float64Array.from(tops, (b) => b.top),
    total,
    model: roundingModel(resolution),
  }
}

interface Posterior {
  weights: number[]
  ends: number[]
  slopes: number[]
}

/** Adds one hypothesis' part of the posterior: a grid around its peak, as wide as its likelihood matters. */
function spread(
  posterior: Posterior,
  at: Surface,
  peak: Point,
  half_s: number,
  scale: number,
  limit_ppm: number,
): void {
  const withDrift = limit_ppm > 0
  const thetaHalf = halfWidth((x) => at(peak.theta + x, peak.drift), peak.value, scale / 50, 4 * scale + 1000)
  const driftHalf = withDrift
    ? halfWidth((x) => at(peak.theta, peak.drift + x), peak.value, (scale * 10) / half_s, limit_ppm)
    : 0
  const rows = withDrift ? FINE_DRIFTS : 1
  const cell = Math.log(thetaHalf * (withDrift ? driftHalf : 1))
  for (let j = 0; j < rows; j++) {
    const drift = peak.drift + (rows === 1 ? 0 : driftHalf * ((2 * j) / (rows - 1) - 1))
    for (let i = 0; i < FINE_OFFSETS; i++) {
      const theta = peak.theta + thetaHalf * ((2 * i) / (FINE_OFFSETS - 1) - 1)
      posterior.weights.push(at(theta, drift) + cell)
      posterior.slopes.push(drift)
      posterior.ends.push(theta + (drift * half_s) / 1000)
    }
  }
}

/** The scale (how many fresh tokens there are) is integrated out, so that only shares and positions count. */
function logLikelihood(sets: readonly Cells[], theta: number, drift: number, hypothesis: number): number {
  let sum = 0
  for (const set of sets) {
    const { d, n, t, block_n, block_t, block_top, model } = set
    const table = model.tables[hypothesis]!
    if (sum === 0) sum = table.logPrior
    for (let i = 0; i < d.length; i++) sum += n[i]! * model.logMass(table, d[i]! - theta - drift * t[i]!)
    sum -= set.total * Math.log(expected(model, table, block_n, block_t, block_top, theta, drift))
  }
  return sum
}

function expected(
  model: RoundingModel,
  table: DelayTable,
  block_n: Float64Array,
  block_t: Float64Array,
  block_top: Float64Array,
  theta: number,
  drift: number,
): number {
  let mass = 0
  for (let j = 0; j < block_n.length; j++)
    mass += block_n[j]! * model.massBelow(table, block_top[j]! - theta - drift * block_t[j]!)
  return mass
}

/** The same differences explained by aged tokens alone, spread evenly above the lowest: what an edge has to beat. */
function withoutEdge(sets: readonly Cells[], theta: number, drift: number): number {
  let sum = 0
  for (const { d, n, t, block_n, block_t, block_top, total, model } of sets) {
    const { resolution } = model
    let low = Infinity
    for (let i = 0; i < d.length; i++) {
      const z = d[i]! - drift * t[i]!
      // Differences far below the edge are outliers to both explanations.
      if (z > theta - 2 * resolution.late_ms - 200) low = Math.min(low, z)
    }
    let room = 0
    let counted = 0
    let outliers = 0
    for (let j = 0; j < block_n.length; j++)
      room += block_n[j]! * Math.max(0, block_top[j]! - drift * block_t[j]! - low)
    for (let i = 0; i < d.length; i++)
      if (d[i]! - drift * t[i]! >= low) counted += n[i]!
      else outliers += n[i]!
    if (room > 0 && counted > 0) {
      const rate = Math.min(counted / room, 1 / NARROWEST_AGES_MS)
      sum += counted * Math.log((resolution.late_ms * rate) / counted) + counted - rate * room
    }
    sum += outliers * (model.outlierLogMass - Math.log(Math.max(total, 1)))
  }
  return sum
}

function freshCount(sets: readonly Cells[], theta: number, drift: number, hypothesis: number): number {
  let fresh = 0
  for (const set of sets) {
    const { model } = set
    const table = model.tables[hypothesis]!
    for (let i = 0; i < set.d.length; i++)
      fresh += set.n[i]! * model.freshShare(table, set.d[i]! - theta - drift * set.t[i]!)
  }
  return fresh
}

/** Most likely first. */
function best(hypotheses: readonly number[], value: (k: number) => number): number[] {
  const values = new Map(hypotheses.map((k) => [k, value(k)]))
  return [...hypotheses].sort((a, b) => values.get(b)! - values.get(a)!)
}

/** Walks uphill in ever smaller steps: each hypothesis' surface has one hill within reach of the coarse peak. */
function climb(at: Surface, from: Point, thetaStep: number, driftStep: number, rounds: number): Point {
  let highest = { ...from, value: at(from.theta, from.drift) }
  let a = thetaStep
  let b = driftStep
  const directions = b > 0 ? DIRECTIONS : DIRECTIONS.slice(0, 2)
  for (let round = 0; round < rounds; round++) {
    const centre = highest
    for (const [x, y] of directions) {
      const value = at(centre.theta + x * a, centre.drift + y * b)
      if (value > highest.value) highest = { value, theta: centre.theta + x * a, drift: centre.drift + y * b }
    }
    if (highest === centre) {
      a /= 2
      b /= 2
    }
  }
  return highest
}

/** How far one can walk from the peak on either side until the posterior has fallen to where it no longer matters. */
function halfWidth(f: (x: number) => number, top: number, first: number, limit: number): number {
  const walk = (sign: number) => {
    let x = first
    while (x < limit && f(sign * x) > top - NEGLIGIBLE) x *= 1.4
    return Math.min(x, limit)
  }
  return Math.max(walk(1), walk(-1))
}

function symmetric(step: number, limit: number): number[] {
  const out = [0]
  for (let x = step; x <= limit; x += step) out.push(x, -x)
  return out
}

/** Each point stands for the mass around it; between the points' middles the distribution is taken as straight. */
function quantiles(values: readonly number[], weights: readonly number[], at: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((a, b) => values[a]! - values[b]!)
  const total = weights.reduce((a, b) => a + b, 0)
  const out: number[] = []
  let seen = 0
  let before = { share: 0, value: values[order[0]!]! }
  for (const i of order) {
    const here = { share: (seen + weights[i]! / 2) / total, value: values[i]! }
    seen += weights[i]!
    while (out.length < at.length && here.share >= at[out.length]!) {
      const part = here.share > before.share ? (at[out.length]! - before.share) / (here.share - before.share) : 1
      out.push(before.value + part * (here.value - before.value))
    }
    before = here
  }
  while (out.length < at.length) out.push(before.value)
  return out
}
