/** Passwords in `scheme://user:password@host` (RFC 3986 §3.2.1); the user stays, unless a token stands in its place. */
import { endsInFingerprint, fingerprintLengthAt } from '../fingerprint.ts'
import type { Context } from '../scan.ts'
import { isPlaceholder, looksRandom } from '../words.ts'

/** Where an authority ends; a raw `@` inside a password does not end it. Longest host name is 253 characters (RFC 1035). */
const AUTHORITY = /[^\s/?#"'<>\\]{1,600}/y

export const urlUserinfo: Context = (scan, at, wordEnd) => {
  const { text } = scan
  const opening = /:\\{0,7}\/\\{0,7}\//y
  opening.lastIndex = at
  opening.test(text)
  const start = opening.lastIndex
  AUTHORITY.lastIndex = start
  const userinfo = AUTHORITY.exec(text)?.[0] ?? ''
  const host = userinfo.lastIndexOf('@')
  if (host < 0) return wordEnd
  const end = start + host
  const inside = text.slice(start, end)
  // The colon of a fingerprint in the user's place parts nothing.
  const taken = fingerprintLengthAt(text, start)
  const colon = inside.indexOf(':', taken)
  if (endsInFingerprint(inside) || (taken > 0 && colon < 0)) return end
  if (colon < 0) {
    if (looksRandom(inside)) scan.add(start, end, 'opaque')
  } else if (!isPlaceholder(inside.slice(colon + 1))) scan.add(start + colon + 1, end, 'password')
  return end
}
