/**
 * The figures of a report: what src/analyze/report computes, dashboards/report words, and `report --format json` prints
 * as it is. Times are epoch ms on the writers' clocks; ranges are half-open.
 * Invariant: a figure that is not known is null and never 0, and every list says in what order it is.
 */
import type { Alert } from './alert.ts'
import type { Cause, Subcause } from './cause.ts'
import type { ClockReading } from './clock-lookup.ts'
import type { Confidence } from './confidence.ts'
import type { TimeRange } from './filter.ts'
import type { Advice, Finding } from './finding.ts'
import type { ClockTable } from './host-clock.ts'
import type { Kind } from './kind.ts'

/** Grows when a field changes its meaning or goes; new fields do not change it. */
export const REPORT_VERSION = 1

export interface ReportPeriod extends TimeRange {
  /** Hours on the clock of the machine: a week with a change to summer time has 167. */
  hours: number
}

/** `more`, `fewer`: the interval leaves no doubt about the direction; `unclear`: it holds 1; `unknown`: nothing to compare. */
export type ChangeVerdict = 'more' | 'fewer' | 'unclear' | 'unknown'

/** How one rate relates to an earlier one. */
export interface RateChange {
  verdict: ChangeVerdict
  /** Rate now / rate before; null where either is unknown. */
  ratio: number | null
  /** 95 % interval of the ratio; null where the ratio is. */
  low: number | null
  high: number | null
  /** What the failures were related to: all auth events, or (no success is ever logged) hours. */
  per: 'event' | 'hour'
  /** Variance of the failures per day or hour relative to a Poisson process; at least 1. */
  overdispersion: number
}

export interface Totals {
  /** Failed requests and successful steps together. */
  events: number
  successes: number
  failures: number
  /** failures / events, 0 to 1; null without events. */
  share: number | null
  /** Distinct clients, users (by fingerprint), services and hosts with at least one failure. */
  clients: number
  users: number
  /** True where `users` is a lower bound (a limit was reached, older detail was dropped) or several stores may know the same user. */
  users_approximate: boolean
  services: number
  hosts: number
  /** Clients that succeeded in or after the hour of their last failure, and those that did not. */
  clients_recovered: number
  clients_stranded: number
  /** The first few of the stranded, by name. */
  stranded: string[]
  /** Null: no expiry, or no issuance that could heal one, is in the logs. */
  healing: Healing | null
}

/** Expiries after which the same client got a new token within a minute, and those that left somebody without. */
export interface Healing {
  /** Expiries looked at, the newest of those whose client is named; count. */
  looked: number
  healed: number
  /** Median time until the new token, ms; null where none healed. */
  median_ms: number | null
}

export interface KindFigures {
  kind: Kind
  successes: number
  failures: number
  share: number | null
  previous_failures: number | null
  previous_successes: number | null
}

export interface SubcauseFigures {
  cause: Cause
  subcause: Subcause
  failures: number
  /** Of all failures, 0 to 1. */
  share: number
  previous: number | null
  change: RateChange
  /** Where most of them are, if at one place: at least half of them in one value of a dimension. */
  mostly: Concentration[]
}

export interface Concentration {
  dimension: 'host' | 'service' | 'client_id' | 'issuer'
  value: string
  failures: number
  /** Of the failures of the subcause, 0 to 1. */
  share: number
}

export interface CauseFigures {
  cause: Cause
  failures: number
  share: number
  previous: number | null
  change: RateChange
  /** Failures per local day of the period, oldest first. */
  trend: number[]
  subcauses: SubcauseFigures[]
}

/** One column of the charts: an hour or a local day. */
export interface TimelineStep {
  start_ms: number
  end_ms: number
  events: number
  failures: number
  /** Only causes that occur. */
  causes: Partial<Record<Cause, number>>
  /** No event at all was read of this time: unknown, not zero. */
  silent: boolean
}

export interface Timeline {
  unit: 'hour' | 'day'
  steps: TimelineStep[]
}

/** Failures by local weekday and hour; a cell without any event in the whole period is null. */
export interface HeatMap {
  /** 0 Sunday … 6 Saturday, in the order of the rows. */
  weekdays: number[]
  /** One row per weekday, 24 columns. */
  failures: (number | null)[][]
}

export interface PartyFigures {
  /** Empty: the records did not say. */
  value: string
  successes: number
  failures: number
  /** failures / (failures + successes). */
  share: number
  top_cause: Cause | null
  previous_failures: number | null
  change: RateChange
  /** Had events before this period, as far as the compared period tells; null without one. */
  known_before: boolean | null
}

export interface PartyTable {
  dimension: 'service' | 'client_id' | 'issuer' | 'host'
  /** Values with any event; the lists below may be shorter. */
  distinct: number
  /** Most failures first. */
  by_failures: PartyFigures[]
  /** Highest share first, among those with enough events to speak of one. */
  by_share: PartyFigures[]
}

export interface SignatureFigures {
  signature: string
  system: string
  symptom: string
  failures: number
  previous: number
}

export interface UnrecognisedTemplate {
  template: string
  system: string
  sample: string
  count: number
  first_ms: number
  last_ms: number
}

/** What is there now and was not in the compared period, the other way round, and what clearly rose. */
export interface News {
  new_signatures: SignatureFigures[]
  vanished_signatures: SignatureFigures[]
  new_causes: { cause: Cause; subcause: Subcause; failures: number }[]
  vanished_causes: { cause: Cause; subcause: Subcause; previous: number }[]
  /** Clients and hosts that fail now and had no event before. */
  new_clients: PartyFigures[]
  new_hosts: PartyFigures[]
  /** Causes, clients, services and hosts whose failure rate rose beyond doubt, most additional failures first. */
  worse: WorseRow[]
  /** Unknown message shapes first met in the period. */
  new_templates: UnrecognisedTemplate[]
}

export interface WorseRow {
  dimension: 'subcause' | 'client_id' | 'service' | 'host'
  value: string
  failures: number
  previous: number
  change: RateChange
}

/** Something to do, with what it is worth. */
export interface Action {
  /** What would change if it were done: failures of the period that it would have avoided, or that it is about. */
  failures: number
  /** `avoided`: computed for this very change; `about`: the failures whose remedy this is. */
  worth: 'avoided' | 'about'
  title: string
  why: string[]
  fix: string[]
  cause: Cause | null
  subcause: Subcause | null
  host?: string
  service?: string
  client_id?: string
  issuer?: string
}

export interface Spread {
  /** Half of the values are at most this, ms. */
  median_ms: number
  max_ms: number
}

/** What one client's tokens of one issuer are like. Times are of a sample; refreshes and refusals are all there were. */
export interface ClientHabits {
  client_id: string
  issuer: string
  /** Sampled successes that state instants of the token. */
  uses: number
  /** Lifetimes (exp − iat); null where none was stated. */
  lifetime: Spread | null
  /** Age at use (time of the record − iat): of two clocks, so off by what they are. Null where none was stated. */
  age: Spread | null
  /** Of the uses with an expiry, the share after it by the record's clock, 0 to 1. */
  used_after_expiry: number | null
  refreshes: number
  /** Requests refused because the access token had expired. */
  expired_refusals: number
  /** At most this share of the refreshes came only after such a refusal, 0 to 1; null without refreshes. */
  late_refresh_share: number | null
}

export interface KeyUse {
  issuer: string
  kid: string
  /** First and last record that names it as the key of a good token, writer's clock, ms. */
  first_ms: number
  last_ms: number
  /** Such records since the first. */
  count: number
}

/** Of what form the tokens are that stood whole in the logs. */
export interface TokenForms {
  issuer: string
  client_id: string
  /** `alg RS256`, `without exp`, … */
  form: string
  /** Records of the days of the period. */
  count: number
  last_ms: number
  /** Why it is worth a look; null where it is not. */
  concern: string | null
}

export interface Hygiene {
  /** Most uses first. */
  clients: ClientHabits[]
  /** One sampled success in so many was looked at. */
  one_in: number
  /** Last seen first. */
  keys: KeyUse[]
  /** Those of concern first, then by count. */
  forms: TokenForms[]
}

export interface CoverageGap extends TimeRange {}

export interface SourceFigures {
  name: string
  records: number
  recognised: number
  last_record_ms: number | null
  error: string | null
}

export interface Quality {
  sources: SourceFigures[]
  sources_total: number
  /** Spans of the period without any event, longest first. */
  gaps: CoverageGap[]
  silent_hours: number
  /** Records that look like auth failures and match no signature, and their share of those and all events. */
  unrecognised: number
  unrecognised_share: number | null
  confidence: Record<Confidence, number>
  /** Limits that were reached since the store was made. */
  limits: { name: string; count: number }[]
  /** Detail (single incidents, minutes) is kept from here on; null: from the beginning. */
  detail_from_ms: number | null
  /** The store holds nothing before this; null: it reaches back further than both periods. */
  history_from_ms: number | null
}

export interface Report {
  version: typeof REPORT_VERSION
  generated_ms: number
  /** IANA zone of the calendar and of every shown time. */
  zone: string
  period: ReportPeriod
  /** Null where nothing was to be compared, or the store knows nothing of that time. */
  previous: ReportPeriod | null
  totals: Totals
  previous_totals: Totals | null
  /** Of the failure share. */
  change: RateChange
  actions: Action[]
  kinds: KindFigures[]
  causes: CauseFigures[]
  timeline: Timeline
  heat: HeatMap
  news: News | null
  parties: PartyTable[]
  clocks: ClockTable | null
  clock_history: ClockReading[]
  findings: Finding[]
  alerts: Alert[]
  advice: Advice[]
  hygiene: Hygiene
  quality: Quality
}
