/** How an own rule's alert puts numbers and conditions where the rule brings no words of its own. */
import type { Metric } from './own-rule-spec.ts'
import type { Where } from './where.ts'

export function numberText(metric: Metric, value: number): string {
  if (metric === 'failure_share') return `${Number((value * 100).toFixed(1))} %`
  return String(Number(value.toFixed(metric === 'clock_offset' ? 1 : 2)))
}

/** `of cause skew, host api-1 or api-2`; '' where nothing is asked for. */
export function whereText(where: Where): string {
  const parts = Object.entries(where).map(
    ([label, values = []]) => `${label} ${values.join(' or ').replaceAll('!', 'not ')}`,
  )
  return parts.length === 0 ? '' : `of ${parts.join(', ')}`
}
