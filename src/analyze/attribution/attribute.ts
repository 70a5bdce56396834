/**
 * The one place where a cause is decided: from what was reported, the instants in the evidence and the clocks.
 * Pure; called for the first record of an incident and again for every further one, late ones included.
 * Invariant: what was reported is kept beside what was decided, and every decision carries its reasons with numbers.
 */
import type { Cause, Subcause } from '../../core/cause.ts'
import type { Confidence } from '../../core/confidence.ts'
import type { Evidence } from '../../core/evidence.ts'
import type { Incident } from '../../core/incident.ts'
import type { Sighting } from '../incident/sighting.ts'
import { seconds } from './seconds.ts'

type Verdicted = Omit<Incident, 'id' | 'observations'>

export function attribute(sighting: Sighting, before: Verdicted | null): Verdicted {
  const { event, time_ms } = sighting
  const leads = before === null || event.specificity > before.specificity
  const told: Verdicted = {
    ...(before ?? {}),
    ...(leads
      ? {
          kind: event.kind,
          time_ms,
          system: event.system,
          signature: event.signature,
          specificity: event.specificity,
          symptom: event.symptom,
          message: event.message,
          reported_cause: event.cause,
          reported_subcause: event.subcause,
          cause: event.cause,
          subcause: event.subcause,
          confidence: event.confidence,
        }
      : {}),
    evidence: leads ? { ...before?.evidence, ...event.evidence } : { ...event.evidence, ...before.evidence },
    why: before?.why ?? [],
  } as Verdicted
  for (const field of IDENTITY) {
    const value = leads ? (event[field] ?? before?.[field]) : (before[field] ?? event[field])
    if (value !== undefined) (told as unknown as Record<string, unknown>)[field] = value
  }
  // A revision by a less specific record adds facts, but what led keeps leading.
  const reported = { cause: told.reported_cause, subcause: told.reported_subcause }
  const verdict = decide(reported, told.evidence, event.confidence, sighting, leads, told)
  // The reason comes first, because lists show one line; what was said is the weakest of them.
  return { ...told, ...verdict, why: [...verdict.why, `${told.system} said: ${told.symptom}`] }
}

const IDENTITY = [
  'host',
  'service',
  'client_id',
  'issuer',
  'audience',
  'subject',
  'token',
  'request_id',
  'trace_id',
  'http_method',
  'http_path',
  'http_status',
  'client_address',
] as const

interface Verdict {
  cause: Cause
  subcause: Subcause
  confidence: Confidence
  why: string[]
}

function decide(
  reported: { cause: Cause; subcause: Subcause },
  evidence: Evidence,
  confidence: Confidence,
  sighting: Sighting,
  leads: boolean,
  told: Verdicted,
): Verdict {
  const why: string[] = []
  const verdict: Verdict = { ...reported, confidence: leads ? confidence : told.confidence, why }
  const { exp_ms, nbf_ms, iat_ms } = evidence
  const checked_ms = evidence.validator_ms ?? told.time_ms
  const received_ms = sighting.event.received_collector_ms

  if (reported.cause === 'expiry' && exp_ms !== undefined) {
    const lifetime = iat_ms === undefined ? '' : `, after a lifetime of ${seconds(exp_ms - iat_ms)}`
    if (received_ms !== undefined && received_ms + PROOF_MARGIN_MS < exp_ms) {
      // Received before it expired: on the collector's clock the token was still good when it was refused (CLOCKS.md, "proof").
      why.push(
        `the refusal arrived here ${seconds(exp_ms - received_ms)} before the token expires, so the validator's clock is ahead`,
      )
      return { ...verdict, cause: 'skew', subcause: 'fresh_token_expired', confidence: 'likely' }
    }
    why.push(`expired ${seconds(checked_ms - exp_ms)} before the validator's clock${lifetime}`)
    if (received_ms !== undefined && received_ms - PROOF_MARGIN_MS >= exp_ms) {
      why.push(
        `by this machine's clock, too, it had expired when the refusal arrived, ${seconds(received_ms - exp_ms)} earlier`,
      )
      verdict.confidence = 'certain'
    }
  } else if (reported.cause === 'expiry' && evidence.delta_ms !== undefined) {
    why.push(`expired ${seconds(evidence.delta_ms)} before the validator's clock`)
  } else if (reported.cause === 'skew') {
    if (nbf_ms !== undefined && nbf_ms > checked_ms)
      why.push(`not valid before a moment ${seconds(nbf_ms - checked_ms)} in the future of the validator's clock`)
    if (iat_ms !== undefined && iat_ms > checked_ms)
      why.push(`issued ${seconds(iat_ms - checked_ms)} in the future of the validator's clock`)
  } else if (evidence.expected !== undefined || evidence.got !== undefined) {
    const parts = [
      evidence.expected === undefined ? '' : `expected ${evidence.expected}`,
      evidence.got === undefined ? '' : `got ${evidence.got}`,
    ]
    why.push(parts.filter((p) => p !== '').join(', '))
  } else if (reported.subcause === 'key_not_found' && evidence.kid !== undefined) {
    why.push(`the key asked for has the id ${evidence.kid}`)
  }
  if (reported.cause === 'unknown') why.push('no record of this request states a reason')
  return verdict
}

/** The collector's own clock and a token's whole seconds are trusted this far; ms. */
const PROOF_MARGIN_MS = 2_000
