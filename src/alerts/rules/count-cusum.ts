/**
 * One series of counts watched for a change of its rate: a negative-binomial CUSUM against a baseline that knows hours and
 * weekends. A `factor` above 1 looks for a rise, one below 1 for a fall. O(1) numbers; leaves words and names to the rules.
 * Invariant: what is wrong does not become usual, unless it stays for days: then it is, by and by.
 */
import { ACTIVITY_STEP_MS } from '../fact.ts'
import {
  type CountBaseline,
  createCountBaseline,
  evidence,
  expectedCount,
  learn,
  SETTLED_STEPS,
} from './count-baseline.ts'

export interface CountTest {
  /** How many times the expected rate is looked for; (0, 1) or above 1. */
  factor: number
  /** Evidence (natural log) at which it fires. */
  threshold: number
  /** Counts (of a fall: expected ones) since it began; fewer are no change. */
  min_events: number
  /** Until the baseline is settled only an evident flood fires: so many in a step; null: nothing does. */
  cold_flood: number | null
}

export interface CountSeries {
  baseline: CountBaseline
  /** Cumulated evidence, when it left 0, and what came and was expected since. */
  sum: number
  since_ms: number
  events: number
  expected: number
  firing: boolean
  /** Steps without excess since it fired. */
  calm: number
}

/** Steps without excess after which it is over. */
const CALM_STEPS = 6
/** The sum stops growing here, so that an end is noticed within the hour. */
const SUM_MAX = 40

export function createCountSeries(): CountSeries {
  return { baseline: createCountBaseline(), sum: 0, since_ms: 0, events: 0, expected: 0, firing: false, calm: 0 }
}

/** Weighs the count of a step that is over. Null: nothing is or was out of the ordinary. */
export function weigh(
  series: CountSeries,
  step: number,
  count: number,
  { factor, threshold, min_events, cold_flood }: CountTest,
): 'fired' | 'held' | 'ended' | null {
  const at_ms = step * ACTIVITY_STEP_MS
  const { baseline } = series
  const mean = expectedCount(baseline, at_ms)
  const settled = baseline.steps >= SETTLED_STEPS
  const flood = cold_flood !== null && count >= cold_flood
  const gain = settled ? evidence(baseline, at_ms, count, factor) : flood ? threshold : -threshold
  if (series.sum <= 0) {
    series.since_ms = at_ms
    series.events = 0
    series.expected = 0
  }
  series.sum = Math.min(SUM_MAX, Math.max(0, series.sum + gain))
  series.events += count
  series.expected += mean
  const excess = gain > 0
  const usual = factor > 1 ? Math.min(count, Math.ceil(mean * 1.5)) : Math.max(count, Math.floor(mean / 1.5))
  learn(baseline, at_ms, excess && settled ? usual : count)
  if (!series.firing) {
    const enough = (factor > 1 ? series.events : series.expected) >= min_events
    if (series.sum < threshold || !enough) return null
    series.firing = true
    series.calm = 0
    return 'fired'
  }
  series.calm = excess ? 0 : series.calm + 1
  if (series.calm < CALM_STEPS) return 'held'
  series.firing = false
  series.sum = 0
  return 'ended'
}

/** Nothing speaks for a change at present. */
export function isQuiet(series: CountSeries): boolean {
  return series.sum <= 0 && !series.firing
}
