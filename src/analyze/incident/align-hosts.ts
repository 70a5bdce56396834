/**
 * Finds how far two hosts' stamps are apart from nothing but when things happened on both: the reasons a service wrote and
 * the bare refusals its gateway wrote. Over many requests one difference occurs far more often than any other: that is the
 * clocks'. For fleets whose logs share no id, and whose clocks nothing else ties together.
 * Invariant: a shift is given only where it stands out from chance; bounded work, whatever the logs hold.
 */
import type { ClockLookup, OffsetInterval } from '../../core/clock-lookup.ts'
import type { Neighbour } from '../../core/ports/store.ts'
import { namesService } from './names-service.ts'
import { saysWhy } from './same-request.ts'

/** Refusals compared per host and side, the newest; count. */
const PER_HOST = 600
/** Hosts on either side; count. */
const HOSTS = 64
/** A clock may be off by a wrong zone and a day; ms. */
const FURTHEST_MS = 26 * 3_600_000
/** Differences are counted in bins of this, each together with its neighbour: stamps of gateways are whole seconds; ms. */
const BIN_MS = 1_000
/** So many requests must agree … */
const LEAST = 6
/** … that are this much of the host's refusals … */
const LEAST_SHARE = 0.3
/** … and this many times the next best difference. */
const STANDS_OUT = 2.5
/** What a whole-second stamp and the time a request takes leave open; ms. */
const DOUBT_MS = 1_000

interface Shift {
  host: string
  other: string
  /** Host minus other, ms. */
  offset_ms: number
  /** Between most of the host's stamps that agree, ms. */
  from_ms: number
  to_ms: number
}

interface Refusal {
  time_ms: number
  service?: string
  path?: string
}

export class HostAlignment {
  readonly #reasons = new Map<string, Refusal[]>()
  readonly #bare = new Map<string, Refusal[]>()
  #shifts: Shift[] = []

  /** An incident that only one host speaks of; others are of no interest. */
  consider({ incident, spoken }: Neighbour): void {
    const hosts = new Set(spoken.map(({ host }) => host))
    const [host] = hosts
    if (hosts.size !== 1 || host === undefined) return
    const { service, http_path: path, time_ms } = incident
    const refusal: Refusal = { time_ms }
    if (service !== undefined) refusal.service = service
    if (path !== undefined) refusal.path = path
    const side = !saysWhy(incident) && path !== undefined ? this.#bare : this.#reasons
    const list = side.get(host)
    if (list === undefined) {
      if (side.size < HOSTS) side.set(host, [refusal])
    } else {
      list.push(refusal)
      if (list.length > PER_HOST) list.shift()
    }
  }

  /** Compares every pair of hosts, one per step, so that a caller can give others their turn. */
  *compare(): Generator<void> {
    const shifts: Shift[] = []
    for (const [host, reasons] of this.#reasons) {
      for (const [other, bare] of this.#bare) {
        if (host === other || reasons.length < LEAST) continue
        shifts.push(...shiftsBetween(host, reasons, other, bare))
        yield
      }
    }
    this.#shifts = shifts
  }

  /** `base`, and where it knows nothing, the shifts found; a host nobody knows anything against is taken to be right. */
  over(base: ClockLookup): ClockLookup {
    const between = (host: string, other: string, at_ms: number): OffsetInterval | null => {
      const known = base.between(host, other, at_ms)
      if (known !== null && Number.isFinite(known.offset_ms)) return known
      const mine = base.offset(host, undefined, at_ms)
      const theirs = base.offset(other, undefined, at_ms)
      // A shift is one number for hours; an offset follows a clock that drifts.
      if (!isKnown(mine) && !isKnown(theirs)) {
        const there = nearest(this.#of(host, other), at_ms)
        if (there !== null) return around(there.offset_ms)
        const back = nearest(this.#of(other, host), at_ms)
        return back === null ? null : around(-back.offset_ms)
      }
      return around((isKnown(mine) ? mine.offset_ms : 0) - (isKnown(theirs) ? theirs.offset_ms : 0))
    }
    return {
      between,
      atFault: (host, issuer) => base.atFault(host, issuer),
      offset: (host, issuer, at_ms) => {
        const known = base.offset(host, issuer, at_ms)
        if (isKnown(known)) return known
        const shift = nearest(this.#of(host, undefined), at_ms)
        if (shift === null) return known
        const others = base.offset(shift.other, issuer, at_ms)
        return around(shift.offset_ms + (isKnown(others) ? others.offset_ms : 0))
      },
    }
  }

  #of(host: string, other: string | undefined): Shift[] {
    return this.#shifts.filter((one) => one.host === host && (other === undefined || one.other === other))
  }
}

/** How far in time a stamp is from those that showed the shift, ms: of two shifts the nearer one holds. */
function away({ from_ms, to_ms }: Shift, at_ms: number): number {
  return Math.max(0, from_ms - at_ms, at_ms - to_ms)
}

function nearest(shifts: readonly Shift[], at_ms: number): Shift | null {
  let best: Shift | null = null
  for (const shift of shifts) if (best === null || away(shift, at_ms) < away(best, at_ms)) best = shift
  return best
}

function isKnown(offset: OffsetInterval | null): offset is OffsetInterval {
  return offset !== null && Number.isFinite(offset.low_ms) && Number.isFinite(offset.high_ms)
}

function around(offset_ms: number): OffsetInterval {
  return { offset_ms, low_ms: offset_ms - DOUBT_MS, high_ms: offset_ms + DOUBT_MS }
}

/** Two at most: a clock that was set in between shows two. */
function shiftsBetween(host: string, reasons: readonly Refusal[], other: string, bare: readonly Refusal[]): Shift[] {
  const bins = new Map<number, { reason: number; difference_ms: number }[]>()
  let comparable = 0
  for (const [i, reason] of reasons.entries()) {
    let any = false
    for (const line of bare) {
      const difference_ms = reason.time_ms - line.time_ms
      if (Math.abs(difference_ms) > FURTHEST_MS) continue
      if (reason.service !== undefined && !namesService(line.path!, reason.service)) continue
      any = true
      const bin = Math.floor(difference_ms / BIN_MS)
      const list = bins.get(bin)
      if (list === undefined) bins.set(bin, [{ reason: i, difference_ms }])
      else list.push({ reason: i, difference_ms })
    }
    if (any) comparable++
  }
  const counts = [...bins.keys()]
    .map((bin) => {
      const members = [...bins.get(bin)!, ...(bins.get(bin + 1) ?? [])]
      return { bin, members, count: new Set(members.map(({ reason }) => reason)).size }
    })
    .sort((a, b) => b.count - a.count)
  const found: Shift[] = []
  for (const peak of counts) {
    if (found.length === 2) break
    if (peak.count < LEAST || peak.count < comparable * LEAST_SHARE) break
    if (found.some(({ offset_ms }) => Math.abs(offset_ms / BIN_MS - peak.bin) <= NEAR_BINS)) continue
    const rival = counts.find(
      ({ bin }) =>
        Math.abs(bin - peak.bin) > NEAR_BINS &&
        !found.some(({ offset_ms }) => Math.abs(offset_ms / BIN_MS - bin) <= NEAR_BINS),
    )
    if (rival !== undefined && peak.count < rival.count * STANDS_OUT && !areTwoTimes(peak, rival, reasons)) break
    found.push(shiftOf(host, other, peak.members, reasons))
  }
  return found
}

/** Bins around a peak that are its own: durations, drift. */
const NEAR_BINS = 15

interface Peak {
  bin: number
  count: number
  members: readonly { reason: number; difference_ms: number }[]
}

/** One difference before some moment and the other after it: the clock was set. */
function areTwoTimes(a: Peak, b: Peak, reasons: readonly Refusal[]): boolean {
  const times = ({ members }: Peak) => members.map(({ reason }) => reasons[reason]!.time_ms).sort((x, y) => x - y)
  const [one, two] = [times(a), times(b)]
  const middle = (list: number[], share: number) => list[Math.floor((list.length - 1) * share)]!
  return middle(one, 0.9) <= middle(two, 0.1) || middle(two, 0.9) <= middle(one, 0.1)
}

function shiftOf(host: string, other: string, members: Peak['members'], reasons: readonly Refusal[]): Shift {
  const differences = members.map(({ difference_ms }) => difference_ms).sort((a, b) => a - b)
  const times = members.map(({ reason }) => reasons[reason]!.time_ms).sort((a, b) => a - b)
  // A stamp cut down to the second lies half of one before what it stands for, on average.
  const median = differences[Math.floor(differences.length / 2)]!
  // A few agree by chance, at any time: the middle four fifths say when it held.
  const at = (share: number) => times[Math.floor((times.length - 1) * share)]!
  return { host, other, offset_ms: median - BIN_MS / 2, from_ms: at(0.1), to_ms: at(0.9) }
}
