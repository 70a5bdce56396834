/**
 * What meetings say of the shift between two clocks at the times around them: a line of nodes, asked for any instant of either clock.
 * Leaves finding the meetings to `align-pair.ts`.
 */
import type { Meeting } from './track-shift.ts'

/** Meetings around an instant that say what the shift was there; count. */
const LOCAL = 25
/** A clock that drifts faster is not known; ms per ms. */
const FASTEST_DRIFT = 0.001

/** The shift of a host against another at one time; both stamps name that time. */
export interface Node {
  mine_ms: number
  other_ms: number
  /** Host minus other, ms. */
  shift_ms: number
  /** Between two stretches the clock was set. */
  stretch: number
}

export interface Alignment {
  byMine: Node[]
  byOther: Node[]
}

/** The shift where each meeting was: what the meetings around it say, on a line that drifts no faster than clocks do. */
export function nodesOf(meetings: readonly Meeting[], stretch: number, bias_ms: number): Node[] {
  const width = Math.min(LOCAL, meetings.length)
  return meetings.map(({ mine_ms }, i) => {
    const from = Math.max(0, Math.min(i - Math.floor(width / 2), meetings.length - width))
    const near = meetings.slice(from, from + width).map((m) => ({ x: m.mine_ms - mine_ms, y: m.mine_ms - m.other_ms }))
    const slopes: number[] = []
    for (const [j, a] of near.entries())
      for (const b of near.slice(j + 1)) if (b.x > a.x) slopes.push((b.y - a.y) / (b.x - a.x))
    const slope = Math.max(-FASTEST_DRIFT, Math.min(FASTEST_DRIFT, median(slopes)))
    const shift_ms = median(near.map(({ x, y }) => y - slope * x)) - bias_ms
    return { mine_ms, other_ms: mine_ms - shift_ms, shift_ms, stretch }
  })
}

/** From the nearest node in time, ms. */
export function away(nodes: readonly Node[], at_ms: number, clock: 'mine_ms' | 'other_ms'): number {
  const low = firstAfter(nodes, at_ms, clock)
  return Math.min(
    Math.abs(at_ms - (nodes[low - 1]?.[clock] ?? Infinity)),
    Math.abs((nodes[low]?.[clock] ?? Infinity) - at_ms),
  )
}

/** Between two nodes of a stretch what lies between them, else what the nearer one says. */
export function shiftAt(nodes: readonly Node[], at_ms: number, clock: 'mine_ms' | 'other_ms'): number {
  const low = firstAfter(nodes, at_ms, clock)
  const [before, after] = [nodes[low - 1], nodes[low]]
  if (before === undefined || after === undefined) return (before ?? after)!.shift_ms
  const share = (at_ms - before[clock]) / (after[clock] - before[clock])
  if (before.stretch === after.stretch) return before.shift_ms + share * (after.shift_ms - before.shift_ms)
  return share < 0.5 ? before.shift_ms : after.shift_ms
}

/** Index of the first that is not before; `list` is in order of that clock. */
export function firstAfter<K extends string>(
  list: readonly Readonly<Record<K, number>>[],
  at_ms: number,
  clock: K,
): number {
  let [low, high] = [0, list.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (list[middle]![clock] < at_ms) low = middle + 1
    else high = middle
  }
  return low
}

export function median(values: readonly number[]): number {
  return values.length === 0 ? 0 : [...values].sort((a, b) => a - b)[values.length >> 1]!
}
