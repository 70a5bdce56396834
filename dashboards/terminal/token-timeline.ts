/**
 * The life of one token across hosts on one clock: issued, accepted here, refused there, expired. What each host wrote is
 * moved by its clock's offset to the issuer's; where the offset is not known it stays as written and says so.
 * Pure. Invariant: a step shows both times, as written and corrected, so that nothing is corrected silently.
 */
import type { HistoryFact } from '../../src/core/history.ts'
import type { Incident, Observation } from '../../src/core/incident.ts'

export interface TokenTimeline {
  /** Its fingerprint; null: the records do not name it, only its instants. */
  token: string | null
  /** Whose clock the corrected times are on; null: nobody's, they are as written. */
  reference: string | null
  /** In order of the corrected time. */
  steps: readonly TimelineStep[]
}

export interface TimelineStep {
  what: 'issued' | 'refreshed' | 'not_before' | 'accepted' | 'refused' | 'revoked' | 'expires'
  /** Where; empty: the records did not say. */
  host: string
  client: string
  /** As written by that host (the issuer, for what its token states), ms. */
  written_ms: number
  /** On the reference's clock, ms; the same as written where the offset is not known. */
  at_ms: number
  /** The host's clock minus the reference's, ms; 0 for the reference itself; null: not known. */
  offset_ms: number | null
  /** The same deed happened again until then, as written, and so many times. */
  until_ms: number | null
  count: number
  /** What was said, for refusals. */
  said: string
  /** Whether it is the failure that is looked at. */
  here: boolean
}

export interface TimelineFacts {
  incident: Incident
  observations: readonly Observation[]
  /** What is remembered of the token. */
  history: readonly HistoryFact[]
  /** A host's stamps minus the issuer's clock at a time, ms; null: not known. */
  offset(host: string, at_ms: number): number | null
}

/** Null where the records name neither a token nor any of its instants. */
export function tokenTimeline({ incident, observations, history, offset }: TimelineFacts): TokenTimeline | null {
  const token = incident.token ?? incident.token_id ?? null
  const { iat_ms, nbf_ms, exp_ms } = instants(incident, history)
  if (token === null && iat_ms === undefined && nbf_ms === undefined && exp_ms === undefined) return null
  const steps: TimelineStep[] = []
  const add = (step: Omit<TimelineStep, 'at_ms' | 'offset_ms'>, own: number | null | undefined = undefined) => {
    const offset_ms = own === undefined ? (step.host === '' ? null : offset(step.host, step.written_ms)) : own
    steps.push({ ...step, offset_ms, at_ms: step.written_ms - (offset_ms ?? 0) })
  }
  const client = incident.client_id ?? ''
  const blank = { host: '', client, until_ms: null, count: 1, said: '', here: false }

  const seen = observations.filter(
    ({ specificity }) => specificity === Math.max(...observations.map((o) => o.specificity)),
  )
  const refusedHere = seen[0]
  for (const fact of history) addFact(fact)
  // The issuer's own log, where there is one, says it better than the token does.
  if (iat_ms !== undefined && !steps.some(({ what }) => what === 'issued')) {
    add({ ...blank, what: 'issued', written_ms: iat_ms }, 0)
  }
  if (nbf_ms !== undefined && nbf_ms !== iat_ms) add({ ...blank, what: 'not_before', written_ms: nbf_ms }, 0)
  if (exp_ms !== undefined) add({ ...blank, what: 'expires', written_ms: exp_ms }, 0)
  add({
    ...blank,
    what: 'refused',
    host: incident.host ?? refusedHere?.host ?? '',
    written_ms: incident.time_ms,
    said: incident.symptom,
    here: true,
  })
  steps.sort((a, b) => a.at_ms - b.at_ms || order(a) - order(b))
  const corrected = steps.some(({ offset_ms, what }) => offset_ms !== null && what !== 'expires' && what !== 'issued')
  return { token, reference: corrected ? (incident.issuer ?? 'the issuer') : null, steps }

  function addFact(fact: HistoryFact): void {
    const { deed, host, first_ms, last_ms, count } = fact
    const what =
      deed === 'issued' || deed === 'refreshed' || deed === 'accepted' || deed === 'revoked' ? deed : 'refused'
    // The refusal looked at is told by its incident, with its own words.
    const isThis = what === 'refused' && host === (incident.host ?? '') && count === 1 && first_ms === incident.time_ms
    if (isThis) return
    add({
      ...blank,
      what,
      host,
      client: fact.detail === '' ? client : fact.detail,
      written_ms: first_ms,
      until_ms: last_ms > first_ms ? last_ms : null,
      count,
      said: what === 'refused' ? deed.replaceAll('_', ' ') : '',
    })
  }
}

/** What the token states of itself, from the failure's record or from any that met the token. */
function instants({ evidence }: Incident, history: readonly HistoryFact[]) {
  const fact = history.find(({ exp_ms, iat_ms }) => exp_ms !== undefined || iat_ms !== undefined)
  return {
    iat_ms: evidence.iat_ms ?? fact?.iat_ms,
    nbf_ms: evidence.nbf_ms,
    exp_ms: evidence.exp_ms ?? fact?.exp_ms,
  }
}

const ORDER: readonly TimelineStep['what'][] = [
  'issued',
  'refreshed',
  'not_before',
  'accepted',
  'revoked',
  'refused',
  'expires',
]

function order({ what }: TimelineStep): number {
  return ORDER.indexOf(what)
}
