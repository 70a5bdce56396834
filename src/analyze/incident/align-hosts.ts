/**
 * Finds how far two hosts' stamps are apart from nothing but when things happened on both: the reasons a service wrote and
 * the bare refusals its gateway wrote. At each time one difference occurs far more often than any other: that is the
 * clocks'. For fleets whose logs share no id, and whose clocks nothing else ties together.
 * Invariant: a shift is given only where it stands out from chance; bounded work, whatever the logs hold.
 */
import type { ClockLookup, OffsetInterval } from '../../core/clock-lookup.ts'
import type { Neighbour } from '../../core/ports/store.ts'
import { align, isWhole, type Met, type Refusal } from './align-pair.ts'
import { saysWhy } from './same-request.ts'
import { type Alignment, away, median, shiftAt } from './shift-nodes.ts'
import { isBare } from './sighting.ts'
import type { Told } from './tell.ts'

/** Refusals compared per host and side, the newest; count. */
const PER_HOST = 1_500
/** Requests that show which gateway a host is behind; count … */
const ENOUGH = 8
/** … and the share of the busiest one's that makes another its gateway, too. */
const LEAST_SHARE = 0.15
/** Hosts on either side; count. */
const HOSTS = 64
/** Pairs compared, at most some 0.3 s of work each; those with most to compare come first. Count. */
const PAIRS = 200
/** What a whole-second stamp and the time a request takes leave open; ms. */
const DOUBT_MS = 700
/** Differences of clocks that are known no better than this are better measured; ms. */
const NARROW_MS = 2_000
/** So many hosts outvote another one's clock if this share of them agrees; count, share. */
const VOTERS = 3
const MAJORITY = 0.6
/** A shift outranks a narrow estimate this near to what showed it; ms. */
const NEAR_MS = 600_000

/** Only this near to a request that both wrote of is a shift believed against tokens; ms. */
const MET_MS = 120_000

interface Pair {
  host: string
  other: string
  reasons: readonly Refusal[]
  bare: readonly Refusal[]
  met: readonly Met[]
}

export class HostAlignment {
  readonly #reasons = new Map<string, Refusal[]>()
  readonly #bare = new Map<string, Refusal[]>()
  /** host → other → when each saw a request that is known to be one: what was found before is found again. */
  readonly #met = new Map<string, Map<string, Met[]>>()
  /** host → path → when it wrote of it; null where more than once. What two hosts wrote of once each is one request. */
  readonly #paths = new Map<string, Map<string, number | null>>()
  /** host → gateway → requests that both speak of. */
  readonly #together = new Map<string, Map<string, number>>()
  /** Whatever stands first before some host. */
  #gateways = new Set<string>()
  /** host → other → what was found. */
  #found = new Map<string, Map<string, Alignment>>()

  /** One that a single host speaks of is compared, one of two shows which hosts serve together. */
  consider({ incident, spoken }: Neighbour): void {
    const hosts = new Set(spoken.map(({ host }) => host))
    const { host, http_path } = incident
    if (host === undefined) return
    if (http_path !== undefined)
      for (const one of spoken)
        if (one.host !== undefined && isBare(one.specificity)) this.#wrote(one.host, http_path, one.time_ms)
    if (hosts.size > 1) {
      // Whoever asks an issuer for tokens stands before nothing.
      const { kind } = incident
      if (!saysWhy(incident)) {
        this.#meetByPath(spoken)
        for (const one of spoken) if (one.host !== undefined) this.#compared(incident, one.host, one.time_ms)
      } else if (kind === 'validation' || kind === 'introspection') this.#meet(host, spoken)
      return
    }
    this.#compared(incident, host, incident.time_ms)
  }

  #compared(incident: Told, host: string, time_ms: number): void {
    const bare = !saysWhy(incident)
    if (bare && incident.http_path === undefined) return
    const side = bare ? this.#bare : this.#reasons
    const refusal: Refusal = { time_ms, incident }
    const list = side.get(host)
    if (list === undefined) {
      if (side.size < HOSTS) side.set(host, [refusal])
    } else {
      list.push(refusal)
      if (list.length > PER_HOST) list.shift()
    }
  }

  /**
   * Does this gateway stand before this host? A host mostly has few before it, and a line of any other is another request's.
   * True where too little is known.
   */
  readonly serves = (host: string, gateway: string): boolean => {
    const known = this.#together.get(host)
    if (known === undefined) return true
    const most = Math.max(...known.values())
    if (most < ENOUGH || (known.get(gateway) ?? 0) >= most * LEAST_SHARE) return true
    // Callers speak of few requests of each host; only what stands before another host is a gateway.
    return !this.#gateways.has(gateway)
  }

  /** One request that is known to be told by both. */
  #meet(host: string, spoken: Neighbour['spoken']): void {
    const finest = finestOf(spoken)
    const mine = finest.get(host)
    if (mine === undefined) return
    for (const one of finest.values()) {
      if (one.host === undefined || one.host === host) continue
      this.#served(host, one.host, 1)
      // They may have been joined by nothing but time, and then say what was believed of the clocks.
      this.#note(host, one.host, { mine_ms: mine.time_ms, other_ms: one.time_ms, marked: false })
    }
  }

  /** Two status lines of one path; which of the two hosts stands in front they do not say. */
  #meetByPath(spoken: Neighbour['spoken']): void {
    const finest = [...finestOf(spoken).values()]
    for (const one of finest)
      for (const two of finest)
        if (one.host !== undefined && two.host !== undefined && one.host !== two.host)
          this.#note(one.host, two.host, { mine_ms: one.time_ms, other_ms: two.time_ms, marked: true })
  }

  #note(host: string, other: string, meeting: Met): void {
    const met = this.#met.get(host) ?? new Map<string, Met[]>()
    this.#met.set(host, met)
    const list = met.get(other) ?? []
    if (met.size < HOSTS || met.has(other)) met.set(other, list)
    list.push(meeting)
    if (list.length > PER_HOST) list.shift()
  }

  #wrote(host: string, path: string, time_ms: number): void {
    const paths = this.#paths.get(host) ?? new Map<string, number | null>()
    if (this.#paths.size < HOSTS || this.#paths.has(host)) this.#paths.set(host, paths)
    if (paths.size < PER_HOST || paths.has(path)) paths.set(path, paths.has(path) ? null : time_ms)
  }

  #byPaths(host: string, other: string): Met[] {
    const met: Met[] = []
    const there = this.#paths.get(other)
    if (there === undefined) return met
    for (const [path, mine_ms] of this.#paths.get(host) ?? []) {
      const other_ms = there.get(path)
      if (mine_ms !== null && other_ms != null) met.push({ mine_ms, other_ms, marked: true })
    }
    return met
  }

  #served(host: string, gateway: string, times: number): void {
    const known = this.#together.get(host) ?? new Map<string, number>()
    this.#together.set(host, known)
    if (known.size < HOSTS || known.has(gateway)) known.set(gateway, (known.get(gateway) ?? 0) + times)
  }

  /** Compares every pair of hosts, in steps of a few ms, so that a caller can give others their turn. */
  *compare(): Generator<void> {
    const found = new Map<string, Map<string, Alignment>>()
    const inOrder = (list: readonly Refusal[]) => [...list].sort((a, b) => a.time_ms - b.time_ms)
    for (const { host, other, reasons, bare, met } of this.#pairs()) {
      const alignment = yield* align(inOrder(reasons), inOrder(bare), met)
      if (alignment === null) continue
      const known = found.get(host) ?? new Map<string, Alignment>()
      found.set(host, known.set(other, alignment))
      this.#served(host, other, alignment.byMine.length - met.length)
    }
    this.#found = found
    this.#gateways = new Set([...this.#together.values()].map(firstOf).filter((one) => one !== null))
  }

  #pairs(): Pair[] {
    const pairs: Pair[] = []
    for (const host of new Set([...this.#reasons.keys(), ...this.#met.keys(), ...this.#paths.keys()]))
      for (const other of new Set([
        ...this.#bare.keys(),
        ...(this.#met.get(host)?.keys() ?? []),
        ...this.#paths.keys(),
      ])) {
        if (host === other) continue
        const known = this.#met.get(host)?.get(other) ?? []
        const met = known.length > 0 ? known : this.#byPaths(host, other)
        const [reasons, bare] = [this.#reasons.get(host) ?? [], this.#bare.get(other) ?? []]
        if (reasons.length > 0 || met.length > 0) pairs.push({ host, other, reasons, bare, met })
      }
    const work = ({ reasons, bare, met }: Pair) => Math.min(reasons.length, bare.length) + met.length
    return pairs.sort((a, b) => work(b) - work(a)).slice(0, PAIRS)
  }

  /** `base`, bettered by the shifts found; a host nobody knows anything against is taken to be right. */
  over(base: ClockLookup): ClockLookup {
    const between = (host: string, other: string, at_ms: number): OffsetInterval | null => {
      const known = base.between(host, other, at_ms)
      const usable = known !== null && Number.isFinite(known.offset_ms)
      // What was met at that time says more than an estimate from tokens, which may not see a clock that is set.
      const there = this.#found.get(host)?.get(other)
      const back = this.#found.get(other)?.get(host)
      const reach = usable && known.high_ms - known.low_ms <= NARROW_MS ? NEAR_MS : Infinity
      if (there !== undefined && away(there.byMine, at_ms, 'mine_ms') <= reach)
        return around(shiftAt(there.byMine, at_ms, 'mine_ms'))
      if (back !== undefined && away(back.byOther, at_ms, 'other_ms') <= reach)
        return around(-shiftAt(back.byOther, at_ms, 'other_ms'))
      if (usable) return known
      const mine = this.#frame(base, host, at_ms)
      const theirs = this.#frame(base, other, at_ms)
      return mine === null && theirs === null ? null : around((mine ?? 0) - (theirs ?? 0))
    }
    return {
      between,
      atFault: (host, issuer) => base.atFault(host, issuer),
      offset: (host, issuer, at_ms) => {
        const known = base.offset(host, issuer, at_ms)
        const [other, alignment] = this.#best(host) ?? []
        if (alignment === undefined) return known
        const shift_ms = shiftAt(alignment.byMine, at_ms, 'mine_ms')
        const others = base.offset(other!, issuer, at_ms - shift_ms)
        // On the scale on which both are known, where the gateway has seen no token of this issuer.
        const apart = isKnown(known) ? base.between(host, other!, at_ms) : null
        const placed = isKnown(known) && apart !== null && Number.isFinite(apart.offset_ms)
        const others_ms = isKnown(others)
          ? others.offset_ms
          : placed
            ? known.offset_ms - apart.offset_ms
            : this.#outvoted(other!, at_ms - shift_ms)
        // A host nobody says anything against is right.
        const met = around(shift_ms + (others_ms ?? 0))
        if (!isKnown(known)) return met
        // Tokens say nothing of a clock that was set and has refused them all since; what it wrote with its gateway does.
        const differ = met.low_ms > known.high_ms + NARROW_MS || met.high_ms < known.low_ms - NARROW_MS
        const sure = others_ms !== null && away(alignment.byMine, at_ms, 'mine_ms') <= MET_MS
        return differ && sure ? met : known
      },
    }
  }

  /** Ahead of the others by so much, ms; null where nothing says. */
  #frame(base: ClockLookup, host: string, at_ms: number): number | null {
    const known = base.offset(host, undefined, at_ms)
    if (isKnown(known)) return known.offset_ms
    const [other, alignment] = this.#best(host) ?? []
    if (alignment === undefined) return null
    const shift_ms = shiftAt(alignment.byMine, at_ms, 'mine_ms')
    const others = base.offset(other!, undefined, at_ms - shift_ms)
    return shift_ms + (isKnown(others) ? others.offset_ms : (this.#outvoted(other!, at_ms - shift_ms) ?? 0))
  }

  /** By how much a host is off from most of those it met, ms; null: too few, or they do not agree. */
  #outvoted(host: string, at_ms: number): number | null {
    const shifts = [...(this.#found.get(host)?.values() ?? [])].map(({ byMine }) => shiftAt(byMine, at_ms, 'mine_ms'))
    if (shifts.length < VOTERS) return null
    const middle = median(shifts)
    const agreeing = shifts.filter((ms) => Math.abs(ms - middle) <= NARROW_MS).length
    return agreeing >= shifts.length * MAJORITY ? middle : null
  }

  /** The gateway it meets most often. */
  #best(host: string): [string, Alignment] | null {
    let best: [string, Alignment] | null = null
    for (const one of this.#found.get(host) ?? [])
      if (best === null || one[1].byMine.length > best[1].byMine.length) best = one
    return best
  }
}

function isKnown(offset: OffsetInterval | null): offset is OffsetInterval {
  return offset !== null && Number.isFinite(offset.low_ms) && Number.isFinite(offset.high_ms)
}

function around(offset_ms: number): OffsetInterval {
  return { offset_ms, low_ms: offset_ms - DOUBT_MS, high_ms: offset_ms + DOUBT_MS }
}

/** By host, the record that says best when. */
function finestOf(spoken: Neighbour['spoken']): Map<string, Neighbour['spoken'][number]> {
  const finest = new Map<string, Neighbour['spoken'][number]>()
  for (const one of spoken) {
    if (one.host === undefined) continue
    const known = finest.get(one.host)
    if (known === undefined || (isWhole(known.time_ms) && !isWhole(one.time_ms))) finest.set(one.host, one)
  }
  return finest
}

/** What most of a host's requests came through; null where too few are known. */
function firstOf(ones: ReadonlyMap<string, number>): string | null {
  let first: string | null = null
  for (const [gateway, count] of ones)
    if (count >= ENOUGH && (first === null || count > ones.get(first)!)) first = gateway
  return first
}
