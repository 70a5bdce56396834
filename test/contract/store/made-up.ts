/** Events, incidents and batches for the store's tests: complete, small, and different where a test says so. */
import type { AuthEvent } from '../../../src/core/auth-event.ts'
import type { Observation } from '../../../src/core/incident.ts'
import type { AppendBatch, IncidentChange } from '../../../src/core/ports/store.ts'
import { NO_COUNTS, type StreamState } from '../../../src/core/source-status.ts'

/** 2026-11-15 22:58:00 UTC: two minutes on, the hour changes, an hour later the day does. */
export const START_MS = Date.UTC(2026, 10, 15, 22, 58)
export const MINUTE_MS = 60_000
export const HOUR_MS = 3_600_000
export const DAY_MS = 86_400_000

export const EVERYTHING = { from_ms: 0, to_ms: Date.UTC(2100, 0, 1) }

export type GivenIncident = IncidentChange['incident']

export function success(differences: Partial<AuthEvent> = {}): AuthEvent {
  return {
    kind: 'validation',
    outcome: 'success',
    cause: null,
    subcause: null,
    confidence: 'certain',
    system: 'jose',
    signature: 'jose/verified',
    specificity: 80,
    symptom: 'token verified',
    format: 'pino',
    time_ms: START_MS,
    evidence: {},
    message: 'token verified',
    ...differences,
  }
}

export function incident(differences: Partial<GivenIncident> = {}): GivenIncident {
  return {
    kind: 'validation',
    time_ms: START_MS,
    system: 'jsonwebtoken',
    signature: 'jsonwebtoken/expired',
    specificity: 70,
    symptom: 'jwt expired',
    message: 'jwt expired',
    reported_cause: 'expiry',
    reported_subcause: 'access_token',
    cause: 'expiry',
    subcause: 'access_token',
    confidence: 'likely',
    why: [],
    evidence: {},
    ...differences,
  }
}

export function observation(differences: Partial<Observation> = {}): Observation {
  return {
    time_ms: START_MS,
    source: '/var/log/app.log',
    stream: '00000000000000a1',
    offset: 0,
    system: 'jsonwebtoken',
    signature: 'jsonwebtoken/expired',
    specificity: 70,
    reported_cause: 'expiry',
    reported_subcause: 'access_token',
    message: 'jwt expired',
    format: 'pino',
    ...differences,
  }
}

export function stream(differences: Partial<StreamState> = {}): StreamState {
  return {
    stream: '00000000000000a1',
    name: '/var/log/app.log',
    identity: { head: 'a'.repeat(64), head_bytes: 1024, tail: 'b'.repeat(64), tail_bytes: 4096 },
    offset: 5000,
    counters: { ...NO_COUNTS, lines: 50, records: 40, recognised: 7 },
    ...differences,
  }
}

export function batch(differences: Partial<AppendBatch> = {}): AppendBatch {
  return { successes: [], incidents: [], unrecognised: [], history: [], streams: [], now_ms: START_MS, ...differences }
}

/** Batch of new incidents without observations. */
export function failures(...incidents: Partial<GivenIncident>[]): AppendBatch {
  return batch({ incidents: incidents.map((differences) => ({ incident: incident(differences), added: [] })) })
}
