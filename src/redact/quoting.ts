/**
 * Where a value begins and ends: inside quotes at any depth of escaping (`"`, `\"`, `\\\"`, `%22`, `&quot;`, `\u0022`), or bare up to
 * what cannot belong to it. Invariant: the closing quote is the one of the same depth, so replacing the inside leaves the syntax whole.
 */
/** JSON in JSON in JSON in JSON is 15 backslashes; 6 levels are 63. More is an attack on the scanner. */
const MAX_BACKSLASHES = 63

const EXOTIC_QUOTE =
  /(?:%(?:25){0,3}5[Cc]){0,31}%(?:25){0,3}2[27]|&(?:quot|#34|#39|#x22|#x27|apos);|\\{1,7}u002[27]|(?:\\x5[Cc]){0,31}\\{1,7}x2[27]|\\{1,7}u\{2[27]\}/iy

/** The quote that opens at `at` as it is written (`"`, `\\"`, `%22`), or ''. */
export function quoteAt(text: string, at: number): string {
  let i = at
  while (i - at <= MAX_BACKSLASHES && text.charCodeAt(i) === 92) i++
  const code = text.charCodeAt(i)
  if (code === 34 || code === 39 || code === 96) return text.slice(at, i + 1)
  // `%22`, `&quot;`, `\u0022`, `\x22`.
  if (code === 37 || code === 38 || ((code === 117 || code === 120) && i > at)) {
    EXOTIC_QUOTE.lastIndex = at
    return EXOTIC_QUOTE.exec(text)?.[0] ?? ''
  }
  return ''
}

/** How often a quote as {@link quoteAt} gives it is percent-encoded; 0 if it is not. */
export function quoteLevel(quote: string): number {
  const nested = /%((?:25)*)2[27]$/.exec(quote)?.[1]
  return nested === undefined ? 0 : 1 + nested.length / 2
}

/** The parts of a quote: what escapes it, how often, and the mark itself. */
function anatomy(quote: string): { unit: string; depth: number; mark: string } {
  const percent = /^((?:%(?:25){0,3}5[Cc])*)(%(?:25){0,3}2[27])$/.exec(quote)
  if (percent !== null) {
    const [, escapes, mark] = percent as unknown as [string, string, string]
    const unit = `${mark.slice(0, -2)}5C`
    return { unit, depth: escapes.length / unit.length, mark }
  }
  const hex = /^((?:\\x5[Cc])+)(\\x2[27])$/.exec(quote)
  if (hex !== null) return { unit: '\\X5C', depth: hex[1]!.length / 4, mark: hex[2]! }
  const depth = quote.search(/[^\\]/)
  return { unit: '\\', depth, mark: quote.slice(depth) }
}

/** Where the value that `quote` opened before `from` ends: its closing quote, or `limit` if that was cut off. */
export function quotedEnd(text: string, from: number, quote: string, limit: number): number {
  const { unit, depth, mark } = anatomy(quote)
  // Every search ends at the latest at the mark that opens the next value, so all of them together read the text once.
  for (let at = text.indexOf(mark, from); at >= 0 && at < limit; at = text.indexOf(mark, at + 1)) {
    const escapes = escapesBefore(text, at, from, unit)
    // Fewer escapes close an outer string; more are an inner quote, unless whole escaped backslashes stand in front.
    if (escapes <= depth || (escapes - depth) % (2 * (depth + 1)) === 0)
      return at - Math.min(escapes, depth) * unit.length
  }
  return limit
}

function escapesBefore(text: string, at: number, from: number, unit: string): number {
  let start = at
  while (start - unit.length >= from && text.slice(start - unit.length, start).toUpperCase() === unit)
    start -= unit.length
  return (at - start) / unit.length
}

const NEXT_ASSIGNMENT = /[A-Za-z_$][\w.$[\]%-]{0,40}(?:=|:(?!\/\/))/y
/** `%26` and its like end a value whose own separator was percent-encoded at the same level. */
const ENCODED_DELIMITER = /^(?:26|22|27|20|2[Cc]|7[Dd]|3[BbCcEe]|0[AaDd]|5[Dd]|23)$/
const ENDS_ALWAYS = new Set([...'"`<> \t\n\r\v\f\u2028\u2029'].map((c) => c.charCodeAt(0)))
/** End a value only if what follows says that something else begins; they may be part of a password. */
const ENDS_PERHAPS = new Set([...",;)]}|&'"].map((c) => c.charCodeAt(0)))
const SENTENCE_END = new Set([...'.,:;)]}'].map((c) => c.charCodeAt(0)))

/**
 * End of a bare value. `level` is how often its separator was percent-encoded (0: `=`, 1: `%3D`, 2: `%253D`).
 * In a query or form (`inQuery`) only `&` separates; quotes and brackets there belong to the value unless the text around it ends with them.
 * JSON escapes of `/`, `+`, `=` belong to the value; any other backslash ends it.
 */
export function bareEnd(text: string, from: number, level: number, inQuery = false): number {
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
    } else if (ENDS_PERHAPS.has(code) && (inQuery ? queryEnds(text, i) : somethingElseFollows(text, i))) break
  }
  if (endsParameter(text, i)) return i
  while (i > from && SENTENCE_END.has(text.charCodeAt(i - 1))) i--
  return i
}

/** A dot in front of `&` or the end of a request line belongs to the value, in front of a space or quote to the sentence. */
function endsParameter(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  return code === 38 || code === 37 || text.startsWith(' HTTP/', at) || text.startsWith('\\u0026', at)
}

function escapedValueChar(text: string, at: number): number {
  let i = at
  while (i - at <= MAX_BACKSLASHES && text.charCodeAt(i) === 92) i++
  if (text[i] === '/') return i + 1 - at
  return /^u00(?:2[BbFfDd]|3[Dd])/.test(text.slice(i, i + 5)) ? i + 5 - at : 0
}

function queryEnds(text: string, at: number): boolean {
  if (text.charCodeAt(at) === 38 /* & */) return true
  // Only a few closing marks follow one another around a link; bounded, because every one of them asks.
  for (let i = at + 1; i < at + 8; i++) {
    const code = text.charCodeAt(i)
    if (text.startsWith(' HTTP/', i) || text.startsWith('\\u0026', i)) return false
    if (Number.isNaN(code) || code <= 32 || code === 92 || ENDS_ALWAYS.has(code)) return true
    if (!ENDS_PERHAPS.has(code) && code !== 46 /* . */) return false
  }
  return false
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
