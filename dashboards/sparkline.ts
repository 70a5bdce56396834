/**
 * A row of figures as a row of bars, one character each. Leaves colour and place to the caller.
 * Invariant: exactly `width` characters; zero is blank and anything above zero is seen.
 */

const UNICODE_BARS = '▁▂▃▄▅▆▇█'
const ASCII_BARS = '.:-=+*%#'

/**
 * @param values oldest first; more than `width` are averaged in groups, fewer stand at the right end
 * @param width characters
 * @param peak value that fills the cell; the largest of the row when left out (give one to compare rows)
 */
export function sparkline(
  values: readonly number[],
  width: number,
  style: 'unicode' | 'ascii' = 'unicode',
  peak?: number,
): string {
  if (width <= 0) return ''
  const columns = resample(values, width)
  const top = peak ?? Math.max(0, ...columns)
  const bars = style === 'ascii' ? ASCII_BARS : UNICODE_BARS
  let text = ''
  for (const value of columns) {
    if (!(value > 0) || !(top > 0)) text += ' '
    else {
      // Beyond what numbers hold, everything is as high as can be.
      const share = Number.isFinite(top) && Number.isFinite(value) ? value / top : 1
      text += bars[Math.min(bars.length - 1, Math.max(0, Math.ceil(share * bars.length) - 1))]
    }
  }
  return text.padStart(width)
}

/** At most `width` figures: means of neighbours, because sums of uneven groups would show peaks that never were. */
export function resample(values: readonly number[], width: number): number[] {
  if (values.length <= width) return [...values]
  return Array.from({ length: width }, (_, column) => {
    const group = values.slice(
      Math.ceil((column * values.length) / width),
      Math.ceil(((column + 1) * values.length) / width),
    )
    return group.reduce((sum, value) => sum + value, 0) / group.length
  })
}
