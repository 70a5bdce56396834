/**
 * Stamp minus receive time of one host: the greatest of an hour is minus the least time a record takes to arrive, plus how
 * far the host is ahead of the collector. Cutting stamps down to whole seconds does not move the greatest. Against the median
 * of a day's hours it shows a clock that moved, whatever the unknown shipping time is.
 * Invariant: O(1) numbers per host; a rise is sound (nothing arrives before it was written), a fall is a hint (shipping lag).
 */

export interface ReceiptChannel {
  /** Number of an hour, its greatest and its least difference (ms), oldest first; flat. */
  hours: number[]
  /** Receive time and difference of the latest records, oldest first; flat. */
  recent: number[]
  /** Records ever seen. */
  count: number
}

/** Numbers per hour and where they are. */
export const HOUR_SIZE = 3
const GREATEST = 1
const LEAST = 2
/** A day: a median of it stands still through an incident of half of it. */
const HOURS = 24
/** Latest records: enough for a run to tell a step from one late record. */
const RECENT = 10
/** A record older than this says nothing of the clock now; ms. */
const RECENT_MS = 10 * 60_000
/** …but a run of low ones up to the newest does, also on a host that writes one in a quarter of an hour; ms. */
const RUN_MS = 45 * 60_000
const HOUR_MS = 3_600_000
/** Below this many records a baseline is none (cold start). */
const SETTLED = 30
/** A fall smaller than this is rounding and shipping; ms. So is one that does not leave the usual range by the second. */
const FALL_MS = 1_500
const OUTSIDE_MS = 700
/** Records in a row that must lie low before it is a fall. */
const FALL_RUN = 3
/** A step moves all records alike; a backlog spreads them. ms, and share of the fall. */
const SPREAD_MS = 1_600
const SPREAD_SHARE = 0.15

export function createReceiptChannel(): ReceiptChannel {
  return { hours: [], recent: [], count: 0 }
}

export function addReceipt(channel: ReceiptChannel, received_ms: number, difference_ms: number): void {
  const { hours, recent } = channel
  channel.count++
  const hour = Math.floor(received_ms / HOUR_MS)
  const last = hours.length - HOUR_SIZE
  if (last < 0 || hour > hours[last]!) hours.push(hour, difference_ms, difference_ms)
  else {
    if (difference_ms > hours[last + GREATEST]!) hours[last + GREATEST] = difference_ms
    if (difference_ms < hours[last + LEAST]!) hours[last + LEAST] = difference_ms
  }
  if (hours.length > HOURS * HOUR_SIZE) hours.splice(0, HOUR_SIZE)
  recent.push(received_ms, difference_ms)
  if (recent.length > RECENT * 2) recent.splice(0, 2)
}

/** The usual greatest difference, ms; null during the cold start. The present hour counts only while there is no other. */
export function baselineOf(channel: ReceiptChannel): number | null {
  return channel.count < SETTLED ? null : middleOf(channel, GREATEST)
}

function middleOf({ hours }: ReceiptChannel, place: number): number | null {
  const values: number[] = []
  const end = hours.length > HOUR_SIZE ? hours.length - HOUR_SIZE : hours.length
  for (let i = place; i < end; i += HOUR_SIZE) values.push(hours[i]!)
  values.sort((a, b) => a - b)
  // Of two middles the lower: a jump within the first hours must not become the usual at once.
  return values[(values.length - 1) >> 1] ?? null
}

/** The greatest of the latest few, ms; null where there are none. What the fleet is compared by. */
export function latestOf({ recent }: ReceiptChannel, now_ms: number, count: number): number | null {
  let greatest: number | null = null
  for (let i = recent.length - 2, n = 0; i >= 0 && n < count; i -= 2, n++) {
    if (now_ms - recent[i]! > RECENT_MS) break
    greatest = Math.max(greatest ?? -Infinity, recent[i + 1]!)
  }
  return greatest
}

/**
 * How far the stamps have risen above the usual, ms, at least; 0 where not. `moved_ms`: by how much the collector's own
 * clock is known to have moved the whole fleet.
 */
export function riseOf(channel: ReceiptChannel, now_ms: number, moved_ms: number): number {
  // Where the collector's clock was set, what it received before is of another clock: only the newest record surely is not.
  const greatest = latestOf(channel, now_ms, moved_ms === 0 ? RECENT : 1)
  if (greatest === null) return 0
  // Without a baseline only what lies in the future of this machine's clock is a rise.
  return Math.max(0, greatest - (baselineOf(channel) ?? 0) - moved_ms)
}

export interface Fall {
  /** How far, ms, at least; positive. */
  fall_ms: number
  /** When the first of the low records came, ms. */
  since_ms: number
}

/** How far the latest records, all of them alike, have fallen below the usual; null where they have not. */
export function fallOf(channel: ReceiptChannel, now_ms: number, moved_ms: number): Fall | null {
  const baseline = baselineOf(channel)
  if (baseline === null) return null
  const { recent } = channel
  const limit = -Math.max(FALL_MS, baseline - middleOf(channel, LEAST)! + OUTSIDE_MS)
  let run = 0
  let since_ms = now_ms
  let greatest = -Infinity
  let least = Infinity
  for (let i = recent.length - 2; i >= 0; i -= 2) {
    const fallen = recent[i + 1]! - baseline - moved_ms
    if (now_ms - recent[i]! > RUN_MS || fallen > limit) break
    run++
    since_ms = recent[i]!
    greatest = Math.max(greatest, fallen)
    least = Math.min(least, fallen)
  }
  if (run < FALL_RUN || greatest - least > SPREAD_MS + SPREAD_SHARE * -greatest) return null
  return { fall_ms: -greatest, since_ms }
}

/** How far the newest record lies off the usual, ms, if it came since; null where nothing did, or nothing is usual yet. */
export function newestSince(channel: ReceiptChannel, since_ms: number): number | null {
  const baseline = baselineOf(channel)
  const { recent } = channel
  return baseline === null || recent.length === 0 || recent.at(-2)! < since_ms ? null : recent.at(-1)! - baseline
}
