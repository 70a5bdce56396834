/**
 * Does a record that no signature knows look like an authentication failure? Used only to say "there are messages here
 * that nobody recognises"; it never makes an event.
 */
import type { LogRecord } from '../core/log-record.ts'
import { isCalm, WARN } from './calm.ts'
import { isOfForeignProgram } from './foreign-programs.ts'

const AUTH =
  /\b(?:tokens?|jwts?|jws|jwe|jwks?|oauth2?|openid|oidc|saml|sso|authenticat\w{1,6}|authoriz\w{1,6}|unauthori[sz]ed|credentials?|bearer|issuer|audience|id_token|access_token|refresh_token)\b/i
/** One of these stems (see stem-scanner.ts) stands in every raw text that `AUTH` matches once it is redacted, whatever encoder wrote it. */
export const AUTH_STEMS: readonly string[] = [
  'token>',
  'tokens>',
  'jwt>',
  'jwts>',
  'jws>',
  'jwe>',
  'jwk>',
  'jwks>',
  'oauth>',
  'oauth2>',
  'openid>',
  'oidc>',
  'saml>',
  'sso>',
  'authenticat',
  'authoriz',
  'unauthori',
  'credential>',
  'credentials>',
  'bearer>',
  'issuer>',
  'audience>',
  // What redaction makes `jwt:` and a fingerprint of.
  '<eyj',
]
const SIGNED_IN =
  /\b(?:log(?:ged|ging)?[ -]?in|sign(?:ed|ing)?[ -]?in|logins?|user|account|scopes?|nonce|pkce|dpop|code_verifier|redirect[ _]?ur[il]|grant|client_id|client secret|idp|kid|claims?|session_expired)\b/i
const FAILED =
  /\b(?:fail\w{0,4}|errors?|invalid\w{0,4}|denied|expired|reject\w{0,4}|refus\w{0,4}|unable|cannot|can't|could not|not (?:valid|allowed|found|authori[sz]ed)|mismatch\w{0,4}|missing|unauthori[sz]ed|forbidden|revoked)\b/i
/** Longest stretch of speech looked at; characters. */
const LOOK_LIMIT = 2_000

/**
 * May common words be read as a failure here? Where the software itself says that nothing is wrong (below WARN), only in a
 * record that speaks of authentication at all.
 */
export function isConcerned(record: LogRecord): boolean {
  if (!isCalm(record)) return true
  const said = record.speech.slice(0, LOOK_LIMIT)
  return AUTH.test(said) || SIGNED_IN.test(said)
}

export function looksLikeAuthFailure(record: LogRecord): boolean {
  const speech = record.speech.slice(0, LOOK_LIMIT)
  if (!AUTH.test(speech) || isOfForeignProgram(record)) return false
  return record.severity === undefined ? FAILED.test(speech) : record.severity >= WARN
}
