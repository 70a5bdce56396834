/**
 * An incident: one failed request, however many records speak of it.
 * Keeps what was reported and what we decided, with the reasons; observations point back at the records.
 */
import type { Cause, Subcause } from './cause.ts'
import type { ClockProof } from './clock-proof.ts'
import type { Confidence } from './confidence.ts'
import type { Evidence } from './evidence.ts'
import type { Kind } from './kind.ts'

export interface Incident {
  /** Opaque, stable for the life of the store. */
  id: string
  kind: Kind
  /** Writer's clock of the most specific observation, ms; the collector's where the record had no time. */
  time_ms: number
  host?: string
  service?: string
  client_id?: string
  issuer?: string
  audience?: string
  subject?: string
  token?: string
  /** Keyed fingerprint of the token's id (`jti`, RFC 7519 §4.1.7). */
  token_id?: string
  /** Grant, session or token family the token belongs to, as the record names it. */
  session?: string
  request_id?: string
  /** Further ids of the same request: a gateway and a service may each number it. At most {@link OTHER_IDS_LIMIT}. */
  other_request_ids?: readonly string[]
  trace_id?: string
  http_method?: string
  http_path?: string
  http_status?: number
  client_address?: string
  /** Why it would have passed with right clocks, where that is proven. */
  clock_proof?: ClockProof
  system: string
  /** Signature of the most specific observation, and its specificity. */
  signature: string
  specificity: number
  symptom: string
  message: string
  reported_cause: Cause
  reported_subcause: Subcause
  cause: Cause
  subcause: Subcause
  confidence: Confidence
  /** How sure the signature of the most specific record is of what it reports; absent: as sure as we are. */
  reported_confidence?: Confidence
  /** Reasons in plain sentences, most telling first. */
  why: readonly string[]
  evidence: Evidence
  /** When the most specific record reached the collector, ms, collector's clock; only for live records. */
  received_collector_ms?: number
  /** How long after the failure the same client got a new token, ms; absent where it did not, or nobody can tell. */
  recovered_ms?: number
  /** How many records speak of it. */
  observations: number
}

/** A request that is numbered anew by more than this many hops is still found by its first ids; count. */
export const OTHER_IDS_LIMIT = 4

/** One record that speaks of an incident, with its place in the logs. */
export interface Observation {
  time_ms: number
  /** Name of the file or source as last seen, e.g. `/var/log/app.log`. */
  source: string
  /** Stream identity and offset of the record's first byte. */
  stream: string
  offset: number
  /** 1-based line number where the source knows it. */
  line?: number
  host?: string
  service?: string
  system: string
  signature: string
  specificity: number
  reported_cause: Cause
  reported_subcause: Subcause
  message: string
  format: string
}
