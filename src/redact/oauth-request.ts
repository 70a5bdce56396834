/**
 * Recognises the query or form of an OAuth request around one of its parameters, where `code` and `state` mean what RFC 6749 §4.1 says.
 * Leaves the verdict on the value to verdict.ts.
 */
import type { Scan } from './scan.ts'
import type { Strength } from './secret-key.ts'

/** How far a request reaches from one of its parameters; characters. */
const REACH = 400
const JOINED = /(?:[?&]|&amp;|%(?:25){0,3}(?:3[Ff]|26)|\\u0026)$/
const NEXT = /(?:&|%(?:25){0,3}26|\\u0026)/y
const AROUND_CODE =
  /(?:state|redirect_uri|grant_type|code_verifier|client_id|response_type|iss|scope)(?:=|%(?:25){0,3}3[Dd])/
const AROUND_STATE =
  /(?:(?:^|[?&;]|%(?:25){0,3}(?:3[Ff]|26))code|redirect_uri|response_type|client_id|session_state)(?:=|%(?:25){0,3}3[Dd])/

/** Does the name that begins at `name` stand behind a `?` or `&`, plain or encoded? */
export function isJoined(text: string, name: number): boolean {
  return JOINED.test(text.slice(Math.max(0, name - 9), name))
}

/** Do other OAuth parameters stand next to this one, without a space between? `end` is where its value ends. */
export function isInsideOAuthRequest(scan: Scan, name: number, end: number, strength: Strength): boolean {
  if (strength !== 'code' && strength !== 'state') return false
  NEXT.lastIndex = end
  if (!isJoined(scan.text, name) && !NEXT.test(scan.text)) return false
  return (strength === 'code' ? AROUND_CODE : AROUND_STATE).test(scan.requestAround(name, REACH))
}
