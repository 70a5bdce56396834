/** How far a report can be trusted: what was read, what was not, what was not understood, which limits were reached. */
import { CONFIDENCES, type Confidence } from '../../core/confidence.ts'
import type { Quality, SourceFigures } from '../../core/report.ts'
import type { SourceStatus } from '../../core/source-status.ts'
import { shareOf } from './cause-figures.ts'
import type { ReportInput } from './compute-report.ts'
import type { PeriodInTime } from './timeline.ts'

/** Sources and gaps that are listed; their number is always told. */
const SOURCES_LISTED = 20
const GAPS_LISTED = 20

export function qualityOf(input: ReportInput, inTime: PeriodInTime): Quality {
  const { period, previous, extent, sources } = input
  const events = period.kinds.reduce((sum, { count }) => sum + count, 0)
  const confidence = Object.fromEntries(CONFIDENCES.map((each) => [each, 0])) as Record<Confidence, number>
  for (const row of period.signatures) confidence[row.confidence] += row.count
  const detail = input.limits.flatMap(({ detail_from_ms }) => (detail_from_ms === null ? [] : [detail_from_ms]))
  const asked_from_ms = Math.min(period.range.from_ms, previous?.range.from_ms ?? Infinity)
  return {
    // Sources with trouble first, then those that gave most.
    sources: sources
      .toSorted(
        (a, b) =>
          Number(b.error !== undefined) - Number(a.error !== undefined) ||
          b.counters.recognised - a.counters.recognised,
      )
      .slice(0, SOURCES_LISTED)
      .map(sourceFigures),
    sources_total: sources.length,
    gaps: inTime.gaps.slice(0, GAPS_LISTED),
    silent_hours: inTime.silent_hours,
    unrecognised: period.unrecognised,
    unrecognised_share: shareOf(period.unrecognised, period.unrecognised + events),
    confidence,
    limits: limitsOf(input),
    detail_from_ms: detail.length === 0 ? null : Math.max(...detail),
    history_from_ms: extent !== null && extent.from_ms > asked_from_ms ? extent.from_ms : null,
  }
}

function sourceFigures({ name, counters, last_record_ms, error }: SourceStatus): SourceFigures {
  return {
    name,
    records: counters.records,
    recognised: counters.recognised,
    last_record_ms: last_record_ms ?? null,
    error: error ?? null,
  }
}

function limitsOf({ limits }: ReportInput): Quality['limits'] {
  const sums = new Map<string, number>()
  for (const { name, count } of limits.flatMap(({ reached }) => reached)) sums.set(name, (sums.get(name) ?? 0) + count)
  return [...sums].map(([name, count]) => ({ name, count })).sort((a, b) => (a.name < b.name ? -1 : 1))
}
