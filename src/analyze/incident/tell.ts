/**
 * Weaves one record into what is known of a failed request: who leads, which facts are kept. Decides no cause.
 * Invariant: the most specific record leads, whatever order records arrive in; the others only add what it does not say.
 */
import { type Incident, OTHER_IDS_LIMIT } from '../../core/incident.ts'
import type { Sighting } from './sighting.ts'

/** An incident without its place in the store. */
export type Told = Omit<Incident, 'id' | 'observations'>

const IDENTITY = [
  'host',
  'service',
  'client_id',
  'issuer',
  'audience',
  'subject',
  'token',
  'token_id',
  'session',
  'request_id',
  'trace_id',
  'http_method',
  'http_path',
  'http_status',
  'client_address',
] as const

export function tell(sighting: Sighting, before: Told | null): Told {
  const next = toldBy(sighting)
  if (before === null) return next
  return leads(next, before) ? weave(next, before) : weave(before, next)
}

/** Everything `leader` says, and what only `other` says. */
export function weave(leader: Told, other: Told): Told {
  const told: Told = { ...leader, evidence: { ...other.evidence, ...leader.evidence } }
  for (const field of IDENTITY)
    if (told[field] === undefined && other[field] !== undefined)
      (told as unknown as Record<string, unknown>)[field] = other[field]
  const others = new Set([other.request_id, ...(leader.other_request_ids ?? []), ...(other.other_request_ids ?? [])])
  others.delete(undefined)
  others.delete(told.request_id)
  delete told.other_request_ids
  if (others.size > 0) told.other_request_ids = ([...others] as string[]).sort().slice(0, OTHER_IDS_LIMIT)
  const received = told.received_collector_ms ?? other.received_collector_ms
  if (received !== undefined) told.received_collector_ms = received
  const proof = told.clock_proof ?? other.clock_proof
  if (proof !== undefined) told.clock_proof = proof
  return told
}

/** Ties are settled by what does not depend on the order of arrival. */
export function leads(a: Told, b: Told): boolean {
  if (a.specificity !== b.specificity) return a.specificity > b.specificity
  if (a.time_ms !== b.time_ms) return a.time_ms < b.time_ms
  return a.signature < b.signature
}

function toldBy({ event, time_ms }: Sighting): Told {
  const told: Told = {
    kind: event.kind,
    time_ms,
    system: event.system,
    signature: event.signature,
    specificity: event.specificity,
    symptom: event.symptom,
    message: event.message,
    reported_cause: event.cause,
    reported_subcause: event.subcause,
    reported_confidence: event.confidence,
    cause: event.cause,
    subcause: event.subcause,
    confidence: event.confidence,
    why: [],
    evidence: { ...event.evidence },
  }
  for (const field of IDENTITY) {
    const value = event[field]
    if (value !== undefined) (told as unknown as Record<string, unknown>)[field] = value
  }
  if (event.other_request_ids !== undefined) told.other_request_ids = event.other_request_ids
  if (event.received_collector_ms !== undefined) told.received_collector_ms = event.received_collector_ms
  if (event.clock_proof !== undefined) told.clock_proof = event.clock_proof
  return told
}
