/**
 * A password in the place where a program takes it without a name: `sshpass -p …`, `mysql -p…`, `IDENTIFIED BY '…'`, `AUTH PLAIN …`,
 * `"AUTH" "…"` of Redis, `jdbc:oracle:thin:user/…@host`. The trigger ends where it begins.
 */
import { fingerprintLengthAt } from '../fingerprint.ts'
import { bareEnd, quoteAt, quotedEnd } from '../quoting.ts'
import type { Context } from '../scan.ts'
import { isPlaceholder, isStatusPhrase } from '../words.ts'

const HOST_SIGN = '@'

export const programPassword: Context = (scan, at, wordEnd) => {
  const { text } = scan
  if (fingerprintLengthAt(text, wordEnd) > 0) return wordEnd
  const quote = quoteAt(text, wordEnd)
  const start = wordEnd + quote.length
  const end =
    text[at] === ':'
      ? text.indexOf(HOST_SIGN, start)
      : quote === ''
        ? bareEnd(text, start, 0)
        : quotedEnd(text, start, quote, scan.valueLimit(start))
  const value = text.slice(start, Math.min(end, start + 256))
  // `mysql -P`'s port by mistake, `docker run -p 8080:80`.
  if (/^[0-9:]{1,11}$/.test(value) || value.startsWith('-') || isPlaceholder(value) || isStatusPhrase(value))
    return wordEnd
  scan.add(start, end, 'password')
  return end
}
