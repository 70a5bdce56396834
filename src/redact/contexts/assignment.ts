/**
 * A secret's name, a separator, a value: query strings, forms, JSON at any depth of escaping, Python and Ruby dumps, logfmt, Java maps,
 * header dumps, HAR and OTLP name/value pairs. Leaves to secret-key.ts which names count and to verdict.ts which values do.
 * Invariant: only the inside of a value is taken, its quotes and brackets stay.
 */
import { canonical } from '../canonical.ts'
import { fingerprintLengthAt } from '../fingerprint.ts'
import { isInsideOAuthRequest, isJoined } from '../oauth-request.ts'
import { bareEnd, quoteAt, quotedEnd, quoteLevel } from '../quoting.ts'
import type { Context, Scan } from '../scan.ts'
import { classifyKey, type KeyClass, nameStart } from '../secret-key.ts'
import { privateKeyEnd, saysItself, tokenPartEnd } from '../self-evident.ts'
import { isSecret, type Notation } from '../verdict.ts'
import { authorizationHeader } from './authorization.ts'
import { cookieHeader, cookieObject } from './cookie.ts'
import { prose } from './prose.ts'
import { xmlElement } from './xml-element.ts'

/** Arrays of header values or tokens; more than this are read as ordinary text. */
const MAX_ELEMENTS = 64
/** A verdict needs no more of a value than this, a longer one is no word; characters. */
const VERDICT_LIMIT = 512

const CLOSING_BRACKET = /(?:\]|%(?:25){0,3}5[Dd])/y
const SEPARATOR = /[ \t]{0,8}(?:=>|:=|=&gt;|=(?!=)|:(?!:)|%((?:25){0,3})3[DdAa]|\\{1,7}u003[Dd])(?:%20|[ \t]{0,8})/y
/** HAR: `{"name":"Cookie","value":"…"}`; OTLP JSON: `{"key":"…","value":{"stringValue":"…"}}`. */
const VALUE_MEMBER =
  /\s{0,8},\s{0,8}\\{0,15}["']value\\{0,15}["']\s{0,8}:\s{0,8}(?:\{\s{0,8}\\{0,15}["'](?:stringValue|string_value)\\{0,15}["']\s{0,8}:\s{0,8})?/iy
/** multipart/form-data (RFC 7578 §4.2): `name="password"`, an empty line, the value. */
const FORM_PART = /(?:\r?\n|(?:\\{1,7}r)?\\{1,7}n){2}/y
/** Raw header lists: `["Cookie","a=b"]`, `(b'cookie', b'a=b')`. */
const LIST_COMMA = /\s{0,8},\s{0,8}(?=b?\\{0,15}["'])/y
/** A quoted string behind a comma that is another member's name, not another element. */
const NEXT_MEMBER = /b?\\{0,15}["'][^"'\\]{0,64}\\{0,15}["']\s{0,8}(?:[:,)]|=>)/y
/** A quoted string that a value follows. */
const MEMBER_NAME = /b?\\{0,15}["'][^"'\\]{0,64}\\{0,15}["']\s{0,8}(?::|=>)/y
/** An unquoted value behind a quoted name. */
const JSON_LITERAL =
  /(?:[Tt]rue|[Ff]alse|null|None|nil|-?[0-9]{1,32}(?:\.[0-9]{1,32})?(?:[eE][+-]?[0-9]{1,4})?)(?=[\s,\]}\\%&]|$)/y
/** What dumps put in front of a value: Python's b'…', Rust's Some("…"), PHP's string(12) "…", Java's Optional[…], {"value":…}. */
const WRAPPER =
  /(?:(?:Some|Optional|Secret|Ok|Just)[([]|string\([0-9]{1,9}\)\s|\{\s{0,8}\\{0,15}["']?value\\{0,15}["']?\s{0,8}[:=]\s{0,8}|[bru]{1,2}(?=\\{0,15}["'])|[[(]\s{0,8})/y
/** `access_token=Bearer eyJ…`, `"token":"Bearer eyJ…"`: the scheme is no part of the token. */
const SCHEME = /(?:bearer|dpop|basic)(?:[ \t+]|%20|%2520){1,8}/iy

const OBJECT = /[A-Z][A-Za-z0-9]{2,60} ?[([{]/y

/** Names that people write a value behind in a sentence; what follows "the assertion was" is mostly about it. */
const IN_PROSE = /(?:token|code|secret|passw(?:or)?d|key)$/i

/** One recognised name with its separator. */
interface Assignment {
  name: number
  key: KeyClass
  /** The quote behind the name as it is written, or ''. */
  keyQuote: string
  /** How often the separator was percent-encoded. */
  level: number
  /** What an unquoted value would be. */
  notation: Notation
  /** A further parameter of a query or form: everything up to `&` is its value. */
  joined: boolean
}

export const assignment: Context = (scan, at, wordEnd) => {
  const { text } = scan
  const fingerprint = fingerprintLengthAt(text, at)
  if (fingerprint > 0) return at + fingerprint
  const name = nameStart(text, at)
  const key = classifyKey(text.slice(name, wordEnd))
  if (key === undefined) return wordEnd
  if (text[wordEnd] === '>' && isElement(text, name))
    return xmlElement(scan, wordEnd, key.kind, key.kind === 'password')
  const bracketEnd = closingBracketEnd(text, wordEnd)
  const keyQuote = quoteAt(text, bracketEnd)
  const nameEnd = closingBracketEnd(text, bracketEnd + keyQuote.length)
  const separator = separatorAt(text, nameEnd, keyQuote)
  if (separator === undefined) {
    return keyQuote === '' && IN_PROSE.test(text.slice(at, wordEnd)) ? prose(scan, wordEnd, key.kind) : wordEnd
  }
  return values(scan, separator.end, { ...separator, name, key, joined: isJoined(text, name) })
}

function isElement(text: string, name: number): boolean {
  return /<(?:\w{1,20}:)?$/.test(text.slice(Math.max(0, name - 22), name))
}

function endOf(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : undefined
}

function closingBracketEnd(text: string, at: number): number {
  return endOf(CLOSING_BRACKET, text, at) ?? at
}

function separatorAt(
  text: string,
  at: number,
  keyQuote: string,
): { end: number; level: number; notation: Notation; keyQuote: string } | undefined {
  SEPARATOR.lastIndex = at
  const match = SEPARATOR.exec(text)
  if (match !== null) {
    const level = match[1] === undefined ? 0 : 1 + match[1].length / 2
    const notation = keyQuote !== '' || level > 0 ? 'assigned' : notationOf(match[0])
    return { end: SEPARATOR.lastIndex, level, notation, keyQuote }
  }
  if (keyQuote === '') return undefined
  const part = endOf(FORM_PART, text, at)
  if (part !== undefined) return { end: part, level: 0, notation: 'assigned', keyQuote: '' }
  const end = endOf(VALUE_MEMBER, text, at)
  if (end !== undefined) return { end, level: 0, notation: 'assigned', keyQuote }
  const element = endOf(LIST_COMMA, text, at)
  if (element === undefined || endOf(MEMBER_NAME, text, element) !== undefined) return undefined
  return { end: element, level: 0, notation: 'listed', keyQuote }
}

function notationOf(separator: string): Notation {
  if (!separator.includes(':') || separator.includes('=')) return 'assigned'
  return /[ \t]$/.test(separator) ? 'prose' : 'labelled'
}

/** Adds the secrets among the value or, in an array, values at `from`; returns where to go on. */
function values(scan: Scan, from: number, to: Assignment): number {
  const { text } = scan
  let at = to.joined ? from : behindWrappers(text, from)
  if (text[at] === '{' && !text.startsWith('{{', at)) return to.key.shape === 'cookie' ? cookieObject(scan, at) : at
  for (let n = 0; n < MAX_ELEMENTS; n++) {
    const quote = openingQuote(scan, at, to)
    if (quote === '') return n === 0 ? bareValue(scan, at, to) : at
    const start = at + quote.length
    const end = quotedEnd(text, start, quote, limitOf(scan, start, to))
    // Not cut off, so never closed: `{"msg":"{\"a\":\"password='\"}"}`, where the quote is a value's last character.
    if (!quote.endsWith('"') && !text.startsWith(quote, end) && scan.isJson) return bareValue(scan, start, to)
    const found = scan.spans.length
    const next = content(scan, start, end, { ...to, notation: to.notation === 'listed' ? 'listed' : 'quoted' }, '')
    if (next < end) return next
    at = Math.min(text.length, end + quote.length)
    // The next element is another name; so is this one, unless it was a secret.
    if (to.notation === 'listed' && to.key.shape === undefined) return scan.spans.length > found ? at : from
    const element = endOf(LIST_COMMA, text, at)
    if (element === undefined || endOf(NEXT_MEMBER, text, element) !== undefined) return at
    at = text[element] === 'b' ? element + 1 : element
  }
  return at
}

function behindWrappers(text: string, from: number): number {
  let at = from
  for (let n = 0; n < 4; n++) at = endOf(WRAPPER, text, at) ?? at
  return at
}

/** In a query a quote is part of the value: raw `'`, or encoded once more than the separator. */
function openingQuote(scan: Scan, at: number, { joined, keyQuote, level }: Assignment): string {
  const { text } = scan
  const quote = quoteAt(text, at)
  if (quote === '') return ''
  if (quote.startsWith('%') && quoteLevel(quote) !== level) return ''
  // `["code=",1]` in JSON: that quote ends the string.
  if (keyQuote === '' && scan.isJson && /[\s,:\]}]/.test(text[at + quote.length] ?? '')) return ''
  return joined && quote === "'" ? '' : quote
}

/** A name in double quotes, escaped or not, has its value in quotes that end it; only others can run out of a JSON string. */
function limitOf(scan: Scan, start: number, { keyQuote }: Assignment): number {
  return keyQuote.endsWith('"') ? scan.lineEnd(start) : scan.valueLimit(start)
}

function bareValue(scan: Scan, at: number, to: Assignment): number {
  const literal = to.keyQuote === '' ? undefined : endOf(JSON_LITERAL, scan.text, at)
  if (to.key.shape !== undefined) return literal ?? content(scan, at, limitOf(scan, at, to), to, '')
  const end = literal ?? bareEnd(scan.text, at, to.level, to.joined)
  // `"otp":123456` must stay JSON; `password=…` must stay a form.
  const quoted = to.level === 0 && !to.joined && !to.keyQuote.startsWith('%')
  return content(scan, at, end, to, quoted ? to.keyQuote : '')
}

/** Judges the one value in [start, limit). */
function content(scan: Scan, start: number, limit: number, to: Assignment, quote: string): number {
  const { text } = scan
  const { key, notation } = to
  const quoted = notation === 'quoted' || notation === 'listed'
  if (key.shape === 'authorization') return authorizationHeader(scan, start, limit, quoted, to.level)
  if (key.shape !== undefined) return cookieHeader(scan, start, limit, quoted, key.shape === 'set-cookie')
  // A link under an everyday name (`token: 'https://issuer/token'`) may hold secrets of its own: read on inside.
  if (key.strength !== 'hard' && /^https?:/.test(text.slice(start, start + 6))) return start
  // Its own dashes and spaces would end it.
  if (text.startsWith('-----BEGIN', start)) {
    const end = privateKeyEnd(text, start)
    if (end > start) {
      scan.add(start, end, 'apikey')
      return end
    }
  }
  // `accessToken=OAuth2AccessToken(tokenValue=…`: the secret has a name of its own further inside.
  const object = to.joined || key.kind !== 'opaque' ? undefined : endOf(OBJECT, text, start)
  if (object !== undefined) return object
  const schemeEnd = endOf(SCHEME, text, start) ?? start
  const from = quoted && schemeEnd > limit ? start : schemeEnd
  const valueEnd = quoted || from === start ? limit : bareEnd(text, from, to.level)
  const end = tokenPartEnd(text, from, valueEnd)
  const value = canonical(text.slice(from, Math.min(end, from + VERDICT_LIMIT)))
  if (isWorkingDirectory(text, to.name, value)) return end
  const inRequest = notation === 'assigned' && isInsideOAuthRequest(scan, to.name, end, key.strength)
  if (saysItself(value) || isSecret(key, value, notation, inRequest)) scan.add(from, end, key.kind, quote)
  return end
}

/** The shell's `PWD=/srv/app` in a dumped environment. */
function isWorkingDirectory(text: string, name: number, value: string): boolean {
  return value.startsWith('/') && /^(?:OLD)?PWD=/.test(text.slice(name, name + 7))
}
