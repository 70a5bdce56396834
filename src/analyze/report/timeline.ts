/**
 * A period as columns of a chart and as a heat map, on the wall clock of a zone, and the hours of which nothing was read.
 * Invariant: the failures of all columns add up to the failures of the period; silence is told apart from zero.
 */
import type { Cause } from '../../core/cause.ts'
import type { TimeRange } from '../../core/filter.ts'
import type { CoverageGap, HeatMap, Timeline, TimelineStep } from '../../core/report.ts'
import { indexOfRange, localDays, localHours, wallClock } from './local-calendar.ts'
import type { PeriodFacts } from './period-facts.ts'

/** More columns than this cannot be told apart in a chart a page wide; longer periods are shown by day. Hours. */
const MOST_HOURS = 8 * 24

const HOURS_OF_DAY = 24
const DAYS_OF_WEEK = 7

export interface PeriodInTime {
  timeline: Timeline
  heat: HeatMap
  gaps: CoverageGap[]
  silent_hours: number
}

/** `week_start`: 0 Sunday … 6 Saturday. Hours after `now_ms` have not happened and are left out. */
export function periodInTime(facts: PeriodFacts, zone: string, week_start: number, now_ms: number): PeriodInTime {
  const range = {
    from_ms: facts.range.from_ms,
    to_ms: Math.max(facts.range.from_ms + 1, Math.min(facts.range.to_ms, now_ms)),
  }
  const hours = filled(localHours(range, zone), facts)
  const unit = hours.length <= MOST_HOURS ? 'hour' : 'day'
  const silent = hours.filter((hour) => hour.silent)
  return {
    timeline: { unit, steps: unit === 'hour' ? hours : filled(localDays(range, zone), facts) },
    heat: heatMap(hours, zone, week_start),
    gaps: joined(silent).sort((a, b) => b.to_ms - b.from_ms - (a.to_ms - a.from_ms) || a.from_ms - b.from_ms),
    silent_hours: silent.length,
  }
}

function filled(ranges: readonly TimeRange[], facts: PeriodFacts): TimelineStep[] {
  const steps = ranges.map(
    ({ from_ms, to_ms }): TimelineStep => ({
      start_ms: from_ms,
      end_ms: to_ms,
      events: 0,
      failures: 0,
      causes: {},
      silent: true,
    }),
  )
  // What a host whose clock is ahead wrote "after now" belongs to the last column.
  const stepAt = (at_ms: number) => {
    const index = indexOfRange(ranges, Math.max(at_ms, facts.range.from_ms))
    return index >= 0 ? steps[index]! : steps.at(-1)!
  }
  for (const { start_ms, key, count } of facts.by_kind) {
    const step = stepAt(start_ms)
    step.events += count
    if (key.endsWith('/failure')) step.failures += count
    step.silent = false
  }
  for (const { start_ms, key, count } of facts.by_cause) {
    const { causes } = stepAt(start_ms)
    causes[key as Cause] = (causes[key as Cause] ?? 0) + count
  }
  return steps
}

function heatMap(hours: readonly TimelineStep[], zone: string, week_start: number): HeatMap {
  const weekdays = Array.from({ length: DAYS_OF_WEEK }, (_, row) => (week_start + row) % DAYS_OF_WEEK)
  const failures = weekdays.map(() => Array.from<number | null>({ length: HOURS_OF_DAY }).fill(null))
  for (const step of hours) {
    if (step.silent) continue
    const { weekday, hour } = wallClock(step.start_ms, zone)
    const row = failures[weekdays.indexOf(weekday)]!
    row[hour] = (row[hour] ?? 0) + step.failures
  }
  return { weekdays, failures }
}

function joined(silent: readonly TimelineStep[]): CoverageGap[] {
  const gaps: CoverageGap[] = []
  for (const { start_ms, end_ms } of silent) {
    const last = gaps.at(-1)
    if (last?.to_ms === start_ms) last.to_ms = end_ms
    else gaps.push({ from_ms: start_ms, to_ms: end_ms })
  }
  return gaps
}
