/**
 * What a library's error says about the cause, from its code or name: as much as a counter needs. authtop decides the
 * cause of an incident later, with the clocks and the neighbouring events in view.
 * Codes and names are those of jose (src/util/errors.ts), jsonwebtoken (lib/*Error.js, verify.js), oauth2-bearer
 * (express-oauth2-jwt-bearer) and RFC 6749 §5.2, RFC 6750 §3.1.
 */
import type { Cause, Subcause } from '../../core/cause.ts'

export interface ReportedCause {
  cause: Cause
  subcause: Subcause
}

const UNKNOWN: ReportedCause = { cause: 'unknown', subcause: 'unspecified' }

const BY_CODE: Readonly<Record<string, ReportedCause>> = {
  ERR_JWT_EXPIRED: { cause: 'expiry', subcause: 'access_token' },
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: { cause: 'malformed', subcause: 'signature' },
  ERR_JWKS_NO_MATCHING_KEY: { cause: 'misconfiguration', subcause: 'key_not_found' },
  ERR_JWKS_TIMEOUT: { cause: 'outage', subcause: 'jwks_unavailable' },
  ERR_JOSE_ALG_NOT_ALLOWED: { cause: 'misconfiguration', subcause: 'algorithm' },
  ERR_JWS_INVALID: { cause: 'malformed', subcause: 'structure' },
  ERR_JWT_INVALID: { cause: 'malformed', subcause: 'structure' },
  ERR_JWE_DECRYPTION_FAILED: { cause: 'malformed', subcause: 'decryption' },
  insufficient_scope: { cause: 'misuse', subcause: 'insufficient_scope' },
  invalid_client: { cause: 'misconfiguration', subcause: 'client_credentials' },
  unsupported_grant_type: { cause: 'misconfiguration', subcause: 'grant_type' },
  unauthorized_client: { cause: 'misconfiguration', subcause: 'grant_type' },
  invalid_scope: { cause: 'misconfiguration', subcause: 'scope_not_allowed' },
}

const BY_NAME: Readonly<Record<string, ReportedCause>> = {
  TokenExpiredError: { cause: 'expiry', subcause: 'access_token' },
  NotBeforeError: { cause: 'skew', subcause: 'not_yet_valid' },
}

/** Parts of messages, in the order they are looked for. */
const BY_MESSAGE: readonly (readonly [string, ReportedCause])[] = [
  ['"nbf" claim timestamp check failed', { cause: 'skew', subcause: 'not_yet_valid' }],
  ['"iat" claim timestamp check failed', { cause: 'skew', subcause: 'issued_in_future' }],
  ['"exp" claim timestamp check failed', { cause: 'expiry', subcause: 'access_token' }],
  ['unexpected "aud"', { cause: 'misconfiguration', subcause: 'audience_mismatch' }],
  ['jwt audience invalid', { cause: 'misconfiguration', subcause: 'audience_mismatch' }],
  ["Unexpected 'aud'", { cause: 'misconfiguration', subcause: 'audience_mismatch' }],
  ['unexpected "iss"', { cause: 'misconfiguration', subcause: 'issuer_mismatch' }],
  ['jwt issuer invalid', { cause: 'misconfiguration', subcause: 'issuer_mismatch' }],
  ["Unexpected 'iss'", { cause: 'misconfiguration', subcause: 'issuer_mismatch' }],
  ['signature verification failed', { cause: 'malformed', subcause: 'signature' }],
  ['invalid signature', { cause: 'malformed', subcause: 'signature' }],
  ['jwt signature is required', { cause: 'malformed', subcause: 'signature' }],
  ['invalid algorithm', { cause: 'misconfiguration', subcause: 'algorithm' }],
  ['jwt not active', { cause: 'skew', subcause: 'not_yet_valid' }],
  ['jwt expired', { cause: 'expiry', subcause: 'access_token' }],
  ['jwt must be provided', { cause: 'malformed', subcause: 'missing' }],
  ['jwt malformed', { cause: 'malformed', subcause: 'structure' }],
  ['invalid token', { cause: 'malformed', subcause: 'structure' }],
]

/** Messages are searched up to here; characters. */
const SEARCHED = 2_000

export function causeOfError(error: unknown): ReportedCause {
  if (typeof error !== 'object' || error === null) return UNKNOWN
  const { code, name, message, error: oauth, claim, reason } = error as Readonly<Record<string, unknown>>
  // jose: the claim that failed, and how.
  if (code === 'ERR_JWT_CLAIM_VALIDATION_FAILED' || code === 'ERR_JWT_EXPIRED') {
    const own = claimCause(claim, reason)
    if (own !== undefined) return own
  }
  for (const key of [code, oauth]) if (typeof key === 'string' && Object.hasOwn(BY_CODE, key)) return BY_CODE[key]!
  if (typeof name === 'string' && Object.hasOwn(BY_NAME, name)) return BY_NAME[name]!
  // oauth2-bearer: a request without a token is told by no code (RFC 6750 §3.1).
  if (name === 'UnauthorizedError' && message === 'Unauthorized') return { cause: 'malformed', subcause: 'missing' }
  const text = typeof message === 'string' ? message.slice(0, SEARCHED) : ''
  return BY_MESSAGE.find(([part]) => text.includes(part))?.[1] ?? UNKNOWN
}

function claimCause(claim: unknown, reason: unknown): ReportedCause | undefined {
  if (reason === 'missing') return { cause: 'malformed', subcause: 'claim_missing' }
  switch (claim) {
    case 'aud':
      return { cause: 'misconfiguration', subcause: 'audience_mismatch' }
    case 'iss':
      return { cause: 'misconfiguration', subcause: 'issuer_mismatch' }
    case 'nbf':
      return { cause: 'skew', subcause: 'not_yet_valid' }
    case 'iat':
      return { cause: 'skew', subcause: 'issued_in_future' }
    default:
      return undefined
  }
}
