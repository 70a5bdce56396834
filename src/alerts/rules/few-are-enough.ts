/**
 * Causes of which a handful matter, whatever is usual: an issuer that does not answer, refresh tokens used twice, keys that
 * are out of date. One rule per line: so many failures of these subcauses within a time, per label.
 */
import { UNNAMED_ISSUER } from '../../core/alert.ts'
import type { Subcause } from '../../core/cause.ts'
import type { Severity } from '../../core/finding.ts'
import { toSecond } from '../../core/instant-words.ts'
import type { Fact } from '../fact.ts'
import { failuresCommand } from '../failures-command.ts'
import type { Raise, Rule } from '../rule.ts'

export interface FewSettings {
  rule: string
  severity: Severity
  subcauses: readonly Subcause[]
  by: 'issuer' | 'client_id' | 'host'
  failures: number
  over_ms: number
  quiet_ms: number
  /** `{n}`, `{who}` are filled in. */
  summary: string
  fix: readonly string[]
}

const MINUTE_MS = 60_000

export const FEW_RULES: readonly FewSettings[] = [
  {
    rule: 'issuer_outage',
    severity: 'critical',
    subcauses: ['issuer_unavailable', 'jwks_unavailable', 'introspection_unavailable'],
    by: 'issuer',
    failures: 5,
    over_ms: 5 * MINUTE_MS,
    quiet_ms: 10 * MINUTE_MS,
    summary: '{who} does not answer: {n} requests failed because of it',
    fix: [
      'Check that the issuer is up and reachable from the hosts that failed',
      'Cache its keys (JWKS) so that validation survives short outages',
    ],
  },
  {
    rule: 'refresh_reuse',
    severity: 'warning',
    subcauses: ['refresh_reused'],
    by: 'client_id',
    failures: 3,
    over_ms: 60 * MINUTE_MS,
    quiet_ms: 60 * MINUTE_MS,
    summary: 'client {who} used refresh tokens a second time, {n} times: a race of its own, or a stolen token',
    fix: [
      'Let one place in the client refresh and store the new token before it is used',
      'If the client is not at fault, revoke its sessions',
    ],
  },
  {
    rule: 'stale_keys',
    severity: 'warning',
    subcauses: ['stale_jwks'],
    by: 'host',
    failures: 3,
    over_ms: 15 * MINUTE_MS,
    quiet_ms: 30 * MINUTE_MS,
    summary: '{who} checks signatures with keys that are out of date: {n} requests failed',
    fix: ['Let the validator fetch the keys again when it meets an unknown key id', 'Restart it if it cannot'],
  },
]

interface Series {
  who: string
  /** False: the records did not say who. */
  named: boolean
  times: number[]
  since_ms: number | null
  last_ms: number
  total: number
}

const SERIES_LIMIT = 5_000

export class FewAreEnoughRule implements Rule {
  readonly name: string
  readonly #settings: FewSettings
  readonly #series = new Map<string, Series>()

  constructor(settings: FewSettings) {
    this.name = settings.rule
    this.#settings = settings
  }

  take(fact: Fact, raise: Raise): void {
    const { subcauses, by, failures, over_ms } = this.#settings
    if (fact.fact !== 'failure' || !subcauses.includes(fact.subcause)) return
    const who = fact[by] ?? (by === 'issuer' ? UNNAMED_ISSUER : 'unnamed')
    const series = this.#seriesOf(who, fact[by] !== undefined)
    series.last_ms = fact.at_ms
    series.total++
    series.times.push(fact.at_ms)
    if (series.times.length > failures) series.times.shift()
    if (series.since_ms === null) {
      if (series.times.length < failures || fact.at_ms - series.times[0]! > over_ms) return
      series.since_ms = series.times[0]!
      series.total = series.times.length
      this.#raise(series, true, raise)
    }
  }

  tick(now_ms: number, raise: Raise): void {
    for (const series of this.#series.values()) {
      if (now_ms - series.last_ms < this.#settings.quiet_ms) continue
      if (series.since_ms !== null) this.#raise(series, false, raise)
      this.#series.delete(series.who)
    }
  }

  save(): Series[] {
    return [...this.#series.values()]
  }

  restore(saved: unknown): void {
    for (const s of saved as Series[]) this.#series.set(s.who, s)
  }

  #raise(series: Series, holds: boolean, raise: Raise): void {
    const { rule, severity, by, subcauses, summary, fix } = this.#settings
    const since_ms = series.since_ms!
    raise({
      rule,
      severity,
      labels: { [by]: series.who },
      holds,
      since_ms,
      value: series.total,
      summary: summary.replace('{who}', series.who).replace('{n}', String(series.total)),
      why: [`${series.total} failures of ${subcauses.join(', ')} since ${toSecond(since_ms)}; usually there are none`],
      fix,
      command: failuresCommand({ subcause: subcauses, ...(series.named && { [by]: [series.who] }) }, since_ms),
      for_ms: 0,
      keep_ms: 0,
      news: false,
    })
  }

  #seriesOf(who: string, named: boolean): Series {
    const known = this.#series.get(who)
    if (known !== undefined) return known
    if (this.#series.size >= SERIES_LIMIT) this.#series.delete(this.#series.keys().next().value!)
    const made: Series = { who, named, times: [], since_ms: null, last_ms: 0, total: 0 }
    this.#series.set(who, made)
    return made
  }
}
