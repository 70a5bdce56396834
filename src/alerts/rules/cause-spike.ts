/**
 * A cause that suddenly fails more requests than it usually does at this hour: a negative-binomial CUSUM over five-minute
 * counts, per cause and service, against a baseline that knows hours and weekends. Advises about skew only where nothing is proven.
 * Names the one client or host behind it where there is one: a single broken client is reported as that client.
 * Invariant: bounded series, O(1) numbers each; retries of one token count a few times only.
 */
import type { Cause } from '../../core/cause.ts'
import type { Severity } from '../../core/finding.ts'
import { toSecond } from '../../core/instant-words.ts'
import type { Fact } from '../fact.ts'
import { ACTIVITY_STEP_MS } from '../fact.ts'
import { failuresCommand } from '../failures-command.ts'
import type { Raise, Rule, Signal } from '../rule.ts'
import { type CountSeries, createCountSeries, isQuiet, weigh } from './count-cusum.ts'

export interface CauseSpikeSettings {
  /** How many times the expected rate it looks for. */
  factor: number
  /** Evidence (natural log) at which it fires. */
  threshold: number
  /** Failures since it began; fewer are no spike. */
  min_events: number
}

export const CAUSE_SPIKE_DEFAULTS: CauseSpikeSettings = { factor: 4, threshold: 14, min_events: 20 }

interface Series extends CountSeries {
  cause: Cause
  service: string
  /** The present step and what came in it. */
  step: number
  count: number
  /** Failures since `since_ms` per client and per host, the most frequent. */
  clients: Map<string, number>
  hosts: Map<string, number>
  /** The latest tokens, so that a retry storm of one counts a few times only. */
  tokens: string[]
}

interface SavedSeries extends Omit<Series, 'clients' | 'hosts'> {
  clients: Record<string, number>
  hosts: Record<string, number>
}

const SERIES_LIMIT = 2_000
/** Names counted per spike; the rest are not named. */
const NAMES = 30
/** More than this share makes it one client's or one host's spike. */
const SHARE = 0.7
const TOKENS = 32
/** A token counts so often per step. */
const PER_TOKEN = 3
/** Missing steps are learned as empty ones, at most so many (a week). */
const GAP_STEPS = 2_016
/** Until the baseline is settled only an evident flood fires: so many failures in a step. */
const COLD_FLOOD = 200

export class CauseSpikeRule implements Rule {
  readonly name = 'cause_spike'
  readonly #settings: CauseSpikeSettings
  readonly #series = new Map<string, Series>()

  constructor(settings: CauseSpikeSettings = CAUSE_SPIKE_DEFAULTS) {
    this.#settings = settings
  }

  take(fact: Fact): void {
    if (fact.fact !== 'failure' || fact.revised) return
    const series = this.#seriesOf(fact.cause, fact.service ?? '')
    const step = Math.floor(fact.at_ms / ACTIVITY_STEP_MS)
    if (series.step === 0) series.step = step
    if (fact.token !== undefined) {
      if (series.tokens.filter((t) => t === fact.token).length >= PER_TOKEN) return
      series.tokens.push(fact.token)
      if (series.tokens.length > TOKENS) series.tokens.shift()
    }
    series.count++
    bump(series.clients, fact.client_id)
    bump(series.hosts, fact.host)
  }

  tick(now_ms: number, raise: Raise): void {
    const step = Math.floor(now_ms / ACTIVITY_STEP_MS)
    for (const series of this.#series.values()) if (series.step < step) this.#close(series, step, raise)
  }

  save(): SavedSeries[] {
    return [...this.#series.values()].map((s) => ({
      ...s,
      clients: Object.fromEntries(s.clients),
      hosts: Object.fromEntries(s.hosts),
    }))
  }

  restore(saved: unknown): void {
    for (const s of saved as SavedSeries[])
      this.#series.set(`${s.cause} ${s.service}`, {
        ...s,
        clients: new Map(Object.entries(s.clients)),
        hosts: new Map(Object.entries(s.hosts)),
      })
  }

  /** Steps up to `step` are over. */
  #close(series: Series, step: number, raise: Raise): void {
    this.#weigh(series, series.step, series.count, raise)
    for (let s = Math.max(series.step + 1, step - GAP_STEPS); s < step; s++) this.#weigh(series, s, 0, raise)
    series.step = step
    series.count = 0
    series.tokens = []
  }

  #weigh(series: Series, step: number, count: number, raise: Raise): void {
    const verdict = weigh(series, step, count, { ...this.#settings, cold_flood: COLD_FLOOD })
    if (verdict !== null) raise(this.#signal(series, verdict !== 'ended', count))
    if (isQuiet(series)) {
      series.clients.clear()
      series.hosts.clear()
    }
  }

  #signal(series: Series, holds: boolean, count: number): Signal {
    const { cause, service, events, expected, since_ms } = series
    const client = mostOf(series.clients, events)
    const host = mostOf(series.hosts, events)
    const who =
      client !== null ? `client ${client}` : host !== null ? host : service === '' ? 'several services' : service
    return {
      rule: this.name,
      severity: SEVERITY[cause],
      labels: { cause, ...(service !== '' && { service }) },
      holds,
      since_ms,
      value: count,
      summary: `${events} requests failed by ${cause} since ${toSecond(since_ms)}, expected ${Math.round(expected)}; most of them: ${who}`,
      why: [
        `against the usual rate of this hour and day, ${this.#settings.factor} times as many are far more likely than as many as usual`,
        ...(client !== null ? [`more than ${SHARE * 100} % of them are of the client ${client}`] : []),
        ...(host !== null ? [`more than ${SHARE * 100} % of them are on ${host}`] : []),
        ...(cause === 'skew'
          ? ['no record shows instants that prove a wrong clock: look at authtop skew before you act']
          : []),
      ],
      fix: [
        'Look at the reasons of single incidents with the command below; authtop explain says what to do about each',
      ],
      command: failuresCommand({ cause: [cause], service: [service] }, since_ms),
      for_ms: 0,
      keep_ms: 0,
      news: false,
    }
  }

  #seriesOf(cause: Cause, service: string): Series {
    const key = `${cause} ${service}`
    const known = this.#series.get(key)
    if (known !== undefined) return known
    if (this.#series.size >= SERIES_LIMIT) return this.#series.get(`${cause} `) ?? this.#add(cause, '')
    return this.#add(cause, service)
  }

  #add(cause: Cause, service: string): Series {
    const made: Series = {
      ...createCountSeries(),
      cause,
      service,
      step: 0,
      count: 0,
      clients: new Map(),
      hosts: new Map(),
      tokens: [],
    }
    this.#series.set(`${cause} ${service}`, made)
    return made
  }
}

const SEVERITY: Readonly<Record<Cause, Severity>> = {
  unknown: 'warning',
  skew: 'warning',
  expiry: 'info',
  revocation: 'warning',
  misconfiguration: 'warning',
  malformed: 'warning',
  misuse: 'warning',
  outage: 'critical',
}

function bump(names: Map<string, number>, name: string | undefined): void {
  if (name === undefined) return
  const count = names.get(name)
  if (count !== undefined) names.set(name, count + 1)
  else if (names.size < NAMES) names.set(name, 1)
}

function mostOf(names: ReadonlyMap<string, number>, events: number): string | null {
  for (const [name, n] of names) if (n > events * SHARE) return name
  return null
}
