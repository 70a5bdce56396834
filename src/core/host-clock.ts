/**
 * What is known of a clock: the rows of `authtop skew` (DESIGN section 8), with the reasons in words.
 * Invariant: `low_s` ≤ `offset_s` ≤ `high_s` where they are present; a number that is not known is null, never 0.
 */

/** `value`: an offset with its interval; `bound`: one side only; `cannot_tell`: neither. */
export type ClockKnowledge = 'value' | 'bound' | 'cannot_tell'

export interface ClockStep {
  /** Middle of the time within which it happened, ms, the stepping clock. */
  at_ms: number
  /** Positive: the clock was set forward; seconds. */
  by_s: number
}

export interface HostClock {
  host: string
  /** What the offset is measured against: `issuer <iss>`, `host <name>` or `collector`; null where nothing links the host to it. */
  reference: string | null
  kind: ClockKnowledge
  /** This clock minus the reference's at `to_ms`, seconds; positive = ahead. A time-zone mistake (`zone_s`) is not part of it. */
  offset_s: number | null
  low_s: number | null
  high_s: number | null
  /** Change of the offset, µs per s; null where too little is known to tell it from none. */
  drift_ppm: number | null
  samples: number
  from_ms: number | null
  to_ms: number | null
  steps: readonly ClockStep[]
  /** True only where other clocks outvote this one. */
  at_fault: boolean
  /** Tolerance this host grants, as stated or as its decisions show. */
  leeway_s: number | null
  /** When the offset crosses the leeway (or crossed it, where not after the time of asking); null where it will not or nobody knows. */
  breach_ms: number | null
  /** The host's log stamps are off by this much more, a whole number of half hours (a few zones: quarters): a zone mistake, not skew. */
  zone_s: number | null
  /** Plain sentences, most telling first. */
  why: readonly string[]
}

/** The same for the clock that stamps an issuer's tokens, or the collector's. */
export type PartyClock = Pick<HostClock, 'offset_s' | 'low_s' | 'high_s' | 'steps' | 'at_fault' | 'why'> & {
  name: string
  /** Issuers only: claims that came in the wrong unit (milliseconds for seconds or the reverse). */
  unit_mistakes?: number
  /** … most others came in seconds, so that those are the doing of whoever logs them, not the issuer's. */
  converted?: boolean
}

export interface ClockTable {
  reference: string | null
  generated_ms: number
  hosts: readonly HostClock[]
  issuers: readonly PartyClock[]
  collector: PartyClock | null
}
