/**
 * Joins the failure events of one batch with each other and with stored incidents: one failed request, one incident.
 * Pure: neighbours are handed in, drafts come out. The verdict is `attribute`'s business and comes after.
 * Invariant: every sighting ends as exactly one observation of exactly one incident; one already known adds nothing.
 */
import type { ClockLookup } from '../../core/clock-lookup.ts'
import type { Neighbour } from '../../core/ports/store.ts'
import { type Ask, byPlace, compareFits, type Draft, DraftIndex, STRENGTH } from './draft-index.ts'
import { inOrder, type Wish } from './in-order.ts'
import { LineTimes } from './line-times.ts'
import { PathNames } from './path-names.ts'
import { perhapsSameRequest, sameRequest, saysWhy } from './same-request.ts'
import { isBare, observationOf, type Sighting } from './sighting.ts'
import { leads, tell, weave } from './tell.ts'

/** Only drafts that are new or changed. */
export function joinIncidents(
  sightings: readonly Sighting[],
  neighbours: readonly Neighbour[],
  clocks: ClockLookup,
): Draft[] {
  const drafts = storedDrafts(neighbours)
  const lines = [...drafts.flatMap(({ spoken }) => spoken), ...sightings.map(observationOf)]
  const index = new DraftIndex(clocks, new LineTimes(lines))
  for (const draft of drafts) index.add(draft)
  const waiting: Draft[] = []
  for (const sighting of reasonsFirst(sightings)) {
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
    if (home !== null && isKnown(home.draft, alone)) continue
    if (home === null || home.reason === 'same_side') {
      drafts.push(alone)
      index.add(alone)
      // What is read of the past is paired when all of it is read: the line that belongs there may come later.
      if (home !== null && sighting.event.received_collector_ms !== undefined) waiting.push(alone)
      continue
    }
    takeIn(index, home.draft, alone)
  }
  pair(index, waiting, clocks, sameRequest, false, ONE_TO_ONE)
  return drafts.filter(({ changed, gone }) => changed && !gone)
}

/** The request that `home` tells of is that of `other`, and so of every twin that `home` has by now. */
function takeIn(index: DraftIndex, home: Draft, other: Draft): void {
  merge(home, other)
  for (const twin of index.twins(home)) merge(home, twin)
  index.add(home)
}

/**
 * Joins stored incidents that others wrote, and which meet here for the first time, with each other and with those that are known: two
 * collectors have seen one request, each a part of it. Those that became more than they were.
 */
export function joinArrivals(
  arrived: readonly Neighbour[],
  neighbours: readonly Neighbour[],
  clocks: ClockLookup,
): Draft[] {
  const arrivals = new Set(arrived.map(({ incident: { id } }) => id))
  const drafts = storedDrafts([...neighbours, ...arrived])
  const index = new DraftIndex(clocks, new LineTimes(drafts.flatMap(({ spoken }) => spoken)))
  const fresh = drafts.filter(({ id }) => arrivals.has(id!))
  for (const draft of drafts) if (!arrivals.has(draft.id!)) index.add(draft)
  const waiting: Draft[] = []
  // Reasons before lines that look for one, as among records.
  for (const draft of [...fresh].sort((a, b) => Number(!saysWhy(a.incident)) - Number(!saysWhy(b.incident)))) {
    if (draft.gone) continue
    const home = index.nearest(draft)
    if (home === null || home.reason === 'same_side') {
      index.add(draft)
      if (home !== null) waiting.push(draft)
      continue
    }
    takeIn(index, home.draft, draft)
  }
  pair(index, waiting, clocks, sameRequest, false, ONE_TO_ONE)
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
  const drafts = storedDrafts([...neighbours, ...lonely])
  const index = new DraftIndex(clocks, new LineTimes(drafts.flatMap(({ spoken }) => spoken)), true)
  for (const draft of drafts) index.add(draft)
  // Not only those asked about: another may have more reason to expect the same partner.
  const bare = drafts.filter(({ incident }) => !saysWhy(incident))
  // The better founded pairs first, or a weak one would take the partner that another has every reason to expect.
  pair(index, bare, clocks, sameRequest, false)
  const names = new PathNames(drafts.map(({ incident }) => incident).filter(saysWhy))
  for (const ask of weaker(serves, names)) pair(index, bare, clocks, ask, true)
  return drafts.filter(({ changed, gone }) => changed && !gone)
}

/** Where two lines may be of one request, and each of another: wait until everything is read. */
const ONE_TO_ONE = true
/** What was paired may be asked for more; two gateways and a service are the most that stand in a row. */
const ROUNDS = 3

/** Gives each draft the partner that fits it best, the best fits of all first, so that no order of looking matters. */
function pair(
  index: DraftIndex,
  drafts: readonly Draft[],
  clocks: ClockLookup,
  ask: Ask,
  byTime: boolean,
  oneToOne = false,
): void {
  for (let round = 0; round < ROUNDS; round++) {
    const all: Wish[] = []
    for (const of of drafts) if (!of.gone) for (const fit of index.fits(of, ask, byTime)) all.push({ of, ...fit })
    if (all.length === 0) return
    const rivals = oneToOne ? rivalsIn(all) : null
    const wishes = oneToOne ? all : uncrossed(all)
    wishes.sort((a, b) => compareFits(a, b) || earlier(a.of, b.of))
    let paired = false
    for (const { of, draft } of wishes) {
      if (of.gone || draft.gone || (rivals !== null && (rivals.has(of) || rivals.has(draft)))) continue
      // Either may have become part of more since.
      if (ask(of, draft, clocks) === null) continue
      const [into, other] = leads(draft.incident, of.incident) ? [draft, of] : [of, draft]
      merge(into, other)
      index.add(into)
      paired = true
    }
    if (!paired) return
  }
}

/** What time alone speaks for must not cross; the rest is as it is. */
function uncrossed(wishes: readonly Wish[]): Wish[] {
  const isByTime = ({ reason, draft }: Wish): boolean =>
    STRENGTH[reason] < STRENGTH.status_line && saysWhy(draft.incident)
  return [...wishes.filter((wish) => !isByTime(wish)), ...inOrder(wishes.filter(isByTime))]
}

/** Those that more than one would like to be joined with. */
function rivalsIn(wishes: readonly Wish[]): Set<Draft> {
  const partners = new Map<Draft, Set<Draft>>()
  const note = (a: Draft, b: Draft) => partners.set(a, (partners.get(a) ?? new Set()).add(b))
  for (const { of, draft } of wishes) {
    note(of, draft)
    note(draft, of)
  }
  return new Set([...partners].filter(([, others]) => others.size > 1).map(([draft]) => draft))
}

function earlier(a: Draft, b: Draft): number {
  return a.incident.time_ms - b.incident.time_ms || byPlace(a.spoken[0], b.spoken[0])
}

/** May the gateway's line be about a request that this host refused? */
export type Serves = (host: string, gateway: string) => boolean

const weaker = (serves: Serves, names: PathNames): Ask[] =>
  (['named_path', 'status_and_time', 'time'] as const).map((reason) => (a, b, clocks) => {
    const [line, told] = saysWhy(a.incident) ? [b, a] : [a, b]
    if (perhapsSameRequest(a, b, clocks) !== reason) return null
    // A path that names one host's service is no request of another's.
    if (reason !== 'named_path' && names.nameAny(line.incident.http_path)) return null
    return line.spoken.some(({ host }) => host !== undefined && serves(told.incident.host!, host)) ? reason : null
  })

function storedDrafts(neighbours: readonly Neighbour[]): Draft[] {
  const byId = new Map<string, Draft>()
  for (const { incident: stored, spoken } of neighbours) {
    const { id, observations: _, ...incident } = stored
    if (!byId.has(id))
      byId.set(id, { id, incident, spoken: [...spoken], added: [], absorbs: [], changed: false, gone: false })
  }
  return [...byId.values()].sort(earlier)
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
function reasonsFirst(sightings: readonly Sighting[]): Sighting[] {
  return sightings
    .map((sighting) => ({ sighting, bare: isBare(sighting.event.specificity) }))
    .sort(
      (a, b) =>
        Number(a.bare) - Number(b.bare) || a.sighting.time_ms - b.sighting.time_ms || byPlace(placeOf(a), placeOf(b)),
    )
    .map(({ sighting }) => sighting)
}
