/**
 * Incidents at hand while joining, found by id and by the second in which something was written about them.
 * Invariant: bounded work per look-up, however many requests share an id or a second.
 */
import type { ClockLookup } from '../../core/clock-lookup.ts'
import type { Observation } from '../../core/incident.ts'
import type { Spoken } from '../../core/ports/store.ts'
import { apartness, distance, type JoinReason, type Known, STATUS_WINDOW_MS, sameRequest } from './same-request.ts'
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
/** Incidents of one second looked at; more cannot be told apart by time. */
const PER_SECOND = 256
const SECOND_MS = 1_000

const STRENGTH: Readonly<Record<JoinReason, number>> = {
  request_id: 5,
  trace_id: 4,
  token: 3,
  same_place: 2,
  status_line: 1,
  named_path: 0.8,
  status_and_time: 0.6,
  time: 0.4,
}

export class DraftIndex {
  readonly #clocks: ClockLookup
  readonly #byId = new Map<string, Draft[]>()
  readonly #bySecond = new Map<number, Draft[]>()
  /** Hosts met, with whose clocks a stamp may have to be compared. */
  readonly #hosts = new Set<string>()

  constructor(clocks: ClockLookup) {
    this.#clocks = clocks
  }

  add(draft: Draft): void {
    for (const key of idsOf(draft.incident)) put(this.#byId, key, draft, PER_ID)
    for (const { time_ms, host } of draft.spoken) {
      put(this.#bySecond, Math.floor(time_ms / SECOND_MS), draft, PER_SECOND)
      if (host !== undefined) this.#hosts.add(host)
    }
  }

  /** The one that fits best, by strength of the reason, then by nearness in time, then the earliest. */
  nearest(known: Known, ask: typeof sameRequest = sameRequest): Fit | null {
    const best = this.#best(known, this.#withIds(known.incident), null, ask)
    // An id proves more than any nearness could.
    if (best !== null && STRENGTH[best.reason] >= STRENGTH.trace_id) return best
    return this.#best(known, this.#nearby(known), best, ask)
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

  #best(known: Known, candidates: Iterable<Draft>, best: Fit | null, ask: typeof sameRequest): Fit | null {
    for (const draft of candidates) {
      if (draft === known || draft.gone) continue
      const reason = ask(known, draft, this.#clocks)
      if (reason === null) continue
      const apart = apartness(known, draft, this.#clocks)
      const fit = { draft, reason, apart, off: distance(known, draft, this.#clocks) }
      if (best === null || isBetter(fit, best)) best = fit
    }
    return best
  }

  #withIds(incident: Told): Set<Draft> {
    const found = new Set<Draft>()
    for (const key of idsOf(incident)) for (const draft of this.#byId.get(key) ?? []) found.add(draft)
    return found
  }

  #nearby(known: Known): Set<Draft> {
    const candidates = new Set<Draft>()
    const seconds = new Set<number>()
    for (const { host, time_ms } of known.spoken) {
      addSeconds(seconds, time_ms)
      if (host === undefined) continue
      for (const shift_ms of shiftsOf(host, time_ms, this.#hosts, this.#clocks)) addSeconds(seconds, time_ms - shift_ms)
    }
    for (const second of seconds) for (const draft of this.#bySecond.get(second) ?? []) candidates.add(draft)
    return candidates
  }
}

/** How far this host's stamps are from those of the others, where that is more than the window forgives; distinct to the second. */
export function shiftsOf(host: string, time_ms: number, hosts: Iterable<string>, clocks: ClockLookup): Set<number> {
  const shifts = new Set<number>()
  for (const other of hosts) {
    if (other === host || shifts.size >= SHIFT_LIMIT) continue
    const offset = clocks.between(host, other, time_ms)?.offset_ms
    if (offset !== undefined && Math.abs(offset) >= SECOND_MS) shifts.add(Math.round(offset / SECOND_MS) * SECOND_MS)
  }
  return shifts
}

/** More clocks that are wrong in different ways than a fleet has; each costs a look. */
const SHIFT_LIMIT = 16

function addSeconds(seconds: Set<number>, time_ms: number): void {
  // One more on either side: stamps are cut down to the second, offsets rounded to it.
  const reach = Math.ceil(STATUS_WINDOW_MS / SECOND_MS) + 1
  const middle = Math.floor(time_ms / SECOND_MS)
  for (let second = middle - reach; second <= middle + reach; second++) seconds.add(second)
}

interface Fit {
  draft: Draft
  reason: JoinReason
  apart: number
  /** From where it should be by the best value of the clocks, ms. */
  off: number
}

function isBetter(a: Fit, b: Fit): boolean {
  if (STRENGTH[a.reason] !== STRENGTH[b.reason]) return STRENGTH[a.reason] > STRENGTH[b.reason]
  if (a.apart !== b.apart) return a.apart < b.apart
  if (a.off !== b.off) return a.off < b.off
  if (a.draft.incident.time_ms !== b.draft.incident.time_ms) return a.draft.incident.time_ms < b.draft.incident.time_ms
  return byPlace(a.draft.spoken[0], b.draft.spoken[0]) < 0
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
