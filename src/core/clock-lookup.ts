/** What attribution asks of the clocks: how far a host was from an issuer at one instant, as an interval. */

export interface OffsetInterval {
  /** Host minus issuer, ms; positive = the host is ahead. Best value within the interval. */
  offset_ms: number
  low_ms: number
  high_ms: number
}

export interface ClockLookup {
  /** Null where nothing links the two. `issuer` undefined: the only one known to that host, if there is only one. */
  offset(host: string, issuer: string | undefined, at_ms: number): OffsetInterval | null
  /** Host minus host, ms: what joining records by time must allow for. */
  between(host: string, other: string, at_ms: number): OffsetInterval | null
  /** Whose clock the others outvote, if anybody's. */
  atFault(host: string, issuer: string | undefined): 'host' | 'issuer' | null
}

/** One reading for the charts: a host's clock against its reference at one time. */
export interface ClockReading {
  at_ms: number
  host: string
  reference: string
  offset_s: number | null
  low_s: number | null
  high_s: number | null
  drift_ppm: number | null
}
