/**
 * Incidents at hand while joining, found by id and by place and moment in which something was written about them.
 * Invariant: bounded work per look-up, however many requests share an id or a moment.
 */
import type { ClockLookup } from '../../core/clock-lookup.ts'
import type { Observation } from '../../core/incident.ts'
import type { Spoken } from '../../core/ports/store.ts'
import { apartness, distance, type Known, STATUS_WINDOW_MS } from './distance.ts'
import { HostShifts } from './host-shifts.ts'
import type { LineTimes } from './line-times.ts'
import { type JoinReason, sameRequest } from './same-request.ts'
import type { Told } from './tell.ts'

export interface Draft extends Known {
  id?: string
  incident: Told
  spoken: Spoken[]
  added: Observation[]
  /** Stored incidents that are one with this one. */
  absorbs: string[]
  changed: boolean
  /** Became part of another one. */
  gone: boolean
}

/** One token refused a thousand times in one batch: only the newest of its incidents can be near in time; count. */
const PER_ID = 16
/** Incidents of one place and moment looked at; more cannot be told apart by time. */
const PER_MOMENT = 256
/** What may be one request lies in neighbouring moments; ms. */
const MOMENT_MS = 4_000
/** Stamps are cut down to the second, offsets rounded to it; ms. */
const REACH_MS = STATUS_WINDOW_MS + 1_000

/** How much a reason proves; those under `status_line` share nothing but place and time. */
export const STRENGTH: Readonly<Record<JoinReason, number>> = {
  same_record: 6,
  request_id: 5,
  trace_id: 4,
  token: 3,
  same_place: 2,
  status_line: 1,
  same_side: 0.95,
  grant_and_time: 0.9,
  named_path: 0.8,
  status_and_time: 0.6,
  time: 0.4,
}

/** May two be one? The answer's name says why. */
export type Ask = (a: Known, b: Known, clocks: ClockLookup) => JoinReason | null

export class DraftIndex {
  readonly #clocks: ClockLookup
  readonly #shifts: HostShifts
  readonly #byId = new Map<string, Draft[]>()
  /** By what a status line and its reason share beside the moment: host, path, address, client. */
  readonly #byPlace = new Map<string, Draft[]>()
  /** All of a moment; null where nobody asks for what shares nothing else. */
  readonly #byMoment: Map<number, Draft[]> | null
  /** Hosts met, with whose clocks a stamp may have to be compared. */
  readonly #hosts = new Set<string>()

  readonly #lines: LineTimes

  /** `byTime`: whether partners by time alone will be asked for. */
  constructor(clocks: ClockLookup, lines: LineTimes, byTime = false) {
    this.#clocks = clocks
    this.#lines = lines
    this.#shifts = new HostShifts(this.#hosts, clocks)
    this.#byMoment = byTime ? new Map() : null
  }

  add(draft: Draft): void {
    for (const key of idsOf(draft.incident)) put(this.#byId, key, draft, PER_ID)
    for (const spoken of draft.spoken) {
      const { time_ms, host } = spoken
      const moment = Math.floor(time_ms / MOMENT_MS)
      for (const place of placesOf(draft.incident, spoken))
        put(this.#byPlace, `${place}\u001f${moment}`, draft, PER_MOMENT)
      if (this.#byMoment !== null) put(this.#byMoment, moment, draft, PER_MOMENT)
      if (host !== undefined) this.#hosts.add(host)
    }
  }

  /** The one that fits best, by strength of the reason, then by nearness in time, then the earliest. */
  nearest(known: Known): Fit | null {
    let best: Fit | null = null
    for (const draft of this.#withIds(known.incident)) best = this.#better(known, draft, best, sameRequest)
    // An id proves more than any nearness could.
    if (best !== null && STRENGTH[best.reason] >= STRENGTH.trace_id) return best
    for (const draft of this.#nearby(known)) best = this.#better(known, draft, best, sameRequest)
    return best
  }

  /** All that fit, in no order; `byTime`: also what shares nothing but time. */
  *fits(known: Known, ask: Ask, byTime: boolean): Generator<Fit> {
    for (const draft of byTime ? this.#atTime(known) : this.#nearby(known)) {
      const fit = this.#fit(known, draft, ask)
      if (fit !== null) yield fit
    }
  }

  /** Others that share an id with it: the same request told under two ids that nobody knew to be one. */
  twins(draft: Draft): Draft[] {
    const twins: Draft[] = []
    for (const other of this.#withIds(draft.incident)) {
      if (other === draft || other.gone) continue
      const reason = sameRequest(draft, other, this.#clocks)
      if (reason === 'request_id' || reason === 'trace_id') twins.push(other)
    }
    return twins
  }

  #better(known: Known, draft: Draft, best: Fit | null, ask: Ask): Fit | null {
    const fit = this.#fit(known, draft, ask)
    return fit !== null && (best === null || compareFits(fit, best) < 0) ? fit : best
  }

  #fit(known: Known, draft: Draft, ask: Ask): Fit | null {
    if (draft === known || draft.gone) return null
    const reason = ask(known, draft, this.#clocks)
    if (reason === null) return null
    const apart = apartness(known, draft, this.#clocks)
    return { draft, reason, apart, off: distance(known, draft, this.#clocks, this.#lines) }
  }

  #withIds(incident: Told): Set<Draft> {
    const found = new Set<Draft>()
    for (const key of idsOf(incident)) for (const draft of this.#byId.get(key) ?? []) found.add(draft)
    return found
  }

  #nearby(known: Known): Set<Draft> {
    const found = new Set<Draft>()
    for (const spoken of known.spoken) {
      const moments = this.#moments(spoken.host, spoken.time_ms)
      for (const place of placesOf(known.incident, spoken))
        for (const moment of moments)
          for (const draft of this.#byPlace.get(`${place}\u001f${moment}`) ?? []) found.add(draft)
    }
    return found
  }

  #atTime(known: Known): Set<Draft> {
    const found = new Set<Draft>()
    for (const { host, time_ms } of known.spoken)
      for (const moment of this.#moments(host, time_ms))
        for (const draft of this.#byMoment?.get(moment) ?? []) found.add(draft)
    return found
  }

  /** In which a partner's stamp may lie, by its own clock or by one that agrees with the others. */
  #moments(host: string | undefined, time_ms: number): readonly number[] {
    const moments = momentsAround(time_ms)
    if (host !== undefined)
      for (const shift_ms of this.#shifts.of(host, time_ms))
        for (const moment of momentsAround(time_ms - shift_ms)) if (!moments.includes(moment)) moments.push(moment)
    return moments
  }
}

function momentsAround(time_ms: number): number[] {
  const [first, last] = [Math.floor((time_ms - REACH_MS) / MOMENT_MS), Math.floor((time_ms + REACH_MS) / MOMENT_MS)]
  return first === last ? [first] : last === first + 1 ? [first, last] : [first, first + 1, last]
}

/** One of these is shared by two records that time joins; see `sameRequest`. */
function placesOf({ http_path, client_address, client_id, kind }: Told, { host, stream }: Spoken): string[] {
  const places = [host === undefined ? `s${stream}` : `h${host}`]
  if (http_path !== undefined) places.push(`p${http_path}`)
  if (client_address !== undefined) places.push(`a${client_address}`)
  if (client_id !== undefined) places.push(`c${client_id}`)
  // A grant's two sides may have nothing in common: the issuer does not name a client that it does not know.
  if (kind === 'issuance' || kind === 'refresh') places.push('g')
  return places
}

export interface Fit {
  draft: Draft
  reason: JoinReason
  apart: number
  /** From where it should be by the best value of the clocks, ms. */
  off: number
}

/** Better founded first, then nearer in time, then earlier; < 0: `a` comes first. */
export function compareFits(a: Fit, b: Fit): number {
  return (
    STRENGTH[b.reason] - STRENGTH[a.reason] ||
    // One process mostly ends its requests in the order in which it began them.
    (a.reason === 'same_place' ? 0 : a.apart - b.apart || a.off - b.off) ||
    a.draft.incident.time_ms - b.draft.incident.time_ms ||
    byPlace(a.draft.spoken[0], b.draft.spoken[0])
  )
}

type Place = Pick<Spoken, 'stream' | 'offset'>

/** Lines of one second are in order in their file, whatever order they are read in. */
export function byPlace(a: Place | undefined, b: Place | undefined): number {
  if (a === undefined || b === undefined) return 0
  if (a.stream !== b.stream) return a.stream < b.stream ? -1 : 1
  return a.offset - b.offset
}

function idsOf({ request_id, other_request_ids, trace_id, token, token_id }: Told): string[] {
  const ids: string[] = []
  if (request_id !== undefined) ids.push(`r${request_id}`)
  for (const id of other_request_ids ?? []) ids.push(`r${id}`)
  if (trace_id !== undefined) ids.push(`t${trace_id}`)
  if (token !== undefined) ids.push(`k${token}`)
  if (token_id !== undefined) ids.push(`j${token_id}`)
  return ids
}

function put<K>(map: Map<K, Draft[]>, key: K, draft: Draft, limit: number): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [draft])
  else if (!list.includes(draft)) {
    list.push(draft)
    if (list.length > limit) list.shift()
  }
}
