/** JOSE tokens, private keys and providers' keys wherever they stand, without any name around them. */
import { base64urlEnd, isBoundary, JOSE_START, joseEnd } from '../jwt.ts'
import type { Context, Scan } from '../scan.ts'
import { prefixedKeyAt, privateKeyEnd } from '../self-evident.ts'
import { wrappedEnd } from '../wrapped.ts'

export const selfEvidentValue: Context = (scan, at, wordEnd) => {
  const { text } = scan
  if (JOSE_START.test(text.slice(at, at + 3))) return joseToken(scan, at, at + 3)
  if (text.startsWith('-----BEGIN', at)) {
    const end = privateKeyEnd(text, at)
    scan.add(at, end, 'apikey')
    return Math.max(end, wordEnd)
  }
  if (!isBoundary(text, at)) return at + 3
  const key = prefixedKeyAt(text, at)
  if (key === undefined) return at + 3
  const end = wrappedEnd(text, at, key.end)
  scan.add(at, end, key.kind)
  return end
}

/** Disclosures of an SD-JWT (RFC 9901 §4), what an ellipsis cut the middle out of, dots with spaces around them. */
const TAIL = /(?:~|…|\.{2,3}|[ \t]\.[ \t])([\w-]{16,})/y
const TAILS_LIMIT = 64

function behindToken(scan: Scan, from: number): number {
  let end = from
  for (let n = 0; n < TAILS_LIMIT; n++) {
    TAIL.lastIndex = end
    const part = TAIL.exec(scan.text)?.[1]
    // A token of its own: the key binding of an SD-JWT.
    if (part === undefined || JOSE_START.test(part)) return end
    end = TAIL.lastIndex
    scan.add(end - part.length, end, 'opaque')
  }
  return end
}

const joseToken: Context = (scan, at, wordEnd) => {
  if (at < scan.joseFreeUntil && scan.text[at + 2] !== 'J') return wordEnd
  const lineEnd = joseEnd(scan.text, at)
  if (lineEnd === at) {
    // No later start inside this run of characters can do better; without this, `ewoewoewo…` would cost its length squared.
    scan.joseFreeUntil = base64urlEnd(scan.text, at)
    return wordEnd
  }
  const end = wrappedEnd(scan.text, at, lineEnd)
  scan.add(at, end, 'opaque')
  return behindToken(scan, end)
}
