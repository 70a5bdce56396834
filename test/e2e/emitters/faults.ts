/**
 * What the emitter tests inject into access tokens, and the cause each injection truly has.
 * Who can notice which fault is the affair of each emitter's test: a library that never looks at `iat` accepts that token.
 * Invariant: the truth stands here, is never handed to the emitter, and never depends on what some software says.
 */
import type { Cause, Subcause } from '../../../src/core/cause.ts'

export interface Truth {
  cause: Cause
  subcause: Subcause
}

/** `fresh` tokens fail only where the validator's own clock is wrong; their truth depends on that clock. */
export const FAULTS = {
  expired_just_now: { cause: 'expiry', subcause: 'access_token' },
  expired_hours_ago: { cause: 'expiry', subcause: 'access_token' },
  not_yet_valid: { cause: 'skew', subcause: 'not_yet_valid' },
  issued_in_future: { cause: 'skew', subcause: 'issued_in_future' },
  fresh_to_a_clock_behind: { cause: 'skew', subcause: 'not_yet_valid' },
  fresh_to_a_clock_ahead: { cause: 'skew', subcause: 'fresh_token_expired' },
  wrong_audience: { cause: 'misconfiguration', subcause: 'audience_mismatch' },
  wrong_issuer: { cause: 'misconfiguration', subcause: 'issuer_mismatch' },
  unknown_key: { cause: 'misconfiguration', subcause: 'key_not_found' },
  wrong_algorithm: { cause: 'misconfiguration', subcause: 'algorithm' },
  forged_claims: { cause: 'malformed', subcause: 'signature' },
  wrong_key: { cause: 'malformed', subcause: 'signature' },
  garbage: { cause: 'malformed', subcause: 'structure' },
  missing: { cause: 'malformed', subcause: 'missing' },
  expiry_missing: { cause: 'malformed', subcause: 'claim_missing' },
  expiry_not_a_number: { cause: 'malformed', subcause: 'claim_invalid' },
} as const satisfies Record<string, Truth>

export type Fault = keyof typeof FAULTS
