/** Runs a simulated fleet through witness and engine, as the collector would, and sets the alerts against the truth. */

import { AlertEngine, type Transition } from '../../../src/alerts/engine.ts'
import type { FailureFact } from '../../../src/alerts/fact.ts'
import { SkewSpikeRule } from '../../../src/alerts/rules/skew-spike.ts'
import { SkewWitness } from '../../../src/analyze/skew-proof/skew-witness.ts'
import type { Alert } from '../../../src/core/alert.ts'
import type { AuthEvent } from '../../../src/core/auth-event.ts'
import { type FleetPlan, planFleet, type Size } from './plan-fleet.ts'
import { simulateEvents } from './simulate-events.ts'

export interface FoundIncident {
  name: string
  /** Failures that would have passed with right clocks. */
  affected: number
  /** How many of them had happened when the alert came; null where none came. */
  after: number | null
  alerts: number
  /** From the last affected failure to the end of the last alert, ms. */
  resolved_after_ms: number | null
}

export interface AlertScore {
  plan: FleetPlan
  incidents: FoundIncident[]
  false_alerts: Alert[]
  host_months: number
  events: number
}

interface Affected {
  at_ms: number
  /** Number of the event in order of arrival. */
  event: number
}

type Numbered = Transition & { event: number }

/** An alert this long after an incident's last failure may still be about it (tokens minted meanwhile); ms. */
const AFTER_MS = 2 * 3_600_000

export function factOf(event: AuthEvent, proof: FailureFact['proof']): FailureFact {
  const { host, service, client_id, issuer, token } = event
  return {
    fact: 'failure',
    at_ms: event.received_collector_ms ?? event.time_ms!,
    revised: false,
    cause: event.cause!,
    subcause: event.subcause!,
    confidence: event.confidence,
    ...(host !== undefined && { host }),
    ...(service !== undefined && { service }),
    ...(client_id !== undefined && { client_id }),
    ...(issuer !== undefined && { issuer }),
    ...(token !== undefined && { token }),
    proof,
  }
}

/** `restarts`: witness and engine are saved, thrown away and restored so often. */
export function scoreAlerts(size: Size, restarts = 0): AlertScore {
  const plan = planFleet(size)
  let witness = new SkewWitness()
  let engine = new AlertEngine([new SkewSpikeRule()])
  const affected = new Map<string, Affected[]>(plan.incidents.map((i) => [i.name, []]))
  const transitions: Numbered[] = []
  let events = 0
  const restartEvery = restarts === 0 ? Infinity : Math.floor((size.hosts * size.days * 3000) / (restarts + 1))
  for (const { event, received_ms, incident } of simulateEvents(plan)) {
    events++
    if (events % restartEvery === 0) {
      witness = SkewWitness.restore(JSON.parse(JSON.stringify(witness.save())))
      const saved = JSON.parse(JSON.stringify(engine.save()))
      engine = new AlertEngine([new SkewSpikeRule()])
      engine.restore(saved)
    }
    const proof = witness.observe(event)
    if (incident !== null) affected.get(incident)!.push({ at_ms: received_ms, event: events })
    if (event.outcome !== 'failure') continue
    engine.take(factOf(event, proof))
    transitions.push(...engine.drain().map((t) => ({ ...t, event: events })))
  }
  engine.advance(plan.incidents.reduce((m, i) => Math.max(m, i.to_ms), 0) + 86_400_000)
  transitions.push(...engine.drain().map((t) => ({ ...t, event: events })))
  return { ...score(plan, affected, transitions), plan, events, host_months: (size.hosts * size.days) / 30 }
}

function score(plan: FleetPlan, affected: Map<string, Affected[]>, transitions: readonly Numbered[]) {
  const fired = transitions.filter((t) => t.kind === 'fired')
  const last = new Map<string, Transition>()
  for (const t of transitions) last.set(t.alert.id, t)
  const used = new Set<string>()
  const incidents = plan.incidents.map((i): FoundIncident => {
    const times = affected.get(i.name)!
    const end = Math.max(i.from_ms, ...times.map((t) => t.at_ms))
    // Another host may join an open alert: what counts is when this incident was spoken of.
    const spoken = transitions.filter((t) => {
      if (t.kind !== 'fired' && t.kind !== 'changed') return false
      if (t.at_ms < i.from_ms || t.at_ms > end + AFTER_MS) return false
      const { host, issuer } = t.alert.labels
      if (i.issuer !== null)
        return issuer === i.issuer || plan.hosts.some((h) => h.issuer === i.issuer && t.alert.summary.includes(h.name))
      return (
        i.hosts.includes(host ?? '') ||
        i.hosts.some((h) => names(t.alert.summary, h)) ||
        (issuer !== undefined && i.hosts.some((h) => names(t.alert.summary, h)))
      )
    })
    const ids = new Set(spoken.map((t) => t.alert.id))
    for (const id of ids) used.add(id)
    const first = spoken[0]?.event
    const ends = [...ids].map((id) => last.get(id)!).flatMap((t) => (t.kind === 'resolved' ? [t.at_ms] : []))
    return {
      name: i.name,
      affected: times.length,
      after: first === undefined ? null : times.filter((t) => t.event <= first).length,
      alerts: ids.size,
      resolved_after_ms: ends.length === 0 ? null : Math.max(...ends) - end,
    }
  })
  return { incidents, false_alerts: fired.filter((t) => !used.has(t.alert.id)).map((t) => t.alert) }
}

function names(text: string, host: string): boolean {
  return new RegExp(`(?:^|[ ,])${host}(?=[ ,:]|$)`).test(text)
}
