/** Does a request carry the token it must? Compared in constant time; without a configured token everybody may send. */
import { hash, timingSafeEqual } from 'node:crypto'

/** @param authorization value of the header, RFC 6750 §2.1. */
export function isAllowed(token: string | undefined, authorization: string | undefined): boolean {
  if (token === undefined) return true
  const given = /^Bearer +(\S+) *$/i.exec(authorization?.slice(0, 8192) ?? '')?.[1]
  return given !== undefined && timingSafeEqual(hash('sha256', given, 'buffer'), hash('sha256', token, 'buffer'))
}
