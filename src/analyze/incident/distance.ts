/**
 * How far apart in time two incidents are that may be one request: the least that their stamps allow, and by which of several
 * candidates one is met best. Stamps are rounded down, clocks are off, and some are known better than others.
 * Leaves deciding what is one request to `same-request.ts`.
 */
import type { ClockLookup, OffsetInterval } from '../../core/clock-lookup.ts'
import type { Spoken } from '../../core/ports/store.ts'
import type { LineTimes } from './line-times.ts'
import type { Told } from './tell.ts'

/** Status line and reason are written at the start and the end of one request; access logs have whole seconds; ms. */
export const STATUS_WINDOW_MS = 2_000
/** An offset known less exactly than this is used by its best value only, or everything near would join; ms. */
const WIDEST_OFFSET_MS = 2_000
/** Stamps on the whole second are most likely cut down to it; ms. */
const WHOLE_SECOND_MS = 1_000
/** One request's records follow each other within about this; ms. */
const TOOK_MS = 20
/** The best value of what lies between two hosts' clocks is mostly off by about this; ms. */
const CLOCKS_OFF_MS = 100
/** Standard deviation of what is cut off, by a whole second and where the line's place in its file says when it was written; ms. */
const CUT_OFF_MS = WHOLE_SECOND_MS / Math.sqrt(12)
const PLACED_OFF_MS = 200

export interface Known {
  incident: Told
  spoken: readonly Spoken[]
}

/** Least time that can lie between any two of their records, their stamps being rounded down and their clocks being off; ms. */
export function apartness(a: Known, b: Known, clocks: ClockLookup): number {
  let least = Infinity
  for (const s of a.spoken)
    for (const t of b.spoken) {
      const offset = offsetBetween(s, t, clocks)
      if (offset === null) least = Math.min(least, away(s, t, 0, 0))
      else if (offset.high_ms - offset.low_ms <= WIDEST_OFFSET_MS)
        least = Math.min(least, away(s, t, offset.low_ms, offset.high_ms))
      else least = Math.min(least, away(s, t, offset.offset_ms, offset.offset_ms))
    }
  return least
}

/**
 * By the best values of their clocks' offsets, how far apart all their records are, those that are known best counting most:
 * tells candidates apart that all might fit; ms. Records that are further apart than any request are another clock's affair
 * and say nothing. `lines`: when within its second each was written.
 */
export function distance(a: Known, b: Known, clocks: ClockLookup, lines: LineTimes): number {
  let least = Infinity
  let [sum, weights] = [0, 0]
  for (const s of a.spoken)
    for (const t of b.spoken) {
      const offset_ms = offsetBetween(s, t, clocks)?.offset_ms ?? 0
      const [ours, theirs] = [writtenAt(s, lines), writtenAt(t, lines)]
      const off = Math.abs(ours.at_ms - theirs.at_ms - offset_ms)
      least = Math.min(least, off)
      if (off > STATUS_WINDOW_MS) continue
      const clocks_ms = s.host === t.host ? 0 : CLOCKS_OFF_MS
      const weight = 1 / (ours.off_ms ** 2 + theirs.off_ms ** 2 + clocks_ms ** 2 + TOOK_MS ** 2)
      sum += weight * off ** 2
      weights += weight
    }
  return weights === 0 ? least : Math.sqrt(sum / weights)
}

/** When, by its own clock, and how far that may be off; ms. */
function writtenAt(spoken: Spoken, lines: LineTimes): { at_ms: number; off_ms: number } {
  const { time_ms } = spoken
  if (resolutionOf(time_ms) === 1) return { at_ms: time_ms, off_ms: 0 }
  const placed_ms = lines.of(spoken)
  return placed_ms === null
    ? { at_ms: time_ms + (WHOLE_SECOND_MS - 1) / 2, off_ms: CUT_OFF_MS }
    : { at_ms: placed_ms, off_ms: PLACED_OFF_MS }
}

/** By how much s − t misses [low, high], widened by what both stamps are rounded down to; ms. */
function away(s: Spoken, t: Spoken, low_ms: number, high_ms: number): number {
  const difference = s.time_ms - t.time_ms
  const [ours, theirs] = [resolutionOf(s.time_ms), resolutionOf(t.time_ms)]
  return Math.max(0, difference - high_ms - (theirs - 1), low_ms - (ours - 1) - difference)
}

function offsetBetween(s: Spoken, t: Spoken, clocks: ClockLookup): OffsetInterval | null {
  if (s.host === undefined || t.host === undefined || s.host === t.host) return null
  const offset = clocks.between(s.host, t.host, s.time_ms)
  return offset !== null && Number.isFinite(offset.offset_ms) ? offset : null
}

function resolutionOf(time_ms: number): number {
  return time_ms % WHOLE_SECOND_MS === 0 ? WHOLE_SECOND_MS : 1
}
