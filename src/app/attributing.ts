/**
 * Step 6 for one batch: joins sightings with each other and with what is stored, and decides every incident that is new or
 * changed, with the history that the batch itself brings. Used while collecting and when looking again.
 * Leaves writing to the caller, who commits everything in one transaction.
 */
import { attribute } from '../analyze/attribution/attribute.ts'
import type { Background } from '../analyze/attribution/background.ts'
import { questionsOf } from '../analyze/attribution/questions-of.ts'
import { FactGatherer } from '../analyze/history/fact-gatherer.ts'
import type { Draft } from '../analyze/incident/draft-index.ts'
import { HostShifts } from '../analyze/incident/host-shifts.ts'
import { joinArrivals, joinIncidents, rejoinIncidents, type Serves } from '../analyze/incident/join-incidents.ts'
import { idQuery, nearbyRanges } from '../analyze/incident/neighbour-queries.ts'
import { saysWhy } from '../analyze/incident/same-request.ts'
import type { Sighting } from '../analyze/incident/sighting.ts'
import type { Told } from '../analyze/incident/tell.ts'
import type { ClockLookup } from '../core/clock-lookup.ts'
import type { HistoryFact, HistoryQuestion } from '../core/history.ts'
import type { IncidentChange, Neighbour, Spoken, StoreWriter } from '../core/ports/store.ts'

/** Stored incidents near in time that are looked at per batch; more than a batch's own records cannot be told apart anyway. */
const NEARBY_LIMIT = 4_000
/** …and per reading, so that the event loop gets its turn; count. */
const PAGE = 250
/** Hosts whose clocks are compared when records are joined by time; the least lately heard of goes first. */
const HOSTS_LIMIT = 256

export class Attribution {
  readonly #writer: Pick<StoreWriter, 'neighbours' | 'page' | 'history'>
  readonly #clocks: () => ClockLookup
  readonly #serves: Serves
  readonly #hosts = new Set<string>()

  constructor(
    writer: Pick<StoreWriter, 'neighbours' | 'page' | 'history'>,
    clocks: () => ClockLookup,
    serves: Serves = () => true,
  ) {
    this.#writer = writer
    this.#clocks = clocks
    this.#serves = serves
  }

  /** `news`: facts of the same batch, which the store does not know yet. */
  async join(sightings: readonly Sighting[], news: FactGatherer): Promise<Draft[]> {
    if (sightings.length === 0) return []
    for (const { event } of sightings) if (event.host !== undefined) this.meet(event.host)
    const places = sightings.map(({ event, time_ms }) =>
      event.host === undefined ? { time_ms } : { host: event.host, time_ms },
    )
    const byId = await this.#writer.neighbours(sightings.map(idQuery).filter((query) => query !== null))
    const nearby = await this.#nearby(places)
    const drafts = joinIncidents(sightings, [...byId.flat(), ...nearby], this.#clocks())
    await this.#decide(drafts, news)
    return drafts
  }

  /** Joins stored incidents that meet here for the first time with what else is stored; only what was joined comes back, decided. */
  async meetArrivals(arrived: readonly Neighbour[]): Promise<{ drafts: Draft[]; met: readonly Neighbour[] }> {
    for (const { spoken } of arrived) for (const { host } of spoken) if (host !== undefined) this.meet(host)
    const queries = arrived.map(({ incident }) => idQuery({ event: incident, time_ms: incident.time_ms }))
    const byId = await this.#writer.neighbours(queries.filter((query) => query !== null))
    const met = [...byId.flat(), ...(await this.#nearby(arrived.flatMap(({ spoken }) => spoken)))]
    const drafts = joinArrivals(arrived, met, this.#clocks())
    await this.#decide(drafts, new FactGatherer())
    return { drafts, met }
  }

  /** Decides stored incidents anew and finds partners for those that have none; only what changed comes back. */
  async again(page: readonly Neighbour[]): Promise<Draft[]> {
    for (const { spoken } of page) for (const { host } of spoken) if (host !== undefined) this.meet(host)
    const lonely = page.filter(({ incident }) => !saysWhy(incident))
    const neighbours = lonely.length === 0 ? [] : await this.#nearby(lonely.flatMap(({ spoken }) => spoken))
    const joined = rejoinIncidents(lonely, neighbours, this.#clocks(), this.#serves)
    const touched = new Set(joined.flatMap(({ id, absorbs }) => [id, ...absorbs]))
    const others = page.filter(({ incident }) => !touched.has(incident.id)).map(asDraft)
    await this.#decide([...joined, ...others], new FactGatherer())
    const before = new Map(page.map(({ incident }) => [incident.id, incident]))
    return [...joined, ...others.filter((draft) => differs(draft.incident, before.get(draft.id!)!))]
  }

  async #decide(drafts: readonly Draft[], news: FactGatherer): Promise<void> {
    const clocks = this.#clocks()
    const asked = new Map<string, { question: HistoryQuestion; facts: readonly HistoryFact[] }>()
    const backgrounds = drafts.map(({ incident, spoken }) => new Facts(incident, spoken, clocks, asked))
    const questions = [...asked.values()]
    const answers = await this.#writer.history(questions.map(({ question }) => question))
    for (const [i, entry] of questions.entries()) entry.facts = [...answers[i]!, ...news.answer(entry.question)]
    for (const [i, draft] of drafts.entries()) draft.incident = attribute(draft.incident, backgrounds[i]!)
  }

  async #nearby(places: readonly { host?: string; time_ms: number }[]): Promise<Neighbour[]> {
    const found: Neighbour[] = []
    for (const range of nearbyRanges(places, new HostShifts(this.#hosts, this.#clocks()))) {
      let after: { time_ms: number; id: string } | undefined
      for (;;) {
        if (found.length >= NEARBY_LIMIT) return found
        const page = await this.#writer.page({ ...range, ...(after === undefined ? {} : { after }), limit: PAGE })
        found.push(...page)
        if (page.length < PAGE) break
        const { time_ms, id } = page.at(-1)!.incident
        after = { time_ms, id }
        await new Promise((resolve) => setImmediate(resolve))
      }
    }
    return found
  }

  /** A host whose clock may have to be compared. */
  meet(host: string): void {
    this.#hosts.delete(host)
    this.#hosts.add(host)
    if (this.#hosts.size > HOSTS_LIMIT) this.#hosts.delete(this.#hosts.values().next().value!)
  }
}

/** What the store is to write of a draft. */
export function changeOf({ id, absorbs, incident, added }: Draft): IncidentChange {
  return { ...(id === undefined ? {} : { id }), ...(absorbs.length === 0 ? {} : { absorbs }), incident, added }
}

/** A draft's questions, asked once for all drafts of a batch that share them. */
class Facts implements Background {
  readonly clocks: ClockLookup
  readonly spoken: readonly Spoken[]
  readonly #entries = new Map<string, { facts: readonly HistoryFact[] }[]>()

  constructor(
    told: Told,
    spoken: readonly Spoken[],
    clocks: ClockLookup,
    asked: Map<string, { question: HistoryQuestion; facts: readonly HistoryFact[] }>,
  ) {
    this.clocks = clocks
    this.spoken = spoken
    for (const question of questionsOf(told, { clocks, spoken, facts: () => [] })) {
      const { party, key } = question
      // Whole minutes, so that incidents of one minute share their questions.
      const from_ms = Math.floor(question.from_ms / MINUTE_MS) * MINUTE_MS
      const to_ms = Math.ceil(question.to_ms / MINUTE_MS) * MINUTE_MS
      const identity = `${party}\u001f${key}\u001f${from_ms}\u001f${to_ms}`
      let entry = asked.get(identity)
      if (entry === undefined) {
        entry = { question: { party, key, from_ms, to_ms }, facts: [] }
        asked.set(identity, entry)
      }
      const place = `${party}\u001f${key}`
      const list = this.#entries.get(place)
      if (list === undefined) this.#entries.set(place, [entry])
      else list.push(entry)
    }
  }

  /** A value and not a method: rules take it out of the background. */
  readonly facts = (party: HistoryQuestion['party'], key: string | undefined): readonly HistoryFact[] => {
    if (key === undefined) return []
    const entries = this.#entries.get(`${party}\u001f${key}`)
    if (entries === undefined) return []
    return entries.length === 1 ? entries[0]!.facts : entries.flatMap(({ facts }) => facts)
  }
}

const MINUTE_MS = 60_000

function asDraft({ incident: stored, spoken }: Neighbour): Draft {
  const { id, observations: _, ...incident } = stored
  return { id, incident, spoken: [...spoken], added: [], absorbs: [], changed: false, gone: false }
}

function differs(a: Told, b: Told): boolean {
  return (
    a.cause !== b.cause ||
    a.subcause !== b.subcause ||
    a.confidence !== b.confidence ||
    a.recovered_ms !== b.recovered_ms ||
    a.why.length !== b.why.length ||
    a.why.some((reason, i) => reason !== b.why[i])
  )
}
