/**
 * The facts behind a cause, as the record stated them or as its token carried them (DESIGN section 8).
 * Every field is optional: what the software did not say is absent, never guessed.
 * Times are epoch milliseconds; `exp_ms`, `nbf_ms` and `iat_ms` were read off the issuer's clock (RFC 7519 §4.1),
 * `validator_ms` off the clock of the host that checked the token.
 */
export interface Evidence {
  /** Expiry instant, ms, issuer's clock. */
  exp_ms?: number
  /** Not-before instant, ms, issuer's clock. */
  nbf_ms?: number
  /** Issued-at instant, ms, issuer's clock. */
  iat_ms?: number
  /** "Now" as the validator stated it, ms, validator's clock. */
  validator_ms?: number
  /** Difference the record stated between the two clocks or instants, ms; positive = past the limit by that much. */
  delta_ms?: number
  /** Tolerance the validator granted, ms. */
  leeway_ms?: number
  /** Key id from the JOSE header (RFC 7515 §4.1.4). */
  kid?: string
  /** Algorithm from the JOSE header (RFC 7515 §4.1.1). */
  alg?: string
  /** What the checking side wanted to see (audience, issuer, scope …). */
  expected?: string
  /** What it got instead. */
  got?: string
}

export const EVIDENCE_TIMES = ['exp_ms', 'nbf_ms', 'iat_ms', 'validator_ms'] as const
