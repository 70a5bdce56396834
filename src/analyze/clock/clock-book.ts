/**
 * The evidence about all clocks: takes samples one by one (O(1) each), keeps bounded state, can be saved and restored.
 * Leaves conclusions to `clock-link.ts` (pairs of clocks) and `clock-table.ts` (who is off).
 * Invariant: a sample that cannot be right is counted under its reason and changes nothing else.
 */
import type { ClockSample, IssuanceSample, PairSample, ReceiptSample, TokenSample } from '../../core/clock-sample.ts'
import {
  addBound,
  addOneWay,
  addReceived,
  addRefusedEarly,
  addTwoWay,
  boundsOf,
  createLink,
  estimateLink,
  type LinkEstimate,
  type LinkState,
} from './clock-link.ts'
import { createProfile, deriveIat, type IssuerProfile, observeProfile } from './issuer-profile.ts'
import { createLeeway, type LeewayState, observeLeeway } from './leeway.ts'
import { createSeenTokens, meet, type SeenTokens } from './seen-tokens.ts'
import { readUnit, type UnitMistake } from './time-unit.ts'

/** Hosts and issuers are named by logs, which others write: past these the first met is given up. */
const HOST_LIMIT = 20_000
const LINK_LIMIT = 60_000
const ISSUER_LIMIT = 1_000
/** Hosts that one host is compared with; more would tell nothing new. */
const PARTNER_LIMIT = 8
/** `iat` as RFC 7519 issuers write it, ms. */
const WHOLE_SECOND_MS = 1_000
/** Longer names are no host names (RFC 1035 §2.3.4 allows 255) and issuers are URLs; characters. */
const NAME_LIMIT = 512
/** Before any JWT was minted (RFC 7519 is of 2015, its drafts of 2010): an `iat` before it is none; ms. */
const FIRST_TOKEN_MS = Date.UTC(2008, 0)

/** Stands for the issuer of tokens whose records do not name it. */
export const UNNAMED_ISSUER = '(unnamed)'
export const COLLECTOR = 'collector'
export const hostParty = (name: string): string => `host ${name}`
export const issuerParty = (name: string): string => `issuer ${name}`

export interface HostState {
  name: string
  samples: number
  leeway: LeewayState
  /** Last acceptance of any token, host's clock, ms. */
  accepted_ms: number | null
  /** Stamps or claims in the wrong unit met here. */
  unit_mistakes: number
  partners: number
  /** Issuers whose log this host writes. */
  issues_for: string[]
  /** Issuers that its records name, at most two: more tell as little about those that name none. */
  trusts: string[]
}

export interface IssuerState {
  name: string
  profile: IssuerProfile
  samples: number
  unit_mistakes: number
  unit_mistake: UnitMistake | null
  /** Tokens whose instants came in seconds, as they should. */
  in_seconds: number
}

/** Samples that were not used, by reason. */
export interface Unused {
  not_finite: number
  no_instant: number
  no_issuer: number
  repeated: number
  contradictory: number
  too_many_partners: number
}

export interface SavedClocks {
  version: 1
  hosts: HostState[]
  issuers: IssuerState[]
  links: LinkState[]
  unused: Unused
}

interface KeptEstimate {
  samples: number
  to_ms: number
  accepted_ms: number | null
  estimate: LinkEstimate
}

/** Live tables are read every second; an estimate this much older than the evidence is as good. */
const FRESH_ENOUGH_MS = 30_000
const FRESH_ENOUGH_SHARE = 0.05

function outdated(kept: KeptEstimate, link: LinkState, accepted_ms: number | null): boolean {
  // One acceptance refutes that everything is refused.
  if (kept.estimate.basis === 'expired tokens' && kept.accepted_ms !== accepted_ms) return true
  const more = link.samples - kept.samples
  return more > kept.samples * FRESH_ENOUGH_SHARE || (more > 0 && link.to_ms - kept.to_ms > FRESH_ENOUGH_MS)
}

export class ClockBook {
  readonly hosts = new Map<string, HostState>()
  readonly issuers = new Map<string, IssuerState>()
  readonly links = new Map<string, LinkState>()
  readonly unused: Unused = {
    not_finite: 0,
    no_instant: 0,
    no_issuer: 0,
    repeated: 0,
    contradictory: 0,
    too_many_partners: 0,
  }
  /** Touched since the owner last emptied these, for saving only what changed: a link of 10 KB per commit adds up. */
  readonly changed = { hosts: new Set<HostState>(), issuers: new Set<IssuerState>(), links: new Set<LinkState>() }
  /** Party names and link keys that were given up since then. */
  readonly gone = new Set<string>()
  private readonly seen = new WeakMap<LinkState, SeenTokens>()
  private readonly estimates = new WeakMap<LinkState, KeptEstimate>()

  add(sample: ClockSample): void {
    switch (sample.source) {
      case 'token':
        this.addToken(sample)
        break
      case 'issuance':
        this.addIssuance(sample)
        break
      case 'pair':
        this.addPair(sample)
        break
      case 'receipt':
        this.addReceipt(sample)
        break
    }
  }

  /** Estimates cost some ms: they are made when asked for and kept until the link has enough new evidence to matter. */
  estimate(link: LinkState): LinkEstimate {
    const kept = this.estimates.get(link)
    const accepted_ms = this.acceptedBy(link)
    if (kept !== undefined && !outdated(kept, link, accepted_ms)) return kept.estimate
    const estimate = estimateLink(link, accepted_ms)
    this.estimates.set(link, { samples: link.samples, to_ms: link.to_ms, accepted_ms, estimate })
    return estimate
  }

  /** Would `estimate` have to work? */
  isOutdated(link: LinkState): boolean {
    const kept = this.estimates.get(link)
    return kept === undefined || outdated(kept, link, this.acceptedBy(link))
  }

  /** The estimate as last made, however old, for those who cannot wait; only sound bounds where none was made yet. */
  keptEstimate(link: LinkState): LinkEstimate {
    return this.estimates.get(link)?.estimate ?? boundsOf(link)
  }

  save(): SavedClocks {
    return {
      version: 1,
      hosts: [...this.hosts.values()],
      issuers: [...this.issuers.values()],
      links: [...this.links.values()],
      unused: this.unused,
    }
  }

  /** Takes what `save` gave, also after a round trip through JSON. The saved object must not be used any more. */
  static restore(saved: SavedClocks): ClockBook {
    const book = new ClockBook()
    for (const host of saved.hosts) book.hosts.set(host.name, host)
    for (const issuer of saved.issuers) book.issuers.set(issuer.name, issuer)
    for (const link of saved.links) {
      // JSON has no infinities: a link without evidence has null there.
      link.from_ms ??= Infinity
      link.to_ms ??= -Infinity
      book.links.set(linkKey(link.first, link.second), link)
    }
    Object.assign(book.unused, saved.unused)
    return book
  }

  private acceptedBy(link: LinkState): number | null {
    return this.hosts.get(link.first.slice(hostParty('').length))?.accepted_ms ?? null
  }

  private addToken(sample: TokenSample): void {
    const { seen_validator_ms: seen_ms, seen_resolution_ms, decision } = sample
    if (!this.sound(seen_ms, seen_resolution_ms, sample.iat_ms, sample.nbf_ms, sample.exp_ms)) return
    const host = this.host(sample.host)
    if (decision === 'accepted') host.accepted_ms = Math.max(host.accepted_ms ?? seen_ms, seen_ms)
    const { iat_ms, nbf_ms, exp_ms } = sample
    const silent = iat_ms === undefined && nbf_ms === undefined && exp_ms === undefined
    // A refusal as not yet valid tells something even so.
    if (silent && sample.issuer === undefined && decision !== 'not_yet_valid') {
      this.unused.no_issuer++
      return
    }
    const issuer = this.issuer(this.issuerNamed(sample.issuer, host))
    const claims = this.claims(sample, seen_ms, host, issuer)
    observeLeeway(host.leeway, { ...sample, ...claims })
    const link = this.link(hostParty(host.name), issuerParty(issuer.name))
    if (claims.iat_ms !== undefined) observeProfile(issuer.profile, claims.iat_ms, claims.nbf_ms, claims.exp_ms)
    const iat =
      claims.iat_ms === undefined
        ? deriveIat(issuer.profile, claims.nbf_ms, claims.exp_ms)
        : { iat_ms: claims.iat_ms, exact: true }
    if (iat === null) {
      this.unused.no_instant++
      if (decision === 'not_yet_valid') addRefusedEarly(link, seen_ms)
      return
    }
    if (sample.token !== undefined && this.repeated(link, sample.token)) {
      this.unused.repeated++
      return
    }
    if (decision === 'expired' && claims.exp_ms !== undefined)
      link.expired_lifetime_ms = Math.max(link.expired_lifetime_ms ?? 0, claims.exp_ms - iat.iat_ms)
    const difference = seen_ms - iat.iat_ms
    if (decision === 'not_yet_valid' && difference < 0) link.proven_behind++
    if (!iat.exact) {
      addBound(link, seen_ms, difference + seen_resolution_ms)
      return
    }
    const way = decision === 'expired' ? 'expired' : sample.stated ? 'stated' : 'logged'
    addOneWay(link, way, seen_ms, difference, claims.iat_resolution_ms, seen_resolution_ms)
  }

  private addIssuance(sample: IssuanceSample): void {
    const { logged_issuer_ms: logged_ms, logged_resolution_ms } = sample
    if (!this.sound(logged_ms, logged_resolution_ms, sample.iat_ms, sample.nbf_ms, sample.exp_ms)) return
    const host = this.host(sample.host)
    const issuer = this.issuer(sample.issuer)
    const claims = this.claims(sample, logged_ms, host, issuer)
    if (!host.issues_for.includes(issuer.name) && host.issues_for.length < PARTNER_LIMIT)
      host.issues_for.push(issuer.name)
    const iat_ms = claims.iat_ms ?? sample.iat_ms
    observeProfile(issuer.profile, iat_ms, claims.nbf_ms, claims.exp_ms)
    const link = this.link(hostParty(host.name), issuerParty(issuer.name))
    addOneWay(link, 'logged', logged_ms, logged_ms - iat_ms, claims.iat_resolution_ms, logged_resolution_ms)
  }

  private addPair(sample: PairSample): void {
    const { outer_host, inner_host, outer_resolution_ms: outer, inner_resolution_ms: inner } = sample
    const { outer_start_ms, outer_end_ms, inner_start_ms, inner_end_ms } = sample
    if (!this.sound(outer, inner, outer_start_ms, outer_end_ms, inner_start_ms, inner_end_ms)) return
    if (outer_host === inner_host) return
    const a = this.host(outer_host)
    const b = this.host(inner_host)
    const turned = a.name > b.name
    const [first, second] = turned ? [b, a] : [a, b]
    const key = linkKey(hostParty(first.name), hostParty(second.name))
    if (!this.links.has(key)) {
      if (first.partners >= PARTNER_LIMIT && second.partners >= PARTNER_LIMIT) {
        this.unused.too_many_partners++
        return
      }
      first.partners++
      second.partners++
    }
    const link = this.link(hostParty(first.name), hostParty(second.name))
    // On the first party's clock, as with every link; what only the other clock says is placed on it as it stands.
    const outer_ms = outer_end_ms ?? outer_start_ms
    const inner_ms = inner_end_ms ?? inner_start_ms
    const time_ms = turned ? (inner_ms ?? outer_ms) : (outer_ms ?? inner_ms)
    if (time_ms === undefined) {
      this.unused.no_instant++
      return
    }
    // Inner start after outer start: outer − inner ≥ outer start − inner start − resolution; and so for the ends.
    const inner_first = inner_start_ms ?? inner_end_ms
    const inner_last = inner_end_ms ?? inner_start_ms
    const low = outer_start_ms === undefined || inner_first === undefined ? null : outer_start_ms - inner_first - inner
    const high = outer_end_ms === undefined || inner_last === undefined ? null : outer_end_ms + outer - inner_last
    if (low !== null && high !== null) {
      if (low > high) this.unused.contradictory++
      else if (turned) addTwoWay(link, time_ms, -high, -low)
      else addTwoWay(link, time_ms, low, high)
    } else if (high !== null) addOneWay(link, turned ? 'reverse' : 'logged', time_ms, high - outer, inner, outer)
    else if (low !== null) addOneWay(link, turned ? 'logged' : 'reverse', time_ms, -low - inner, outer, inner)
    else this.unused.no_instant++
  }

  private addReceipt(sample: ReceiptSample): void {
    const { logged_writer_ms, logged_resolution_ms, received_collector_ms } = sample
    if (!this.sound(logged_writer_ms, logged_resolution_ms, received_collector_ms)) return
    const host = this.host(sample.host)
    const link = this.link(COLLECTOR, hostParty(host.name))
    const difference = received_collector_ms - logged_writer_ms
    addReceived(link, received_collector_ms, difference, logged_resolution_ms, 1)
  }

  /** The claims in ms, whatever unit they came in. */
  private claims(
    sample: Pick<TokenSample, 'iat_ms' | 'iat_resolution_ms' | 'nbf_ms' | 'exp_ms' | 'in_milliseconds'>,
    reference_ms: number,
    host: HostState,
    issuer: IssuerState,
  ): { iat_ms?: number; iat_resolution_ms: number; nbf_ms?: number; exp_ms?: number } {
    host.samples++
    issuer.samples++
    const out: ReturnType<ClockBook['claims']> = { iat_resolution_ms: sample.iat_resolution_ms ?? WHOLE_SECOND_MS }
    if (sample.in_milliseconds) {
      host.unit_mistakes++
      issuer.unit_mistakes++
      issuer.unit_mistake = 'milliseconds_as_seconds'
    } else if (sample.iat_ms !== undefined || sample.exp_ms !== undefined) issuer.in_seconds++
    for (const name of ['iat_ms', 'nbf_ms', 'exp_ms'] as const) {
      const claim = sample[name]
      if (claim === undefined) continue
      const { ms, mistake } = readUnit(claim, reference_ms)
      if (mistake !== null) {
        host.unit_mistakes++
        issuer.unit_mistakes++
        issuer.unit_mistake = mistake
        if (mistake === 'milliseconds_as_seconds' && name === 'iat_ms') out.iat_resolution_ms = 1
      }
      if (ms >= FIRST_TOKEN_MS) out[name] = ms
    }
    return out
  }

  /** Records that do not name the issuer speak of the only one that others of their host name, or of the only one there is. */
  private issuerNamed(name: string | undefined, host: HostState): string {
    if (name === undefined) return host.trusts.length === 1 ? host.trusts[0]! : this.onlyIssuer()
    const cut = name.slice(0, NAME_LIMIT)
    if (host.trusts.length < 2 && !host.trusts.includes(cut)) {
      host.trusts.push(cut)
      if (host.trusts.length === 1) this.nameLink(hostParty(host.name), cut)
    }
    return cut
  }

  private onlyIssuer(): string {
    const named = [...this.issuers.keys()].slice(0, 3).filter((name) => name !== UNNAMED_ISSUER)
    return named.length === 1 ? named[0]! : UNNAMED_ISSUER
  }

  private repeated(link: LinkState, token: string): boolean {
    let seen = this.seen.get(link)
    if (seen === undefined) {
      seen = createSeenTokens()
      this.seen.set(link, seen)
    }
    return meet(seen, token)
  }

  private sound(...instants: (number | undefined)[]): boolean {
    if (instants.every((x) => x === undefined || (Number.isFinite(x) && x >= 0 && x < 1e17))) return true
    this.unused.not_finite++
    return false
  }

  private host(name: string): HostState {
    const host = recall(
      this.hosts,
      name.slice(0, NAME_LIMIT),
      HOST_LIMIT,
      (old) => this.gone.add(hostParty(old)),
      (n) => ({
        name: n,
        samples: 0,
        leeway: createLeeway(),
        accepted_ms: null,
        unit_mistakes: 0,
        partners: 0,
        issues_for: [],
        trusts: [],
      }),
    )
    this.changed.hosts.add(host)
    return host
  }

  private issuer(given: string): IssuerState {
    const name = given.slice(0, NAME_LIMIT)
    // The first issuer that is named is the one all records before it were about.
    if (this.issuers.size === 1 && !this.issuers.has(name)) this.nameIssuer(name)
    const issuer = recall(
      this.issuers,
      name,
      ISSUER_LIMIT,
      (old) => this.gone.add(issuerParty(old)),
      (n) => ({
        name: n,
        profile: createProfile(),
        samples: 0,
        unit_mistakes: 0,
        unit_mistake: null,
        in_seconds: 0,
      }),
    )
    this.changed.issuers.add(issuer)
    return issuer
  }

  private nameIssuer(name: string): void {
    const unnamed = this.issuers.get(UNNAMED_ISSUER)
    if (unnamed === undefined) return
    this.issuers.delete(UNNAMED_ISSUER)
    unnamed.name = name
    this.issuers.set(name, unnamed)
    this.gone.add(issuerParty(UNNAMED_ISSUER))
    const party = issuerParty(UNNAMED_ISSUER)
    for (const { first, second } of [...this.links.values()]) if (second === party) this.nameLink(first, name)
  }

  /** What a host's records said without naming an issuer was about the one they name first. */
  private nameLink(first: string, name: string): void {
    const key = linkKey(first, issuerParty(UNNAMED_ISSUER))
    const link = this.links.get(key)
    const named = linkKey(first, issuerParty(name))
    if (link === undefined || this.links.has(named)) return
    this.links.delete(key)
    this.gone.add(key)
    link.second = issuerParty(name)
    this.links.set(named, link)
    this.changed.links.add(link)
  }

  private link(first: string, second: string): LinkState {
    const link = recall(
      this.links,
      linkKey(first, second),
      LINK_LIMIT,
      (old) => this.gone.add(old),
      () => createLink(first, second),
    )
    this.changed.links.add(link)
    return link
  }
}

export function linkKey(first: string, second: string): string {
  return `${first}\n${second}`
}

/** Looks up or creates; past the limit the entry that was created first makes room. */
function recall<T>(
  map: Map<string, T>,
  key: string,
  limit: number,
  givenUp: (key: string) => unknown,
  create: (key: string) => T,
): T {
  const known = map.get(key)
  if (known !== undefined) return known
  if (map.size >= limit) {
    const oldest = map.keys().next().value!
    map.delete(oldest)
    givenUp(oldest)
  }
  const made = create(key)
  map.set(key, made)
  return made
}
