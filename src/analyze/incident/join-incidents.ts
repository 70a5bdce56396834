/**
 * Joins the failure events of one batch with each other and with stored incidents: one failed request, one incident.
 * Pure: neighbours are handed in, changes come out. The verdict itself is `attribute`'s business.
 * Invariant: every sighting ends as exactly one observation of exactly one incident; one already known adds nothing.
 */

import type { Incident, Observation } from '../../core/incident.ts'
import type { IncidentChange, Neighbour } from '../../core/ports/store.ts'
import { attribute } from '../attribution/attribute.ts'
import { apartness, type JoinReason, type Known, sameRequest } from './same-request.ts'
import { isBare, observationOf, type Sighting } from './sighting.ts'

interface Draft extends Known {
  id?: string
  incident: Omit<Incident, 'id' | 'observations'>
  spoken: Pick<Observation, 'stream' | 'signature' | 'offset'>[]
  added: Observation[]
  changed: boolean
}

const STRENGTH: Readonly<Record<JoinReason, number>> = {
  request_id: 5,
  trace_id: 4,
  token: 3,
  same_place: 2,
  status_line: 1,
}

/** Drafts older than this many are looked at no more within a batch; ids find theirs through an index. */
const RECENT_DRAFTS = 64

export function joinIncidents(
  sightings: readonly Sighting[],
  neighbours: readonly (readonly Neighbour[])[],
): IncidentChange[] {
  const stored = new Map<string, Draft>()
  const drafts: Draft[] = []
  const byId = new Map<string, Draft[]>()

  for (const i of inOrder(sightings)) {
    const sighting = sightings[i]!
    const candidates = new Set<Draft>()
    for (const neighbour of neighbours[i] ?? []) {
      let draft = stored.get(neighbour.incident.id)
      if (draft === undefined) {
        const { id, observations: _, ...incident } = neighbour.incident
        draft = { id, incident, spoken: [...neighbour.spoken], added: [], changed: false }
        stored.set(id, draft)
      }
      candidates.add(draft)
    }
    for (const key of idsOf(sighting)) for (const draft of byId.get(key) ?? []) candidates.add(draft)
    for (const draft of drafts.slice(-RECENT_DRAFTS)) candidates.add(draft)

    const home = nearest(sighting, candidates)
    if (home === null) {
      const draft = begin(sighting)
      drafts.push(draft)
      index(byId, sighting, draft)
    } else if (add(home, sighting)) index(byId, sighting, home)
  }

  return [...stored.values(), ...drafts]
    .filter((d) => d.changed)
    .map(({ id, incident, added }) => ({ ...(id === undefined ? {} : { id }), incident, added }))
}

/**
 * Reasons before records that look for one, each in order of time: taking the earliest free partner in turn pairs as many
 * as can be paired, however many requests share a second.
 */
function inOrder(sightings: readonly Sighting[]): number[] {
  return sightings
    .map((s, i) => ({ i, bare: isBare(s.event.specificity), time_ms: s.time_ms }))
    .sort((a, b) => Number(a.bare) - Number(b.bare) || a.time_ms - b.time_ms || a.i - b.i)
    .map(({ i }) => i)
}

function nearest(sighting: Sighting, candidates: Iterable<Draft>): Draft | null {
  let best: Draft | null = null
  let bestRank = 0
  let bestApart = 0
  for (const draft of candidates) {
    const reason = sameRequest(sighting, draft)
    if (reason === null) continue
    const rank = STRENGTH[reason]
    const apart = apartness(sighting, draft)
    const earlier = best !== null && draft.incident.time_ms < best.incident.time_ms
    const nearer = apart < bestApart || (apart === bestApart && earlier)
    if (best === null || rank > bestRank || (rank === bestRank && nearer)) {
      best = draft
      bestRank = rank
      bestApart = apart
    }
  }
  return best
}

function begin(sighting: Sighting): Draft {
  const observation = observationOf(sighting)
  return { incident: attribute(sighting, null), spoken: [observation], added: [observation], changed: true }
}

/** False when the record was known already. */
function add(draft: Draft, sighting: Sighting): boolean {
  const { stream, offset } = sighting.event.position
  if (draft.spoken.some((s) => s.stream === stream && s.offset === offset)) return false
  const observation = observationOf(sighting)
  draft.incident = attribute(sighting, draft.incident)
  draft.spoken.push(observation)
  draft.added.push(observation)
  draft.changed = true
  return true
}

function idsOf({ event }: Sighting): string[] {
  const ids: string[] = []
  if (event.request_id !== undefined) ids.push(`r${event.request_id}`)
  if (event.trace_id !== undefined) ids.push(`t${event.trace_id}`)
  if (event.token !== undefined) ids.push(`k${event.token}`)
  return ids
}

/** One token refused a thousand times in one batch: only the newest of its incidents can be near in time; count. */
const PER_ID = 16

function index(byId: Map<string, Draft[]>, sighting: Sighting, draft: Draft): void {
  for (const key of idsOf(sighting)) {
    const list = byId.get(key)
    if (list === undefined) byId.set(key, [draft])
    else if (!list.includes(draft)) {
      list.push(draft)
      if (list.length > PER_ID) list.shift()
    }
  }
}
