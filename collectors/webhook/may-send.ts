/**
 * Is a webhook's sender the one that knows the secret? By token in `Authorization` (Auth0 and Okta send the configured
 * text as it is, others `Bearer` and the token), or by signature over the body (HMAC-SHA-256, hex).
 */
import { createHmac, hash, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

/** Header, and what stands before the hex: keycloak-events' HTTP sender, and the form GitHub made common. */
const SIGNATURES = [
  ['x-keycloak-signature', ''],
  ['x-hub-signature-256', 'sha256='],
] as const

/** By what stands in the headers alone; `undefined`: a signature has to be checked against the body. */
export function maySend(secret: string | undefined, headers: IncomingHttpHeaders): boolean | undefined {
  if (secret === undefined) return true
  const given = headers.authorization
    ?.slice(0, 8192)
    .replace(/^Bearer +/i, '')
    .trim()
  if (given !== undefined && same(given, secret)) return true
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
