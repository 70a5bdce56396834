/**
 * Where a value begins and ends: inside quotes at any depth of escaping (`"`, `\"`, `\\\"`, `%22`, `&quot;`, `\u0022`), or bare up to
 * what cannot belong to it. Invariant: the closing quote is the one of the same depth, so replacing the inside leaves the syntax whole.
 */
import type { Scan } from './scan.ts'

/** JSON in JSON in JSON in JSON is 15 backslashes; 6 levels are 63. More is an attack on the scanner. */
const MAX_BACKSLASHES = 63

const EXOTIC_QUOTE =
  /%(?:25){0,3}5[Cc]%(?:25){0,3}2[27]|%(?:25){0,3}2[27]|&(?:quot|#34|#39|#x27|apos);|\\{1,7}u002[27]/y

/** The quote that opens at `at` as it is written (`"`, `\\"`, `%22`), or ''. */
export function quoteAt(text: string, at: number): string {
  let i = at
  while (i - at <= MAX_BACKSLASHES && text.charCodeAt(i) === 92) i++
  const code = text.charCodeAt(i)
  if (code === 34 || code === 39 || code === 96) return text.slice(at, i + 1)
  if (code === 37 || code === 38 || (code === 117 && i > at)) {
    EXOTIC_QUOTE.lastIndex = at
    return EXOTIC_QUOTE.exec(text)?.[0] ?? ''
  }
  return ''
}

/** Where the value that `quote` opened before `from` ends: its closing quote, or the line's end if that was cut off. */
export function quotedEnd(scan: Scan, from: number, quote: string): number {
  const { text } = scan
  const limit = scan.lineEnd(from)
  const char = quote.at(-1)!
  if (char === ';' || /[0-9]/.test(char)) {
    const end = boundedIndexOf(text, quote, from, limit)
    return end < 0 ? limit : end
  }
  const depth = quote.length - 1
  const code = char.charCodeAt(0)
  let backslashes = 0
  for (let i = from; i < limit; i++) {
    const c = text.charCodeAt(i)
    if (c === 92) {
      backslashes++
      continue
    }
    // Fewer backslashes close an outer string; more are an inner quote, unless whole escaped backslashes stand in front.
    if (c === code && (backslashes <= depth || (backslashes - depth) % (2 * (depth + 1)) === 0)) {
      return i - Math.min(backslashes, depth)
    }
    backslashes = 0
  }
  return limit
}

function boundedIndexOf(text: string, needle: string, from: number, limit: number): number {
  const first = needle.charCodeAt(0)
  for (let i = from; i < limit; i++) {
    if (text.charCodeAt(i) === first && text.startsWith(needle, i)) return i
  }
  return -1
}

const NEXT_ASSIGNMENT = /[A-Za-z_$][\w.$[\]%-]{0,40}(?:=|:(?!\/\/))/y
/** `%26` and its like end a value whose own separator was percent-encoded at the same level. */
const ENCODED_DELIMITER = /^(?:26|22|27|20|2[Cc]|7[Dd]|3[BbCcEe]|0[AaDd]|5[Dd]|23)$/
const ENDS_ALWAYS = new Set([...'"\'`<> \t\n\r\v\f\u2028\u2029'].map((c) => c.charCodeAt(0)))
/** End a value only if what follows says that something else begins; they may be part of a password. */
const ENDS_PERHAPS = new Set([...',;)]}|&'].map((c) => c.charCodeAt(0)))
const SENTENCE_END = new Set([...'.,:;)]}'].map((c) => c.charCodeAt(0)))

/**
 * End of a bare value. `level` is how often its separator was percent-encoded (0: `=`, 1: `%3D`, 2: `%253D`).
 * JSON escapes of `/`, `+`, `=` belong to the value; any other backslash ends it.
 */
export function bareEnd(text: string, from: number, level: number): number {
  let i = from
  for (; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code < 32 || ENDS_ALWAYS.has(code)) break
    if (code === 92) {
      const length = escapedValueChar(text, i)
      if (length === 0) break
      i += length - 1
    } else if (code === 37 && level > 0) {
      const encoded = text.slice(i + 1, i + 1 + 2 * level)
      if (encoded.startsWith('25'.repeat(level - 1)) && ENCODED_DELIMITER.test(encoded.slice(-2))) break
    } else if (ENDS_PERHAPS.has(code) && somethingElseFollows(text, i)) break
  }
  while (i > from && SENTENCE_END.has(text.charCodeAt(i - 1))) i--
  return i
}

function escapedValueChar(text: string, at: number): number {
  let i = at
  while (i - at <= MAX_BACKSLASHES && text.charCodeAt(i) === 92) i++
  if (text[i] === '/') return i + 1 - at
  return /^u00(?:2[BbFfDd]|3[Dd])/.test(text.slice(i, i + 5)) ? i + 5 - at : 0
}

function somethingElseFollows(text: string, at: number): boolean {
  if (at + 1 >= text.length) return true
  const next = text.charCodeAt(at + 1)
  if (next <= 32 || next === 92 || ENDS_ALWAYS.has(next)) return true
  if (ENDS_PERHAPS.has(next) || next === 46 /* . */) return text.charCodeAt(at) !== 38 /* & */
  let start = at + 1
  if (text.startsWith('amp;', start)) start += 4
  NEXT_ASSIGNMENT.lastIndex = start
  return NEXT_ASSIGNMENT.test(text)
}
