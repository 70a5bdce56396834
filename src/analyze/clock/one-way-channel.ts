/**
 * What is kept of the differences between two clocks' stamps where one event cannot precede the other: per stretch of time,
 * how many there were and the lowest few with their counts. Bounded memory, O(1) per difference, serialisable.
 * Leaves every conclusion to `fit-line.ts` and `find-steps.ts`.
 * Invariant: within a block all differences below `cut` are kept exactly (to `QUANTUM_MS`); `n` counts the others too.
 */
import type { Resolution } from './rounding-model.ts'

/** Blocks in a channel: 32 keep a drift of 100 ppm over 6 h to 0.07 s within one block. */
export const BLOCK_LIMIT = 32
/** Width a channel starts with; doubles whenever the blocks run out; ms. */
const FIRST_WIDTH_MS = 15_000
/** Widest block, ms: drift within it would blur the edge. */
const WIDEST_MS = 3_600_000
/** With this many differences in the younger half, the older half is given up instead of doubling the width. */
const ENOUGH_DIFFERENCES = 1_500
/** Wide enough for a drift to show; narrower windows keep growing whatever they hold; ms. */
const WINDOW_TARGET_MS = 8 * 3_600_000
/** Distinct differences kept per block, lowest first: beyond them lie only aged tokens. */
const CELL_LIMIT = 16
/** Differences are kept to this grid where stamps are finer, ms: merges equals, costs at most half of it in accuracy. */
const QUANTUM_MS = 10

/** Silence after which an old offset says nothing about a new one, ms. */
const LONGEST_GAP_MS = 2 * 86_400_000
/** A run with less than this share of the differences is bad stamps. */
const RUN_SHARE = 0.04

/** A difference and how often it was met: d ms, n, first and last time, ms since the block's start. Flat and small to save. */
export const CELL_SIZE = 4
export interface Block {
  /** Multiple of the channel's width, ms. */
  start: number
  n: number
  /** Mean time of all differences, ms: what `n` stands for in time. */
  mean_ms: number
  /** Ascending by d; see `CELL_SIZE`. */
  cells: number[]
  /** Lowest difference that was dropped; null while none was. */
  cut: number | null
}

export interface OneWayState {
  resolution: Resolution
  width_ms: number
  blocks: Block[]
  /** All differences ever added, also those of blocks given up. */
  total: number
}

/** Blocks of one pair of resolutions. */
export interface Stratum {
  resolution: Resolution
  blocks: readonly Block[]
}

export function createOneWay(resolution: Resolution): OneWayState {
  return { resolution, width_ms: FIRST_WIDTH_MS, blocks: [], total: 0 }
}

/** Adds one difference met at `time_ms` (later stamp's clock). False where it lies before the window. */
export function addDifference(state: OneWayState, time_ms: number, difference_ms: number): boolean {
  const { blocks } = state
  const start = Math.floor(time_ms / state.width_ms) * state.width_ms
  let i = blocks.length - 1
  while (i >= 0 && blocks[i]!.start > start) i--
  let block = blocks[i]
  if (block === undefined || block.start !== start) {
    if (i < 0 && blocks.length === BLOCK_LIMIT) return false
    block = { start, n: 0, mean_ms: time_ms, cells: [], cut: null }
    blocks.splice(i + 1, 0, block)
  }
  state.total++
  block.n++
  block.mean_ms += (time_ms - block.mean_ms) / block.n
  const finest = Math.min(state.resolution.early_ms, state.resolution.late_ms)
  const d = finest >= 1000 ? difference_ms : Math.floor(difference_ms / QUANTUM_MS) * QUANTUM_MS
  insertCell(block, d, 1, time_ms - start, time_ms - start)
  if (blocks.length > BLOCK_LIMIT) shrink(state)
  return true
}

/**
 * The blocks that belong together and speak of now: a stamp years off, or a host that was silent for days, must not
 * stretch the line. The last run without a long gap, unless it holds next to nothing.
 */
export function latestRun(blocks: readonly Block[]): readonly Block[] {
  const runs: { from: number; n: number }[] = []
  let total = 0
  for (const [i, b] of blocks.entries()) {
    const before = blocks[i - 1]
    if (before === undefined || b.start - before.start > LONGEST_GAP_MS) runs.push({ from: i, n: 0 })
    runs[runs.length - 1]!.n += b.n
    total += b.n
  }
  for (let i = runs.length - 1; i > 0; i--)
    if (runs[i]!.n >= total * RUN_SHARE) return blocks.slice(runs[i]!.from, runs[i + 1]?.from)
  return blocks.slice(0, runs[1]?.from)
}

/**
 * The same channel seen through coarser stamps: a search that only needs the neighbourhood of the edge must not be thrown
 * by the last millisecond.
 */
export function coarsen(resolution: Resolution, blocks: readonly Block[], late_ms: number): Stratum {
  if (resolution.late_ms >= late_ms) return { resolution, blocks }
  const floor = (d: number) => Math.floor(d / late_ms) * late_ms
  return {
    resolution: { early_ms: resolution.early_ms, late_ms },
    blocks: blocks.map((b) => {
      const coarse: Block = { ...b, cells: [], cut: b.cut === null ? null : floor(b.cut) }
      for (let c = 0; c < b.cells.length; c += CELL_SIZE)
        insertCell(coarse, floor(b.cells[c]!), b.cells[c + 1]!, b.cells[c + 2]!, b.cells[c + 3]!)
      return coarse
    }),
  }
}

function insertCell(block: Block, d: number, n: number, first: number, last: number): void {
  const { cells } = block
  let at = cells.length
  while (at > 0 && cells[at - CELL_SIZE]! > d) at -= CELL_SIZE
  const same = at - CELL_SIZE
  if (same >= 0 && cells[same] === d) {
    cells[same + 1]! += n
    cells[same + 2] = Math.min(cells[same + 2]!, first)
    cells[same + 3] = Math.max(cells[same + 3]!, last)
    return
  }
  if (block.cut !== null && d >= block.cut) return
  // A new array of exact size: grown ones keep room to spare, which on 10,000 hosts is more than the cells themselves.
  block.cells = cells.toSpliced(at, 0, d, n, first, last)
  if (block.cells.length <= CELL_LIMIT * CELL_SIZE) return
  block.cut = block.cells[block.cells.length - CELL_SIZE]!
  block.cells = block.cells.slice(0, -CELL_SIZE)
}

function shrink(state: OneWayState): void {
  const { blocks } = state
  const half = blocks.length >> 1
  let younger = 0
  for (let i = half; i < blocks.length; i++) younger += blocks[i]!.n
  const span = blocks[blocks.length - 1]!.start - blocks[0]!.start
  const wideEnough = span >= WINDOW_TARGET_MS && younger >= ENOUGH_DIFFERENCES
  if (wideEnough || state.width_ms >= WIDEST_MS) {
    blocks.splice(0, blocks.length - BLOCK_LIMIT)
    return
  }
  while (blocks.length > BLOCK_LIMIT && state.width_ms < WIDEST_MS) {
    state.width_ms *= 2
    mergeNeighbours(state)
  }
  if (blocks.length > BLOCK_LIMIT) state.blocks.splice(0, state.blocks.length - BLOCK_LIMIT)
}

function mergeNeighbours(state: OneWayState): void {
  const merged: Block[] = []
  for (const block of state.blocks) {
    const start = Math.floor(block.start / state.width_ms) * state.width_ms
    const shift = block.start - start
    const last = merged[merged.length - 1]
    if (last === undefined || last.start !== start) {
      block.start = start
      for (let c = 0; c < block.cells.length; c += CELL_SIZE) {
        block.cells[c + 2]! += shift
        block.cells[c + 3]! += shift
      }
      merged.push(block)
      continue
    }
    last.mean_ms = (last.mean_ms * last.n + block.mean_ms * block.n) / (last.n + block.n)
    last.n += block.n
    if (block.cut !== null) lowerCut(last, block.cut)
    const { cells } = block
    for (let c = 0; c < cells.length; c += CELL_SIZE)
      insertCell(last, cells[c]!, cells[c + 1]!, cells[c + 2]! + shift, cells[c + 3]! + shift)
  }
  state.blocks.splice(0, state.blocks.length, ...merged)
}

function lowerCut(block: Block, cut: number): void {
  if (block.cut !== null && block.cut <= cut) return
  block.cut = cut
  let end = block.cells.length
  while (end > 0 && block.cells[end - CELL_SIZE]! >= cut) end -= CELL_SIZE
  block.cells.length = end
}
