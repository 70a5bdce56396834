/**
 * An incident: one failed request, however many records speak of it.
 * Keeps what was reported and what we decided, with the reasons; observations point back at the records.
 */
import type { Cause, Subcause } from './cause.ts'
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
  request_id?: string
  trace_id?: string
  http_method?: string
  http_path?: string
  http_status?: number
  client_address?: string
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
  /** Reasons in plain sentences, most telling first. */
  why: readonly string[]
  evidence: Evidence
  /** How many records speak of it. */
  observations: number
}

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
