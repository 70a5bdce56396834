/**
 * The difference of two clocks from two-sided bounds: all lines (offset and drift) that pass between every lower and upper
 * bound, in the spirit of Marzullo's intersection. Where no line passes between them all, a clock was set: the stretch starts
 * anew. Invariant: if the bounds are true, so is the result; contradictions are seen through up to `DEPTH − 1` per block.
 */
import { DRIFT_LIMIT_PPM } from './fit-line.ts'
import { STEEPEST_PPM } from './steep-trend.ts'
import { DEPTH, type TwoWayBlock } from './two-way-channel.ts'

export interface IntervalFit {
  from_ms: number
  /** Offset, low and high hold here, ms. */
  at_ms: number
  offset_ms: number
  low_ms: number
  high_ms: number
  drift_ppm: number
  drift_half_ppm: number
  samples: number
  /** Between the stretch before and this one, ms; null for the first. */
  cut_ms: number | null
}

/** Clocks wander a little about any line; bounds may miss it by this much; ms. */
const WANDER_MS = 1.5
/** Searches end here: 0.02 ppm over 8 h are half a millisecond. */
const FINEST_DRIFT_PPM = 0.02
const SEARCH_ROUNDS = 60
/** Lines weighed against each other for the middle of the room. */
const DRIFT_POINTS = 32
const DRIFT_SCALE_PPM = 30
/** A stretch of fewer requests between others is a bad join, not two steps. */
const STRETCH_SUPPORT = 3

interface Bounds {
  block: TwoWayBlock
  low: number
  high: number
}

/** From this many stretches on, a clock that is set again and again is tried as one that runs far too fast or slow. */
const MANY_STRETCHES = 3

/** Oldest stretch first; empty where there is nothing to fit. */
export function fitIntervals(blocks: readonly TwoWayBlock[]): IntervalFit[] {
  const ordinary = fitWithin(blocks, DRIFT_LIMIT_PPM)
  const last = ordinary.at(-1)
  if (last === undefined || (ordinary.length < MANY_STRETCHES && !isCramped(last))) return ordinary
  const steep = fitWithin(blocks, STEEPEST_PPM)
  return steep.length < ordinary.length || isCramped(last) ? steep : ordinary
}

/** Faster lines might pass as well on one side, while the other is closed. */
function isCramped({ drift_ppm, drift_half_ppm, samples }: IntervalFit): boolean {
  return (
    samples >= STRETCH_SUPPORT && drift_half_ppm < DRIFT_LIMIT_PPM * 0.9 && Math.abs(drift_ppm) > DRIFT_LIMIT_PPM / 4
  )
}

function fitWithin(blocks: readonly TwoWayBlock[], limit_ppm: number): IntervalFit[] {
  const stretches: Bounds[][] = []
  for (const bounds of blocks.map(consistent)) {
    const current = stretches[stretches.length - 1]
    if (current !== undefined && passes([...current, bounds], limit_ppm)) current.push(bounds)
    else {
      const loose = current === undefined ? null : loosened(current, bounds, limit_ppm)
      if (loose === null) stretches.push([bounds])
      else current!.push(loose)
    }
  }
  const solid = stretches.filter((s) => count(s) >= STRETCH_SUPPORT)
  const kept = solid.length > 0 ? solid : stretches.slice(-1)
  return joinAcrossGaps(kept, limit_ppm).map((s, i, all) => {
    const before = all[i - 1]
    const cut = before === undefined ? null : (before[before.length - 1]!.block.last_ms + s[0]!.block.first_ms) / 2
    return fitOne(s, cut, limit_ppm)
  })
}

function count(stretch: readonly Bounds[]): number {
  return stretch.reduce((sum, b) => sum + b.block.n, 0)
}

/** Stretches that only a bad join had parted are one again. */
function joinAcrossGaps(stretches: readonly Bounds[][], limit_ppm: number): Bounds[][] {
  const joined: Bounds[][] = []
  for (const s of stretches) {
    const last = joined[joined.length - 1]
    if (last !== undefined && passes([...last, ...s], limit_ppm)) last.push(...s)
    else joined.push([...s])
  }
  return joined
}

/** The tightest bounds of a block that do not contradict each other, dropping as few as possible. */
function consistent(block: TwoWayBlock): Bounds {
  for (let dropped = 0; dropped < 2 * DEPTH - 1; dropped++)
    for (let i = Math.min(dropped, DEPTH - 1); i >= 0; i--) {
      const low = block.lows[i]
      const high = block.highs[dropped - i]
      if (low !== undefined && high !== undefined && low <= high + WANDER_MS) return { block, low, high }
    }
  return { block, low: -Infinity, high: Infinity }
}

/** The block's bounds without those few that keep it from joining the stretch; null where that needs more than half of them. */
function loosened(stretch: readonly Bounds[], { block }: Bounds, limit_ppm: number): Bounds | null {
  const spare = Math.min(DEPTH - 1, Math.floor((block.n - 1) / 2))
  for (let dropped = 1; dropped <= spare; dropped++)
    for (let i = 0; i <= dropped; i++) {
      const low = block.lows[i]
      const high = block.highs[dropped - i]
      if (low === undefined || high === undefined) continue
      const bounds = { block, low, high }
      if (passes([...stretch, bounds], limit_ppm)) return bounds
    }
  return null
}

function room(stretch: readonly Bounds[], drift: number, at_ms: number): { low: number; high: number } {
  let low = -Infinity
  let high = Infinity
  for (const b of stretch) {
    const shift = (drift * (b.block.mean_ms - at_ms)) / 1e6
    const blur = WANDER_MS + (Math.abs(drift) * (b.block.last_ms - b.block.first_ms)) / 2e6
    low = Math.max(low, b.low - shift - blur)
    high = Math.min(high, b.high - shift + blur)
  }
  return { low, high }
}

/** Room is a concave function of the drift, so that one search finds whether any line passes, and the drift with most room. */
function widest(stretch: readonly Bounds[], at_ms: number, limit_ppm: number): { drift: number; width: number } {
  const width = (drift: number) => {
    const r = room(stretch, drift, at_ms)
    return r.high - r.low
  }
  const drift = highest(width, -limit_ppm, limit_ppm)
  return { drift, width: width(drift) }
}

/** Where a concave function is highest. */
function highest(f: (x: number) => number, from: number, to: number): number {
  let a = from
  let b = to
  for (let i = 0; i < SEARCH_ROUNDS && b - a > FINEST_DRIFT_PPM; i++) {
    const left = a + (b - a) / 3
    const right = b - (b - a) / 3
    if (f(left) < f(right)) a = left
    else b = right
  }
  return (a + b) / 2
}

/** Last drift on the way from `inside` to `outside` that still lets a line pass. */
function edge(passing: (drift: number) => boolean, inside: number, outside: number): number {
  if (passing(outside)) return outside
  let good = inside
  let bad = outside
  for (let i = 0; i < SEARCH_ROUNDS && Math.abs(bad - good) > FINEST_DRIFT_PPM; i++) {
    const middle = (good + bad) / 2
    if (passing(middle)) good = middle
    else bad = middle
  }
  return bad
}

function passes(stretch: readonly Bounds[], limit_ppm: number): boolean {
  const at_ms = stretch[stretch.length - 1]!.block.mean_ms
  const level = room(stretch, 0, at_ms)
  return level.low <= level.high || widest(stretch, at_ms, limit_ppm).width >= 0
}

function fitOne(stretch: readonly Bounds[], cut_ms: number | null, limit_ppm: number): IntervalFit {
  const at_ms = stretch[stretch.length - 1]!.block.last_ms
  const best = widest(stretch, at_ms, limit_ppm)
  const passing = (drift: number) => {
    const r = room(stretch, drift, at_ms)
    return r.low <= r.high
  }
  const slowest = edge(passing, best.drift, -limit_ppm)
  const fastest = edge(passing, best.drift, limit_ppm)
  const low_ms = room(
    stretch,
    highest((x) => -room(stretch, x, at_ms).low, slowest, fastest),
    at_ms,
  ).low
  const high_ms = room(
    stretch,
    highest((x) => room(stretch, x, at_ms).high, slowest, fastest),
    at_ms,
  ).high
  let weight = 0
  let offset = 0
  let drift_ppm = 0
  for (let i = 0; i <= DRIFT_POINTS; i++) {
    const drift = slowest + ((fastest - slowest) * i) / DRIFT_POINTS
    const r = room(stretch, drift, at_ms)
    const w = (Math.max(0, r.high - r.low) + 1e-6) / (1 + (drift / DRIFT_SCALE_PPM) ** 2)
    weight += w
    offset += w * ((r.low + r.high) / 2)
    drift_ppm += w * drift
  }
  return {
    from_ms: stretch[0]!.block.first_ms,
    at_ms,
    offset_ms: Math.min(Math.max(offset / weight, low_ms), high_ms),
    low_ms,
    high_ms,
    drift_ppm: drift_ppm / weight,
    drift_half_ppm: (fastest - slowest) / 2,
    samples: count(stretch),
    cut_ms,
  }
}
