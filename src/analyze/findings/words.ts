/** Numbers, names and spans as findings say them; the same figure reads the same in every sentence. */
import { timeApart } from '../../core/time-apart.ts'

const GROUPED = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

export function count(n: number, one: string, many = `${one}s`): string {
  return `${GROUPED.format(n)} ${n === 1 ? one : many}`
}

export function number(n: number): string {
  return GROUPED.format(n)
}

/** `312 s`, `4.2 s`, `0.08 s`, `5,400 s`: leeways and lifetimes are set in seconds. */
export function seconds(s: number): string {
  const size = Math.abs(s)
  return `${size < 1 ? size.toFixed(2) : size < 100 ? size.toFixed(1).replace(/\.0$/, '') : GROUPED.format(size)} s`
}

/** `312 s ahead of auth-1`, `4 s behind auth-1`, `4 h 55 min 1 s behind auth-1`. */
export function apart(s: number, reference: string): string {
  return `${timeApart(s * 1000)} ${s > 0 ? 'ahead of' : 'behind'} ${reference}`
}

/** `96 %`; 100 % only for all of them. */
export function share(part: number, whole: number): string {
  const percent = whole === 0 ? 0 : (100 * part) / whole
  return `${part < whole ? Math.min(99, Math.round(percent)) : 100} %`
}

/** `a`, `a and b`, `a, b and 3 others`. */
export function some(values: readonly (readonly [string, number])[], shown = 3): string {
  const names = values.slice(0, shown).map(([value]) => value)
  const left = values.length - names.length
  if (left > 0) return `${names.join(', ')} and ${count(left, 'other')}`
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}
