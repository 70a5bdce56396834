/**
 * The skew spike: failures that would have passed with right clocks, counted by distinct tokens. Fires on the third such
 * failure of two tokens within 15 minutes, stays until none came for half an hour. Hosts that go wrong alike at the same
 * time are one alert: one bad time server, one page. What proves a failure is the witness's business (analyze/skew-proof).
 * Invariant: a fixed number of numbers per host.
 */
import type { ClockMover } from '../../core/clock-proof.ts'
import { timeApart } from '../../core/time-apart.ts'
import type { Fact, FailureFact } from '../fact.ts'
import { failuresCommand } from '../failures-command.ts'
import type { Raise, Rule, Signal } from '../rule.ts'
import { TimeWords } from './time-words.ts'

export interface SkewSpikeSettings {
  /** Failures, of how many distinct tokens, within how long (ms) make an alert. */
  failures: number
  tokens: number
  over_ms: number
  /** A host with little traffic gets longer for a little more. */
  slow: { failures: number; tokens: number; over_ms: number }
  /** It is over when none came for this long; ms. */
  quiet_ms: number
}

export const SKEW_SPIKE_DEFAULTS: SkewSpikeSettings = {
  failures: 3,
  tokens: 2,
  over_ms: 15 * 60_000,
  slow: { failures: 4, tokens: 3, over_ms: 90 * 60_000 },
  quiet_ms: 30 * 60_000,
}

interface Mark {
  at_ms: number
  token: string
  host: string
  /** Host minus issuer, ms; 0 = not known. */
  offset_ms: number
  mover: ClockMover
}

interface Series {
  /** `host NAME` or `issuer NAME`. */
  party: string
  marks: Mark[]
  last_ms: number
  group: string | null
  /** When its last alert ended, and how often it came back soon after. */
  ended_ms: number
  returns: number
}

interface Group {
  key: string
  labels: Record<string, string>
  issuer: string | null
  sign: number
  /** Largest distance shown, ms. */
  offset_ms: number
  since_ms: number
  last_ms: number
  quiet_ms: number
  hosts: string[]
  failures: number
  tokens: number
  /** Failures of the present and the last quarter hour. */
  window_ms: number
  now: number
  before: number
  movers: Record<ClockMover, number>
  raised_ms: number
}

interface Saved {
  series: Series[]
  groups: Group[]
  anonymous: number
  /** Left out in states of earlier versions. */
  words?: ReturnType<TimeWords['save']>
}

/** Marks kept per series: a few more than the rule needs, so that retries of one token do not push out the others. */
const MARKS = 12
const SERIES_LIMIT = 20_000
/** Named in an alert; more are counted. */
const HOSTS_NAMED = 20
/** Series that start within this of each other, alike in size, are one incident; ms. */
const TOGETHER_MS = 45 * 60_000
/** Alike: within this factor or distance (single failures show less than the whole offset). */
const ALIKE_FACTOR = 1.6
const ALIKE_MS = 3_000
/** A series that comes back within this gets more patience each time; ms, and the largest factor. */
const RETURN_MS = 6 * 3_600_000
const PATIENCE = 4
/** Figures of an open alert are passed on at most this often; ms. */
const FIGURES_MS = 60_000
/** Failures of several hosts together, none of which has enough alone. */
const FLEET_FAILURES = 4
const FLEET_HOSTS = 2
/** Hosts with hardly any traffic, in the longer time: a failure shows less than the whole offset, so few of them are not alike. */
const SLOW_FLEET_HOSTS = 3

export class SkewSpikeRule implements Rule {
  readonly name = 'skew_spike'
  readonly #settings: SkewSpikeSettings
  readonly #series = new Map<string, Series>()
  readonly #groups = new Map<string, Group>()
  readonly #words = new TimeWords()
  #anonymous = 0

  constructor(settings: SkewSpikeSettings = SKEW_SPIKE_DEFAULTS) {
    this.#settings = settings
  }

  take(fact: Fact, raise: Raise): void {
    if (fact.fact === 'watch') this.#words.take(fact)
    if (fact.fact !== 'failure' || fact.host === undefined) return
    const mark = this.#markOf(fact, fact.host)
    if (mark === null) return
    const accused = mark.mover === 'issuer' && fact.issuer !== undefined
    const series = this.#seriesOf(accused ? `issuer ${fact.issuer}` : `host ${fact.host}`)
    this.#count(series, mark, fact, raise, this.#settings.failures, 1)
    if (series.group === null && !accused && mark.offset_ms !== 0) {
      // Several hosts with one or two failures each.
      const sign = Math.sign(mark.offset_ms) < 0 ? 'behind' : 'ahead'
      this.#count(this.#seriesOf(`fleet ${sign}`), mark, fact, raise, FLEET_FAILURES, FLEET_HOSTS)
    }
  }

  tick(now_ms: number, raise: Raise): void {
    for (const [key, group] of this.#groups) {
      if (now_ms - group.last_ms >= group.quiet_ms) {
        raise(this.#signal(group, false, false))
        this.#groups.delete(key)
        for (const series of this.#series.values())
          if (series.group === key) {
            series.group = null
            series.ended_ms = now_ms
            series.marks = []
          }
      } else if (group.last_ms > group.raised_ms && now_ms - group.raised_ms >= FIGURES_MS) {
        group.raised_ms = now_ms
        raise(this.#signal(group, true, false))
      }
    }
  }

  save(): Saved {
    return {
      series: [...this.#series.values()],
      groups: [...this.#groups.values()],
      anonymous: this.#anonymous,
      words: this.#words.save(),
    }
  }

  restore(saved: unknown): void {
    const { series, groups, anonymous, words } = saved as Saved
    this.#words.restore(words)
    for (const s of series) this.#series.set(s.party, { ...s, ended_ms: s.ended_ms ?? -Infinity })
    for (const g of groups) this.#groups.set(g.key, g)
    this.#anonymous = anonymous
  }

  /** Null where the failure proves nothing about clocks. */
  #markOf(fact: FailureFact, host: string): Mark | null {
    const token = fact.token ?? `anonymous ${this.#anonymous++}`
    const { at_ms, proof } = fact
    if (proof !== null) return { at_ms, token, host, offset_ms: proof.offset_ms, mover: proof.mover }
    // Attribution decides this from the clocks' estimates; without instants there is nothing else to go by.
    if (fact.subcause === 'fresh_token_expired' && fact.confidence !== 'possible')
      return { at_ms, token, host, offset_ms: 0, mover: 'unknown' }
    return null
  }

  #count(series: Series, mark: Mark, fact: FailureFact, raise: Raise, failures: number, hosts: number): void {
    const { tokens, over_ms, slow } = this.#settings
    series.last_ms = mark.at_ms
    const open = series.group === null ? undefined : this.#groups.get(series.group)
    if (open !== undefined && series.party.startsWith('fleet ')) return
    if (open !== undefined) {
      this.#grow(open, mark)
      return
    }
    const marks = series.marks.filter((m) => mark.at_ms - m.at_ms < slow.over_ms)
    series.marks = marks
    // Retries of one token say nothing new: of each token at most as many marks as the rule needs.
    if (marks.filter((m) => m.token === mark.token).length < failures) marks.push(mark)
    if (marks.length > MARKS) marks.shift()
    const alike = hosts === 1 ? marks : marks.filter((m) => isAlike(m.offset_ms, mark.offset_ms))
    const lately = alike.filter((m) => mark.at_ms - m.at_ms < over_ms)
    if (enough(lately, failures, tokens, hosts)) this.#open(series, lately, fact, raise)
    else if (enough(marks, slow.failures, slow.tokens, hosts === 1 ? 1 : SLOW_FLEET_HOSTS))
      this.#open(series, marks, fact, raise)
  }

  #open(series: Series, marks: readonly Mark[], fact: FailureFact, raise: Raise): void {
    const offset_ms = marks.reduce((far, m) => (Math.abs(m.offset_ms) > Math.abs(far) ? m.offset_ms : far), 0)
    const at_ms = marks.at(-1)!.at_ms
    let group = this.#alike(series, offset_ms, fact.issuer ?? null, at_ms)
    let news = true
    if (group === undefined) {
      group = this.#found(series, marks, offset_ms, fact)
      this.#groups.set(group.key, group)
    } else news = marks.some((m) => !group!.hosts.includes(m.host))
    series.group = group.key
    for (const mark of marks) {
      this.#grow(group, mark)
      const own = this.#series.get(`host ${mark.host}`)
      if (own !== undefined && own.group === null) own.group = group.key
    }
    group.tokens += new Set(marks.map((m) => m.token)).size
    group.raised_ms = at_ms
    raise(this.#signal(group, true, news))
  }

  #found(series: Series, marks: readonly Mark[], offset_ms: number, fact: FailureFact): Group {
    const since_ms = marks[0]!.at_ms
    const returned = since_ms - series.ended_ms < RETURN_MS
    series.returns = returned ? series.returns + 1 : 0
    const labels: Record<string, string> = series.party.startsWith('issuer ')
      ? { issuer: fact.issuer! }
      : {
          host: marks[0]!.host,
          ...(fact.service !== undefined && series.party.startsWith('host ') && { service: fact.service }),
        }
    return {
      key: `${series.party} ${since_ms}`,
      labels,
      issuer: fact.issuer ?? null,
      sign: Math.sign(offset_ms),
      offset_ms,
      since_ms,
      last_ms: since_ms,
      quiet_ms: this.#settings.quiet_ms * Math.min(PATIENCE, 2 ** series.returns),
      hosts: [],
      failures: 0,
      tokens: 0,
      window_ms: Math.floor(since_ms / this.#settings.over_ms),
      now: 0,
      before: 0,
      movers: { unknown: 0, host: 0, issuer: 0 },
      raised_ms: since_ms,
    }
  }

  /** An open alert that this is part of. */
  #alike(series: Series, offset_ms: number, issuer: string | null, at_ms: number): Group | undefined {
    for (const group of this.#groups.values()) {
      const sameIssuer = group.issuer === null || issuer === null || group.issuer === issuer
      const accuses = series.party.startsWith('issuer ') || group.movers.issuer > 0
      if (accuses && !sameIssuer) continue
      if (at_ms - group.since_ms > TOGETHER_MS && !accuses) continue
      const sameWay = group.sign === 0 || offset_ms === 0 || group.sign === Math.sign(offset_ms)
      if (sameWay && (isAlike(group.offset_ms, offset_ms) || (accuses && sameIssuer))) return group
    }
    return undefined
  }

  #grow(group: Group, mark: Mark): void {
    const window = Math.floor(mark.at_ms / this.#settings.over_ms)
    if (window !== group.window_ms) {
      group.before = window === group.window_ms + 1 ? group.now : 0
      group.now = 0
      group.window_ms = window
    }
    group.now++
    group.failures++
    group.last_ms = Math.max(group.last_ms, mark.at_ms)
    group.movers[mark.mover]++
    if (
      Math.abs(mark.offset_ms) > Math.abs(group.offset_ms) &&
      (group.sign === 0 || Math.sign(mark.offset_ms) === group.sign)
    ) {
      group.offset_ms = mark.offset_ms
      group.sign = Math.sign(mark.offset_ms)
    }
    if (!group.hosts.includes(mark.host) && group.hosts.length < HOSTS_NAMED) group.hosts.push(mark.host)
  }

  #signal(group: Group, holds: boolean, news: boolean): Signal {
    const size = timeApart(group.offset_ms)
    const way = group.sign < 0 ? 'behind' : 'ahead of'
    const issuerOff = group.labels.issuer !== undefined
    const what = issuerOff
      ? `the clock of ${group.labels.issuer} is ${group.sign < 0 ? 'ahead' : 'behind'}${group.offset_ms === 0 ? '' : ` by ${size} or more`}`
      : `${group.hosts.join(', ')} ${group.hosts.length > 1 ? 'are' : 'is'} ${group.sign === 0 ? 'off from' : way} ${group.issuer ?? 'the issuer'}${group.offset_ms === 0 ? '' : ` by ${size} or more`}`
    const where = issuerOff && group.hosts.length > 0 ? `, seen on ${group.hosts.join(', ')}` : ''
    const accused = group.movers.host > group.movers.issuer ? 'host' : group.movers.issuer > 0 ? 'issuer' : null
    return {
      rule: this.name,
      severity: 'critical',
      labels: group.labels,
      holds,
      since_ms: group.since_ms,
      value: group.now + group.before,
      summary: `${what}${where}: ${group.failures} ${group.failures === 1 ? 'request' : 'requests'} failed that would have passed with right clocks (expected none)`,
      why: [
        `${group.failures} failures are proven to come from clocks: not yet valid with an issue time in the future of the host, or expired before their time`,
        ...(accused === 'host'
          ? ['the stamps of its log moved against the time of arrival: the host’s own clock moved']
          : []),
        ...(accused === 'issuer'
          ? ['the stamps of the refusing hosts stand still against the time of arrival: the issuer’s clock moved']
          : []),
        ...this.#words.about(group.hosts, issuerOff ? 0 : group.offset_ms / 1000, group.last_ms),
      ],
      fix: [
        issuerOff
          ? 'Check NTP on the issuer: chronyc tracking, timedatectl'
          : `Check NTP on ${group.hosts[0] ?? 'the host'}: chronyc tracking, timedatectl`,
        'Until the clock is right, a leeway larger than the offset lets requests through; tokens issued meanwhile stay wrong until they expire',
      ],
      command: failuresCommand(
        { cause: ['skew'], ...(issuerOff ? { issuer: [group.labels.issuer!] } : { host: group.hosts }) },
        group.since_ms,
      ),
      for_ms: 0,
      keep_ms: 0,
      news,
    }
  }

  #seriesOf(party: string): Series {
    const known = this.#series.get(party)
    if (known !== undefined) return known
    if (this.#series.size >= SERIES_LIMIT) this.#series.delete(this.#series.keys().next().value!)
    const made: Series = { party, marks: [], last_ms: 0, group: null, ended_ms: -Infinity, returns: 0 }
    this.#series.set(party, made)
    return made
  }
}

function enough(marks: readonly Mark[], failures: number, tokens: number, hosts: number): boolean {
  if (marks.length < failures || new Set(marks.map((m) => m.token)).size < tokens) return false
  return hosts === 1 || new Set(marks.map((m) => m.host)).size >= hosts
}

function isAlike(a_ms: number, b_ms: number): boolean {
  const [small, large] = [Math.abs(a_ms), Math.abs(b_ms)].sort((x, y) => x - y) as [number, number]
  return large - small <= ALIKE_MS || large <= small * ALIKE_FACTOR
}
