/**
 * What a count per step usually is: a slowly following mean per hour of the day, times a factor on weekends; and how widely
 * counts scatter around it (negative binomial: variance = mean + scatter × mean²). O(1) numbers per series.
 * Invariant: what is wrong teaches little: the caller hands in no more than it wants learned.
 */

export interface CountBaseline {
  /** Steps learned. */
  steps: number
  /** Mean count per step for each hour of a working day (UTC), 24 of them, and steps learned of each. */
  hours: number[]
  seen: number[]
  /** Weekend against working day. */
  weekend: number
  /** ((count − mean)² − mean) / mean², averaged: 1 / size of the negative binomial. */
  scatter: number
}

/** Weight of a new step in its hour once enough were seen: about five days of that hour. */
const HOUR_RATE = 1 / 60
const WEEKEND_RATE = 1 / 288
const SCATTER_RATE = 1 / 288
const WEEKEND_MIN = 0.1
const WEEKEND_MAX = 2
/** Counts are taken for scattered at least so widely: retries come in bunches, and no two days are alike. */
const SCATTER_MIN = 0.3
const SCATTER_MAX = 10
/** Two days of steps: below this the baseline is not trusted (cold start). */
export const SETTLED_STEPS = 576
/** Before a whole week and a second weekend begun nobody knows what weekends are like. */
export const WEEKEND_STEPS = 9 * 288
/** A rate below this (per step) is taken for this: one failure in two hours. */
const RATE_MIN = 1 / 24
const HOUR_MS = 3_600_000

export function createCountBaseline(): CountBaseline {
  return { steps: 0, hours: new Array(24).fill(0), seen: new Array(24).fill(0), weekend: 1, scatter: 1 }
}

export function expectedCount(b: CountBaseline, at_ms: number): number {
  // Between the middles of two hours: mornings rise within an hour.
  const place = at_ms / HOUR_MS - 0.5
  const share = place - Math.floor(place)
  const first = (((Math.floor(place) % 24) + 24) % 24) as number
  const mean = b.hours[first]! * (1 - share) + b.hours[(first + 1) % 24]! * share
  return Math.max(RATE_MIN, mean * (isWeekend(at_ms) ? b.weekend : 1))
}

export function learn(b: CountBaseline, at_ms: number, count: number): void {
  const hour = Math.floor(at_ms / HOUR_MS) % 24
  const mean = expectedCount(b, at_ms)
  const weekend = isWeekend(at_ms)
  b.steps++
  // Until working days have been seen, weekends have to do for them.
  if (!weekend || b.seen[hour]! < 12) {
    b.seen[hour]!++
    b.hours[hour]! += (count - b.hours[hour]!) * Math.max(HOUR_RATE, 1 / b.seen[hour]!)
  } else if (mean > RATE_MIN)
    b.weekend = clamp(b.weekend * (1 + WEEKEND_RATE * (Math.min(count / mean, 4) - 1) * 4), WEEKEND_MIN, WEEKEND_MAX)
  if (b.steps < SETTLED_STEPS) return
  const scattered = ((count - mean) ** 2 - mean) / mean ** 2
  b.scatter = clamp(b.scatter + SCATTER_RATE * (scattered - b.scatter), SCATTER_MIN, SCATTER_MAX)
}

/**
 * How much more likely a count is at `factor` times the expected rate than at the expected one (natural log): the step of a
 * negative-binomial CUSUM (Hawkins & Olwell 1998, ch. 5: cumulative sums for counts, also overdispersed ones).
 */
export function evidence(b: CountBaseline, at_ms: number, count: number, factor: number): number {
  return countEvidence(expectedCount(b, at_ms), b.scatter, count, factor)
}

/** The same for a mean and a scatter that are known otherwise. */
export function countEvidence(mean: number, scatter: number, count: number, factor: number): number {
  const size = 1 / scatter
  const gain = count * Math.log((factor * (size + mean)) / (size + factor * mean))
  return gain - size * Math.log((size + factor * mean) / (size + mean))
}

/** Saturday or Sunday, UTC. */
export function isWeekend(at_ms: number): boolean {
  const day = Math.floor(at_ms / (24 * HOUR_MS) + 4) % 7
  return day === 0 || day === 6
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value))
}
