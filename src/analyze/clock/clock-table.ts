/**
 * Reads the book: every host's offset against a reference, with its interval, drift, steps, leeway and forecast, who is
 * at fault, and why we think so. Pure: `now_ms` is given. This is the only place where clocks are judged.
 * Invariant: what is not known is null and said in words; a host is accused only by a majority (see `vote.ts`).
 */
import type { ClockReading as Reading } from '../../core/clock-lookup.ts'
import type { ClockTable, HostClock, PartyClock } from '../../core/host-clock.ts'
import { breach } from './breach.ts'
import {
  type ClockBook,
  COLLECTOR,
  type HostState,
  hostParty,
  type IssuerState,
  issuerParty,
  linkKey,
  UNNAMED_ISSUER,
} from './clock-book.ts'
import { extrapolate, type LinkEstimate, type LinkState, stretchAt, WIDEST_VALUE_MS } from './clock-link.ts'
import { ClockPaths, type Interval, lastReading, type Neighbours, neighboursOf, otherEnd } from './clock-paths.ts'
import * as reasons from './clock-reasons.ts'
import { contradictions } from './contradictions.ts'
import { leewayOf } from './leeway.ts'
import { type PartySteps, stepsByParty } from './steps.ts'
import { zoneShift } from './time-zone-shift.ts'
import { fairly, TOLERANCE_MS, type Verdict, type Voter, vote } from './vote.ts'

export interface ClockQuestion {
  /** Collector's clock, ms. */
  now_ms: number
  /** `issuer <iss>`, `host <name>` or `collector`; left out: per group of linked clocks, its busiest issuer. */
  reference?: string
}

/** What two clocks are known to differ by at one time; infinite sides are unknown. */
export interface Difference extends Interval {
  kind: 'value' | 'bound'
}

/** A drift within its own doubt, or known worse than this, is not published; ppm. */
const DRIFT_DOUBT_PPM = 15
/** An issuer's own log that is off from `iat` by more than this shows that `iat` is not its clock (backdated); ms. */
const BACKDATED_MS = 2_000
/** The fastest record of a host is thought to reach the collector within this; ms. */
const SHIPPING_MS = 10_000
/** Refusals that must contradict a zone mistake before a whole-hour offset is believed to be a clock. */
const PROVEN_SUPPORT = 3
/** Hosts that must have measured an issuer themselves before it is accused. */
const WITNESSES = 2
/** Clocks that must agree before the collector is accused. */
const AGAINST_COLLECTOR = 3

export class ClockReading {
  readonly table: ClockTable
  private readonly book: ClockBook
  private readonly estimateOf: (link: LinkState) => LinkEstimate
  private readonly neighbours: Neighbours
  /** By party: the paths of the group it belongs to. */
  private readonly paths = new Map<string, ClockPaths>()
  private readonly steps: Map<string, PartySteps>
  private readonly zones = new Map<string, number>()
  /** Ways to a party that are believed instead of the narrowest; several where none outnumbers the others. */
  private readonly ways = new Map<string, readonly LinkEstimate[]>()

  /** `estimateOf`: where the estimates of links come from; the book's own, made anew where outdated, if left out. */
  constructor(book: ClockBook, question: ClockQuestion, estimateOf = (link: LinkState) => book.estimate(link)) {
    this.book = book
    this.estimateOf = estimateOf
    const estimates = [...book.links.values()].map(estimateOf)
    this.neighbours = neighboursOf(estimates)
    this.steps = stepsByParty(estimates)
    for (const reference of this.references(question.reference)) {
      if (this.paths.has(reference)) continue
      const paths = this.pathsFrom(reference)
      for (const party of paths.parties()) if (!this.paths.has(party)) this.paths.set(party, paths)
      for (const [party, ways] of contradictions(paths, this.neighbours)) this.ways.set(party, ways)
    }
    this.table = this.judge(question)
  }

  /**
   * Host minus issuer at a time of the host's clock, time-zone mistakes taken away: what decides whether a token seems
   * expired or not yet valid. Null where nothing at all is known.
   */
  between(host: string, issuer: string, time_ms: number): Difference | null {
    const link = this.book.links.get(linkKey(hostParty(host), issuerParty(issuer)))
    const zone = this.zones.get(hostParty(host)) ?? 0
    if (link !== undefined && !this.ways.has(hostParty(host))) {
      const estimate = this.estimateOf(link)
      const stretch = stretchAt(estimate, time_ms)
      if (stretch !== null) return { kind: 'value', ...less(extrapolate(stretch, time_ms), zone) }
    }
    const paths = this.paths.get(hostParty(host))
    if (paths !== undefined && paths === this.paths.get(issuerParty(issuer))) {
      const a = this.place(hostParty(host), time_ms)
      const b = a === null ? null : this.place(issuerParty(issuer), time_ms - a.offset_ms)
      if (a !== null && b !== null && a.high_ms - a.low_ms < WIDEST_VALUE_MS) {
        const offset_ms = a.offset_ms - b.offset_ms
        return {
          kind: 'value',
          ...less({ offset_ms, low_ms: a.low_ms - b.high_ms, high_ms: a.high_ms - b.low_ms }, zone),
        }
      }
    }
    if (link === undefined) return null
    const { low_ms, high_ms } = this.estimateOf(link)
    if (low_ms === -Infinity && high_ms === Infinity) return null
    return { kind: 'bound', offset_ms: Number.NaN, low_ms, high_ms }
  }

  /**
   * How far this host's log stamps are off from its reference at a time of its clock, time-zone mistakes included: subtract
   * it to put stamps of several hosts on one line. Null where there is no value. Comparable within one reference only.
   */
  stampOffset(host: string, time_ms: number): (Interval & { reference: string }) | null {
    const paths = this.paths.get(hostParty(host))
    const at = this.place(hostParty(host), time_ms)
    if (paths === undefined || at === null) return null
    const shift = this.wayTo(hostParty(host))?.stamp_shift_ms ?? 0
    return {
      reference: paths.reference,
      offset_ms: at.offset_ms + shift,
      low_ms: at.low_ms + shift,
      high_ms: at.high_ms + shift,
    }
  }

  /** Where a host's clock stood against its reference at a time of its own, zone mistakes taken away; for charts. */
  readingAt(host: string, at_ms: number): Reading | null {
    const party = hostParty(host)
    const paths = this.paths.get(party)
    const raw = this.place(party, at_ms)
    if (paths === undefined || raw === null) return null
    const { offset_ms, low_ms, high_ms } = less(raw, this.zones.get(party) ?? 0)
    const way = this.wayTo(party)
    return {
      at_ms,
      host,
      reference: paths.reference,
      offset_s: seconds(offset_ms),
      low_s: seconds(low_ms),
      high_s: seconds(high_ms),
      drift_ppm: way === null ? null : driftOf(way, party),
    }
  }

  private pathsFrom(reference: string, barred?: (party: string) => boolean): ClockPaths {
    const jumpsOf = (party: string) => this.steps.get(party)?.jumps ?? []
    const mixture = issuerParty(UNNAMED_ISSUER)
    const several = this.isMixture(UNNAMED_ISSUER)
    return new ClockPaths(this.neighbours, reference, {
      jumpsOf,
      barred: (party) => (several && party === mixture) || barred?.(party) === true,
    })
  }

  /** A party's clock minus its reference's when its own reads `reading_ms`: by the ways that are believed. */
  private place(party: string, reading_ms: number): Interval | null {
    const paths = this.paths.get(party)
    if (paths === undefined) return null
    const ways = this.ways.get(party)
    if (ways === undefined) return paths.offsetAt(party, reading_ms)
    const places = ways.flatMap((way) => paths.offsetAt(party, reading_ms, way) ?? [])
    if (places.length === 0) return null
    const low_ms = Math.min(...places.map((p) => p.low_ms))
    const high_ms = Math.max(...places.map((p) => p.high_ms))
    return { offset_ms: places.length === 1 ? places[0]!.offset_ms : (low_ms + high_ms) / 2, low_ms, high_ms }
  }

  /** The way that a party's place rests on. */
  private wayTo(party: string): LinkEstimate | null {
    return this.ways.get(party)?.[0] ?? this.paths.get(party)?.step(party)?.estimate ?? null
  }

  /** The asked one alone, or: busiest issuers first, then hosts that only other hosts know. */
  private references(asked: string | undefined): string[] {
    if (asked !== undefined) return [asked]
    const issuers = [...this.book.issuers.values()].sort(
      (a, b) => Number(this.isMixture(a.name)) - Number(this.isMixture(b.name)) || b.samples - a.samples,
    )
    const hosts = [...this.book.hosts.values()].sort((a, b) => b.partners - a.partners || b.samples - a.samples)
    return [
      ...issuers.map((i) => this.referenceOf(i.name)),
      ...hosts.filter((h) => h.partners > 0).map((h) => hostParty(h.name)),
    ]
  }

  /** Records that name no issuer, where there are several, measure no clock. */
  private isMixture(issuer: string): boolean {
    return issuer === UNNAMED_ISSUER && this.book.issuers.size > 1
  }

  /** The issuer's clock; its log host's where `iat` is known not to be it. */
  private referenceOf(issuer: string): string {
    for (const estimate of this.neighbours.get(issuerParty(issuer)) ?? []) {
      const host = this.book.hosts.get(estimate.link.first.slice('host '.length))
      const last = estimate.stretches.at(-1)
      if (host?.issues_for.includes(issuer) === true && last !== undefined && Math.abs(last.offset_ms) > BACKDATED_MS)
        return hostParty(host.name)
    }
    return issuerParty(issuer)
  }

  private judge(question: ClockQuestion): ClockTable {
    const hosts = [...this.book.hosts.values()].filter((h) => this.neighbours.has(hostParty(h.name)))
    const drafts = new Map(hosts.map((h) => [h.name, this.draft(h)]))
    const verdicts = new Map<ClockPaths, Verdict | null>()
    const collectors = new Map<ClockPaths, Voter>()
    const judged = (paths: ClockPaths): Verdict | null => {
      const collector = this.collectorIn(paths, drafts)
      if (collector !== null) collectors.set(paths, collector)
      return this.verdict(paths, this.voters(paths, drafts, collector), collector)
    }
    for (const paths of new Set(this.paths.values())) {
      const verdict = judged(paths)
      const better = question.reference === undefined ? this.betterReference(paths, verdict) : null
      if (better === null) {
        verdicts.set(paths, verdict)
        continue
      }
      collectors.delete(paths)
      const turned = this.pathsFrom(better)
      for (const party of paths.parties()) if (this.paths.get(party) === paths) this.paths.set(party, turned)
      for (const h of hosts) if (this.paths.get(hostParty(h.name)) === turned) drafts.set(h.name, this.draft(h))
      verdicts.set(turned, judged(turned))
    }
    const main = this.references(question.reference)[0] ?? null
    return {
      reference: main,
      generated_ms: question.now_ms,
      hosts: hosts
        .map((h) => this.finish(h, drafts.get(h.name)!, verdicts, question.now_ms))
        .sort((a, b) => a.host.localeCompare(b.host)),
      issuers: [...this.book.issuers.values()].map((i) => this.issuerClock(i.name, verdicts)),
      collector: this.collectorClock(verdicts, collectors),
    }
  }

  /** Nothing is gained by measuring good clocks against a wrong one; issuers stay, since it is they who must be met. */
  private betterReference(paths: ClockPaths, verdict: Verdict | null): string | null {
    if (verdict?.accused.has(paths.reference) !== true || !paths.reference.startsWith('host ')) return null
    const agreeing = [...paths.parties()].flatMap((party) => {
      const host = party.startsWith('host ') ? this.book.hosts.get(party.slice('host '.length)) : undefined
      return host === undefined || verdict.accused.has(party) ? [] : [host]
    })
    const [best] = agreeing.sort((a, b) => b.partners - a.partners || b.samples - a.samples)
    return best === undefined ? null : hostParty(best.name)
  }

  /** Offset and bounds of one host, zone mistake taken away, before anybody is judged. */
  private draft(host: HostState): HostClock {
    const party = hostParty(host.name)
    const around = this.neighbours.get(party) ?? []
    const paths = this.paths.get(party)
    const way = this.wayTo(party)
    const from_ms = Math.min(...around.map((e) => e.link.from_ms))
    const to_ms = Math.max(...around.map((e) => e.link.to_ms))
    const base: HostClock = {
      host: host.name,
      reference: paths?.reference ?? null,
      kind: 'cannot_tell',
      offset_s: null,
      low_s: null,
      high_s: null,
      drift_ppm: null,
      samples: around.reduce((sum, e) => sum + e.link.samples, 0),
      from_ms: Number.isFinite(from_ms) ? from_ms : null,
      to_ms: Number.isFinite(to_ms) ? to_ms : null,
      steps: this.steps.get(party)?.steps ?? [],
      at_fault: false,
      leeway_s: null,
      breach_ms: null,
      zone_s: null,
      why: [],
    }
    const leeway_ms = leewayOf(host.leeway)
    const withLeeway = leeway_ms === null ? base : { ...base, leeway_s: leeway_ms / 1000 }
    if (paths !== undefined && paths.reference === party)
      return { ...withLeeway, kind: 'value', offset_s: 0, low_s: 0, high_s: 0, why: [reasons.isReference()] }
    if (paths === undefined || way === null) return this.bounded(withLeeway, party, around)
    const last = way.stretches.at(-1)!
    const at_ms = lastReading(way, party)
    const raw = this.place(party, at_ms)
    if (raw === null) return withLeeway
    const shipping = paths.reference === COLLECTOR ? SHIPPING_MS : 0
    const whole = { ...raw, high_ms: raw.high_ms + shipping }
    const open = raw.high_ms - raw.low_ms > WIDEST_VALUE_MS
    const shift = way.stamp_shift_ms
    const zone = zoneShift(shift) ?? (open || this.provenByDecisions(host, around) ? null : zoneShift(raw.offset_ms))
    const inOffset = zone !== null && zoneShift(shift) === null
    if (inOffset) this.zones.set(party, zone)
    const clock = inOffset ? less(whole, zone) : whole
    const drift = driftOf(way, party)
    return {
      ...withLeeway,
      // Overshoots are read off the log stamps: under a wrong zone only a stated leeway counts.
      leeway_s: zone === null || host.leeway.stated_ms !== null ? withLeeway.leeway_s : null,
      kind: open ? 'bound' : 'value',
      offset_s: open ? null : seconds(clock.offset_ms),
      low_s: seconds(clock.low_ms),
      high_s: seconds(clock.high_ms),
      drift_ppm: open ? null : drift,
      from_ms: at_ms - (last.at_ms - last.from_ms),
      to_ms: at_ms,
      samples: way.link.samples,
      zone_s: zone === null ? null : zone / 1000,
      why: [
        reasons.offset(clock, paths.reference, otherEnd(way, party), way),
        ...reasons.contested(this.ways.get(party)?.length ?? 0, open),
        ...reasons.zone(zone),
        ...reasons.zoneJumps(this.steps.get(party)?.zone_jumps ?? []),
        ...reasons.units(host.unit_mistakes),
      ],
    }
  }

  /** A whole-hour offset that the software itself acts on is a clock, not a mistake in reading stamps. */
  private provenByDecisions(host: HostState, around: readonly LinkEstimate[]): boolean {
    const proven = around.some(({ link, basis }) => basis === 'expired tokens' || link.proven_behind >= PROVEN_SUPPORT)
    return proven && host.accepted_ms === null
  }

  private bounded(base: HostClock, party: string, around: readonly LinkEstimate[]): HostClock {
    for (const { link, low_ms, high_ms } of around) {
      if (low_ms === -Infinity && high_ms === Infinity) continue
      const turned = link.second === party
      const low = turned ? -high_ms : low_ms
      const high = turned ? -low_ms : high_ms
      const reference = turned ? link.first : link.second
      if (link.first === COLLECTOR && around.some((e) => e.link.first !== COLLECTOR && e.high_ms < Infinity)) continue
      return {
        ...base,
        reference,
        kind: 'bound',
        low_s: low === -Infinity ? null : seconds(low),
        high_s: high === Infinity ? null : seconds(high),
        why: [reasons.bound(low, high, reference, link.refused_early)],
      }
    }
    return { ...base, why: [reasons.nothing(base.samples)] }
  }

  private voters(paths: ClockPaths, drafts: ReadonlyMap<string, HostClock>, collector: Voter | null): Voter[] {
    const voters: Voter[] = []
    for (const party of paths.parties()) {
      if (party.startsWith('host ')) {
        const draft = drafts.get(party.slice('host '.length))
        if (draft?.kind !== 'value' || draft.low_s === null || draft.high_s === null) continue
        // The issuer and the host that writes its log are one clock and have one vote.
        if (this.issuesIn(draft.host, paths) && paths.reference !== party) continue
        voters.push({ party, low_ms: draft.low_s * 1000, high_ms: draft.high_s * 1000 })
      } else if (party !== COLLECTOR && !this.isMixture(party.slice('issuer '.length))) {
        const at = this.place(party, this.lastSeen(party))
        if (at !== null) voters.push({ party, low_ms: at.low_ms, high_ms: at.high_ms })
      }
    }
    if (collector !== null) voters.push(collector)
    return voters
  }

  private issuesIn(host: string, paths: ClockPaths): boolean {
    return this.book.hosts.get(host)?.issues_for.some((i) => paths.has(issuerParty(i))) === true
  }

  /** The party's own clock at the last evidence of it, ms. */
  private lastSeen(party: string): number {
    const readings = (this.neighbours.get(party) ?? []).map((e) => lastReading(e, party))
    return Math.max(...readings.filter(Number.isFinite), 0)
  }

  /** Votes, and hears what speaks for those accused. */
  private verdict(paths: ClockPaths, voters: readonly Voter[], collector: Voter | null): Verdict | null {
    const verdict = vote(voters)
    if (verdict === null || verdict.accused.size === 0) return verdict
    // Who is known only by way of an accused clock is known by a way that may be wrong.
    const around = this.pathsFrom(paths.reference, (party) => verdict.accused.has(party))
    const fair = fairly(verdict, (party) => {
      if (!party.startsWith('issuer ')) {
        if (party === COLLECTOR || party === paths.reference) return true
        const way = around.step(party)
        const at = way === null ? null : around.offsetAt(party, lastReading(way.estimate, party))
        return at === null
          ? null
          : { low_ms: at.low_ms - (this.zones.get(party) ?? 0), high_ms: at.high_ms - (this.zones.get(party) ?? 0) }
      }
      // Hosts may share a wrong time source; a clock outside that stands with the issuer leaves it open who is wrong.
      if (collector !== null && verdict.accused.has(COLLECTOR) && standsWith(voters, party, collector)) return false
      return this.directWitnesses(party, verdict.accused) >= WITNESSES
    })
    // The clocks that agree with each other were measured against one that they seem to refute without having seen it.
    return verdict.accused.has(paths.reference) && !fair.accused.has(paths.reference) ? null : fair
  }

  /** Hosts that measured the issuer themselves, are not accused, and found it off. */
  private directWitnesses(issuer: string, accused: ReadonlySet<string>): number {
    return (this.neighbours.get(issuer) ?? []).filter(({ link, stretches }) => {
      const last = stretches.at(-1)
      if (last === undefined || accused.has(link.first) || this.ways.has(link.first)) return false
      const zone = this.zones.get(link.first) ?? 0
      return last.low_ms - zone > TOLERANCE_MS || last.high_ms - zone < -TOLERANCE_MS
    }).length
  }

  /** Where the collector stands, from hosts with a value and their receipts: the middle one of them all. */
  private collectorIn(paths: ClockPaths, drafts: ReadonlyMap<string, HostClock>): Voter | null {
    if (paths.reference === COLLECTOR) return null
    const places: number[] = []
    for (const party of paths.parties()) {
      const draft = drafts.get(party.slice('host '.length))
      if (draft === undefined || draft.offset_s === null) continue
      const estimate = (this.neighbours.get(party) ?? []).find((e) => e.link.first === COLLECTOR)
      const last = estimate?.stretches.at(-1)
      if (last !== undefined) places.push(draft.offset_s * 1000 + (draft.zone_s ?? 0) * 1000 + last.offset_ms)
    }
    if (places.length === 0) return null
    places.sort((a, b) => a - b)
    const middle = places[places.length >> 1]!
    return { party: COLLECTOR, low_ms: middle - SHIPPING_MS, high_ms: middle }
  }

  private finish(
    host: HostState,
    draft: HostClock,
    verdicts: ReadonlyMap<ClockPaths, Verdict | null>,
    now_ms: number,
  ): HostClock {
    if (draft.kind !== 'value') return draft
    const party = hostParty(host.name)
    const paths = this.paths.get(party)!
    const verdict = verdicts.get(paths) ?? null
    const accused = verdict?.accused
    const issues = host.issues_for.map(issuerParty)
    const at_fault = accused !== undefined && (accused.has(party) || issues.some((i) => accused.has(i) && paths.has(i)))
    return {
      ...draft,
      at_fault,
      breach_ms: breach(draft, this.wayTo(party)?.stretches.at(-1)?.drift_half_ppm ?? Infinity, now_ms),
      why: [...draft.why, ...reasons.fault(draft, at_fault, verdict, paths.reference)],
    }
  }

  private issuerClock(name: string, verdicts: ReadonlyMap<ClockPaths, Verdict | null>): PartyClock {
    const party = issuerParty(name)
    const paths = this.paths.get(party)
    const at = this.place(party, this.lastSeen(party))
    const verdict = paths === undefined ? null : (verdicts.get(paths) ?? null)
    const at_fault = verdict?.accused.has(party) === true
    const state = this.book.issuers.get(name)!
    return {
      name,
      offset_s: at === null ? null : seconds(at.offset_ms),
      low_s: at === null ? null : seconds(at.low_ms),
      high_s: at === null ? null : seconds(at.high_ms),
      steps: this.steps.get(party)?.steps ?? [],
      at_fault,
      unit_mistakes: state.unit_mistakes,
      converted: isConverted(state),
      why: [...reasons.issuerFault(at_fault, at, verdict), ...reasons.issuerUnits(state)],
    }
  }

  private collectorClock(
    verdicts: ReadonlyMap<ClockPaths, Verdict | null>,
    collectors: ReadonlyMap<ClockPaths, Voter>,
  ): PartyClock | null {
    for (const [paths, place] of collectors) {
      const verdict = verdicts.get(paths) ?? null
      // Late receipts are shipping; only records received before they were written prove the collector wrong.
      const at_fault =
        verdict?.accused.has(COLLECTOR) === true &&
        place.high_ms < verdict.agreed_ms &&
        verdict.agreeing >= AGAINST_COLLECTOR
      return {
        name: COLLECTOR,
        offset_s: null,
        low_s: seconds(place.low_ms),
        high_s: seconds(place.high_ms),
        steps: this.steps.get(COLLECTOR)?.steps ?? [],
        at_fault,
        why: reasons.collectorFault(at_fault, place, paths.reference),
      }
    }
    return null
  }
}

/** Most tokens of the issuer hold seconds: where others show milliseconds, whoever wrote the record made them so. */
function isConverted({ in_seconds, unit_mistakes }: IssuerState): boolean {
  return unit_mistakes > 0 && in_seconds > unit_mistakes
}

function standsWith(voters: readonly Voter[], party: string, other: Voter): boolean {
  const own = voters.find((v) => v.party === party)
  return own !== undefined && own.low_ms <= other.high_ms + TOLERANCE_MS && other.low_ms <= own.high_ms + TOLERANCE_MS
}

function driftOf(estimate: LinkEstimate, party: string): number | null {
  const last = estimate.stretches.at(-1)!
  if (last.drift_half_ppm > DRIFT_DOUBT_PPM && Math.abs(last.drift_ppm) < 1.5 * last.drift_half_ppm) return null
  const drift = estimate.link.first === party ? last.drift_ppm : -last.drift_ppm
  return Math.round(drift * 10) / 10 || 0
}

function less(interval: Interval, zone_ms: number): Interval {
  return {
    offset_ms: interval.offset_ms - zone_ms,
    low_ms: interval.low_ms - zone_ms,
    high_ms: interval.high_ms - zone_ms,
  }
}

function seconds(ms: number): number {
  return Math.round(ms) / 1000
}
