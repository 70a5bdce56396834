/**
 * The steps of an authentication flow that authtop tells apart.
 * issuance: a token is minted (RFC 6749 §5); refresh: minted from a refresh token (§6); validation: a token is checked
 * (RFC 6750, 7519); introspection (RFC 7662); revocation (RFC 7009); authorization: a valid token is weighed against
 * what it may do, or a user at the authorization endpoint; login: a person or client proves who it is.
 */
export const KINDS = [
  'issuance',
  'refresh',
  'validation',
  'introspection',
  'revocation',
  'authorization',
  'login',
] as const
export type Kind = (typeof KINDS)[number]

export type Outcome = 'success' | 'failure'
