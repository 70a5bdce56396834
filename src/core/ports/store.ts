/**
 * The store port: what every engine (SQLite, ClickHouse) promises. One writer, any number of readers.
 * Failures are rows (incidents with their observations), successes are counts (minute rollups and a bounded sample).
 * Contracts are in prose here and executed against every engine by test/contract/store.
 * An engine that cannot do something throws {@link StoreRefusal}; an empty list always means "there is none".
 */
import type { AuthEvent } from '../auth-event.ts'
import type { Cause, Subcause } from '../cause.ts'
import type { ClockReading } from '../clock-lookup.ts'
import type { Confidence } from '../confidence.ts'
import type { Filter, TimeRange } from '../filter.ts'
import type { HistoryFact, HistoryQuestion, Party } from '../history.ts'
import type { Incident, Observation } from '../incident.ts'
import type { Kind, Outcome } from '../kind.ts'
import type { SourceStatus, StreamState } from '../source-status.ts'
import type { TokenUses } from '../token-use.ts'
import type { AlertReader, AlertWriter } from './alert-store.ts'
import type { ForgetCounts, Forgotten } from './forget.ts'
import type { SharedStore } from './shared-store.ts'

/** Why a store said no, for the command line to turn into a sentence, a hint and exit code 3. */
export type RefusalReason =
  | 'second_writer'
  | 'not_a_database'
  | 'newer_version'
  | 'corrupt'
  | 'disk_full'
  | 'read_only'
  | 'missing'
  | 'unsupported'
  | 'unreachable'

export class StoreRefusal extends Error {
  readonly reason: RefusalReason
  readonly hint: string
  constructor(reason: RefusalReason, message: string, hint: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'StoreRefusal'
    this.reason = reason
    this.hint = hint
  }
}

/** Does what was refused go through later, as it is: when there is space again, or another program has let go of its lock? */
export function mayPass(error: unknown): error is StoreRefusal {
  return error instanceof StoreRefusal && (error.reason === 'disk_full' || error.reason === 'second_writer')
}

/** A new incident (no `id`) or the revision of a stored one. The whole verdict is given; the store replaces the old one. */
export interface IncidentChange {
  id?: string
  /** Stored incidents that turned out to be the same failed request: their observations move here, they are gone after. */
  absorbs?: readonly string[]
  incident: Omit<Incident, 'id' | 'observations'>
  /** Records that were not known to speak of it before; `observations` of the incident grows by their number. */
  added: readonly Observation[]
}

/** A record that belongs to a known emitter or looks like an auth failure, but matches no signature. */
export interface UnrecognisedRecord {
  /** The message with numbers, ids and addresses masked; the grouping key. */
  template: string
  system: string
  /** One redacted example, limited in length. */
  sample: string
  time_ms: number
  stream: string
}

/** One part of what is known of the clocks, as the analysis keeps it: opaque here, replaced as a whole. */
export interface ClockRow {
  /** Which host, issuer or link; at most {@link CLOCK_KEY_LIMIT} characters. */
  key: string
  state: Uint8Array
}

/** Two names of at most 512 characters and what joins them. */
export const CLOCK_KEY_LIMIT = 1_100

export interface ClockChanges {
  rows: readonly ClockRow[]
  /** Keys whose rows are given up. */
  gone: readonly string[]
  /** One per host and instant; a second one replaces the first. */
  readings: readonly ClockReading[]
}

/** Everything one batch taught us. Committed in one transaction: after `kill -9` either all of it is there or none. */
export interface AppendBatch {
  successes: readonly AuthEvent[]
  incidents: readonly IncidentChange[]
  unrecognised: readonly UnrecognisedRecord[]
  /** What is to be remembered of tokens, clients, keys and hosts; merged with what is known of the same identity. */
  history: readonly HistoryFact[]
  /** New positions and counters of the streams that were read; `offset` covers exactly the records of this and earlier batches. */
  streams: readonly StreamState[]
  /** Digests (SHA-256, hex) of the deliveries whose records these are; see push-source.ts. */
  deliveries?: readonly string[]
  /** From the records of this and earlier batches only, so that a record read again after a crash is not in it yet. */
  clocks?: ClockChanges
  /** Collector's clock, ms, for "last seen". */
  now_ms: number
}

/** How stored incidents are looked for when a new observation arrives. Only set fields are looked at; any match counts. */
export interface NeighbourQuery {
  request_id?: string
  trace_id?: string
  token?: string
  token_id?: string
  /** Only incidents whose time lies in this range, ms. */
  from_ms: number
  to_ms: number
  /** When true, incidents of the time range are returned even if no id matches (bare status lines have no id). */
  by_time: boolean
}

export interface Neighbour {
  incident: Incident
  /** What already speaks of it: one request leaves at most one line per stream and signature. */
  spoken: readonly Spoken[]
}

/** The part of an observation that joining and attribution look at. */
export type Spoken = Pick<Observation, 'stream' | 'signature' | 'offset' | 'host' | 'time_ms' | 'specificity'>

/** Incidents in order of time and id, for looking at them again. */
export interface PageQuery {
  /** [from_ms, to_ms), writer's clock. */
  from_ms: number
  to_ms: number
  /** Only those after this one. */
  after?: { time_ms: number; id: string }
  limit: number
}

export interface RetentionPolicy {
  /** Incidents and minute rollups older than this become hourly rollups; days. Default 35. */
  detail_days: number
  /** Hourly rollups older than this are dropped; days. Default 400. */
  rollup_days: number
}

/** A distant store does not answer, and what was appended waits on this machine until it does. */
export interface StoreAway {
  /** Why, in words. */
  why: string
  /** Batches that wait. */
  batches: number
}

export interface StoreWriter extends AlertWriter {
  /** Where several collectors write one store; absent where there is but one. */
  shared?: SharedStore
  /** Null while everything that was appended has arrived; absent where nothing can be away. */
  away?(): StoreAway | null
  append(batch: AppendBatch): Promise<void>
  /** At most {@link NEIGHBOUR_LIMIT} per query, nearest to the middle of the range first. Same order as the queries. */
  neighbours(queries: readonly NeighbourQuery[]): Promise<Neighbour[][]>
  /** Facts about parties, in the order of the questions; at most {@link HISTORY_LIMIT} each, newest slots first. */
  history(questions: readonly HistoryQuestion[]): Promise<HistoryFact[][]>
  /** Stored incidents with what speaks of them, oldest first. */
  page(query: PageQuery): Promise<Neighbour[]>
  /** All streams ever read whose content may still be met again. */
  streams(): Promise<StreamState[]>
  /** The last deliveries that were appended, oldest first; at most `DELIVERIES_KEPT` of push-source.ts. */
  deliveries(): Promise<string[]>
  /** Everything `clocks` of earlier batches left, in no order. */
  clockRows(): Promise<ClockRow[]>
  /** The key for fingerprints (32 random bytes), made with the store; the same token has the same fingerprint for its life. */
  fingerprintKey(): Promise<Uint8Array>
  /** Keys that {@link StoreWriter.rotateKey} replaced and whose fingerprints may still be stored, oldest first. */
  retiredKeys(): Promise<Uint8Array[]>
  /**
   * A new key from now on; equal secrets before and after it can no longer be told to be equal. The old one is kept as long as
   * incidents are, for {@link StoreWriter.forget} only, or not at all.
   */
  rotateKey(keepOld: boolean, now_ms: number): Promise<void>
  /**
   * Removes every incident, fact and sample of a person or client; counts stay, without the name. When it returns, no byte of
   * what was removed is left in the store's files. Takes as long as rewriting the store. With `rehearse` nothing is changed.
   */
  forget(whom: Forgotten, rehearse: boolean): Promise<ForgetCounts>
  /** Does a bounded slice of retention work (under 50 ms); true while there is more to do. */
  retain(policy: RetentionPolicy, now_ms: number): Promise<boolean>
  close(): Promise<void>
}

/** More neighbours than this cannot be told apart by time alone; count. */
export const NEIGHBOUR_LIMIT = 32

/** More facts about one party cannot all matter; count. */
export const HISTORY_LIMIT = 512

export interface KindCount {
  kind: Kind
  outcome: Outcome
  /** Successes are events; failures are incidents. */
  count: number
}

export interface CauseCount {
  cause: Cause
  subcause: Subcause
  count: number
}

/** One bucket of a time series: `count` of what happened in [start_ms, start_ms + step). Buckets without events are absent. */
export interface SeriesPoint {
  start_ms: number
  /** A cause, or `kind/outcome`, by the series asked for. */
  key: string
  count: number
}

/** What the tables can be broken down by. */
export type Dimension = 'host' | 'service' | 'client_id' | 'issuer' | 'system'

export interface DimensionRow {
  /** Empty string: the records did not say. */
  value: string
  successes: number
  failures: number
  top_cause: Cause | null
}

/** One bucket of a dimension's series; buckets without events are absent. */
export interface DimensionPoint {
  start_ms: number
  value: string
  successes: number
  failures: number
}

/** Everything of one kind, outcome, cause and place in a range: what findings are made of. */
export interface GroupCount {
  kind: Kind
  outcome: Outcome
  /** Null for successes. */
  cause: Cause | null
  subcause: Subcause | null
  /** Empty strings: the records did not say. */
  host: string
  service: string
  client_id: string
  issuer: string
  system: string
  count: number
  /** Start of the first minute and end of the last in which there were any, ms; hours where only those are left or the group is a small one. */
  from_ms: number
  to_ms: number
}

/** Starts of the last hours in which a value had a success and a failure; null: none in the range. */
export interface LastOutcome {
  value: string
  last_success_ms: number | null
  last_failure_ms: number | null
}

/** Failures by the signature that reported them best and by how sure their cause is. */
export interface SignatureCount {
  signature: string
  system: string
  symptom: string
  confidence: Confidence
  count: number
}

export interface DistinctCount {
  count: number
  /** True when a limit was reached: there are at least so many. */
  at_least: boolean
}

export interface StoreLimits {
  /** Incidents and minute figures before this were dropped; null: none were. */
  detail_from_ms: number | null
  /** What was limited or dropped since the store was made, and how often. */
  reached: { name: string; count: number }[]
}

export interface UnrecognisedGroup {
  template: string
  system: string
  sample: string
  count: number
  first_ms: number
  last_ms: number
}

export interface IncidentQuery {
  range: TimeRange
  filter: Filter
  /** At most this many. */
  limit: number
  /** Newest first, unless this is set. */
  oldest_first?: boolean
  /** Only incidents that follow this one in that order (paging); its time and id. */
  after?: { time_ms: number; id: string }
}

export interface SqlResult {
  columns: string[]
  rows: (string | number | bigint | null)[][]
  /** True when the row limit cut the result. */
  truncated: boolean
}

/** Some incidents that pass a filter. */
export interface GroupWish {
  filter: Filter
  /** At most so many. */
  limit: number
}

export interface StoreReader extends AlertReader {
  /** Changes whenever anything was committed by the writer; cheap enough to ask ten times a second. */
  version(): Promise<number>
  /** Times of the first and last event, writer's clock; null for an empty store. */
  extent(): Promise<TimeRange | null>
  kinds(range: TimeRange, filter: Filter): Promise<KindCount[]>
  causes(range: TimeRange, filter: Filter): Promise<CauseCount[]>
  /** `by` `cause` counts failures per cause; `kind` counts `kind/outcome`. `step_ms` is a multiple of 60 000. */
  series(range: TimeRange, step_ms: number, by: 'cause' | 'kind', filter: Filter): Promise<SeriesPoint[]>
  /** Most failures first. */
  dimension(dimension: Dimension, range: TimeRange, filter: Filter, limit: number): Promise<DimensionRow[]>
  /** One dimension's values over time; in order of time. `step_ms` is a multiple of 60 000. */
  dimensionSeries(dimension: Dimension, range: TimeRange, step_ms: number, filter: Filter): Promise<DimensionPoint[]>
  /** The largest `limit` groups of successes and as many of failures, most frequent first; `more` when there were others. */
  groups(range: TimeRange, filter: Filter, limit: number): Promise<{ groups: GroupCount[]; more: boolean }>
  lastOutcomes(dimension: Dimension, range: TimeRange, filter: Filter): Promise<LastOutcome[]>
  /** Most frequent first. Honours the range to the quarter of an hour; only as far back as incidents are kept. */
  signatures(range: TimeRange): Promise<SignatureCount[]>
  /** Distinct subjects with a failure. Honours the range to the quarter of an hour; only as far back as incidents are kept. */
  failedSubjects(range: TimeRange): Promise<DistinctCount>
  /** Unrecognised records. Honours the range to the quarter of an hour; only as far back as incidents are kept. */
  unrecognisedCount(range: TimeRange): Promise<number>
  limits(): Promise<StoreLimits>
  /** In the order of the query. */
  incidents(query: IncidentQuery): Promise<Incident[]>
  /** For each group what {@link incidents} answers, newest first; a store may find them all in one pass. */
  newestOf(range: TimeRange, groups: readonly GroupWish[]): Promise<Incident[][]>
  incident(id: string): Promise<Incident | null>
  /** In order of time. */
  observations(id: string): Promise<Observation[]>
  /** As the writer's {@link StoreWriter.history}. */
  history(questions: readonly HistoryQuestion[]): Promise<HistoryFact[][]>
  /** Everything known of one kind of party that happened in the range, latest first; at most `limit`. */
  historyOf(party: Party, range: TimeRange, limit: number): Promise<HistoryFact[]>
  /** Sampled successes that state instants of their token, spread evenly over the range; about `limit` at most. */
  tokenUses(range: TimeRange, limit: number): Promise<TokenUses>
  sources(): Promise<SourceStatus[]>
  /** What the collector last committed of its knowledge of the clocks, in no order; where several know one clock, what each knows. */
  clockRows(): Promise<ClockRow[]>
  /** Of one host or of all, in order of time; kept as long as incidents. */
  clockReadings(range: TimeRange, host?: string): Promise<ClockReading[]>
  /** Most frequent first. */
  unrecognised(limit: number): Promise<UnrecognisedGroup[]>
  /** Read-only SQL; throws {@link StoreRefusal} `read_only` for anything that would write. At most `limit` rows, `timeout_ms` run time. */
  sql(query: string, limit: number, timeout_ms: number): Promise<SqlResult>
  close(): Promise<void>
}
