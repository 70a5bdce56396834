/**
 * How many within the last so long: counts in at most {@link BUCKETS} buckets, and the last time each name was seen.
 * Plain data, so that a saved rule goes on where it was. Ends of windows fall on whole buckets.
 */
import { TICK_MS } from '../../rule.ts'

/** The grain of a window: an hour slides by minutes, a day by 24 minutes. */
const BUCKETS = 60
/** Names told apart in a window; more are counted as so many. */
export const NAMES_LIMIT = 2_000

export interface SlidingCount {
  /** Bucket numbers and their counts, oldest first; only those with counts. */
  buckets: [bucket: number, count: number][]
  /** Name → last bucket in which it was seen; used only where names are counted. */
  names: Record<string, number>
}

export function createSlidingCount(): SlidingCount {
  return { buckets: [], names: {} }
}

/** Length of a bucket for windows of this length, ms. */
export function bucketOf(over_ms: number): number {
  return Math.max(1, Math.ceil(over_ms / BUCKETS / TICK_MS)) * TICK_MS
}

/** A count that comes late goes to the newest bucket. */
export function add(window: SlidingCount, bucket_ms: number, at_ms: number, count: number, name: string | null): void {
  const last = window.buckets.at(-1)
  const bucket = Math.max(Math.floor(at_ms / bucket_ms), last?.[0] ?? -Infinity)
  if (last !== undefined && last[0] === bucket) last[1] += count
  else window.buckets.push([bucket, count])
  if (name === null) return
  if (Object.hasOwn(window.names, name) || Object.keys(window.names).length < NAMES_LIMIT) window.names[name] = bucket
}

/** Lets go of what is older than `over_ms` before `now_ms`; what is left in it. */
export function slide(window: SlidingCount, bucket_ms: number, now_ms: number, over_ms: number): number {
  const from = Math.ceil((now_ms - over_ms) / bucket_ms)
  while (window.buckets.length > 0 && window.buckets[0]![0] < from) window.buckets.shift()
  for (const [name, bucket] of Object.entries(window.names)) if (bucket < from) delete window.names[name]
  return window.buckets.reduce((sum, [, count]) => sum + count, 0)
}

export function namesIn(window: SlidingCount): number {
  return Object.keys(window.names).length
}
