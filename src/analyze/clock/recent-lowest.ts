/**
 * The lowest few values of the last hours: upper bounds of a difference that may change. Two generations, so that a bound from
 * before the clock was set forward is forgotten. O(1) per value, a few numbers per link, serialisable.
 * Invariant: a value is kept for at least `GENERATION_MS` after it was met, in the stamps' own time, and at most for twice that.
 */

export interface RecentLowest {
  /** Start of the present generation, ms; null before the first value. */
  since_ms: number | null
  /** Ascending. */
  now: number[]
  before: number[]
}

/** Drifts of 100 ppm are 1.5 s in it. */
const GENERATION_MS = 4 * 3_600_000
/** Values kept per generation. */
const KEPT = 8
/** Up to this share of records may be bad (a forged or foreign iat): they lie this much lower than all others; ms. */
const BAD_SHARE = 0.05
const LONE_GAP_MS = 30_000

export function createRecentLowest(): RecentLowest {
  return { since_ms: null, now: [], before: [] }
}

export function addRecent(state: RecentLowest, time_ms: number, value: number): void {
  state.since_ms ??= time_ms
  const age = time_ms - state.since_ms
  if (age >= GENERATION_MS) {
    state.before = age < 2 * GENERATION_MS ? state.now : []
    state.now = []
    state.since_ms = time_ms
  }
  insert(state.now, value)
}

/** ∞ before the first; `samples`: how many there were in all. */
export function recentLowest({ now, before }: RecentLowest, samples: number): number {
  if (before.length === 0) return withoutBad(now, samples)
  return withoutBad(
    [...now, ...before].sort((a, b) => a - b),
    samples,
  )
}

/** The lowest, unless a wide gap parts it and at most a few others from all the rest: then those are bad records. */
export function withoutBad(lowest: readonly number[], samples: number): number {
  const bad = Math.min(KEPT - 1, Math.floor(samples * BAD_SHARE))
  for (let i = Math.min(bad, lowest.length - 1); i > 0; i--)
    if (lowest[i]! - lowest[i - 1]! > LONE_GAP_MS) return lowest[i]!
  return lowest[0] ?? Infinity
}

function insert(list: number[], value: number): void {
  let at = list.length
  while (at > 0 && value < list[at - 1]!) at--
  if (at >= KEPT) return
  list.splice(at, 0, value)
  if (list.length > KEPT) list.pop()
}
