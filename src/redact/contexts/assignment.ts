/**
 * A secret's name, a separator, a value: query strings, forms, JSON at any depth of escaping, Python and Ruby dumps, logfmt, Java maps,
 * header dumps, HAR and OTLP name/value pairs. Leaves to secret-key.ts which names count and to verdict.ts which values do.
 * Invariant: only the inside of a value is taken, its quotes and brackets stay.
 */
import { canonical } from '../canonical.ts'
import { fingerprintLengthAt } from '../fingerprint.ts'
import { bareEnd, quoteAt, quotedEnd } from '../quoting.ts'
import type { Context, Scan } from '../scan.ts'
import { classifyKey, type KeyClass, nameStart } from '../secret-key.ts'
import { tokenPartEnd } from '../self-evident.ts'
import { isSecret, type Notation } from '../verdict.ts'
import { authorizationHeader } from './authorization.ts'
import { cookieHeader } from './cookie.ts'
import { prose } from './prose.ts'
import { xmlElement, xmlElementKind } from './xml-element.ts'

/** Arrays of header values or tokens; more than this are read as ordinary text. */
const MAX_ELEMENTS = 64
/** A verdict needs no more of a value than this, a longer one is no word; characters. */
const VERDICT_LIMIT = 512

const CLOSING_BRACKET = /(?:\]|%(?:25){0,3}5[Dd])/y
const SEPARATOR = /[ \t]{0,8}(?:=>|:=|=&gt;|=(?!=)|:(?!:)|%((?:25){0,3})3[DdAa]|\\{1,7}u003[Dd])(?:[ \t]{0,8}|%20)/y
/** HAR: `{"name":"Cookie","value":"…"}`; OTLP JSON: `{"key":"…","value":{"stringValue":"…"}}`. */
const VALUE_MEMBER =
  /\s{0,8},\s{0,8}\\{0,15}["']value\\{0,15}["']\s{0,8}:\s{0,8}(?:\{\s{0,8}\\{0,15}["'](?:stringValue|string_value)\\{0,15}["']\s{0,8}:\s{0,8})?/iy
/** Raw header lists: `["Cookie","a=b"]`, `(b'cookie', b'a=b')`. */
const LIST_COMMA = /\s{0,8},\s{0,8}(?=b?\\{0,15}["'])/y
/** What dumps put in front of a value: Python's b'…', Rust's Some("…"), PHP's string(12) "…", Java's Optional[…]. */
const WRAPPER =
  /(?:(?:Some|Optional|Secret|Ok|Just)[([]|string\([0-9]{1,9}\)\s|[bru]{1,2}(?=\\{0,15}["'])|[[(]\s{0,8})/y

export const assignment: Context = (scan, at, wordEnd) => {
  const { text } = scan
  if (text[at] === '<') return xmlElement(scan, wordEnd, xmlElementKind(text.slice(at, wordEnd)))
  const fingerprint = fingerprintLengthAt(text, at)
  if (fingerprint > 0) return at + fingerprint
  const name = nameStart(text, at)
  const key = classifyKey(text.slice(name, wordEnd))
  if (key === undefined) return wordEnd
  if (text[wordEnd] === '>' && isElement(text, name)) return xmlElement(scan, wordEnd, key.kind)
  const keyQuote = quoteAt(text, closingBracketEnd(text, wordEnd))
  const nameEnd = closingBracketEnd(text, closingBracketEnd(text, wordEnd) + keyQuote.length)
  const separator = separatorAt(text, nameEnd, key, keyQuote)
  if (separator === undefined) return keyQuote === '' ? prose(scan, wordEnd, key.kind) : wordEnd
  return values(scan, name, separator, key, keyQuote)
}

function isElement(text: string, name: number): boolean {
  return /<(?:\w{1,20}:)?$/.test(text.slice(Math.max(0, name - 22), name))
}

function closingBracketEnd(text: string, at: number): number {
  CLOSING_BRACKET.lastIndex = at
  return CLOSING_BRACKET.test(text) ? CLOSING_BRACKET.lastIndex : at
}

interface Separator {
  end: number
  /** How often it was percent-encoded. */
  level: number
  notation: Notation
}

function separatorAt(text: string, at: number, key: KeyClass, keyQuote: string): Separator | undefined {
  SEPARATOR.lastIndex = at
  const match = SEPARATOR.exec(text)
  if (match !== null) {
    const level = match[1] === undefined ? 0 : 1 + match[1].length / 2
    const isProse = keyQuote === '' && /:[ \t]/.test(match[0])
    return { end: SEPARATOR.lastIndex, level, notation: isProse ? 'prose' : 'assigned' }
  }
  if (keyQuote === '') return undefined
  VALUE_MEMBER.lastIndex = at
  if (VALUE_MEMBER.test(text)) return { end: VALUE_MEMBER.lastIndex, level: 0, notation: 'assigned' }
  LIST_COMMA.lastIndex = at
  if (key.shape !== undefined && LIST_COMMA.test(text)) {
    return { end: LIST_COMMA.lastIndex, level: 0, notation: 'assigned' }
  }
  return undefined
}

function values(scan: Scan, name: number, separator: Separator, key: KeyClass, keyQuote: string): number {
  const { text } = scan
  let at = separator.end
  for (let wrappers = 0; wrappers < 4; wrappers++) {
    WRAPPER.lastIndex = at
    if (!WRAPPER.test(text)) break
    at = WRAPPER.lastIndex
  }
  if (text[at] === '{' && !text.startsWith('{{', at)) return key.shape === 'cookie' ? cookieObject(scan, at) : at
  for (let n = 0; n < MAX_ELEMENTS; n++) {
    const quote = quoteAt(text, at)
    if (quote === '') return n === 0 ? bareValue(scan, name, at, separator, key, keyQuote) : at
    const start = at + quote.length
    const end = quotedEnd(scan, start, quote)
    const next = content(scan, name, start, end, 'quoted', separator.level, key, '')
    if (next < end) return next
    at = Math.min(text.length, end + quote.length)
    LIST_COMMA.lastIndex = at
    if (!LIST_COMMA.test(text) || separatorFollows(scan, LIST_COMMA.lastIndex)) return at
    at = LIST_COMMA.lastIndex
    if (text[at] === 'b') at++
  }
  return at
}

/** Is the next quoted string another member's name, not another element? */
function separatorFollows(scan: Scan, at: number): boolean {
  const { text } = scan
  const from = text[at] === 'b' ? at + 1 : at
  const member = /\\{0,15}["'][^"'\\]{0,64}\\{0,15}["']\s{0,8}(?:[:,)]|=>)/y
  member.lastIndex = from
  return member.test(text)
}

function bareValue(
  scan: Scan,
  name: number,
  at: number,
  separator: Separator,
  key: KeyClass,
  keyQuote: string,
): number {
  if (key.shape !== undefined)
    return content(scan, name, at, scan.lineEnd(at), separator.notation, separator.level, key, '')
  const end = bareEnd(scan.text, at, separator.level)
  // `"otp":123456` must stay JSON; `password=…` must stay a form.
  const quote = keyQuote !== '' && separator.level === 0 ? keyQuote : ''
  return content(scan, name, at, end, separator.notation, separator.level, key, quote)
}

function content(
  scan: Scan,
  name: number,
  start: number,
  limit: number,
  notation: Notation,
  level: number,
  key: KeyClass,
  quote: string,
): number {
  const { text } = scan
  if (key.shape === 'authorization') return authorizationHeader(scan, start, limit, notation === 'quoted', level)
  if (key.shape !== undefined)
    return cookieHeader(scan, start, limit, notation === 'quoted', key.shape === 'set-cookie')
  // A link under an everyday name (`token: 'https://issuer/token'`) may hold secrets of its own: read on inside.
  if (key.strength !== 'hard' && /^https?:/.test(text.slice(start, start + 6))) return start
  const from = schemeEnd(text, start, limit, notation, level)
  const valueLimit = from.next ?? limit
  const end = tokenPartEnd(text, from.start, valueLimit)
  const value = canonical(text.slice(from.start, Math.min(end, from.start + VERDICT_LIMIT)))
  if (isWorkingDirectory(text, name, value)) return end
  if (!isSecret(key, value, notation, isInsideOAuthRequest(scan, name, end, key, notation))) return end
  scan.add(from.start, end, key.kind, quote)
  return end
}

const SCHEME = /(?:bearer|dpop|basic)(?:[ \t+]|%20|%2520){1,8}/iy

/** `access_token=Bearer eyJ…`, `"token":"Bearer eyJ…"`: the scheme is no part of the token. */
function schemeEnd(
  text: string,
  start: number,
  limit: number,
  notation: Notation,
  level: number,
): { start: number; next?: number } {
  SCHEME.lastIndex = start
  if (!SCHEME.test(text)) return { start }
  const from = SCHEME.lastIndex
  if (notation === 'quoted') return from <= limit ? { start: from } : { start }
  return { start: from, next: bareEnd(text, from, level) }
}

/** The shell's `PWD=/srv/app` in a dumped environment. */
function isWorkingDirectory(text: string, name: number, value: string): boolean {
  return value.startsWith('/') && /^(?:OLD)?PWD=/.test(text.slice(name, name + 7))
}

/** How far a request's query or form reaches from one of its parameters; characters. */
const REQUEST_REACH = 400
const AROUND_CODE =
  /(?:state|redirect_uri|grant_type|code_verifier|client_id|response_type|iss|scope)(?:=|%(?:25){0,3}3[Dd])/
const AROUND_STATE =
  /(?:(?:^|[?&;]|%(?:25){0,3}(?:3[Ff]|26))code|redirect_uri|response_type|client_id|session_state)(?:=|%(?:25){0,3}3[Dd])/
const JOINED = /(?:[?&]|&amp;|%(?:25){0,3}(?:3[Ff]|26)|\\u0026)$/

/** `code` and `state` next to other OAuth parameters of the same query or form, without a space between (RFC 6749 §4.1). */
function isInsideOAuthRequest(scan: Scan, name: number, end: number, key: KeyClass, notation: Notation): boolean {
  if (notation !== 'assigned' || (key.strength !== 'code' && key.strength !== 'state')) return false
  const { text } = scan
  const joined =
    JOINED.test(text.slice(Math.max(0, name - 9), name)) ||
    /^(?:&|%(?:25){0,3}26|\\u0026)/.test(text.slice(end, end + 9))
  if (!joined) return false
  const request = scan.requestAround(name, REQUEST_REACH)
  return key.strength === 'code' ? AROUND_CODE.test(request) : AROUND_STATE.test(request)
}

const COOKIE_MEMBER = /\s{0,8},?\s{0,8}\\{0,15}["'][^"'\\]{1,128}\\{0,15}["']\s{0,8}(?::|=>)\s{0,8}/y

/** `"cookies":{"sid":"…","theme":"dark"}`: parsed cookies, every value. */
function cookieObject(scan: Scan, brace: number): number {
  const { text } = scan
  let at = brace + 1
  for (;;) {
    COOKIE_MEMBER.lastIndex = at
    if (!COOKIE_MEMBER.test(text)) return at
    const quote = quoteAt(text, COOKIE_MEMBER.lastIndex)
    if (quote === '') return at
    const start = COOKIE_MEMBER.lastIndex + quote.length
    const end = quotedEnd(scan, start, quote)
    scan.add(start, end, 'cookie')
    at = Math.min(text.length, end + quote.length)
  }
}
