/**
 * The closed list of causes and subcauses: why a token step failed, as authtop decides it.
 * What each one means to a person (title, checks, fix, links) lives in `remedy/`.
 * Invariant: a failure always has exactly one cause from this list; what cannot be explained is `unknown`.
 */

export const CAUSES = {
  expiry: [
    'access_token',
    'refresh_token',
    'id_token',
    'authorization_code',
    'device_code',
    'session',
    'assertion',
    'ticket',
    'max_age',
  ],
  skew: ['not_yet_valid', 'issued_in_future', 'fresh_token_expired', 'request_time_skewed'],
  revocation: [
    'token_revoked',
    'session_ended',
    'refresh_reused',
    'consent_withdrawn',
    'principal_disabled',
    'inactive',
    'denylisted',
  ],
  misconfiguration: [
    'issuer_mismatch',
    'audience_mismatch',
    'client_credentials',
    'client_unknown',
    'redirect_uri',
    'key_not_found',
    'stale_jwks',
    'algorithm',
    'grant_type',
    'scope_not_allowed',
    'discovery',
    'credential_expired',
  ],
  malformed: ['missing', 'structure', 'encoding', 'signature', 'claim_missing', 'claim_invalid', 'decryption'],
  misuse: [
    'insufficient_scope',
    'wrong_token_type',
    'pkce',
    'nonce_state',
    'sender_binding',
    'code_replayed',
    'wrong_client',
  ],
  outage: ['jwks_unavailable', 'introspection_unavailable', 'issuer_unavailable', 'rate_limited', 'server_error'],
  unknown: ['unspecified'],
} as const

export type Cause = keyof typeof CAUSES
export type SubcauseOf<C extends Cause> = (typeof CAUSES)[C][number]
export type Subcause = { [C in Cause]: SubcauseOf<C> }[Cause]

/** In the order in which a person should look at them: what cannot be explained comes first. */
export const CAUSE_ORDER: readonly Cause[] = [
  'unknown',
  'skew',
  'expiry',
  'revocation',
  'misconfiguration',
  'malformed',
  'misuse',
  'outage',
]

export function isCause(text: string): text is Cause {
  return Object.hasOwn(CAUSES, text)
}

export function isSubcauseOf(cause: Cause, subcause: string): subcause is Subcause {
  return (CAUSES[cause] as readonly string[]).includes(subcause)
}
