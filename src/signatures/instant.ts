/**
 * Reads an instant out of the many ways emitters print one inside a message (log stamps are the decoder's business).
 * Stamps without a zone are read in the zone given, because that is what the emitter's own clock showed.
 * Total: anything it cannot read is null. Result in epoch ms.
 */

/** Offset of a zone at a local wall time, ms; supplied by the caller so that this file needs no zone data. */
export type ZoneOffset = (local_ms: number) => number

export const UTC: ZoneOffset = () => 0

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

/** ISO 8601 / RFC 3339 with T, space or comma decimals; zone `Z`, `UTC`, `+01:00`, `+0100`, ` +0000 UTC` (Go), or none. */
const ISO =
  /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s?(Z|UTC|GMT|[+-]\d{2}:?\d{2})?/i
/** `11/16/2026 09:12:01` (IdentityModel under the invariant culture), `16.11.2026 09:12:01`, with optional AM/PM. */
const SLASHED =
  /^(\d{1,2})([/.])(\d{1,2})\2(\d{4}),? (\d{1,2}):(\d{2}):(\d{2})(?:[.,](\d{1,9}))?(?: ?([AP])\.?M\.?)?\s?(Z|UTC|GMT|[+-]\d{2}:?\d{2})?/i
/** `Mon Nov 16 09:12:01 UTC 2026` (Java Date, C), `Mon Nov 16 2026 09:12:01 GMT+0100` (JS), `Mon, 16 Nov 2026 09:12:01 GMT` (HTTP). */
const WORDED =
  /^(?:[A-Za-z]{3,9},? )?(?:([A-Za-z]{3})[a-z]* {1,2}(\d{1,2})|(\d{1,2}) ([A-Za-z]{3})[a-z]*),? (?:(\d{4}),? )?(\d{2}):(\d{2}):(\d{2})(?:[.,](\d{1,9}))?(?: ?(Z|UTC|GMT|CEST|CET|EST|EDT|CST|CDT|MST|MDT|PST|PDT|BST|JST)?([+-]\d{2}:?\d{2})?)?(?: (\d{4}))?/

const ABBREVIATIONS: Readonly<Record<string, number>> = {
  CET: 1,
  CEST: 2,
  BST: 1,
  EST: -5,
  EDT: -4,
  CST: -6,
  CDT: -5,
  MST: -7,
  MDT: -6,
  PST: -8,
  PDT: -7,
  JST: 9,
}

export function parseInstant(text: string, zone: ZoneOffset): number | null {
  const t = text.trim().slice(0, 80)
  if (/^\d{9,19}(?:\.\d+)?$/.test(t)) return epochToMs(Number(t))
  const iso = ISO.exec(t)
  if (iso !== null) {
    const [, y, mo, d, h, mi, s, fraction, offset] = iso
    return wall(+y!, +mo!, +d!, +h!, +mi!, +(s ?? 0), fraction, offset, undefined, zone)
  }
  const slashed = SLASHED.exec(t)
  if (slashed !== null) {
    const [, a, separator, b, y, h, mi, s, fraction, meridiem, offset] = slashed
    const dayFirst = separator === '.' || +a! > 12
    const hour = meridiem === undefined ? +h! : (+h! % 12) + (/p/i.test(meridiem) ? 12 : 0)
    const [month, day] = dayFirst ? [+b!, +a!] : [+a!, +b!]
    return wall(+y!, month, day, hour, +mi!, +s!, fraction, offset, undefined, zone)
  }
  const worded = WORDED.exec(t)
  if (worded !== null) {
    const [, m1, d1, d2, m2, y1, h, mi, s, fraction, abbreviation, offset, y2] = worded
    const month = MONTHS.indexOf((m1 ?? m2)!.toLowerCase()) + 1
    const year = y1 ?? y2
    if (month === 0 || year === undefined) return null
    return wall(+year, month, +(d1 ?? d2)!, +h!, +mi!, +s!, fraction, offset, abbreviation, zone)
  }
  return null
}

/** Seconds, milliseconds, microseconds or nanoseconds since the epoch, told apart by size (good for 1973–5138). */
export function epochToMs(value: number): number | null {
  if (!Number.isFinite(value) || value < 1e8) return null
  if (value < 1e11) return Math.round(value * 1000)
  if (value < 1e14) return Math.round(value)
  if (value < 1e17) return Math.round(value / 1000)
  return Math.round(value / 1e6)
}

/** An epoch in milliseconds, where a claim should be in seconds (RFC 7519 §2). */
export function isMilliseconds(epoch: string): boolean {
  const value = Number(epoch)
  return value >= 1e11 && value < 1e14
}

function wall(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
  fraction: string | undefined,
  offset: string | undefined,
  abbreviation: string | undefined,
  zone: ZoneOffset,
): number | null {
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 24 || minute > 59 || second > 60) return null
  const ms = fraction === undefined ? 0 : Math.floor(Number(`0.${fraction}`) * 1000)
  const local = Date.UTC(year, month - 1, day, hour, minute, second, ms)
  if (offset !== undefined && /[+-]/.test(offset)) {
    const digits = offset.replace(':', '')
    const minutes = Number(digits.slice(1, 3)) * 60 + Number(digits.slice(3, 5))
    return local - (digits[0] === '-' ? -minutes : minutes) * 60_000
  }
  if (offset !== undefined || abbreviation !== undefined)
    return local - (abbreviation === undefined ? 0 : (ABBREVIATIONS[abbreviation.toUpperCase()] ?? 0)) * 3_600_000
  return local - zone(local)
}
