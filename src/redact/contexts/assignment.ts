/**
 * A secret's name, a separator, a value: query strings, forms, JSON at any depth of escaping, Python and Ruby dumps, logfmt, Java maps,
 * header dumps, HAR and OTLP name/value pairs. Leaves to secret-key.ts which names count and to verdict.ts which values do.
 * Invariant: only the inside of a value is taken, its quotes and brackets stay.
 */
import { canonical } from '../canonical.ts'
import { fingerprintLengthAt, isFingerprint } from '../fingerprint.ts'
import { isInsideOAuthRequest, isJoined } from '../oauth-request.ts'
import { bareEnd, quoteAt, quotedEnd, quoteLevel } from '../quoting.ts'
import type { Context, Scan } from '../scan.ts'
import { classifyKey, type KeyClass, nameStart } from '../secret-key.ts'
import { privateKeyEnd, saysItself, tokenPartEnd } from '../self-evident.ts'
import { isSecret, type Notation } from '../verdict.ts'
import { looksLikeWords } from '../words.ts'
import { wrappedEnd } from '../wrapped.ts'
import { authorizationHeader } from './authorization.ts'
import { cookieHeader, cookieObject } from './cookie.ts'
import { prose } from './prose.ts'
import { xmlElement } from './xml-element.ts'

/** Arrays of header values or tokens; more than this are read as ordinary text. */
const MAX_ELEMENTS = 64
/** A verdict needs no more of a value than this, a longer one is no word; characters. */
const VERDICT_LIMIT = 512

/** PHP's print_r says between name and bracket who may see a property. */
const CLOSING_BRACKET = /(?:(?::protected|:[\w\\]{0,80}:?private)?\]|%(?:25){0,3}5[Dd])/y
const SEPARATOR =
  /[ \t]{0,40}(?:==?>|=?=&gt;|:=|={1,3}|->|→|:(?!:)|[：＝]|%((?:25){0,3})3[DdAa]|\\{1,7}(?:u003[Dd]|[=:]))(?:%20|[ \t\u00a0]{0,8})/y
/** A comparison or an arrow says less: only what looks random behind it is a value. */
const COMPARISON = /^[ \t]{0,8}(?:={2,3}(?![>&])|->|→)/
/** `-ClientSecret "…"`, `:client-secret "…"` (Clojure), `| token | … |`: nothing between name and value but space. */
const SPACE = /[ \t]{1,8}(?=\\{0,7}["'])/y
/** `WITH PASSWORD '…'`, `PASSWORD('…')` in SQL. */
const SQL_VALUE = /(?:[ \t]{1,4}|[ \t]?\([ \t]?)(?=\\{0,7}')/y
const SQL_PASSWORD = /^password$/i
const CELL = /[ \t]{1,40}\|[ \t]{1,40}/y
/** PHP's serialize: `s:5:"token";s:12:"…"`. */
const SERIALIZED = /;s:[0-9]{1,9}:(?=\\{0,15}")/y
/** HAR: `{"name":"Cookie","value":"…"}`; OTLP JSON: `{"key":"…","value":{"stringValue":"…"}}`. */
const VALUE_MEMBER =
  /\s{0,8},\s{0,8}\\{0,15}["']value\\{0,15}["']\s{0,8}:\s{0,8}(?:\{\s{0,8}\\{0,15}["'](?:stringValue|string_value)\\{0,15}["']\s{0,8}:\s{0,8})?/iy
/** The rest of a pair whose one member is the name: other short members, then the value. Also as XML attributes and as YAML over two lines. */
const PAIR_VALUE =
  /(?:[\s,;]{1,40}\\{0,15}["']?[A-Za-z_]\w{0,19}\\{0,15}["']?\s{0,4}[:=]\s{0,4}(?:\\{0,15}["'][^"'\\]{0,60}\\{0,15}["']|[\w.]{1,20})){0,3}?[\s,;]{1,40}\\{0,15}["']?(?:string_?)?value\\{0,15}["']?\s{0,8}[:=]\s{0,8}(?:\{\s{0,8}\\{0,15}["'](?:stringValue|string_value)\\{0,15}["']\s{0,8}:\s{0,8})?/iy
/** What makes a quoted word the name of a pair. */
const PAIR_NAME =
  /(?:^|[^A-Za-z])(?:name|key|header|field|param|parameter|property|variable|k)\\{0,15}["']?\s{0,4}(?:=>|[:=])\s{0,4}\\{0,15}["']?$/i
const PAIR_NAME_LIMIT = 40
/** The pair's other member in front of its name: `{"value":"…","name":"token"}`. */
const VALUE_BEFORE = /value\\{0,15}["']\s{0,8}:\s{0,8}(?=\\{0,15}["'])/iy
const VALUE_BEFORE_LIMIT = 2_048
/** `<add name="token" …>` has its value inside, `<key>token</key><string>` in the next element. */
const INSIDE_TAG = /<\w[\w:.-]{0,40}\s[^<>]{0,100}$/
const NEXT_ELEMENT = /<\/[\w:.-]{1,40}>\s{0,40}<[\w:.-]{1,40}(?=[\s>])/y
/** multipart/form-data (RFC 7578 §4.2): `name="password"`, an empty line, the value. */
const FORM_PART = /(?:\r?\n|(?:\\{1,7}r)?\\{1,7}n){2}/y
/** Raw header lists: `["Cookie","a=b"]`, `(b'cookie', b'a=b')`. */
const LIST_COMMA = /(?:>>)?\s{0,8},\s{0,8}(?:<<)?(?=b?\\{0,15}["'])/y
/** `'abc' +\n 'def'`: long strings as Node and people break them; the second quote is the first one's. */
const CONCATENATION = /\s{0,4}\+(?:\s|\\{1,7}n){0,40}/y
/** A quoted string behind a comma that is another member's name, not another element. */
const NEXT_MEMBER = /b?\\{0,15}["'][^"'\\]{0,64}\\{0,15}["']\s{0,8}(?:[:,)]|=>)/y
/** A quoted string that a value follows. */
const MEMBER_NAME = /b?\\{0,15}["'][^"'\\]{0,64}\\{0,15}["']\s{0,8}(?::|=>)/y
/** An unquoted value behind a quoted name. */
const JSON_LITERAL =
  /(?:[Tt]rue|[Ff]alse|null|None|nil|-?[0-9]{1,32}(?:\.[0-9]{1,32})?(?:[eE][+-]?[0-9]{1,4})?)(?=[\s,\]}\\%&]|$)/y
/** What dumps put in front of a value: Python's b'…', Rust's Some("…"), PHP's string(12) "…", Java's Optional[…], {"value":…}, YAML's `|`, Spring's words. */
const WRAPPER =
  /(?:(?:Some|Optional|Secret|Ok|Just)[([]|[A-Z]\w{0,40}\((?=\\{0,15}["'])|\s{0,40}string\([0-9]{1,9}\)\s|\[\][\w.*]{1,24}\{|<<(?=\\{0,15}["'])|[|>][-+0-9]{0,2}[ \t]{0,4}(?:\r?\n|(?:\\{1,7}r)?\\{1,7}n)[ \t]{1,40}|\{\s{0,8}\\{0,15}["']?value\\{0,15}["']?\s{0,8}[:=]\s{0,8}|[bru]{1,2}(?=\\{0,15}["'])|rejected value \[|&\w{1,20}[ \t]|!{1,2}[\w/!-]{0,30}[ \t]|<<-?[A-Z]{2,8}(?:\r?\n|(?:\\{1,7}r)?\\{1,7}n)|[[(]\s{0,8})/y
/** `access_token=Bearer eyJ…`, `"token":"Bearer eyJ…"`: the scheme is no part of the token. */
const SCHEME = /(?:bearer|dpop|basic)(?:[ \t+]|%20|%2520){1,8}/iy

const OBJECT = /[A-Z][A-Za-z0-9]{2,60} ?[([{]/y

/** Names that people write a value behind in a sentence; what follows "the assertion was" is mostly about it. */
const IN_PROSE =
  /(?:token|code|secret|passw(?:or)?d|key|cookie|nonce|state|verifier|authorization|session(?:[_-]?id)?|sid|saml(?:request|response)|credentials?)$/i

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
  if (/[\s>]/.test(text[wordEnd] ?? '') && isElement(text, name))
    return xmlElement(scan, wordEnd, key.kind, text[wordEnd] === '>' && key.kind === 'password')
  const nextElement = endOf(NEXT_ELEMENT, text, wordEnd)
  if (nextElement !== undefined) return xmlElement(scan, nextElement, key.kind, false)
  const bracketEnd = closingBracketEnd(text, wordEnd)
  const keyQuote = quoteAt(text, bracketEnd)
  const nameEnd = closingBracketEnd(text, bracketEnd + keyQuote.length)
  const isPair = PAIR_NAME.test(text.slice(Math.max(0, name - PAIR_NAME_LIMIT), name))
  if (isPair && text[nameEnd] === '>' && INSIDE_TAG.test(text.slice(Math.max(0, name - 150), name)))
    return xmlElement(scan, nameEnd, key.kind, false)
  const separator = separatorAt(text, name, nameEnd, keyQuote, isPair)
  if (isPair && separator === undefined) valueBefore(scan, name, key)
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

/** `{"value":"…","name":"token"}` */
function valueBefore(scan: Scan, name: number, key: KeyClass): void {
  const { text } = scan
  const from = Math.max(0, name - VALUE_BEFORE_LIMIT)
  const at = text.slice(from, name).lastIndexOf('value')
  if (at < 0) return
  VALUE_BEFORE.lastIndex = from + at
  if (!VALUE_BEFORE.test(text)) return
  const open = VALUE_BEFORE.lastIndex
  const quote = quoteAt(text, open)
  const start = open + quote.length
  const end = quotedEnd(text, start, quote, name)
  // Nothing between but the name's own name.
  if (!/^[\\"'\s,]{1,40}\w{1,12}[\\"'\s:=>]{1,40}$/.test(text.slice(end, Math.min(name, end + 100)))) return
  const value = canonical(text.slice(start, Math.min(end, start + VERDICT_LIMIT)))
  if (isFingerprint(value)) return
  if (saysItself(value) || isSecret(key, value, 'quoted', false)) scan.add(start, end, key.kind)
}

function separatorAt(
  text: string,
  name: number,
  at: number,
  keyQuote: string,
  isPair: boolean,
): { end: number; level: number; notation: Notation; keyQuote: string } | undefined {
  SEPARATOR.lastIndex = at
  const match = SEPARATOR.exec(text)
  if (match !== null) {
    const level = match[1] === undefined ? 0 : 1 + match[1].length / 2
    const notation = (keyQuote !== '' || level > 0) && !COMPARISON.test(match[0]) ? 'assigned' : notationOf(match[0])
    return { end: SEPARATOR.lastIndex, level, notation, keyQuote }
  }
  const pair = isPair ? endOf(PAIR_VALUE, text, at) : undefined
  if (pair !== undefined) return { end: pair, level: 0, notation: 'assigned', keyQuote }
  if (keyQuote === '') {
    const space = /[:-]/.test(text.slice(Math.max(0, name - 1), name + 1)) ? endOf(SPACE, text, at) : undefined
    const cell = /\|[ \t]{1,40}$/.test(text.slice(Math.max(0, name - 41), name)) ? endOf(CELL, text, at) : undefined
    const sql = SQL_PASSWORD.test(text.slice(name, at)) ? endOf(SQL_VALUE, text, at) : undefined
    const end = space ?? cell ?? sql
    return end === undefined ? undefined : { end, level: 0, notation: 'assigned', keyQuote }
  }
  const serialized = endOf(SERIALIZED, text, at)
  if (serialized !== undefined) return { end: serialized, level: 0, notation: 'assigned', keyQuote }
  const part = endOf(FORM_PART, text, at)
  if (part !== undefined) return { end: part, level: 0, notation: 'assigned', keyQuote: '' }
  const end = endOf(VALUE_MEMBER, text, at)
  if (end !== undefined) return { end, level: 0, notation: 'assigned', keyQuote }
  const element = endOf(LIST_COMMA, text, at)
  if (element === undefined || endOf(MEMBER_NAME, text, element) !== undefined) return undefined
  return { end: element, level: 0, notation: 'listed', keyQuote }
}

function notationOf(separator: string): Notation {
  if (COMPARISON.test(separator)) return 'prose'
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
    if (scan.spans.length > found) at = concatenated(scan, at, quote, to.key)
    // The next element is another name; so is this one, unless it was a secret.
    if (to.notation === 'listed' && to.key.shape === undefined) return scan.spans.length > found ? at : from
    const element = endOf(LIST_COMMA, text, at)
    if (element === undefined || endOf(NEXT_MEMBER, text, element) !== undefined) return at
    at = text[element] === 'b' ? element + 1 : element
  }
  return at
}

/** What is glued to a string that was a secret is one; returns the end of the last piece. */
function concatenated(scan: Scan, from: number, quote: string, key: KeyClass): number {
  const { text } = scan
  let at = from
  for (let n = 0; n < MAX_ELEMENTS; n++) {
    const next = endOf(CONCATENATION, text, at)
    if (next === undefined || !text.startsWith(quote, next)) return at
    const start = next + quote.length
    const end = quotedEnd(text, start, quote, scan.lineEnd(start))
    if (fingerprintLengthAt(text, start) === 0) scan.add(start, end, key.kind)
    at = Math.min(text.length, end + quote.length)
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
  if (object !== undefined && isTypeName(text.slice(start, object))) return object
  const schemeEnd = endOf(SCHEME, text, start) ?? start
  const from = quoted && schemeEnd > limit ? start : schemeEnd
  const valueEnd = quoted || from === start ? limit : bareEnd(text, from, to.level)
  const end = tokenPartEnd(text, from, valueEnd)
  const value = canonical(text.slice(from, Math.min(end, from + VERDICT_LIMIT)))
  if (isWorkingDirectory(text, to.name, value)) return end
  const inRequest = notation === 'assigned' && isInsideOAuthRequest(scan, to.name, end, key.strength)
  if (saysItself(value) || isSecret(key, value, notation, inRequest)) {
    const wrapped = saysItself(value) ? wrappedEnd(text, from, end) : end
    scan.add(from, wrapped, key.kind, quote)
    return wrapped
  }
  // "invalid token: access_token is 6f1c…", "invalid nonce: expected …, got …": what is no value may lead to one.
  if (quoted) return end
  const inside = end - from <= VERDICT_LIMIT ? from : end
  return notation === 'prose' ? prose(scan, start - 1, key.kind, inside) : inside
}

/** `OAuth2AccessToken(`, as against random text in front of a bracket. */
function isTypeName(opening: string): boolean {
  const name = opening.replace(/\W+$/, '')
  const letters = name.replace(/[0-9]/g, '')
  return name.length - letters.length <= 2 && looksLikeWords(letters)
}

/** The shell's `PWD=/srv/app` in a dumped environment. */
function isWorkingDirectory(text: string, name: number, value: string): boolean {
  return value.startsWith('/') && /^(?:OLD)?PWD=/.test(text.slice(name, name + 7))
}
