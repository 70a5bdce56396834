/**
 * The names people read for causes, subcauses, kinds and confidences: one place for dashboard, report and summaries.
 * Figures are worded in format-number.ts and format-time.ts; what to do about a cause is the remedies' matter (core).
 * Invariant: every cause, subcause, kind and confidence of the closed lists has a name.
 */
import type { Cause, Subcause } from '../src/core/cause.ts'
import type { Confidence } from '../src/core/confidence.ts'
import type { FilterField } from '../src/core/filter.ts'
import type { Kind } from '../src/core/kind.ts'

const CAUSE_TITLES: Record<Cause, string> = {
  unknown: 'Unexplained',
  skew: 'Clock skew',
  expiry: 'Expired',
  revocation: 'Revoked',
  misconfiguration: 'Misconfigured',
  malformed: 'Malformed token',
  misuse: 'Misuse',
  outage: 'Outage',
}

/** `Clock skew`; at most 15 characters. */
export function causeTitle(cause: Cause): string {
  return CAUSE_TITLES[cause]
}

/** Only where the id with blanks for underscores would not read as English. */
const SUBCAUSE_TITLES: Partial<Record<Subcause, string>> = {
  id_token: 'ID token',
  fresh_token_expired: 'fresh token called expired',
  issued_in_future: 'issued in the future',
  request_time_skewed: 'request time too far off',
  refresh_reused: 'refresh token reused',
  inactive: 'token inactive',
  issuer_mismatch: 'wrong issuer',
  audience_mismatch: 'wrong audience',
  client_credentials: 'client secret or key refused',
  client_unknown: 'unknown client',
  redirect_uri: 'redirect URI',
  stale_jwks: 'stale JWKS',
  algorithm: 'algorithm refused',
  grant_type: 'grant type refused',
  discovery: 'discovery document',
  missing: 'no token sent',
  structure: 'broken structure',
  encoding: 'broken encoding',
  signature: 'bad signature',
  decryption: 'cannot be decrypted',
  pkce: 'PKCE check failed',
  nonce_state: 'nonce or state',
  sender_binding: 'sender binding (DPoP, mTLS)',
  jwks_unavailable: 'JWKS unavailable',
  unspecified: 'no reason stated',
}

/** `fresh token called expired`, lower case where it is no name; at most 28 characters. */
export function subcauseTitle(subcause: Subcause): string {
  return SUBCAUSE_TITLES[subcause] ?? subcause.replaceAll('_', ' ')
}

/** `Clock skew: fresh token called expired` */
export function verdictTitle(cause: Cause, subcause: Subcause): string {
  return cause === 'unknown' ? CAUSE_TITLES.unknown : `${CAUSE_TITLES[cause]}: ${subcauseTitle(subcause)}`
}

const KIND_NOUNS: Record<Kind, string> = {
  issuance: 'issuance',
  refresh: 'refresh',
  validation: 'validation',
  introspection: 'introspection',
  revocation: 'revocation',
  authorization: 'authorization',
  login: 'login',
}

const KIND_DONE: Record<Kind, string> = {
  issuance: 'issued',
  refresh: 'refreshed',
  validation: 'validated',
  introspection: 'introspected',
  revocation: 'revoked',
  authorization: 'authorized',
  login: 'logged in',
}

export function kindNoun(kind: Kind): string {
  return KIND_NOUNS[kind]
}

/** What was done with the tokens, for counts of successes: `issued`, `validated`. */
export function kindDone(kind: Kind): string {
  return KIND_DONE[kind]
}

const CONFIDENCE_TITLES: Record<Confidence, string> = {
  certain: 'certain: proven by the evidence below',
  likely: 'likely: fits the evidence best',
  possible: 'possible: one of several that fit',
}

export function confidenceTitle(confidence: Confidence): string {
  return CONFIDENCE_TITLES[confidence]
}

const FIELD_TITLES: Record<FilterField, string> = {
  cause: 'cause',
  subcause: 'subcause',
  kind: 'step',
  host: 'host',
  service: 'service',
  client_id: 'client',
  issuer: 'issuer',
  system: 'software',
}

export function fieldTitle(field: FilterField): string {
  return FIELD_TITLES[field]
}

/** For values the records did not state. */
export const NOT_STATED = '(not stated)'
