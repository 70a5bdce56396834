/**
 * Finds the ids that a sentence names as `key=value` or `key: value`: of the request, the trace and the OAuth client; and the
 * request's where it stands in brackets before the sentence, as tagged loggers put it. Loggers that know no fields write them
 * into the message, and they are what joins the records of one request.
 * Invariant: one pass, a closed list of keys; nothing inside a URL counts, nor a word that stands for no value.
 */

/** Keys without `_`, `-` and `.`, lower case, and the attribute they are. */
const KEYS: ReadonlyMap<string, IdName> = new Map([
  ['requestid', 'request.id'],
  ['reqid', 'request.id'],
  ['xrequestid', 'request.id'],
  ['correlationid', 'request.id'],
  ['xcorrelationid', 'request.id'],
  ['traceid', 'trace_id'],
  ['ddtraceid', 'trace_id'],
  ['clientid', 'oauth.client_id'],
])
export type IdName = 'request.id' | 'trace_id' | 'oauth.client_id'

/** Signs looked at in one message; a longer list of pairs is a dump. */
const MAX_SIGNS = 64
/** `x-correlation-id` is the longest; characters. */
const MAX_KEY = 16
const MAX_VALUE = 120
const MIN_VALUE = 3
/** Written where there is none. */
const NO_VALUE = /^(?:null|none|nil|undefined|unknown|anonymous)$/i

/** A UUID, or as many hexadecimal digits, in brackets of its own: nothing else is numbered like that line by line. */
const TAG = /^[[(<{]((?:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{32}))[\])>}]:? /i

const NOTHING: readonly (readonly [IdName, string])[] = []

export function idsInText(message: string): readonly (readonly [IdName, string])[] {
  const tag = TAG.exec(message)?.[1]
  let found: [IdName, string][] | null = tag === undefined ? null : [['request.id', tag]]
  let at = nextSign(message, 0)
  for (let signs = 0; at >= 0 && signs < MAX_SIGNS; signs++, at = nextSign(message, at + 1)) {
    const name = KEYS.get(keyBefore(message, at))
    if (name === undefined) continue
    const value = valueAfter(message, at)
    if (value === null) continue
    found ??= []
    found.push([name, value])
  }
  return found ?? NOTHING
}

function nextSign(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const c = text.charCodeAt(at)
    if (c === EQUALS || c === COLON) return at
  }
  return -1
}

const EQUALS = 61
const COLON = 58
const QUOTES: ReadonlySet<string> = new Set(['"', "'"])

/** The word in front of the sign, as the list spells it; empty where it is none, or part of a URL's query. */
function keyBefore(text: string, sign: number): string {
  const end = QUOTES.has(text[sign - 1] ?? '') ? sign - 1 : sign
  let start = end
  while (start > 0 && end - start <= MAX_KEY && isWord(text.charCodeAt(start - 1))) start--
  const before = text[start - 1]
  if (end === start || end - start > MAX_KEY || before === '?' || before === '&' || before === '/') return ''
  return text.slice(start, end).toLowerCase().replace(/[-_.]/g, '')
}

function valueAfter(text: string, sign: number): string | null {
  let start = sign + 1
  if (text[start] === ' ' && text.charCodeAt(sign) === COLON) start++
  if (QUOTES.has(text[start] ?? '')) start++
  let end = start
  while (end < text.length && end - start <= MAX_VALUE && isValue(text.charCodeAt(end))) end++
  // A sentence's full stop is no part of it.
  while (end > start && (text[end - 1] === '.' || text[end - 1] === ':')) end--
  if (end - start < MIN_VALUE || end - start > MAX_VALUE) return null
  const value = text.slice(start, end)
  return NO_VALUE.test(value) ? null : value
}

/** Letters, digits and `_-.`. */
function isWord(c: number): boolean {
  return (c >= 48 && c <= 57) || (c >= 65 && c <= 90) || (c >= 97 && c <= 122) || c === 95 || c === 45 || c === 46
}

/** The same and `@:/`, which client ids may hold. */
function isValue(c: number): boolean {
  return isWord(c) || c === 64 || c === COLON || c === 47
}
