/**
 * Finds how far two hosts' stamps are apart from nothing but when things happened on both: the reasons a service wrote and
 * the bare refusals its gateway wrote. At each time one difference occurs far more often than any other: that is the
 * clocks'. For fleets whose logs share no id, and whose clocks nothing else ties together.
 * Invariant: a shift is given only where it stands out from chance; bounded work, whatever the logs hold.
 */
import type { ClockLookup, OffsetInterval } from '../../core/clock-lookup.ts'
import type { Neighbour } from '../../core/ports/store.ts'
import { countShifts } from './count-shift.ts'
import { withoutExcursions } from './excursions.ts'
import { answeredWith401, isNamed, mayBeAnsweredBy, saysWhy } from './same-request.ts'
import { isBare } from './sighting.ts'
import type { Told } from './tell.ts'
import { BIN_MS, type Meeting, type Seen, type TrackedShift, trackShift } from './track-shift.ts'

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
/** Lines of a gateway that may belong to one reason, looked at; the nearest in time. Count. */
const PER_REASON = 500
/** What a whole-second stamp and the time a request takes leave open; ms. */
const DOUBT_MS = 700
/** Meetings around an instant that say what the shift was there; count. */
const LOCAL = 25
/** A clock that drifts faster is not known; ms per ms. */
const FASTEST_DRIFT = 0.001
/** Differences of clocks that are known no better than this are better measured; ms. */
const NARROW_MS = 2_000
/** So many hosts outvote another one's clock if this share of them agrees; count, share. */
const VOTERS = 3
const MAJORITY = 0.6
/** A shift outranks a narrow estimate this near to what showed it; ms. */
const NEAR_MS = 600_000

/** Only this near to a request that both wrote of is a shift believed against tokens; ms. */
const MET_MS = 120_000

/** The shift of a host against another at one time; both stamps name that time. */
interface Node {
  mine_ms: number
  other_ms: number
  /** Host minus other, ms. */
  shift_ms: number
  /** Between two stretches the clock was set. */
  stretch: number
}

interface Alignment {
  byMine: Node[]
  byOther: Node[]
}

interface Pair {
  host: string
  other: string
  reasons: readonly Refusal[]
  bare: readonly Refusal[]
  met: readonly Met[]
}

/** A request that both are known to speak of. */
interface Met extends Meeting {
  /** By its path, and not by time alone. */
  marked: boolean
}

interface Refusal {
  time_ms: number
  incident: Told
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

/** Both in order of time; `met`: what is known to be one already. */
function* align(
  reasons: readonly Refusal[],
  bare: readonly Refusal[],
  met: readonly Met[],
): Generator<void, Alignment | null> {
  const things = thingsOf(reasons, bare, met, BIN_MS)
  if (things.length === 0) return null
  let stretches = yield* trackShift(things)
  // Where many a second are refused only the milliseconds tell them apart.
  if (stretches.length === 0 && !isCoarse(bare) && !isCoarse(reasons))
    stretches = yield* trackShift(thingsOf(reasons, bare, met, FINE_BIN_MS), FINE_BIN_MS)
  if (stretches.length === 0) stretches = yield* countedStretches(reasons, bare)
  stretches = withoutExcursions(stretches)
  if (stretches.length === 0) return null
  // What cutting stamps down to the second adds to their difference, on average.
  const bias_ms =
    cutDown([...bare.map(({ time_ms }) => time_ms), ...met.map(({ other_ms }) => other_ms)]) -
    cutDown(things.map(({ mine_ms }) => mine_ms))
  const nodes = stretches.flatMap(({ meetings }, stretch) => nodesOf(meetings, stretch, bias_ms))
  const inOrder = (clock: 'mine_ms' | 'other_ms') => [...nodes].sort((a, b) => a[clock] - b[clock])
  return { byMine: inOrder('mine_ms'), byOther: inOrder('other_ms') }
}

/** Where every second holds several, only their numbers tell. */
function* countedStretches(reasons: readonly Refusal[], bare: readonly Refusal[]): Generator<void, TrackedShift[]> {
  const weighed = reasons.filter(({ incident }) => answeredWith401(incident))
  if (weighed.length === 0 || bare.length === 0) return []
  const lines = linesByService(bare)(weighed[0]!.incident).filter(({ incident }) => incident.http_status === 401)
  const stamps = (list: readonly Refusal[]): number[] => list.map(({ time_ms }) => time_ms)
  const pieces = yield* countShifts(stamps(weighed), stamps(lines))
  return pieces.map((meetings) => ({ meetings, marked: 0 }))
}

/** Differences told apart where both write milliseconds: a request takes about so long from reason to answer; ms. */
const FINE_BIN_MS = 100

function isCoarse(refusals: readonly Refusal[]): boolean {
  return refusals.length === 0 || cutDown(refusals.map(({ time_ms }) => time_ms)) > 0
}

/** What one host saw and the other may have seen, in order of the one's clock. */
function thingsOf(reasons: readonly Refusal[], bare: readonly Refusal[], met: readonly Met[], bin_ms: number): Seen[] {
  const things: Seen[] = met.map(({ mine_ms, other_ms, marked }) => ({
    ...{ mine_ms, others_ms: [other_ms], chance: 0, marked },
  }))
  if (bare.length === 0) return things.sort((a, b) => a.mine_ms - b.mine_ms)
  const linesOf = linesByService(bare)
  const chance = covered(linesOf(reasons[0]?.incident), bin_ms)
  const marked = markedPairs(reasons, bare)
  for (const reason of reasons) {
    const { time_ms, incident } = reason
    const line = marked.get(reason)
    if (line !== undefined) {
      things.push({ mine_ms: time_ms, others_ms: [line.time_ms], chance: 0, marked: true })
      continue
    }
    const lines = linesOf(incident)
    const first = Math.max(0, firstAfter(lines, time_ms, 'time_ms') - PER_REASON / 2)
    const others_ms = lines
      .slice(first, first + PER_REASON)
      .filter((other) => mayBeAnsweredBy(other.incident, incident))
      .map((other) => other.time_ms)
    things.push({ mine_ms: time_ms, others_ms, chance })
  }
  return things.sort((a, b) => a.mine_ms - b.mine_ms)
}

/** A path that each of the two wrote only once marks one request, whatever their clocks say. */
function markedPairs(reasons: readonly Refusal[], bare: readonly Refusal[]): Map<Refusal, Refusal> {
  const here = onlyOnes(reasons)
  const there = onlyOnes(bare)
  const pairs = new Map<Refusal, Refusal>()
  for (const [path, reason] of here) {
    const line = there.get(path)
    if (reason !== null && line != null && mayBeAnsweredBy(line.incident, reason.incident)) pairs.set(reason, line)
  }
  return pairs
}

/** Path → who wrote it; null where more than one did. */
function onlyOnes(refusals: readonly Refusal[]): Map<string, Refusal | null> {
  const byPath = new Map<string, Refusal | null>()
  for (const refusal of refusals) {
    const { http_path } = refusal.incident
    if (http_path !== undefined) byPath.set(http_path, byPath.has(http_path) ? null : refusal)
  }
  return byPath
}

/** A gateway's lines whose path names the service or the host. */
function linesByService(bare: readonly Refusal[]): (who: Told | undefined) => readonly Refusal[] {
  const known = new Map<string, readonly Refusal[]>()
  return (who) => {
    if (who === undefined) return bare
    const key = `${who.service}\u001f${who.host}`
    let lines = known.get(key)
    if (lines === undefined) {
      const named = bare.filter(({ incident }) => isNamed(incident.http_path!, who))
      // A gateway that routes by something else than names says nothing about whose a line is.
      lines = named.length === 0 ? bare : named
      known.set(key, lines)
    }
    return lines
  }
}

/** Share of the time in which a line is within two bins, from the first to the last. */
function covered(lines: readonly Refusal[], bin_ms: number): number {
  const span_ms = lines.at(-1)!.time_ms - lines[0]!.time_ms
  let sum_ms = 0
  for (let i = 1; i < lines.length; i++) sum_ms += Math.min(2 * bin_ms, lines[i]!.time_ms - lines[i - 1]!.time_ms)
  return sum_ms / Math.max(span_ms, SHORTEST_MS)
}

/** A list that spans less says nothing about rates; ms. */
const SHORTEST_MS = 60_000

/** Index of the first that is not before; `list` is in order of that clock. */
function firstAfter<K extends string>(list: readonly Readonly<Record<K, number>>[], at_ms: number, clock: K): number {
  let [low, high] = [0, list.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (list[middle]![clock] < at_ms) low = middle + 1
    else high = middle
  }
  return low
}

const isWhole = (ms: number): boolean => ms % 1_000 === 0

/** By how much stamps are cut down on average: half a second where all are whole ones; ms. */
function cutDown(stamps_ms: readonly number[]): number {
  const whole = stamps_ms.filter(isWhole).length
  return whole > stamps_ms.length / 2 ? 500 : 0
}

/** The shift where each meeting was: what the meetings around it say, on a line that drifts no faster than clocks do. */
function nodesOf(meetings: readonly Meeting[], stretch: number, bias_ms: number): Node[] {
  const width = Math.min(LOCAL, meetings.length)
  return meetings.map(({ mine_ms }, i) => {
    const from = Math.max(0, Math.min(i - Math.floor(width / 2), meetings.length - width))
    const near = meetings.slice(from, from + width).map((m) => ({ x: m.mine_ms - mine_ms, y: m.mine_ms - m.other_ms }))
    const slopes: number[] = []
    for (const [j, a] of near.entries())
      for (const b of near.slice(j + 1)) if (b.x > a.x) slopes.push((b.y - a.y) / (b.x - a.x))
    const slope = Math.max(-FASTEST_DRIFT, Math.min(FASTEST_DRIFT, median(slopes)))
    const shift_ms = median(near.map(({ x, y }) => y - slope * x)) - bias_ms
    return { mine_ms, other_ms: mine_ms - shift_ms, shift_ms, stretch }
  })
}

function median(values: readonly number[]): number {
  return values.length === 0 ? 0 : [...values].sort((a, b) => a - b)[values.length >> 1]!
}

/** What most of a host's requests came through; null where too few are known. */
function firstOf(ones: ReadonlyMap<string, number>): string | null {
  let first: string | null = null
  for (const [gateway, count] of ones)
    if (count >= ENOUGH && (first === null || count > ones.get(first)!)) first = gateway
  return first
}

/** From the nearest node in time, ms. */
function away(nodes: readonly Node[], at_ms: number, clock: 'mine_ms' | 'other_ms'): number {
  const low = firstAfter(nodes, at_ms, clock)
  return Math.min(
    Math.abs(at_ms - (nodes[low - 1]?.[clock] ?? Infinity)),
    Math.abs((nodes[low]?.[clock] ?? Infinity) - at_ms),
  )
}

/** Between two nodes of a stretch what lies between them, else what the nearer one says. */
function shiftAt(nodes: readonly Node[], at_ms: number, clock: 'mine_ms' | 'other_ms'): number {
  const low = firstAfter(nodes, at_ms, clock)
  const [before, after] = [nodes[low - 1], nodes[low]]
  if (before === undefined || after === undefined) return (before ?? after)!.shift_ms
  const share = (at_ms - before[clock]) / (after[clock] - before[clock])
  if (before.stretch === after.stretch) return before.shift_ms + share * (after.shift_ms - before.shift_ms)
  return share < 0.5 ? before.shift_ms : after.shift_ms
}
