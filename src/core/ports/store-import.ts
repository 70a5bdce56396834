/**
 * The port through which a whole store is moved into another engine (`authtop migrate`). Parts come in chunks that are made the same
 * way every time from a source nobody writes to: a chunk that comes again changes nothing, so that a move which was cut off goes on.
 * Nothing is decided anew: ids, verdicts and counts stay.
 */

import type { Alert, Silence } from '../alert.ts'
import type { ClockReading } from '../clock-lookup.ts'
import type { HistoryFact } from '../history.ts'
import type { Incident, Observation } from '../incident.ts'
import type { Kind, Outcome } from '../kind.ts'
import type { SourceStatus } from '../source-status.ts'
import type { WatchStep } from '../watch-step.ts'
import type { ClockRow, UnrecognisedGroup } from './store.ts'

/** Events of one place in [start_ms, start_ms + length). */
export interface ImportedCount {
  start_ms: number
  kind: Kind
  outcome: Outcome
  /** Empty for a success. */
  cause: string
  subcause: string
  host: string
  service: string
  client_id: string
  issuer: string
  system: string
  count: number
}

/** A success of the sample. */
export interface ImportedSuccess {
  time_ms: number
  kind: Kind
  /** Empty texts and nulls: not said. */
  host: string
  service: string
  client_id: string
  issuer: string
  system: string
  request_id: string
  trace_id: string
  token: string
  time_resolution_ms: number | null
  received_collector_ms: number | null
  exp_ms: number | null
  nbf_ms: number | null
  iat_ms: number | null
  validator_ms: number | null
}

export interface ImportChunk {
  incidents?: readonly { incident: Incident; observations: readonly Observation[] }[]
  /** Minutes; their hours follow from them. */
  minutes?: readonly ImportedCount[]
  /** Hours of which there are no minutes any more. */
  hours?: readonly ImportedCount[]
  history?: readonly HistoryFact[]
  successes?: readonly ImportedSuccess[]
  readings?: readonly ClockReading[]
  unrecognised?: readonly UnrecognisedGroup[]
  unrecognised_quarters?: readonly { start_ms: number; count: number }[]
  limits?: readonly { name: string; count: number }[]
}

/** What is replaced as a whole at the end: from then on a collector goes on where the old store was. */
export interface ImportedState {
  sources: readonly SourceStatus[]
  clocks: readonly ClockRow[]
  alerts: readonly Alert[]
  silences: readonly Silence[]
  watched: readonly WatchStep[]
  /** Greatest id of any failure. */
  last_failure_id: number
  first_ms: number | null
  last_ms: number | null
  detail_from_ms: number | null
}

/** What there is of one source in the target. */
export interface ImportedTotals {
  incidents: number
  successes: number
  failures: number
  history: number
}

export interface StoreImport {
  /** Whether the target makes the same fingerprints; only an empty one takes over the key of the source. */
  readonly same_key: boolean
  /** Names of the chunks that are in the target. */
  done(): Promise<Set<string>>
  /** `name` is unique within the source and always means the same content. */
  put(name: string, chunk: ImportChunk): Promise<void>
  finish(state: ImportedState): Promise<void>
  totals(): Promise<ImportedTotals>
  close(): Promise<void>
}

/** What is moved. */
export interface ImportSource {
  /** The same for the same content: a changed source is another one. */
  identity: string
  fingerprint_key: Uint8Array
}
