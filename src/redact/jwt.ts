/**
 * Finds where a JOSE token (JWS, JWE; RFC 7515, 7516) begins and ends in text, whole, tampered with or cut off by a log limit,
 * and keeps the facts inside that explain failures. Never verifies anything.
 * Invariant: subject and token id leave here as keyed fingerprints only, every fact is bounded and free of control characters.
 */
import type { TokenFacts } from '../core/token-facts.ts'

/** `eyJ` is base64url for `{"`; `eyA`, `ewo`, `ew0` for an object that opens with a space or a line break. */
export const JOSE_START = /^(?:eyJ|eyA|ewo|ew0)/

/** Shorter than this after `eyJ` nothing is given away; characters. */
const MIN_LENGTH = 10
/** A real header is below 1 KiB, a payload below 16 KiB; beyond this a "token" is an attack on the parser. Base64 characters. */
const DECODE_LIMIT = 65_536
const FACT_LIMIT = 256
const SCOPE_LIMIT = 512
/** What follows a token in a path is shorter than this; characters. */
const PATH_LIMIT = 256
/** `/users/17/orders`: words, short numbers and UUIDs between single slashes. */
const PATH_SEGMENTS =
  /^(?:\/(?:[a-z_-]{1,24}|[0-9]{1,10}|v[0-9]{1,2}|[\w-]{1,32}\.[a-z]{2,5}|[0-9a-f]{8}-[0-9a-f-]{27})?)+$/

const BASE64URL_RUN = /[\w-]*/y

/** End of the run of base64url characters (RFC 4648 §5) at `from`. */
export function base64urlEnd(text: string, from: number): number {
  BASE64URL_RUN.lastIndex = from
  BASE64URL_RUN.test(text)
  return BASE64URL_RUN.lastIndex
}

function isBase64urlAt(text: string, at: number): boolean {
  return base64urlEnd(text.slice(at, at + 1), 0) === 1
}

/** Length of a dot at `i`, plain or percent-encoded; 0 if there is none. */
function dotLength(text: string, i: number): number {
  if (text[i] === '.') return 1
  return text[i] === '%' && text[i + 1] === '2' && (text[i + 2] === 'E' || text[i + 2] === 'e') ? 3 : 0
}

/** End of the token that begins at `at`, or `at` if none does. Looks at every character once. */
export function joseEnd(text: string, at: number): number {
  const opensPlainly = text[at + 2] === 'J'
  if (!isBoundary(text, at) && !opensJson(text.slice(at, at + 16))) return at
  let end = paddingEnd(text, base64urlEnd(text, at))
  const headerEnd = end
  let segments = 1
  while (segments < 5) {
    const dot = dotLength(text, end)
    if (dot === 0) break
    const next = base64urlEnd(text, end + dot)
    if (next > end + dot) {
      segments++
      end = paddingEnd(text, next)
      continue
    }
    const afterDot = end + dot
    const secondDot = dotLength(text, afterDot)
    if (segments === 1 && secondDot > 0 && isBase64urlAt(text, afterDot + secondDot)) {
      // JWE with a directly used key: the encrypted-key segment is empty (RFC 7516 §5.1).
      segments = 2
      end = afterDot
      continue
    }
    // Empty signature: `alg: none`, or cut off just there. Not the dots of an ellipsis.
    if (segments === 2 && secondDot === 0) end = afterDot
    break
  }
  end = standardAlphabetEnd(text, end)
  if (opensPlainly) return end - at < MIN_LENGTH ? at : end
  return segments >= 3 && readHeader(text.slice(at, headerEnd)) !== undefined ? end : at
}

/** Base64 padding does not belong into a JWT (RFC 7515 §2) but is seen in hand-made ones. */
function paddingEnd(text: string, from: number): number {
  let i = from
  for (let n = 0; n < 2; n++) {
    if (text[i] === '=') i++
    else if (text[i] === '%' && text[i + 1] === '3' && (text[i + 2] === 'D' || text[i + 2] === 'd')) i += 3
  }
  return i
}

const STANDARD_ALPHABET = /(?:[\w.-]|\+|\\?\/|%2[BbFf])*(?:=|%3[Dd]){0,2}/y

/** A token written in the standard base64 alphabet goes on behind `+` and `/`; a URL's path does so too, but in words and ids. */
function standardAlphabetEnd(text: string, from: number): number {
  if (!/^(?:\+|\\?\/|%2[BbFf])/.test(text.slice(from, from + 3))) return from
  STANDARD_ALPHABET.lastIndex = from
  STANDARD_ALPHABET.test(text)
  let end = STANDARD_ALPHABET.lastIndex
  while (text[end - 1] === '.') end--
  if (end - from > PATH_LIMIT) return end
  return PATH_SEGMENTS.test(text.slice(from, end)) ? from : end
}

/** Nothing word-like in front, or only the tail of an escape such as `\n`, `%3D`, `\u003d`. */
export function isBoundary(text: string, at: number): boolean {
  if (at === 0 || !isBase64urlAt(text, at - 1)) return true
  return /(?:%(?:25){0,3}[0-9a-fA-F]{2}|=3[Dd]|\\[nrtbf]|\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|[_-])$/.test(
    text.slice(Math.max(0, at - 9), at),
  )
}

/** Tells `eyJhbGci…` from the tail of `KeyJwkSource`: decoded, only the former is printable. */
function opensJson(base64url: string): boolean {
  const run = base64url.slice(0, base64urlEnd(base64url, 0))
  const whole = run.slice(0, run.length - (run.length % 4))
  return whole.length >= 8 && /^\{[\s"][\x20-\x7e\s]+$/.test(Buffer.from(whole, 'base64url').toString('latin1'))
}

export interface JoseToken {
  kind: 'jwt' | 'jwe'
  /** What identifies it: a JWS by its signing input, so that a copy whose signature a logger removed is still the same token. */
  identity: string
  header: Record<string, unknown> | undefined
  payload: string | undefined
}

/** Header and payload of what looks like a JWS (RFC 7515 §5.1), without decoding it; undefined for anything else. */
export function signingInput(value: string): string | undefined {
  if (!value.startsWith('eyJ') || joseEnd(value, 0) !== value.length) return undefined
  const payload = value.indexOf('.') + 1
  const end = value.indexOf('.', payload)
  return payload > 0 && end > payload ? value.slice(0, end).replaceAll('=', '') : undefined
}

/** Takes a whole canonical value apart; undefined if it is no JOSE token. */
export function parseJose(value: string): JoseToken | undefined {
  if (!JOSE_START.test(value) || joseEnd(value, 0) !== value.length) return undefined
  const segments = value.split('.')
  const header = readHeader(segments[0]!)
  // Base64 of some other JSON object: a cursor, a state parameter.
  if (segments.length === 1 && header === undefined && isJson(segments[0]!)) return undefined
  if (segments.length === 5 || header?.enc !== undefined) {
    return { kind: 'jwe', identity: value, header, payload: undefined }
  }
  return { kind: 'jwt', identity: segments.slice(0, 2).join('.').replaceAll('=', ''), header, payload: segments[1] }
}

function decoded(segment: string): string | undefined {
  if (segment === '' || segment.length > DECODE_LIMIT) return undefined
  return Buffer.from(segment, 'base64').toString('utf8')
}

function jsonObject(text: string | undefined): Record<string, unknown> | undefined {
  // Cut-off text is the common case of what is no JSON; an exception for each would cost more than everything else.
  if (text === undefined || !/\}\s*$/.test(text.slice(-16))) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}

function isJson(segment: string): boolean {
  return jsonObject(decoded(segment)) !== undefined
}

function readHeader(segment: string): Record<string, unknown> | undefined {
  const header = jsonObject(decoded(segment))
  return header !== undefined && ('alg' in header || 'enc' in header) ? header : undefined
}

/** The claims of RFC 7519 §4.1 and their vendors' spellings, without the token's own fingerprint. */
export function joseFacts(
  token: JoseToken,
  fingerprint: (kind: 'sub' | 'jti', value: string) => string,
): Omit<TokenFacts, 'fingerprint'> {
  const header = token.header ?? {}
  const text = token.payload === undefined ? undefined : decoded(token.payload)
  const claims = jsonObject(text) ?? salvagedClaims(text ?? '')
  const facts: Omit<TokenFacts, 'fingerprint'> = {}
  const keep = <K extends keyof typeof facts>(name: K, value: (typeof facts)[K] | undefined) => {
    if (value !== undefined) facts[name] = value
  }
  keep('alg', word(header.alg))
  keep('kid', word(header.kid))
  keep('typ', word(header.typ))
  keep('iss', word(claims.iss ?? header.iss))
  keep('aud', list(claims.aud ?? header.aud, FACT_LIMIT))
  // `appid` is Entra ID v1, `cid` Okta.
  keep('client_id', word(claims.azp ?? claims.client_id ?? claims.appid ?? claims.cid))
  keep('scope', list(claims.scope ?? claims.scp, SCOPE_LIMIT))
  const subject = claims.sub
  if (isPlain(subject)) keep('subject', fingerprint('sub', String(subject)))
  const id = claims.jti
  if (isPlain(id)) keep('jti', fingerprint('jti', String(id)))
  keep('iat_ms', instant(claims.iat))
  keep('nbf_ms', instant(claims.nbf))
  keep('exp_ms', instant(claims.exp))
  const inMilliseconds = (claim: unknown) => Number(claim) >= LARGEST_SECONDS && Number(claim) < LARGEST_MILLISECONDS
  if ([claims.iat, claims.nbf, claims.exp].some(inMilliseconds)) facts.in_milliseconds = true
  return facts
}

function isPlain(value: unknown): value is string | number {
  return (typeof value === 'string' && value !== '') || typeof value === 'number'
}

function clean(text: string, limit: number): string {
  return text.replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, '').slice(0, limit)
}

function word(value: unknown): string | undefined {
  if (!isPlain(value)) return undefined
  return clean(String(value), FACT_LIMIT)
}

function list(value: unknown, limit: number): string | undefined {
  if (!Array.isArray(value)) return isPlain(value) ? clean(String(value), limit) : undefined
  const items = value.filter(isPlain)
  return items.length === 0 ? undefined : clean(items.join(' '), limit)
}

/** 1e11 seconds is the year 5138 and 1e11 milliseconds 1973: what is larger was not written in seconds. */
const LARGEST_SECONDS = 1e11
const LARGEST_MILLISECONDS = 1e14

/** NumericDate (RFC 7519 §2, seconds, fractions allowed) to ms; emitters that write ms or µs are recognised by size. */
function instant(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^[0-9]{1,16}(?:\.[0-9]{1,9})?$/.test(value) ? Number(value) : value
  if (typeof number !== 'number' || !Number.isFinite(number) || number < 0) return undefined
  if (number < LARGEST_SECONDS) return Math.round(number * 1000)
  if (number < LARGEST_MILLISECONDS) return Math.round(number)
  return number < LARGEST_MILLISECONDS * 1000 ? Math.round(number / 1000) : undefined
}

const CLAIM =
  /"(iss|aud|azp|client_id|appid|cid|scope|scp|sub|jti|iat|nbf|exp)"\s?:\s?(?:"([^"\\]{1,256})"|([0-9]{1,16}(?:\.[0-9]{1,9})?)(?=[,}\s]))/g

/** Claims of a payload that a log limit cut in the middle: those that are there completely; the first of a name counts. */
function salvagedClaims(text: string): Record<string, unknown> {
  const claims: Record<string, unknown> = {}
  for (const match of text.slice(0, DECODE_LIMIT).matchAll(CLAIM)) claims[match[1]!] ??= match[2] ?? match[3]
  return claims
}
