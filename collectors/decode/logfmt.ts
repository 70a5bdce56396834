/**
 * Reads `key=value key="quoted \"value\"" flag` (logfmt, klog's structured tail, Keycloak's comma-separated events).
 * One pass over the characters, no regular expression, so a hostile line costs what its length costs.
 */

/** Pairs read from one record. */
const MAX_PAIRS = 200
/** A longer run before `=` is prose, not a key; characters. */
const MAX_KEY = 100

/** Some text formatters never quote (logrus with DisableQuote): the words that follow belong to the sentence before. */
const PROSE_KEYS: ReadonlySet<string> = new Set(['msg', 'message', 'error', 'err', 'reason', 'error_description'])

export type Pair = [key: string, value: string]

/** `comma`: pairs are separated by `, ` and an unquoted value may contain spaces. */
export function parsePairs(text: string, separator: 'space' | 'comma', from = 0): Pair[] {
  const pairs: Pair[] = []
  const length = text.length
  let at = from
  /** Where the last value of a prose key began, unquoted; -1 otherwise. */
  let prose = -1
  while (at < length && pairs.length < MAX_PAIRS) {
    let c = text.charCodeAt(at)
    if (c <= 32 || c === 44) {
      at++
      continue
    }
    const keyStart = at
    while (at < length && isKeyChar(text.charCodeAt(at))) at++
    c = text.charCodeAt(at)
    if (at === keyStart || c !== 61 || at === length || at - keyStart > MAX_KEY) {
      // A word without `=`: part of the sentence before it, or nothing.
      at = skipWord(text, Math.max(at, keyStart + 1))
      if (prose >= 0) pairs[pairs.length - 1]![1] = text.slice(prose, at)
      continue
    }
    const key = text.slice(keyStart, at)
    at++
    const quote = text.charCodeAt(at)
    if (quote === 34 || quote === 39) {
      const end = closingQuote(text, at)
      if (end > 0) {
        pairs.push([key, unescaped(text.slice(at + 1, end), quote)])
        at = end + 1
        prose = -1
        continue
      }
    }
    const start = at
    if (separator === 'comma') {
      let comma = text.indexOf(', ', at)
      if (comma < 0) comma = length
      at = comma
    } else at = skipWord(text, at)
    pairs.push([key, text.slice(start, at)])
    prose = separator === 'space' && PROSE_KEYS.has(key) ? start : -1
  }
  return pairs
}

/** Numbers and booleans get their type; everything else stays text. */
export function typed(value: string): string | number | boolean {
  const c = value.charCodeAt(0)
  if (((c >= 48 && c <= 57) || c === 45) && value.length <= 16 && /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(value))
    return Number(value)
  if (value === 'true') return true
  if (value === 'false') return false
  return value
}

function isKeyChar(c: number): boolean {
  return (
    (c >= 97 && c <= 122) ||
    (c >= 65 && c <= 90) ||
    (c >= 48 && c <= 57) ||
    c === 95 ||
    c === 45 ||
    c === 46 ||
    c === 64 ||
    c === 47 ||
    c === 36
  )
}

function skipWord(text: string, at: number): number {
  while (at < text.length && text.charCodeAt(at) > 32) at++
  return at
}

function closingQuote(text: string, open: number): number {
  const quote = text.charCodeAt(open)
  for (let at = open + 1; at < text.length; at++) {
    const c = text.charCodeAt(at)
    if (c === 92) at++
    else if (c === quote) {
      const next = at + 1 < text.length ? text.charCodeAt(at + 1) : 32
      if (next <= 32 || next === 44 || next === 93 || next === 125 || next === 41) return at
    }
  }
  return -1
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' }

function unescaped(text: string, quote: number): string {
  if (!text.includes('\\')) return text
  return text.replace(/\\(.)/gs, (whole, c: string) =>
    c === '\\' || c.charCodeAt(0) === quote || c === '"' ? c : (ESCAPES[c] ?? whole),
  )
}
