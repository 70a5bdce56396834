/**
 * Clocks that run fast or slow beyond all that a time service corrects: virtual machines without time keeping, broken timers,
 * whole seconds per hour or minute. Finds the slope at which the differences crowd at one edge, and takes it away, so that
 * steps and offset are sought as with any other clock. Invariant: 0 unless a slope explains far more differences than a level
 * edge, or two level edges with a step between them, do.
 */
import { DRIFT_LIMIT_PPM } from './fit-line.ts'
import { type Block, CELL_SIZE, type Stratum } from './one-way-channel.ts'

/** Faster clocks are stepping, not drifting; ppm (5 %: simulated clocks run so). */
export const STEEPEST_PPM = 50_000
/** Offset that a slope may add up to over half of the window, ms: bounds the number of slopes tried. */
const WIDEST_SHIFT_MS = 16_000
/** Finer stamps do not make the search finer; ms. */
const FINEST_SCALE_MS = 500
/** A level edge of this width (in units of the resolution) is where differences crowd; ms of slack below it. */
const EDGE_WIDTH = 1.2
const BELOW_EDGE_MS = 150
/** What a difference below the edge takes away: a token has no negative age. */
const BELOW_COST = 3
/** How many more differences a slope must explain: share and count. */
const FAR_MORE = 1.3
const FAR_MORE_COUNT = 6
/** Share of the blocks, lowest first, at which the lows of two halves are compared. */
const LOW_RANK = 0.25

interface Point {
  d: number
  n: number
  /** Seconds from the middle. */
  s: number
}

export interface Trend {
  /** µs per s; 0 for ordinary clocks. */
  ppm: number
  /** The true slope may lie this far on either side, µs per s. */
  reach_ppm: number
}

const ORDINARY: Trend = { ppm: 0, reach_ppm: DRIFT_LIMIT_PPM }

export function steepTrend(strata: readonly Stratum[]): Trend {
  const blocks = strata.flatMap((s) => [...s.blocks]).sort((a, b) => a.mean_ms - b.mean_ms)
  if (blocks.length < 4) return ORDINARY
  const scale = Math.max(
    FINEST_SCALE_MS,
    Math.min(...strata.map((s) => Math.max(s.resolution.early_ms, s.resolution.late_ms))),
  )
  const middle = middleOf(strata)
  const half_s = (blocks[blocks.length - 1]!.mean_ms - blocks[0]!.mean_ms) / 2_000
  if (half_s <= 0 || !moves(blocks, scale)) return ORDINARY
  const points = pointsOf(blocks, middle)
  const step = (scale * 500) / half_s
  const limit = Math.min(STEEPEST_PPM, (WIDEST_SHIFT_MS * 1_000) / half_s)
  let level = crowd(points, 0, scale)
  for (let ppm = step; ppm <= DRIFT_LIMIT_PPM; ppm += step)
    level = Math.max(level, crowd(points, ppm, scale), crowd(points, -ppm, scale))
  const needed = Math.max(level, withStep(points, scale)) * FAR_MORE + FAR_MORE_COUNT
  let best = { count: needed, ppm: 0 }
  for (let ppm = Math.max(step, DRIFT_LIMIT_PPM / 2); ppm <= limit; ppm += step)
    for (const slope of [ppm, -ppm]) {
      const count = crowd(points, slope, scale)
      if (count > best.count) best = { count, ppm: slope }
    }
  return best.ppm === 0 ? ORDINARY : { ppm: best.ppm, reach_ppm: Math.max(DRIFT_LIMIT_PPM, step) }
}

/** The middle of the time that the blocks cover, ms: where taking a slope away changes nothing. */
export function middleOf(strata: readonly Stratum[]): number {
  let from = Infinity
  let to = -Infinity
  for (const { blocks } of strata)
    for (const { mean_ms } of blocks) {
      from = Math.min(from, mean_ms)
      to = Math.max(to, mean_ms)
    }
  return (from + to) / 2
}

/** The strata without the slope, which turns about `middle_ms`. */
export function levelled(strata: readonly Stratum[], ppm: number, middle_ms: number): Stratum[] {
  return strata.map(({ resolution, blocks }) => ({ resolution, blocks: blocks.map((b) => turned(b, ppm, middle_ms)) }))
}

function turned(block: Block, ppm: number, middle_ms: number): Block {
  const cells: [number, number, number, number][] = []
  for (let c = 0; c < block.cells.length; c += CELL_SIZE) {
    const [d, n, first, last] = block.cells.slice(c, c + CELL_SIZE) as [number, number, number, number]
    cells.push([d - shiftOf(ppm, block.start + (first + last) / 2 - middle_ms), n, first, last])
  }
  cells.sort((a, b) => a[0] - b[0])
  // What was dropped lay above the cut at its own time, which is not kept: the lowest that any of it can now be.
  const width_ms = 2 * Math.abs(block.mean_ms - block.start)
  const cut =
    block.cut === null
      ? null
      : block.cut - Math.max(shiftOf(ppm, block.start - middle_ms), shiftOf(ppm, block.start + width_ms - middle_ms))
  return { ...block, cells: cells.filter(([d]) => cut === null || d < cut).flat(), cut }
}

export function shiftOf(ppm: number, ms: number): number {
  return (ppm * ms) / 1e6
}

/** Do the blocks' lowest differences rise or fall at all? Nearly every clock ends here. */
function moves(blocks: readonly Block[], scale: number): boolean {
  const half = blocks.length >> 1
  return Math.abs(lowOf(blocks.slice(0, half)) - lowOf(blocks.slice(half))) > scale
}

function lowOf(blocks: readonly Block[]): number {
  const lows = blocks.map((b) => b.cells[0] ?? Infinity).sort((a, b) => a - b)
  return lows[Math.floor(lows.length * LOW_RANK)]!
}

function pointsOf(blocks: readonly Block[], middle: number): Point[] {
  const points: Point[] = []
  for (const { start, cells } of blocks)
    for (let c = 0; c < cells.length; c += CELL_SIZE)
      points.push({ d: cells[c]!, n: cells[c + 1]!, s: (start + (cells[c + 2]! + cells[c + 3]!) / 2 - middle) / 1_000 })
  return points
}

/** Most differences that crowd at one edge of this slope, less those that lie below it. */
function crowd(points: readonly Point[], ppm: number, scale: number): number {
  const flat = points.map(({ d, n, s }) => ({ d: d - (ppm * s) / 1_000, n })).sort((a, b) => a.d - b.d)
  let best = 0
  let below = 0
  let under = 0
  let inside = 0
  let end = 0
  for (const { d, n } of flat) {
    while (end < flat.length && flat[end]!.d <= d + EDGE_WIDTH * scale) inside += flat[end++]!.n
    while (flat[under]!.d < d - BELOW_EDGE_MS) below += flat[under++]!.n
    best = Math.max(best, inside - BELOW_COST * below)
    inside -= n
  }
  return best
}

/** The same for two level edges, one before and one after the best of some cuts. */
function withStep(points: readonly Point[], scale: number): number {
  const sorted = points.toSorted((a, b) => a.s - b.s)
  let best = 0
  for (let part = 1; part < 8; part++) {
    const cut = Math.floor((sorted.length * part) / 8)
    best = Math.max(best, crowd(sorted.slice(0, cut), 0, scale) + crowd(sorted.slice(cut), 0, scale))
  }
  return best
}
