/**
 * The plain data the screens draw, and the request that asks for it. The app layer answers a request from the store
 * (assemble-model.ts turns the store's answers into a model); nothing in this folder reads anything.
 * Invariant: a model is a value. It is never changed after it was handed over, so a frozen screen stays frozen.
 */
import type { Cause, Subcause } from '../../src/core/cause.ts'
import type { Filter, TimeRange } from '../../src/core/filter.ts'
import type { Severity } from '../../src/core/finding.ts'
import type { HostClock } from '../../src/core/host-clock.ts'
import type { Incident, Observation } from '../../src/core/incident.ts'
import type { Kind } from '../../src/core/kind.ts'
import type { DimensionRow, UnrecognisedGroup } from '../../src/core/ports/store.ts'
import type { Remedy, RemedyLink } from '../../src/core/remedy/remedy.ts'
import type { Healing } from '../../src/core/report.ts'
import type { SourceStatus } from '../../src/core/source-status.ts'
import type { ScreenId } from './screens.ts'
import type { TokenTimeline } from './token-timeline.ts'
import type { SortOrder } from './view-state.ts'

/** What the screen wants to show next. */
export interface ModelRequest {
  /** Only what this screen shows is read; the other parts of the answer are null. */
  screen: ScreenId | 'summary'
  /** Collector's clock, ms; a paused screen keeps asking for the instant it was paused at. */
  now_ms: number
  /** Length of the range, ms, or everything there is. */
  length_ms: number | 'all'
  /** End of the range, ms; `now` follows the clock. */
  end: 'now' | number
  filter: Filter
  /** Free words of the filter: an incident is listed when its text holds all of them (lower case). */
  words: readonly string[]
  /** Order of the incidents; null: newest first. */
  order: SortOrder | null
  /** Incident whose detail view is open. */
  incident_id: string | null
  /** Rows the longest list of this screen may want. */
  limit: number
}

export interface KindFigures {
  successes: number
  /** Failed requests whose step this was. */
  failures: number
  /** Successes per second over the observed part of the range. */
  per_second: number
}

export interface CauseRow {
  cause: Cause
  count: number
  /** Of the equal period before; null where the store does not reach back that far. */
  before: number | null
  /** Most frequent first. */
  subcauses: readonly { subcause: Subcause; count: number }[]
  /** Failures per step of the range, oldest first. */
  trend: readonly number[]
}

/** One client, service, issuer or host. */
export interface PartyRow extends DimensionRow {
  /** Failures of the equal period before; null where the store does not reach back that far. */
  before: number | null
}

export type PartyPanel = 'clients' | 'services' | 'issuers' | 'hosts'

export interface SourceRow extends SourceStatus {
  /** Over the last seconds, while somebody looked; null until two looks can be compared. */
  records_per_second: number | null
}

/** An incident with its place on the reference's line of time. */
export interface ListedIncident extends Incident {
  /** `time_ms` minus what the host's stamps are known to be off by, ms; `time_ms` itself where they are right or nothing is known. */
  corrected_ms: number
}

/** One clock: of a host, of an issuer (the one that stamps its tokens), or the collector's own. */
export interface ClockRow extends Omit<HostClock, 'host' | 'kind' | 'samples' | 'from_ms' | 'to_ms'> {
  key: string
  /** `reports-1`, `issuer https://id.example`, `this machine (collector)`. */
  title: string
  /** Null where it is not counted (issuers, the collector). */
  samples: number | null
  /** Requests refused on this host for a clock, in the range; null where nothing is refused (issuers, the collector). */
  refused: number | null
  /** Offset over the range, seconds, oldest first; null where nothing is known. */
  trend: readonly (number | null)[]
}

export interface Clocks {
  reference: string | null
  rows: readonly ClockRow[]
}

/** What is wrong, or a rule says so, or was: findings, alerts and advice in one list. */
export interface FindingRow {
  key: string
  state: FindingState
  /** The alert that says so, or that fires for it too, by its id; null where no rule does. */
  alert: string | null
  severity: Severity
  /** `clock_off`, or the name of the rule. */
  kind: string
  cause: Cause | null
  subcause: Subcause | null
  host?: string
  service?: string
  client_id?: string
  issuer?: string
  /** First and last instant it shows; null where there is none (advice) or it goes on. */
  from_ms: number | null
  to_ms: number | null
  /** Failed requests it explains, or would have spared (advice); null where a rule counts something else. */
  incidents: number | null
  title: string
  why: readonly string[]
  fix: readonly string[]
  links: readonly RemedyLink[]
}

/** `finding`: seen by analysis, no rule fires; `advice`: what one change would have avoided; the others are an alert's. */
export type FindingState = 'firing' | 'finding' | 'acknowledged' | 'pending' | 'silenced' | 'advice' | 'resolved'

interface Totals {
  successes: number
  failures: number
  /** Failures of the equal period before; null where the store does not reach back that far. */
  failures_before: number | null
}

export interface IncidentDetail {
  incident: Incident
  observations: readonly Observation[]
  remedy: Remedy
  /** Null where no record names the token. */
  timeline: TokenTimeline | null
}

export interface Notice {
  level: 'info' | 'warning'
  /** One sentence, no trailing period. */
  text: string
}

export interface DashboardModel {
  /** Clock of the collector when this was read, ms. */
  now_ms: number
  range: TimeRange
  /** First and last event in the store, writer's clock; null: there is none yet. */
  extent: TimeRange | null
  /** Width of one trend figure, ms. */
  step_ms: number
  kinds: Readonly<Partial<Record<Kind, KindFigures>>>
  totals: Totals
  /** In the order to be looked at: unexplained first, then by count. */
  causes: readonly CauseRow[]
  /** Newest first by their corrected time; null here and below: not asked for. */
  incidents: readonly ListedIncident[] | null
  /** Most failures first. */
  parties: Readonly<Record<PartyPanel, readonly PartyRow[] | null>>
  /** The one that is off most first, those at fault before all. */
  clocks: Clocks | null
  /** What needs a person first. */
  findings: readonly FindingRow[] | null
  /** Those of them that go on now. */
  standing: readonly FindingRow[] | null
  sources: readonly SourceRow[]
  /** Texts that look like auth failures but match no signature, most frequent first. */
  unrecognised: readonly UnrecognisedGroup[]
  /** Null when none is open, or when the open one is no longer stored. */
  detail: IncidentDetail | null
  /** Of the range's newest expiries; null: not asked for, or nothing says whether they heal. */
  healing: Healing | null
  notices: readonly Notice[]
  /** Whether something is still being worked out: asking again soon tells more. */
  pending: boolean
  /** Why this model could not be read anew, in one sentence; the figures are then those of `now_ms`. */
  error?: string
}
