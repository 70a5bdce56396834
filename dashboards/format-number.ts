/**
 * Numbers in words: counts, shares, changes, rates, sizes. Used by the terminal, the reports and the summaries, so that
 * one figure reads the same everywhere. Leaves times to format-time.ts and names to wording.ts.
 * Invariant: total for any number; what cannot be said (a share of nothing) is an en dash, never NaN.
 */

/** Stands where a figure cannot be given. */
export const NO_FIGURE = '–'

/** From here on a change reads better as a factor (`×12`) than as a percentage; ratio. */
const FACTOR_FROM = 10

const GROUPED = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })
const ONE_DIGIT = new Intl.NumberFormat('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 })

/** `1,204` */
export function formatCount(count: number): string {
  return Number.isFinite(count) ? GROUPED.format(count) : NO_FIGURE
}

/** In full where it fits into `width` characters, else short. */
export function formatCountWithin(count: number, width: number): string {
  const full = formatCount(count)
  return full.length <= width ? full : formatCountShort(count)
}

const SHORT_UNITS = ['', 'k', 'M', 'G', 'T']

/** At most five characters up to 10^15: `999`, `9,999`, `12.3k`, `4.0M`. */
export function formatCountShort(count: number): string {
  if (!Number.isFinite(count)) return NO_FIGURE
  if (count < 10_000) return formatCount(count)
  let value = count
  let unit = 0
  // 999.95 and above would round to "1000.0".
  while (value >= 999.5 && unit < SHORT_UNITS.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${value < 99.95 ? value.toFixed(1) : value.toFixed(0)}${SHORT_UNITS[unit]}`
}

/** Share of `part` in `whole`: `3.1 %`, `<0.1 %`, `100 %`. A dash where there is no whole. */
export function formatShare(part: number, whole: number): string {
  if (!(whole > 0) || !Number.isFinite(part)) return NO_FIGURE
  const percent = (part / whole) * 100
  if (percent === 0) return '0 %'
  if (percent < 0.1) return '<0.1 %'
  if (percent === 100) return '100 %'
  // Never round up to a whole that is not one.
  if (percent > 99.9 && percent < 100) return '>99.9 %'
  return `${ONE_DIGIT.format(percent)} %`
}

/**
 * Change of a count against the period before: `+12 %`, `−40 %`, `×12`, `new`, `gone`.
 * Empty when the earlier figure is not known (null) or both are zero.
 */
export function formatChange(now: number, before: number | null): string {
  if (before === null || (now === 0 && before === 0)) return ''
  if (before === 0) return 'new'
  if (now === 0) return 'gone'
  const ratio = now / before
  if (ratio >= FACTOR_FROM) return `×${formatCountShort(Math.round(ratio))}`
  const percent = Math.round((ratio - 1) * 100)
  if (percent === 0) return '0 %'
  return percent > 0 ? `+${percent} %` : `−${-percent} %`
}

/** A rate given per second, in the unit that reads best: `2.3/s`, `12/min`, `3/h`; `0/s` for none. */
export function formatRate(per_second: number): string {
  if (!Number.isFinite(per_second)) return NO_FIGURE
  if (per_second <= 0) return '0/s'
  if (per_second >= 0.95) return `${formatSmall(per_second)}/s`
  if (per_second * 60 >= 0.95) return `${formatSmall(per_second * 60)}/min`
  const per_hour = per_second * 3600
  return per_hour >= 0.95 ? `${formatSmall(per_hour)}/h` : '<1/h'
}

function formatSmall(value: number): string {
  return value < 9.95 ? ONE_DIGIT.format(value) : formatCountShort(Math.round(value))
}

const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']

/** `512 B`, `1.5 MiB`. */
export function formatBytes(bytes: number): string {
  if (!Number.isFinite(bytes)) return NO_FIGURE
  let value = bytes
  let unit = 0
  while (value >= 1023.5 && unit < BYTE_UNITS.length - 1) {
    value /= 1024
    unit += 1
  }
  return `${unit === 0 ? formatCount(value) : value < 9.95 ? ONE_DIGIT.format(value) : formatCount(value)} ${BYTE_UNITS[unit]}`
}

/** `1 file`, `3 files`; the plural is given where it is not the singular with an s. */
export function formatQuantity(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`
}
