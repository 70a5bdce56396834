/** What all faces that authtop shows to HTTP have in common. */

/** Answers are data for programs: a browser is to show, sniff, frame and keep none of them (OWASP Secure Headers Project). */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

/** RFC 9325 §3.1.1: older ones are broken. Stated, because NODE_OPTIONS can lower Node's own default. */
export const TLS_MIN_VERSION = 'TLSv1.2'

/** A handshake takes two round trips; ms. */
export const TLS_HANDSHAKE_MS = 10_000

/** How often Node looks for requests that take too long; ms. */
export const CHECK_CONNECTIONS_MS = 2_000
