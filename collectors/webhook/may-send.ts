/**
 * Is a webhook's sender the one that knows the secret? By token in `Authorization` (Auth0 and Okta send the configured
 * text as it is, others `Bearer` and the token), by the same in the query (RFC 6750 §2.3: Event Grid can send no header, and repeats
 * the query of the address it was given), or by signature over the body (HMAC-SHA-256, hex).
 * Invariant: neither address nor query is logged or answered.
 */
import { createHmac, hash, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

/** Header, and what stands before the hex: keycloak-events' HTTP sender, and the form GitHub made common. */
const SIGNATURES = [
  ['x-keycloak-signature', ''],
  ['x-hub-signature-256', 'sha256='],
] as const

/** https://learn.microsoft.com/azure/event-grid/security-authentication#using-client-secret-as-a-query-parameter */
export interface Query {
  access_token?: unknown
}

/** By what stands in head and query alone; `undefined`: a signature has to be checked against the body. */
export function maySend(
  secret: string | undefined,
  headers: IncomingHttpHeaders,
  { access_token }: Query,
): boolean | undefined {
  if (secret === undefined) return true
  const given = headers.authorization
    ?.slice(0, 8192)
    .replace(/^Bearer +/i, '')
    .trim()
  if (given !== undefined && same(given, secret)) return true
  if (typeof access_token === 'string' && same(access_token, secret)) return true
  return SIGNATURES.some(([name]) => headers[name] !== undefined) ? undefined : false
}

export function isSigned(secret: string, headers: IncomingHttpHeaders, body: Uint8Array): boolean {
  const expected = createHmac('sha256', secret).update(body).digest('hex')
  return SIGNATURES.some(([name, prefix]) => {
    const given = headers[name]
    return typeof given === 'string' && same(given.toLowerCase(), prefix + expected)
  })
}

function same(a: string, b: string): boolean {
  return timingSafeEqual(hash('sha256', a, 'buffer'), hash('sha256', b, 'buffer'))
}
