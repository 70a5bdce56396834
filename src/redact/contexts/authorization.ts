/**
 * What stands in an Authorization or Proxy-Authorization header (RFC 9110 §11.6): scheme, then one credential or a list of parameters.
 * The scheme stays, it says what the client tried. Leaves finding the header to assignment.ts and loose `Bearer …` to scheme.ts.
 */
import { fingerprintLengthAt } from '../fingerprint.ts'
import { bareEnd } from '../quoting.ts'
import type { Scan } from '../scan.ts'
import { tokenPartEnd } from '../self-evident.ts'
import { isPlaceholder, isStatusPhrase, isTemplate, looksLikeWords, looksRandom } from '../words.ts'

const GAP = '(?:[ \\t+:]|%20|%2520|\\\\u0020){1,8}'
const SCHEME = new RegExp(
  `(bearer|dpop|token|jwt|basic|negotiate|ntlm|api-?key|gnap|privatetoken|digest|hawk|oauth|mac|aws4-hmac-sha256|signature|vapid|scram-sha-256)${GAP}`,
  'iy',
)
/** A scheme of its own (`SSWS`, `GenieKey`, `Splunk`): one word in front of what looks random. */
const OTHER_SCHEME = /[A-Za-z][\w-]{1,31}(?:[ \t]|%20|\+){1,4}/y
const CREDENTIAL = /[\w.~+/-]{12,4096}/y
const WITH_PARAMETERS = /^(?:digest|hawk|oauth|mac|aws4|signature|vapid|scram)/i
const PARAMETER = /[\s,]{0,4}[\w-]{1,40}=(?:\\{0,7}"[^"\\\n]{0,4096}\\{0,7}"|[^\s,"']{0,4096})/y
/** `Bearer Bearer eyJ…` is a client's bug worth seeing; more repeats are an attack. */
const REPEATED_SCHEMES = 8

/** Adds the credential in [start, limit); `quoted` if a closing quote stands at `limit`. Returns where to go on. */
export function authorizationHeader(scan: Scan, start: number, limit: number, quoted: boolean, level: number): number {
  const { text } = scan
  let at = start
  let scheme = ''
  for (let n = 0; n < REPEATED_SCHEMES && fingerprintLengthAt(text, at) === 0; n++) {
    SCHEME.lastIndex = at
    const match = SCHEME.exec(text)
    if (match === null || SCHEME.lastIndex > limit) break
    scheme = match[1]!
    at = SCHEME.lastIndex
  }
  if (scheme === '' && fingerprintLengthAt(text, at) === 0) {
    OTHER_SCHEME.lastIndex = at
    const behind = OTHER_SCHEME.test(text) && OTHER_SCHEME.lastIndex < limit ? OTHER_SCHEME.lastIndex : at
    const taken = behind > at ? fingerprintLengthAt(text, behind) : 0
    if (taken > 0) return behind + taken
    CREDENTIAL.lastIndex = behind
    if (behind > at && looksRandom(CREDENTIAL.exec(text)?.[0] ?? '')) {
      scheme = 'other'
      at = behind
    }
  }
  if (WITH_PARAMETERS.test(scheme) && fingerprintLengthAt(text, at) === 0) {
    const end = quoted ? limit : parametersEnd(text, at, limit)
    if (end > at) {
      scan.add(at, end, 'digest')
      return end
    }
  }
  const end = tokenPartEnd(text, at, quoted ? limit : Math.min(limit, bareEnd(text, at, level)))
  const value = text.slice(at, end)
  if (isPlaceholder(value) || isStatusPhrase(value) || isTemplate(value)) return end
  // Or the scheme alone, its credential in a line that goes on (RFC 9112 §5.2).
  if (scheme === '' && looksLikeWords(value)) return at
  scan.add(at, end, /^basic$/i.test(scheme) ? 'basic' : 'opaque')
  return end
}

function parametersEnd(text: string, from: number, limit: number): number {
  let end = from
  for (;;) {
    PARAMETER.lastIndex = end
    if (!PARAMETER.test(text) || PARAMETER.lastIndex > limit) return end
    end = PARAMETER.lastIndex
  }
}
