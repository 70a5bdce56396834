/**
 * An event: one record recognised as a step of an authentication flow, with what the software said about it.
 * `cause` here is the *reported* cause, read off the symptom alone; why it really happened is decided later, per incident.
 * Field names are those of the public JSON (DESIGN section 8).
 */
import type { Cause, Subcause } from './cause.ts'
import type { ClockProof } from './clock-proof.ts'
import type { Confidence } from './confidence.ts'
import type { Evidence } from './evidence.ts'
import type { Kind, Outcome } from './kind.ts'
import type { RecordPosition } from './log-record.ts'

export interface AuthEvent {
  kind: Kind
  outcome: Outcome
  /** Null for a success. */
  cause: Cause | null
  subcause: Subcause | null
  confidence: Confidence
  /** The emitter: `jsonwebtoken`, `keycloak`, `nginx` … */
  system: string
  /** Id of the signature that recognised it: `jsonwebtoken/expired`. */
  signature: string
  /** 0–100: how much the signature says about the reason; a bare 401 is 10, an exact library message 70 and more. */
  specificity: number
  /** What the software said, in its own words, short and stable (from the signature). */
  symptom: string
  format: string
  /** Writer's clock, ms; absent where the record has no time of its own. */
  time_ms?: number
  time_resolution_ms?: number
  /** Collector's clock, ms; only for live records. */
  received_collector_ms?: number
  service?: string
  host?: string
  issuer?: string
  audience?: string
  client_id?: string
  /** Keyed fingerprint of the subject. */
  subject?: string
  /** Keyed fingerprint of the token. */
  token?: string
  /** Keyed fingerprint of the token's id (`jti`, RFC 7519 §4.1.7). */
  token_id?: string
  /** The token's instants are in milliseconds instead of seconds (RFC 7519 §2). */
  in_milliseconds?: true
  /** Grant, session or token family the token belongs to, as the record names it. */
  session?: string
  request_id?: string
  /** Further names of the same request that nobody wrote to be read: the span around all others that tell of it. */
  other_request_ids?: readonly string[]
  trace_id?: string
  span_id?: string
  /** What the request was for, from the record: `GET`, `/orders`, 401, `10.0.0.7`. Path without query string. */
  http_method?: string
  http_path?: string
  http_status?: number
  client_address?: string
  /** How long the request took until the record was written, ms, writer's clock. */
  duration_ms?: number
  evidence: Evidence
  /** Why it would have passed with right clocks; set when it is read. */
  clock_proof?: ClockProof
  /** The redacted message, control characters removed, at most {@link MESSAGE_LIMIT} characters. */
  message: string
  position?: RecordPosition
}

/** A message longer than this tells a reader no more; characters. */
export const MESSAGE_LIMIT = 500
