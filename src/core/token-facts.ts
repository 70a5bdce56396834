/**
 * What is kept of a token after redaction: a keyed fingerprint and, for a JWT, the claims that explain failures.
 * The token itself, its signature and its subject in clear never get past the redaction step.
 */
export interface TokenFacts {
  /** `jwt:3fa9c1d2e4b5a697`, `opaque:…`: kind and keyed fingerprint (HMAC-SHA-256 with the store's key, 64 bits, hex). */
  fingerprint: string
  alg?: string
  kid?: string
  /** JOSE `typ` header, e.g. `at+jwt` (RFC 9068). */
  typ?: string
  iss?: string
  /** Audiences joined by a space. */
  aud?: string
  /** `azp` or `client_id`. */
  client_id?: string
  scope?: string
  /** Keyed fingerprint of `sub`, never the subject itself. */
  subject?: string
  /** Keyed fingerprint of `jti`; of an opaque token, what it would be were the token its own id. */
  jti?: string
  iat_ms?: number
  nbf_ms?: number
  exp_ms?: number
  /** Its instants are not the seconds that RFC 7519 §2 wants but milliseconds: software that reads them as seconds refuses it. */
  in_milliseconds?: true
}
