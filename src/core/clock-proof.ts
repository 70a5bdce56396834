/**
 * Why one failure would have passed had the clocks been right: the evidence behind a skew alert (docs/alerts.md).
 * Attached to the event when it is read, because only then the neighbours on the collector's clock are known; kept with
 * the incident, so that a backtest counts exactly what was counted live.
 */

export const CLOCK_PROOF_KINDS = [
  /** Refused as not yet valid, and its `iat` lies in the future of the host's own stamp. */
  'issued_ahead',
  /** Refused as expired, and received here before its `exp`. */
  'received_before_expiry',
  /** Refused as expired within what the host's stamps have jumped ahead. */
  'host_ahead',
  /** Refused as not yet valid while the host's stamps have fallen behind. */
  'host_behind',
  /** Refused as not yet valid while the stamps of the issuer's own log have jumped ahead. */
  'issuer_ahead',
  /** Refused as expired within what the stamps of the issuer's own log have fallen behind. */
  'issuer_behind',
] as const
export type ClockProofKind = (typeof CLOCK_PROOF_KINDS)[number]

/** Whose clock the arrival times accuse. */
export const CLOCK_MOVERS = ['unknown', 'host', 'issuer'] as const
export type ClockMover = (typeof CLOCK_MOVERS)[number]

export interface ClockProof {
  kind: ClockProofKind
  /** Host minus issuer as far as this one failure shows it, ms; the truth is at least as far from 0 for the first two kinds. */
  offset_ms: number
  mover: ClockMover
}
