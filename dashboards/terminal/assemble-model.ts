/**
 * Turns the store's answers into the model the screens draw: pure arithmetic, no I/O. The app layer asks the questions
 * (one per field of `StoreAnswers`, over the windows of time-window.ts) and hands the answers over.
 * Invariant: a figure that cannot be known is null, never zero.
 */
import { CAUSE_ORDER, type Cause, type Subcause } from '../../src/core/cause.ts'
import type { TimeRange } from '../../src/core/filter.ts'
import type { Kind } from '../../src/core/kind.ts'
import type { CauseCount, DimensionRow, KindCount, SeriesPoint, UnrecognisedGroup } from '../../src/core/ports/store.ts'
import type { Healing } from '../../src/core/report.ts'
import { type ClockAnswers, clockRows } from './clock-rows.ts'
import { type FindingAnswers, findingRows } from './finding-rows.ts'
import type {
  CauseRow,
  DashboardModel,
  FindingState,
  IncidentDetail,
  KindFigures,
  ListedIncident,
  Notice,
  PartyPanel,
  PartyRow,
  SourceRow,
} from './model.ts'
import type { TimeWindow } from './time-window.ts'

/** Answers of `StoreReader` for one window; `previous` stands for the equal period before. */
export interface StoreAnswers {
  now_ms: number
  window: TimeWindow
  extent: TimeRange | null
  kinds: readonly KindCount[]
  causes: readonly CauseCount[]
  previous_causes: readonly CauseCount[]
  /** `series(range, window.step_ms, 'cause', filter)` */
  series: readonly SeriesPoint[]
  incidents: readonly ListedIncident[] | null
  /** Of the range and of the period before it; null: not asked for. */
  parties: Readonly<Partial<Record<PartyPanel, PartyAnswers>>>
  /** Null: not asked for. */
  clocks: ClockAnswers | null
  /** Null: not asked for. */
  findings: Omit<FindingAnswers, 'now_ms'> | null
  /** Whether findings are still being looked for. */
  pending: boolean
  sources: readonly SourceRow[]
  unrecognised: readonly UnrecognisedGroup[]
  detail: IncidentDetail | null
  /** Null: not asked for, or nothing to heal. */
  healing: Healing | null
  notices: readonly Notice[]
}

export interface PartyAnswers {
  now: readonly DimensionRow[]
  before: readonly DimensionRow[]
}

/** What goes on now, and is nobody's yet. */
const STANDING: ReadonlySet<FindingState> = new Set(['firing', 'finding', 'acknowledged', 'pending'])

/** A shorter observation than this says nothing about a rate; ms. */
const SHORTEST_OBSERVATION_MS = 1000

export function assembleModel(answers: StoreAnswers): DashboardModel {
  const { window, extent, now_ms } = answers
  // Without one whole earlier period on record, "before" would compare a full period with a part of one.
  const comparable = extent !== null && extent.from_ms <= window.previous.from_ms
  const causes = causeRows(answers, comparable)
  const kinds = kindFigures(answers)
  let successes = 0
  for (const figures of Object.values(kinds)) successes += figures.successes
  let failures = 0
  let before = 0
  for (const row of causes) {
    failures += row.count
    before += row.before ?? 0
  }
  const findings = answers.findings === null ? null : findingRows({ ...answers.findings, now_ms })
  const parties = (panel: PartyPanel) => partyRows(answers.parties[panel], comparable)
  return {
    now_ms,
    range: window.range,
    extent,
    step_ms: window.step_ms,
    kinds,
    totals: { successes, failures, failures_before: comparable ? before : null },
    causes,
    incidents: answers.incidents,
    parties: {
      clients: parties('clients'),
      services: parties('services'),
      issuers: parties('issuers'),
      hosts: parties('hosts'),
    },
    clocks: answers.clocks === null ? null : clockRows(answers.clocks, window.range),
    findings,
    standing: findings?.filter(({ state }) => STANDING.has(state)) ?? null,
    sources: answers.sources,
    unrecognised: answers.unrecognised,
    detail: answers.detail,
    healing: answers.healing,
    notices: answers.notices,
    pending: answers.pending,
  }
}

function kindFigures({ kinds, window, extent, now_ms }: StoreAnswers): Partial<Record<Kind, KindFigures>> {
  const from = Math.max(window.range.from_ms, extent?.from_ms ?? window.range.from_ms)
  const to = Math.min(window.range.to_ms, now_ms)
  const seconds = Math.max(SHORTEST_OBSERVATION_MS, to - from) / 1000
  const figures: Partial<Record<Kind, KindFigures>> = {}
  for (const { kind, outcome, count } of kinds) {
    figures[kind] ??= { successes: 0, failures: 0, per_second: 0 }
    if (outcome === 'success') {
      figures[kind].successes += count
      figures[kind].per_second = figures[kind].successes / seconds
    } else {
      figures[kind].failures += count
    }
  }
  return figures
}

function causeRows({ causes, previous_causes, series, window }: StoreAnswers, comparable: boolean): CauseRow[] {
  const rows: CauseRow[] = []
  for (const cause of CAUSE_ORDER) {
    const own = causes.filter((row) => row.cause === cause)
    const count = own.reduce((sum, row) => sum + row.count, 0)
    const before = previous_causes.reduce((sum, row) => (row.cause === cause ? sum + row.count : sum), 0)
    if (count === 0 && !(comparable && before > 0)) continue
    rows.push({
      cause,
      count,
      before: comparable ? before : null,
      subcauses: mergeSubcauses(own),
      trend: trendOf(cause, series, window),
    })
  }
  return rows.sort((a, b) => lookedAtFirst(b) - lookedAtFirst(a) || b.count - a.count)
}

function partyRows(answers: PartyAnswers | undefined, comparable: boolean): PartyRow[] | null {
  if (answers === undefined) return null
  const before = new Map(answers.before.map(({ value, failures }) => [value, failures]))
  return answers.now.map((row) => ({ ...row, before: comparable ? (before.get(row.value) ?? 0) : null }))
}

function lookedAtFirst(row: CauseRow): number {
  return row.cause === 'unknown' && row.count > 0 ? 1 : 0
}

function mergeSubcauses(counts: readonly CauseCount[]): { subcause: Subcause; count: number }[] {
  const sums = new Map<Subcause, number>()
  for (const { subcause, count } of counts) sums.set(subcause, (sums.get(subcause) ?? 0) + count)
  return [...sums].map(([subcause, count]) => ({ subcause, count })).sort((a, b) => b.count - a.count)
}

function stepCount(window: TimeWindow): number {
  return Math.max(1, Math.ceil((window.range.to_ms - window.range.from_ms) / window.step_ms))
}

function trendOf(cause: Cause, series: readonly SeriesPoint[], window: TimeWindow): number[] {
  const trend = new Array<number>(stepCount(window)).fill(0)
  for (const point of series) {
    if (point.key !== cause) continue
    // An engine may align its steps to the epoch rather than to the range: the first one then begins before it.
    const step = Math.max(0, Math.floor((point.start_ms - window.range.from_ms) / window.step_ms))
    if (step < trend.length) trend[step] = (trend[step] ?? 0) + point.count
  }
  return trend
}
