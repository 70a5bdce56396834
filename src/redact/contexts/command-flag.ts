/** `--client-secret hunter2` on a logged command line; `--client-secret=…` is an assignment like any other. */
import { fingerprintLengthAt } from '../fingerprint.ts'
import { bareEnd, quoteAt, quotedEnd } from '../quoting.ts'
import type { Context } from '../scan.ts'
import { tokenPartEnd } from '../self-evident.ts'
import { isPlaceholder, isStatusPhrase } from '../words.ts'

const GAP = /[ \t]{1,8}/y
const FLAG = /^-{1,2}[a-z-]{1,10}[ \t=]["']?/

export const commandFlag: Context = (scan, _at, wordEnd) => {
  const { text } = scan
  GAP.lastIndex = wordEnd - 1
  GAP.test(text)
  const gapEnd = GAP.lastIndex
  const quote = quoteAt(text, gapEnd)
  const start = gapEnd + quote.length
  const end = tokenPartEnd(
    text,
    start,
    quote === '' ? bareEnd(text, start, 0) : quotedEnd(text, start, quote, scan.valueLimit(start)),
  )
  const value = text.slice(start, Math.min(end, start + 256))
  if (value.startsWith('-') || isPlaceholder(value) || isStatusPhrase(value)) return start
  scan.add(start, end, 'secret')
  return end
}

/** `curl -u user:password`; `docker run -u 1000:1000` is no secret. The trigger ends behind the colon. */
export const userFlag: Context = (scan, at, wordEnd) => {
  const { text } = scan
  // `--user apikey:3fa9…`: what stood there was one secret and is taken out already.
  const name = at + (FLAG.exec(text.slice(at, wordEnd))?.[0].length ?? 0)
  const fingerprint = fingerprintLengthAt(text, name)
  if (fingerprint > 0) return name + fingerprint
  const quote = /["']/.exec(text.slice(at, wordEnd))?.[0] ?? ''
  const end = quote === '' ? bareEnd(text, wordEnd, 0) : quotedEnd(text, wordEnd, quote, scan.valueLimit(wordEnd))
  if (!/^[0-9]{0,10}$/.test(text.slice(wordEnd, Math.min(end, wordEnd + 11)))) scan.add(wordEnd, end, 'password')
  return end
}
