/**
 * Evidence about clocks: every sample compares readings of two clocks and is an interval, never a number (DESIGN section 6).
 * Names carry the clock the reading was taken from; instants are epoch ms and are stamps cut down to their resolution, as
 * logs and `iat` are: a stamp `x` of resolution `r` means an instant in [x, x + r).
 * Invariant: only claims of tokens whose signature was checked may become samples; anybody can write any `iat` into a forgery.
 */

/** What the validator decided. `other`: refused for a reason that says nothing about time (audience, scope …). */
export type TokenDecision = 'accepted' | 'expired' | 'not_yet_valid' | 'other'

/** A token was weighed on `host`: (host − issuer) + age of the token = seen − iat, and no token has a negative age. */
export interface TokenSample {
  source: 'token'
  host: string
  /** Absent where the record does not say; taken for the only issuer known, if there is only one. */
  issuer?: string
  /** The host's "now" when it looked at the token: stated by the message, else the stamp of the log line. */
  seen_validator_ms: number
  seen_resolution_ms: number
  /** True where the message itself stated that "now": an epoch, with no time zone to get wrong. */
  stated: boolean
  iat_ms?: number
  /** 1000 where absent: RFC 7519 NumericDate allows fractions, few issuers write them. */
  iat_resolution_ms?: number
  nbf_ms?: number
  exp_ms?: number
  /** Tolerance that the message stated. */
  leeway_ms?: number
  decision: TokenDecision
  /** The token's claims came in milliseconds instead of seconds; here they are read rightly. */
  in_milliseconds?: true
  /** Fingerprint; uses of one token after its first on a host tell nothing new, and retry storms would drown the rest. */
  token?: string
}

/** The issuer's own log recorded that it minted a token: ties the log stamps of that host to the clock behind `iat`. */
export interface IssuanceSample {
  source: 'issuance'
  host: string
  issuer: string
  logged_issuer_ms: number
  logged_resolution_ms: number
  iat_ms: number
  iat_resolution_ms?: number
  nbf_ms?: number
  exp_ms?: number
  in_milliseconds?: true
  token?: string
}

/**
 * One exchange seen by two hosts, the inner part within the outer: gateway around service, client span around server span.
 * Any of the four instants may be missing; start and end of both give bounds on both sides, as in NTP (RFC 5905 §8).
 */
export interface PairSample {
  source: 'pair'
  outer_host: string
  inner_host: string
  outer_start_ms?: number
  outer_end_ms?: number
  outer_resolution_ms: number
  /** Equal to `inner_end_ms` where the inner side wrote a single line. */
  inner_start_ms?: number
  inner_end_ms?: number
  inner_resolution_ms: number
}

/** A live record reached the collector: it was written before it was received. */
export interface ReceiptSample {
  source: 'receipt'
  host: string
  logged_writer_ms: number
  logged_resolution_ms: number
  received_collector_ms: number
}

export type ClockSample = TokenSample | IssuanceSample | PairSample | ReceiptSample
