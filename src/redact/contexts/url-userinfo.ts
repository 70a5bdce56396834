/** Passwords in `scheme://user:password@host` (RFC 3986 §3.2.1); the user stays, unless a token stands in its place. */
import { endsInFingerprint, fingerprintLengthAt } from '../fingerprint.ts'
import type { Context } from '../scan.ts'
import { isPlaceholder, looksRandom } from '../words.ts'

/** Where an authority ends; a raw `@` inside a password does not end it. Longest host name is 253 characters (RFC 1035). */
const AUTHORITY = /[^\s/?#"'<>\\]{1,600}/y

/** A password with a slash in it, which should have been encoded; `host:8080/@scope` is none. */
const LOOSE = /[^\s/?#"'<>@\\:]{0,64}:(?![0-9]{1,5}[/?#])[^\s"'<>@\\]{1,256}@/y

/** The same in a parameter: `https%3A%2F%2Fuser%3Apassword%40host`, all marks encoded as often. */
const ENCODED =
  /%(?<as>(?:25){0,2})3a(?:%\k<as>2f){2}[^\s/?#"'<>\\&%]{0,64}%\k<as>3a(?<password>(?:(?!%\k<as>(?:40|2f|3f|23))[^\s"'<>\\&]){1,400})%\k<as>40/iy

export const encodedUserinfo: Context = (scan, at, wordEnd) => {
  ENCODED.lastIndex = at
  const { as, password } = ENCODED.exec(scan.text)?.groups ?? {}
  if (as === undefined || password === undefined || isPlaceholder(password)) return wordEnd
  const end = ENCODED.lastIndex - `%${as}40`.length
  if (!endsInFingerprint(password)) scan.add(end - password.length, end, 'password')
  return end
}

export const urlUserinfo: Context = (scan, at, wordEnd) => {
  const { text } = scan
  const opening = /:\\{0,7}\/\\{0,7}\//y
  opening.lastIndex = at
  opening.test(text)
  const start = opening.lastIndex
  AUTHORITY.lastIndex = start
  let userinfo = AUTHORITY.exec(text)?.[0] ?? ''
  if (!userinfo.includes('@')) {
    LOOSE.lastIndex = start
    userinfo = LOOSE.exec(text)?.[0] ?? ''
  }
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
