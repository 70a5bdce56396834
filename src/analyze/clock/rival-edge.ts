/**
 * Doubt about an edge: where far more differences crowd at one place above it than at the edge itself, one of the two is not what
 * it seems. Either clients use their tokens at one age (a job that works for 20 s), or the clock was put back for a short time
 * and nobody noticed when it was set right (a paused machine). The differences alone do not tell which.
 */
import { CELL_SIZE, type Stratum } from './one-way-channel.ts'

/** Only a crowd of so many, so many times the edge's own, and this far beyond chance (standard deviations of a count) is one. */
const SUPPORT = 8
const TIMES_THE_EDGE = 2
const SIGMAS = 6
/** Slow clients reach so far above their edge, ms: nearer crowds are part of it. */
const REACH_MS = 5_000
/** Ages are of any size: the crowd is sought among those up to this, ms. */
const FARTHEST_MS = 600_000
/** Width of an edge in units of the stamps' resolution, and at least; ms. */
const WIDTH = 1.2
const NARROWEST_MS = 500

/** Where the crowd begins, ms; null where there is none. `edge_ms` at `at_ms`, moving by `drift_ppm`. */
export function rivalEdge(
  strata: readonly Stratum[],
  edge_ms: number,
  at_ms: number,
  drift_ppm: number,
): number | null {
  const scale = Math.max(...strata.map((s) => Math.max(s.resolution.early_ms, s.resolution.late_ms)))
  const width = Math.max(NARROWEST_MS, WIDTH * scale)
  const points: { above: number; n: number }[] = []
  for (const { blocks } of strata)
    for (const { start, cells } of blocks)
      for (let c = 0; c < cells.length; c += CELL_SIZE) {
        const above = cells[c]! - edge_ms - (drift_ppm * (start + cells[c + 2]! - at_ms)) / 1e6
        if (above <= FARTHEST_MS) points.push({ above, n: cells[c + 1]! })
      }
  points.sort((a, b) => a.above - b.above)
  let own = 0
  let others = 0
  for (const { above, n } of points)
    if (above >= REACH_MS) others += n
    else if (above >= -scale && above <= REACH_MS) own += n
  const farthest = points.at(-1)?.above ?? 0
  const needed = Math.max(SUPPORT, own * TIMES_THE_EDGE)
  if (others < needed) return null
  const chance = (others * width) / Math.max(farthest - REACH_MS, width)
  let crowd = 0
  let end = 0
  let best = { n: 0, above: 0 }
  for (const [i, { above, n }] of points.entries()) {
    while (end < points.length && points[end]!.above <= above + width) crowd += points[end++]!.n
    if (above >= REACH_MS && crowd > best.n) best = { n: crowd, above: points[i]!.above }
    crowd -= n
  }
  if (best.n < needed || best.n < chance + SIGMAS * Math.sqrt(chance + 1)) return null
  return edge_ms + best.above
}
