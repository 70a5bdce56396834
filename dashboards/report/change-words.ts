/**
 * Changes in words: never a percentage alone, always whether chance explains it. Figures come with their interval from
 * src/analyze/report/compare-rates.ts.
 */
import type { RateChange } from '../../src/core/report.ts'
import { formatChange, formatCountShort, NO_FIGURE } from '../format-number.ts'
import type { Cell } from './document.ts'

/** From here on a factor reads better than a percentage. */
const FACTOR_FROM = 3

/** `more than chance explains (between 12 % and 80 % more)`, for the middle of a sentence; empty where unknown. */
export function changeSentence({ verdict, low, high }: RateChange): string {
  if (low === null || high === null) return ''
  const interval = `95 % interval: ${intervalWords(low, high)}`
  if (verdict === 'more') return `a rise that chance does not explain (${interval})`
  if (verdict === 'fewer') return `a fall that chance does not explain (${interval})`
  return `no clear change: the usual ups and downs explain it (${interval})`
}

/** A cell: the change of the count, marked only where the interval leaves no doubt. */
export function changeCell(now: number, before: number | null, change: RateChange): Cell {
  const text = formatChange(now, before) || NO_FIGURE
  if (change.verdict === 'more') return { text: `${text} ▲`, tone: 'bad' }
  if (change.verdict === 'fewer') return { text: `${text} ▼`, tone: 'good' }
  return { text }
}

/** `16 to 153 % more`, `20 % fewer to 30 % more`, `51 % more to 7 times`. */
function intervalWords(low: number, high: number): string {
  const [from, to] = [ratioWords(low), ratioWords(high)]
  const same = ['% more', '% fewer'].find((unit) => from.endsWith(unit) && to.endsWith(unit))
  return same === undefined ? `${from} to ${to}` : `${from.slice(0, -same.length - 1)} to ${to}`
}

/** `12 % more`, `40 % fewer`, `4.2 times`, `the same`. */
export function ratioWords(ratio: number): string {
  if (ratio >= FACTOR_FROM)
    return `${formatCountShort(ratio >= 10 ? Math.round(ratio) : Math.round(ratio * 10) / 10)} times`
  const percent = Math.round((ratio - 1) * 100)
  if (percent === 0) return 'the same'
  return percent > 0 ? `${percent} % more` : `${-percent} % fewer`
}
