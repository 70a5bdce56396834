/** Kinds of secrets, as fingerprints name them. */

/**
 * What a fingerprint can stand for.
 * `opaque` is every bearer-like value without a readable inside, whether it was called access, refresh, session-refresh or
 * just `token`: the same value must get the same fingerprint in `refresh_token=…` and in `token=…` (RFC 7009, RFC 7662).
 */
export const SECRET_KINDS = [
  'jwt',
  'jwe',
  'paseto',
  'opaque',
  'code',
  'secret',
  'password',
  'basic',
  'digest',
  'cookie',
  'apikey',
  'saml',
  'state',
  'nonce',
  'sub',
  'jti',
] as const
export type SecretKind = (typeof SECRET_KINDS)[number]
