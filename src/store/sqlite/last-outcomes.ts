/**
 * When each value of a dimension last succeeded and failed: looked for from the end of the range backwards, because most values are met on
 * its last day. Leaves counting to count-query.ts.
 */
import type { Filter, TimeRange } from '../../core/filter.ts'
import type { Outcome } from '../../core/kind.ts'
import type { Dimension } from '../../core/ports/store.ts'
import { DAY_MS, HOUR_MS } from '../time-grain.ts'
import type { CountQuery } from './count-query.ts'
import type { Lexicon } from './lexicon.ts'

/** Few enough to be named in a question. */
const NAMED = 500

export interface Last {
  success: number | null
  failure: number | null
}

/** Per number of a name the starts of the last hours, ms. */
export function lastOutcomes(
  counts: CountQuery,
  lexicon: Lexicon,
  dimension: Dimension,
  range: TimeRange,
  detail_from_ms: number,
  filter: Filter,
): Map<number, Last> {
  const last = new Map<number, Last>()
  /** What is still to be met, per value. */
  const missing = new Map<number, Set<Outcome>>()
  counts.run(range, detail_from_ms, filter, { by: 'dimension', dimension }, ({ outcome }, value) => {
    const outcomes = missing.get(value)
    if (outcomes === undefined) missing.set(value, new Set([outcome]))
    else outcomes.add(outcome)
  })
  for (let to_ms = range.to_ms, days = 1; missing.size > 0 && to_ms > range.from_ms; days *= 2) {
    // At midnights, which are borders of all buckets.
    const from_ms = Math.max(range.from_ms, (Math.ceil(to_ms / DAY_MS) - days) * DAY_MS)
    const met = new Map<number, Last>()
    const within = missing.size > NAMED ? filter : named(filter, dimension, lexicon, missing.keys())
    const grouping = { by: 'dimension_step', dimension, step_ms: HOUR_MS } as const
    counts.run({ from_ms, to_ms }, detail_from_ms, within, grouping, ({ outcome }, value, _, start_ms) => {
      if (missing.get(value)?.has(outcome) !== true) return
      const row = met.get(value) ?? { success: null, failure: null }
      row[outcome] = Math.max(row[outcome] ?? start_ms, start_ms)
      met.set(value, row)
    })
    for (const [value, { success, failure }] of met) {
      const row = last.get(value) ?? { success: null, failure: null }
      last.set(value, { success: success ?? row.success, failure: failure ?? row.failure })
      const outcomes = missing.get(value)!
      if (success !== null) outcomes.delete('success')
      if (failure !== null) outcomes.delete('failure')
      if (outcomes.size === 0) missing.delete(value)
    }
    to_ms = from_ms
  }
  return last
}

function named(filter: Filter, dimension: Dimension, lexicon: Lexicon, values: Iterable<number>): Filter {
  const names = [...values].map((value) => lexicon.names.text(value))
  return { include: { ...filter.include, [dimension]: names }, exclude: filter.exclude }
}
