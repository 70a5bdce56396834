/**
 * Undoes what a notation did to a value, so that one secret has one fingerprint whether it was logged raw, percent-encoded,
 * inside a JSON string, or inside a JSON string inside a JSON string.
 * Invariant: the result depends on the secret alone: every notation of a value ends at the same fixpoint.
 */

/** A callback inside a redirect_uri inside a logged URL is three levels; nobody writes five. */
const MAX_LEVELS = 5

const ENCODED = /[\\%&\s]/
const UNICODE_ESCAPE = /(?<!\\)\\+u00([2-7][0-9a-fA-F])/g
const BACKSLASHES = /\\+(["'/])?/g
const PERCENT = /%[0-9a-fA-F]{2}/g
const AMPERSAND = /&(?:amp|#38|#x26);/gi

export function canonical(raw: string): string {
  if (!ENCODED.test(raw)) return raw
  let value = raw.trim()
  for (let level = 0; level < MAX_LEVELS; level++) {
    const plainer = unescapeOnce(value)
    if (plainer === value) break
    value = plainer
  }
  return value
}

function unescapeOnce(value: string): string {
  let plain = value
  if (plain.includes('\\')) {
    plain = plain
      .replace(UNICODE_ESCAPE, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
      .replace(BACKSLASHES, (_, escaped?: string) => escaped ?? '\\')
  }
  if (plain.includes('%')) plain = percentDecoded(plain)
  return plain.includes('&') ? plain.replace(AMPERSAND, '&') : plain
}

function percentDecoded(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    // Stray percent signs or cut UTF-8: decode what stands for ASCII and leave the rest as it is.
    return value.replace(PERCENT, (encoded) => {
      const code = Number.parseInt(encoded.slice(1), 16)
      return code < 0x80 ? String.fromCharCode(code) : encoded
    })
  }
}
