/**
 * `Bearer …`, `DPoP …` and `Basic …` outside a recognised header: error messages, dumps, curl commands.
 * Leaves headers with a name to authorization.ts. Challenges (`Bearer realm=…`, `Bearer error="invalid_token"`) and prose
 * ("Bearer token expired") are no credentials and stay.
 */
import { fingerprintLengthAt } from '../fingerprint.ts'
import type { Context } from '../scan.ts'
import { saysItself, tokenPartEnd } from '../self-evident.ts'
import { isPlaceholder, looksLikeWords, looksRandom } from '../words.ts'

const REPEATED =
  /(?:(?:bearer|dpop|basic)(?!:[0-9a-f]{16})|[ \t+:,]|%20|%2520|\\u0020|(?:\r?\n|(?:\\{1,7}r)?\\{1,7}n)[ \t]){1,64}/iy
/** `Bearer "…"`, `Bearer [6f1c…]`: only what looks random, or it is a template. */
const OPENED = /\\{0,7}["'[(<]/y
/** token68 of RFC 9110 §11.2, also percent-encoded or with JSON's escaped slash. */
const TOKEN68 = /(?:[\w.~+/-]|\\{1,7}\/|%2[BbFf])+(?:=|%3[Dd]){0,2}/y
const TOKEN_MIN = 8

export const scheme: Context = (scan, at, wordEnd) => {
  const { text } = scan
  REPEATED.lastIndex = at
  REPEATED.test(text)
  const gapEnd = Math.max(REPEATED.lastIndex, wordEnd)
  OPENED.lastIndex = gapEnd
  const opened = OPENED.test(text)
  const start = opened ? OPENED.lastIndex : gapEnd
  if (fingerprintLengthAt(text, start) > 0) return start
  TOKEN68.lastIndex = start
  if (!TOKEN68.test(text)) return start
  let end = TOKEN68.lastIndex
  // `error="…"`, `realm=x`: behind a word an equals sign begins a parameter's value, behind anything else it is padding.
  if (text[end - 1] === '=' && /^[a-z_-]{1,32}=$/i.test(text.slice(start, end)) && /["'\\\w]/.test(text[end] ?? ''))
    return end
  while (end > start && text[end - 1] === '.') end--
  const isBasic = /^basic/i.test(text.slice(at, at + 5))
  const value = text.slice(start, Math.min(end, start + 4096))
  if (opened && !looksRandom(value) && !saysItself(value)) return start
  if (isBasic ? !isBasicCredentials(value) : isWords(value)) return start
  scan.add(start, tokenPartEnd(text, start, end), isBasic ? 'basic' : 'opaque')
  return end
}

function isWords(value: string): boolean {
  if (saysItself(value)) return false
  return value.length < TOKEN_MIN || isPlaceholder(value) || looksLikeWords(value) || /^[0-9.:-]{1,15}$/.test(value)
}

/** `user:password` in base64 (RFC 7617 §2), as against "Basic authentication failed". */
function isBasicCredentials(value: string): boolean {
  return (
    /^[\x20-\x7e\u00a0-\uffff]*:[^\x00-\x1f\ufffd]*/.test(Buffer.from(value, 'base64').toString('utf8')) &&
    value.length >= 4
  )
}
