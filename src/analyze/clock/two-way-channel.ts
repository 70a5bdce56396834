/**
 * What is kept of two-sided evidence: per stretch of time, the tightest lower and upper bounds of one clock minus another
 * (requests seen by both hosts). Bounded memory, O(1) per pair. `fit-intervals.ts` draws the conclusions.
 * Invariant: `lows` descend and `highs` ascend, at most `DEPTH` each: further ones only stand by for wrongly joined requests.
 */

/** Bounds kept per block and side: this many wrongly joined requests per block can be seen through, less one. */
export const DEPTH = 4
const BLOCK_LIMIT = 32
const FIRST_WIDTH_MS = 15_000
/** 32 of them are 8 h: two hosts that share requests share them all day. */
const WIDEST_MS = 900_000

export interface TwoWayBlock {
  start: number
  n: number
  mean_ms: number
  first_ms: number
  last_ms: number
  lows: number[]
  highs: number[]
}

export interface TwoWayState {
  width_ms: number
  blocks: TwoWayBlock[]
  total: number
}

export function createTwoWay(): TwoWayState {
  return { width_ms: FIRST_WIDTH_MS, blocks: [], total: 0 }
}

/** Adds low ≤ difference ≤ high, met at `time_ms`. False where it lies before the window. */
export function addInterval(state: TwoWayState, time_ms: number, low_ms: number, high_ms: number): boolean {
  const { blocks } = state
  const start = Math.floor(time_ms / state.width_ms) * state.width_ms
  let i = blocks.length - 1
  while (i >= 0 && blocks[i]!.start > start) i--
  let block = blocks[i]
  if (block === undefined || block.start !== start) {
    if (i < 0 && blocks.length === BLOCK_LIMIT) return false
    block = { start, n: 0, mean_ms: time_ms, first_ms: time_ms, last_ms: time_ms, lows: [], highs: [] }
    blocks.splice(i + 1, 0, block)
  }
  state.total++
  merge(block, { start, n: 1, mean_ms: time_ms, first_ms: time_ms, last_ms: time_ms, lows: [low_ms], highs: [high_ms] })
  if (blocks.length > BLOCK_LIMIT) shrink(state)
  return true
}

function merge(into: TwoWayBlock, from: TwoWayBlock): void {
  into.mean_ms = (into.mean_ms * into.n + from.mean_ms * from.n) / (into.n + from.n)
  into.n += from.n
  into.first_ms = Math.min(into.first_ms, from.first_ms)
  into.last_ms = Math.max(into.last_ms, from.last_ms)
  for (const low of from.lows) keep(into.lows, low, (a, b) => a > b)
  for (const high of from.highs) keep(into.highs, high, (a, b) => a < b)
}

function keep(list: number[], value: number, tighter: (a: number, b: number) => boolean): void {
  let at = list.length
  while (at > 0 && tighter(value, list[at - 1]!)) at--
  if (at >= DEPTH) return
  list.splice(at, 0, value)
  if (list.length > DEPTH) list.pop()
}

function shrink(state: TwoWayState): void {
  while (state.blocks.length > BLOCK_LIMIT && state.width_ms < WIDEST_MS) {
    state.width_ms *= 2
    const merged: TwoWayBlock[] = []
    for (const block of state.blocks) {
      block.start = Math.floor(block.start / state.width_ms) * state.width_ms
      const last = merged[merged.length - 1]
      if (last !== undefined && last.start === block.start) merge(last, block)
      else merged.push(block)
    }
    state.blocks.splice(0, state.blocks.length, ...merged)
  }
  if (state.blocks.length > BLOCK_LIMIT) state.blocks.splice(0, state.blocks.length - BLOCK_LIMIT)
}
