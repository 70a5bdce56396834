/**
 * Series as promtool's unit tests write them: `1 2 3`, `a+bxn` (a, a+b … a+n·b), `a-bxn`, `axn` (a, n+1 times), `_` and `_xn`
 * (nothing, once and n times). https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/
 */

/** Values in a test; a month of minutes. */
const VALUES_MAX = 44_640

const WORD = /^(?:(_)|(-?\d{1,9}(?:\.\d{1,6})?))(?:([+-]\d{1,9}(?:\.\d{1,6})?)?x(\d{1,5}))?$/

/** Null for what is missing; a sentence where the text is no series. */
export function expandValues(text: string): (number | null)[] | string {
  const values: (number | null)[] = []
  for (const word of text.trim().split(/\s+/)) {
    const [whole, gap, first, step, times] = WORD.exec(word) ?? []
    if (whole === undefined || (gap !== undefined && step !== undefined))
      return `"${word}" is no value; write for example 3, 0x10, 1+2x5 or _x3`
    const n = times === undefined ? 0 : Number(times)
    if (values.length + n > VALUES_MAX) return `more than ${VALUES_MAX} values`
    if (gap !== undefined) for (let i = 0; i < Math.max(1, n); i++) values.push(null)
    else for (let i = 0; i <= n; i++) values.push(Number(first) + i * Number(step ?? 0))
  }
  return values
}
