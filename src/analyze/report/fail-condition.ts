/**
 * Conditions of `--fail-on`: when a report should fail a pipeline. One condition per text: `rate>2%`, `failures>=100`,
 * `new-cause`, `worse`, or a cause's count such as `skew>0`. Invariant: what cannot be told (no events, nothing to
 * compare) does not hold, and says so.
 */
import { type Cause, isCause } from '../../core/cause.ts'
import type { Report } from '../../core/report.ts'

export interface FailCondition {
  /** As it was given. */
  text: string
  /** Null: does not hold; else one clause that says what is the case. */
  check(report: Report): string | null
}

const COMPARED = /^(rate|failures|users|clients|[a-z]+)\s*(>=|>)\s*(\d+(?:\.\d+)?)\s*(%?)$/

/** Null where the text is no condition. */
export function parseFailCondition(text: string): FailCondition | null {
  const given = text.trim().toLowerCase()
  if (given === 'new-cause') return { text, check: newCause }
  if (given === 'worse') return { text, check: worse }
  const parts = COMPARED.exec(given)
  if (parts === null) return null
  const [, what, sign, number, percent] = parts as unknown as [string, string, '>' | '>=', string, string]
  const limit = Number(number)
  if (what === 'rate') {
    if (percent === '' || limit > 100) return null
    return {
      text,
      check: ({ totals: { share } }) =>
        over(share === null ? null : share * 100, sign, limit, 'the failure rate is', ' %'),
    }
  }
  if (percent !== '') return null
  if (what === 'failures' || what === 'users' || what === 'clients')
    return { text, check: ({ totals }) => over(totals[what], sign, limit, `${what}:`, '') }
  if (!isCause(what)) return null
  return { text, check: (report) => over(countOf(report, what), sign, limit, `failures by ${what}:`, '') }
}

function over(value: number | null, sign: '>' | '>=', limit: number, words: string, unit: string): string | null {
  if (value === null || !(sign === '>' ? value > limit : value >= limit)) return null
  return `${words} ${Number(value.toFixed(2))}${unit}`
}

function countOf({ causes }: Report, cause: Cause): number {
  return causes.find((each) => each.cause === cause)?.failures ?? 0
}

function newCause({ news }: Report): string | null {
  if (news === null || news.new_causes.length === 0) return null
  return `new: ${news.new_causes.map(({ cause, subcause }) => `${cause}/${subcause}`).join(', ')}`
}

function worse({ change: { verdict, ratio } }: Report): string | null {
  return verdict === 'more'
    ? `the failure rate rose${ratio === null ? '' : ` to ${ratio.toFixed(2)} times`} beyond doubt`
    : null
}
