/**
 * Joins the failure events of one batch with each other and with stored incidents: one failed request, one incident.
 * Pure: neighbours are handed in, drafts come out. The verdict is `attribute`'s business and comes after.
 * Invariant: every sighting ends as exactly one observation of exactly one incident; one already known adds nothing.
 */
import type { ClockLookup } from '../../core/clock-lookup.ts'
import type { Neighbour } from '../../core/ports/store.ts'
import { byPlace, type Draft, DraftIndex } from './draft-index.ts'
import { type Known, perhapsSameRequest, sameRequest, saysWhy } from './same-request.ts'
import { isBare, observationOf, type Sighting } from './sighting.ts'
import { leads, tell, weave } from './tell.ts'

/** Only drafts that are new or changed. */
export function joinIncidents(
  sightings: readonly Sighting[],
  neighbours: readonly Neighbour[],
  clocks: ClockLookup,
): Draft[] {
  const index = new DraftIndex(clocks)
  const drafts = storedDrafts(neighbours)
  for (const draft of drafts) index.add(draft)
  for (const sighting of inOrder(sightings)) {
    const observation = observationOf(sighting)
    const alone: Draft = {
      incident: tell(sighting, null),
      spoken: [observation],
      added: [observation],
      absorbs: [],
      changed: true,
      gone: false,
    }
    const home = index.nearest(alone)
    if (home === null) {
      drafts.push(alone)
      index.add(alone)
    } else if (!isKnown(home.draft, alone)) {
      merge(home.draft, alone)
      for (const twin of index.twins(home.draft)) merge(home.draft, twin)
      index.add(home.draft)
    }
  }
  return drafts.filter(({ changed, gone }) => changed && !gone)
}

/**
 * Looks again at stored incidents that nothing but a bare status line speaks of: a partner may have arrived since, or the
 * clocks may be known now that keep the two apart. Those that found one are part of it afterwards.
 */
export function rejoinIncidents(
  lonely: readonly Neighbour[],
  neighbours: readonly Neighbour[],
  clocks: ClockLookup,
  serves: Serves = () => true,
): Draft[] {
  const index = new DraftIndex(clocks)
  const drafts = storedDrafts([...neighbours, ...lonely])
  for (const draft of drafts) index.add(draft)
  const ids = new Set(lonely.map(({ incident }) => incident.id))
  // The better founded pairs first, or a weak one would take the partner that another has every reason to expect.
  for (const ask of [sameRequest, ...weaker(serves)])
    for (const draft of drafts) {
      if (draft.gone || !ids.has(draft.id!) || saysWhy(draft.incident)) continue
      const home = index.nearest(draft, ask)
      if (home === null) continue
      const [into, other] = leads(home.draft.incident, draft.incident) ? [home.draft, draft] : [draft, home.draft]
      merge(into, other)
      index.add(into)
    }
  return drafts.filter(({ changed, gone }) => changed && !gone)
}

/** May the gateway's line be about a request that this host refused? */
export type Serves = (host: string, gateway: string) => boolean

const weaker = (serves: Serves) =>
  (['named_path', 'status_and_time', 'time'] as const).map((reason) => (a: Known, b: Known, clocks: ClockLookup) => {
    const [line, told] = saysWhy(a.incident) ? [b, a] : [a, b]
    if (perhapsSameRequest(a, b, clocks) !== reason) return null
    return line.spoken.some(({ host }) => host !== undefined && serves(told.incident.host!, host)) ? reason : null
  })

function storedDrafts(neighbours: readonly Neighbour[]): Draft[] {
  const byId = new Map<string, Draft>()
  for (const { incident: stored, spoken } of neighbours) {
    const { id, observations: _, ...incident } = stored
    if (!byId.has(id))
      byId.set(id, { id, incident, spoken: [...spoken], added: [], absorbs: [], changed: false, gone: false })
  }
  return [...byId.values()].sort((a, b) => a.incident.time_ms - b.incident.time_ms || byPlace(a.spoken[0], b.spoken[0]))
}

function merge(home: Draft, other: Draft): void {
  home.incident = leads(home.incident, other.incident)
    ? weave(home.incident, other.incident)
    : weave(other.incident, home.incident)
  home.spoken.push(...other.spoken)
  home.added.push(...other.added)
  home.absorbs.push(...other.absorbs)
  if (other.id !== undefined) {
    if (home.id === undefined) home.id = other.id
    else home.absorbs.push(other.id)
  }
  home.changed = true
  other.gone = true
}

function isKnown(home: Draft, alone: Draft): boolean {
  const { stream, offset } = alone.spoken[0]!
  return home.spoken.some((s) => s.stream === stream && s.offset === offset)
}

const placeOf = ({ sighting }: { sighting: Sighting }) => sighting.event.position

/**
 * Reasons before records that look for one, each in order of time: taking the earliest free partner in turn pairs as many
 * as can be paired, however many requests share a second.
 */
function inOrder(sightings: readonly Sighting[]): Sighting[] {
  return sightings
    .map((sighting) => ({ sighting, bare: isBare(sighting.event.specificity) }))
    .sort(
      (a, b) =>
        Number(a.bare) - Number(b.bare) || a.sighting.time_ms - b.sighting.time_ms || byPlace(placeOf(a), placeOf(b)),
    )
    .map(({ sighting }) => sighting)
}
