/**
 * Values inside a Cookie or Set-Cookie header (RFC 6265 §4); names and Set-Cookie attributes stay, they tell sessions apart from consent banners.
 * Leaves finding the header to assignment.ts.
 */
import { fingerprintLengthAt } from '../fingerprint.ts'
import { bareEnd, quoteAt, quotedEnd } from '../quoting.ts'
import type { Scan } from '../scan.ts'
import { isPlaceholder, looksRandom } from '../words.ts'

const NAME = /[\s;,]{0,8}([\w!#$%&*+.:^|~-]{1,128})=/y
const ATTRIBUTE = /^(?:path|domain|expires|max-age|samesite|priority|version|comment)$/i
const DATE = /[A-Za-z]{3}, [0-9]{2}[ -][A-Za-z]{3}[ -][0-9]{2,4} [0-9:]{8}(?: [A-Z]{3})?/y
/** In a bare header a value ends here; inside quotes only `;` and the closing quote end it. */
const BARE_DELIMITER = /[\s;"'`\\<>]/
const NEXT_COOKIE = /,\s?[\w!#$%&*+.^|~-]{1,128}=/y

/** Adds the cookies in [start, limit); `quoted` if a closing quote stands at `limit`. Returns the position behind the last one. */
export function cookieHeader(scan: Scan, start: number, limit: number, quoted: boolean, isSetCookie: boolean): number {
  const { text } = scan
  let at = start
  for (;;) {
    NAME.lastIndex = at
    const name = NAME.exec(text)
    if (name === null || NAME.lastIndex > limit) {
      if (at === start) return lonelyValue(scan, start, quoted ? limit : Math.min(limit, bareEnd(text, start, 0)))
      const flag = isSetCookie ? /[\s;]{0,8}(?:secure|httponly|partitioned)(?![\w-])/iy : undefined
      if (flag === undefined) return at
      flag.lastIndex = at
      if (!flag.test(text) || flag.lastIndex > limit) return at
      at = flag.lastIndex
      continue
    }
    const from = NAME.lastIndex
    if (isSetCookie && ATTRIBUTE.test(name[1]!)) {
      DATE.lastIndex = from
      at = DATE.test(text) && DATE.lastIndex <= limit ? DATE.lastIndex : valueEnd(text, from, limit, quoted)
      continue
    }
    at = valueEnd(text, from, limit, quoted)
    const [valueStart, end] = withoutQuotes(text, from, at)
    if (!isPlaceholder(text.slice(valueStart, Math.min(end, valueStart + 201)))) scan.add(valueStart, end, 'cookie')
  }
}

/** `"cookie":"dGhpcyBpcyBh…"`, `.AspNetCore.Cookies=CfDJ8…`: no name inside, but random text. */
function lonelyValue(scan: Scan, start: number, end: number): number {
  const taken = fingerprintLengthAt(scan.text, start)
  if (taken > 0) return start + taken
  if (looksRandom(scan.text.slice(start, end))) scan.add(start, end, 'cookie')
  return end
}

function valueEnd(text: string, from: number, limit: number, quoted: boolean): number {
  let i = from
  for (; i < limit; i++) {
    const char = text[i]!
    if (char === ';') break
    if (quoted) {
      if (char === ',' && isNextCookie(text, i)) break
      continue
    }
    if (BARE_DELIMITER.test(char) && !(char === '"' && i === from)) {
      if (char === '"' && text[from] === '"') i++
      break
    }
    if ((char === ',' || char === ']' || char === ')' || char === '}') && endsBare(text, i)) break
  }
  return i
}

function isNextCookie(text: string, at: number): boolean {
  NEXT_COOKIE.lastIndex = at
  return NEXT_COOKIE.test(text)
}

function endsBare(text: string, at: number): boolean {
  const next = text[at + 1]
  return next === undefined || /[\s,;\])}"'\\.]/.test(next) || (text[at] === ',' && isNextCookie(text, at))
}

/** RFC 6265 allows a quoted value; inside a JSON string its quotes are escaped. */
function withoutQuotes(text: string, start: number, end: number): [number, number] {
  const open = /^\\{0,7}"/.exec(text.slice(start, start + 8))?.[0]
  if (open === undefined || end - start < 2 * open.length || !text.startsWith(open, end - open.length))
    return [start, end]
  return [start + open.length, end - open.length]
}

const MEMBER = /\s{0,8},?\s{0,8}\\{0,15}["'][^"'\\]{1,128}\\{0,15}["']\s{0,8}(?::|=>)\s{0,8}/y

/** `"cookies":{"sid":"…","theme":"dark"}`: parsed cookies, every value. Returns the position behind the last one. */
export function cookieObject(scan: Scan, brace: number): number {
  const { text } = scan
  let at = brace + 1
  for (;;) {
    MEMBER.lastIndex = at
    const quote = MEMBER.test(text) ? quoteAt(text, MEMBER.lastIndex) : ''
    if (quote === '') return at
    const start = MEMBER.lastIndex + quote.length
    const end = quotedEnd(text, start, quote, quote.endsWith('"') ? scan.lineEnd(start) : scan.valueLimit(start))
    scan.add(start, end, 'cookie')
    at = Math.min(text.length, end + quote.length)
  }
}
