/**
 * The lowest difference of the last half hour and how many there were: all that receipts are good for, since the least time
 * a record takes to arrive is not known. A few numbers per host, O(1) per record.
 */

export interface RollingLowest {
  /** start, n, lowest difference (ms); oldest first. Flat, for thousands of hosts. */
  slots: number[]
  /** Coarsest resolution of the stamps, ms. */
  early_ms: number
  late_ms: number
}

const SLOT_MS = 300_000
const SLOT_LIMIT = 6
const SLOT_SIZE = 3

export function createRollingLowest(): RollingLowest {
  return { slots: [], early_ms: 0, late_ms: 0 }
}

/** Differences that arrive out of order count for the newest slot. */
export function addLowest(
  state: RollingLowest,
  time_ms: number,
  difference_ms: number,
  early: number,
  late: number,
): void {
  state.early_ms = Math.max(state.early_ms, early)
  state.late_ms = Math.max(state.late_ms, late)
  const { slots } = state
  const start = Math.floor(time_ms / SLOT_MS) * SLOT_MS
  const last = slots.length - SLOT_SIZE
  if (last < 0 || start > slots[last]!) slots.push(start, 1, difference_ms)
  else {
    slots[last + 1]! += 1
    slots[last + 2] = Math.min(slots[last + 2]!, difference_ms)
  }
  if (slots.length > SLOT_LIMIT * SLOT_SIZE) slots.splice(0, SLOT_SIZE)
}

export interface Lowest {
  from_ms: number
  offset_ms: number
  low_ms: number
  high_ms: number
}

/** The difference of the clocks plus the least delay; null before the first. */
export function lowestOf({ slots, early_ms, late_ms }: RollingLowest): Lowest | null {
  let n = 0
  let lowest = Infinity
  for (let i = 0; i < slots.length; i += SLOT_SIZE) {
    n += slots[i + 1]!
    lowest = Math.min(lowest, slots[i + 2]!)
  }
  if (n === 0) return null
  // Of n stamps cut down to a resolution, the luckiest lost about an n-th of it; three times that is safe.
  return {
    from_ms: slots[0]!,
    offset_ms: lowest,
    low_ms: lowest - early_ms * Math.min(1, 3 / n),
    high_ms: lowest + late_ms,
  }
}
