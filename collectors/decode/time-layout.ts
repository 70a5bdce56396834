/**
 * Time layouts as data: `dd/MMM/yyyy:HH:mm:ss Z`, `EEE MMM d HH:mm:ss.f yyyy`, or the names `iso` and `epoch`.
 * Letters as in Unicode's date patterns (java.time, date-fns): yyyy yy MM MMM dd d HH H hh h mm ss .f (fraction, optional, point or
 * comma) Z (offset or UTC/GMT/Z) a (AM/PM) EEE; text in '…' and all else stands for itself.
 * A layout without a year takes the latest year that does not lie in the future.
 */
import { dateUtc, parseEpoch, parseIso, RESOLUTIONS, type Stamp, zoneSuffix } from './stamp.ts'
import type { ZoneOffset } from './zone-offset.ts'

/** `reference_ms`: about now, for stamps without a year. */
export type TimeLayout = (value: unknown, zone: ZoneOffset, reference_ms: number) => Stamp | null

/**
 * A year-less stamp may lie this far after the reference before last year is meant; ms. Fast clocks and zone mistakes
 * are a matter of hours or days, logs older than 51 weeks are rare.
 */
export const YEARLESS_AHEAD_MS = 7 * 86_400_000

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const TOKEN = /'([^']*)'|[.,]f|yyyy|yy|MMM|MM|M|dd|d|HH|H|hh|h|mm|ss|f|Z|a|EEE|[^A-Za-z]|[A-Za-z]+/y
const PIECES: Readonly<Record<string, string>> = {
  yyyy: '(?<y>\\d{4})',
  yy: '(?<y>\\d{2})',
  MMM: '(?<mon>[A-Za-z]{3})',
  MM: '(?<m>\\d{2})',
  M: '(?<m>\\d{1,2})',
  dd: '(?<d>[ \\d]?\\d)',
  d: ' ?(?<d>\\d{1,2})',
  HH: '(?<h>\\d{2})',
  H: '(?<h>\\d{1,2})',
  hh: '(?<h>\\d{2})',
  h: '(?<h>\\d{1,2})',
  mm: '(?<min>\\d{2})',
  ss: '(?<s>\\d{2})',
  '.f': '(?:[.,](?<f>\\d{1,9}))?',
  ',f': '(?:[.,](?<f>\\d{1,9}))?',
  f: '(?<f>\\d{1,9})',
  Z: '(?<z>[A-Za-z]{1,4}|[+-]\\d{2}:?\\d{2})?',
  a: '(?<a>[AaPp])\\.?[Mm]\\.?',
  EEE: '[A-Za-z]{3}',
}

/** Throws a RangeError naming the letters it does not know. */
export function compileTimeLayout(layout: string): TimeLayout {
  if (layout === 'iso') return (value, zone) => (typeof value === 'string' ? parseIso(value, zone) : null)
  if (layout === 'epoch') return parseEpoch
  let source = ''
  TOKEN.lastIndex = 0
  for (let match = TOKEN.exec(layout); match !== null; match = TOKEN.exec(layout)) {
    const [token, quoted] = match
    const piece = PIECES[token]
    if (piece !== undefined) source += piece
    else if (/[A-Za-z]/.test(token) && quoted === undefined)
      throw new RangeError(`"${token}" is no part of a time layout; put text in '…'`)
    else source += literal(quoted ?? token)
  }
  const pattern = new RegExp(`^${source}$`)
  const hasYear = source.includes('(?<y>')
  return (value, zone, reference_ms) => {
    if (typeof value !== 'string') return null
    const g = pattern.exec(value.trim())?.groups
    if (g === undefined) return null
    const month = g.mon === undefined ? Number(g.m) : MONTHS.indexOf(g.mon.toLowerCase()) + 1
    const day = Number(g.d)
    let hour = Number(g.h)
    const minute = Number(g.min ?? 0)
    const second = Number(g.s ?? 0)
    if (!(month >= 1 && month <= 12 && day >= 1 && day <= 31 && hour <= 24 && minute <= 59 && second <= 60)) return null
    if (g.a !== undefined) hour = (hour % 12) + (g.a === 'P' || g.a === 'p' ? 12 : 0)
    const suffix = g.z === undefined ? undefined : zoneSuffix(g.z, 0)
    if (suffix === null) return null
    const fraction = g.f === undefined ? 0 : Number(g.f.slice(0, 3).padEnd(3, '0'))
    const instant = (year: number): number => {
      const local = dateUtc(year, month, day, hour, minute, second) + fraction
      return local - (suffix ?? zone(local))
    }
    const ms = hasYear ? instant(fullYear(g.y!)) : nearestYear(instant, reference_ms)
    return { ms, resolution: RESOLUTIONS[Math.min(g.f?.length ?? 0, 3)]!, naive: suffix === undefined }
  }
}

/** The latest year whose instant is not after the reference by more than the allowance. */
export function nearestYear(instant: (year: number) => number, reference_ms: number): number {
  let year = new Date(reference_ms).getUTCFullYear() + 1
  while (instant(year) > reference_ms + YEARLESS_AHEAD_MS) year--
  return instant(year)
}

function fullYear(text: string): number {
  return text.length === 4 ? Number(text) : 2000 + Number(text)
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}
