import { describe, expect, it } from 'vitest'
import { AlertEngine, type Transition } from '../../../src/alerts/engine.ts'
import type { Fact, FailureFact } from '../../../src/alerts/fact.ts'
import { OwnRule } from '../../../src/alerts/rules/own/own-rule.ts'
import { ownRuleProblems, ownRuleSchema } from '../../../src/alerts/rules/own/own-rule-spec.ts'
import { createRandom } from '../../simulation/clock/random.ts'
import { MINUTE_MS, START_MS, skewed } from './fact-of.ts'

type Given = Parameters<typeof ownRuleSchema.parse>[0] & object

const rule = (given: Given) => new OwnRule(ownRuleSchema.parse({ name: 'mine', metric: 'failures', ...given }))

function run(given: Given, facts: readonly Fact[], minutes = 120): Transition[] {
  const engine = new AlertEngine([rule(given)])
  engine.advance(START_MS)
  for (const fact of [...facts].sort((a, b) => a.at_ms - b.at_ms)) engine.take(fact)
  engine.advance(START_MS + minutes * MINUTE_MS)
  return engine.drain().filter((t) => t.kind === 'fired' || t.kind === 'resolved')
}
const times = (transitions: readonly Transition[]) =>
  transitions.map((t) => `${(t.at_ms - START_MS) / MINUTE_MS} ${t.kind}`)

/** A failure in the middle of each of the minutes. */
const failures = (minutes: readonly number[], differences: Partial<FailureFact> = {}) =>
  minutes.map((m) => skewed(START_MS + (m + 0.5) * MINUTE_MS, { proof: null, ...differences }))
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i)

describe('a rule of one’s own', () => {
  it('fires when there are more than its threshold in its window, and ends below four fifths of it', () => {
    const given = { over: '10m', condition: { above: 5 }, keep_firing_for: '0s' }
    expect(times(run(given, failures(range(0, 5))))).toEqual([])
    // The sixth failure comes in minute 5; of those of minutes 0 to 9 four are left at minute 16.
    expect(times(run(given, failures(range(0, 10))))).toEqual(['6 fired', '16 resolved'])
    expect(times(run({ ...given, condition: { above: 5, resolve: 0 } }, failures(range(0, 10))))).toEqual([
      '6 fired',
      '20 resolved',
    ])
  })

  it('waits for "for" and keeps firing as long as it says', () => {
    const given = { over: '5m', condition: { above: 2 }, for: '3m', keep_firing_for: '7m' }
    const [fired, resolved, ...more] = times(run(given, failures(range(0, 20))))
    expect(more).toEqual([])
    expect(fired).toBe('6 fired')
    // One failure is left of the window at minute 24.
    expect(resolved).toBe('31 resolved')
  })

  it('counts apart by labels and only what its conditions let through', () => {
    const given = {
      by: ['host'],
      where: { cause: 'skew', host: ['api-*', '!api-9'], service: '' },
      condition: { above: 2 },
      labels: { team: 'identity' },
    }
    const wide = { ...given, where: { cause: 'skew', host: ['api-*', '!api-9'] } }
    const facts = [
      ...failures([1, 2, 3, 4]),
      ...failures([1, 2, 3, 4], { host: 'api-9' }),
      ...failures([1, 2, 3, 4], { host: 'web-1' }),
      ...failures([1, 2], { host: 'api-2' }),
      ...failures([1, 2, 3, 4], { host: 'api-3', cause: 'expiry', subcause: 'access_token' }),
    ]
    const fired = run(wide, facts).filter((t) => t.kind === 'fired')
    expect(fired.map((t) => t.alert.labels)).toEqual([{ team: 'identity', host: 'api-1' }])
    expect(fired[0]!.alert.summary).toBe(
      'host api-1: 3 failures of cause skew, host api-* or not api-9 within 10 min (expected at most 2)',
    )
    expect(fired[0]!.alert.command).toBe(
      `authtop failures --cause skew --host api-1 --since ${new Date(START_MS - 6 * MINUTE_MS).toISOString()}`,
    )
  })

  it('counts tokens, clients and hosts once each', () => {
    const retried = failures(range(0, 30), { token: 'jwt:1' })
    expect(run({ metric: 'tokens', condition: { above: 2 } }, retried)).toEqual([])
    const several = range(0, 4).flatMap((h) => failures([h, h + 1], { host: `api-${h}` }))
    expect(times(run({ metric: 'hosts', condition: { above: 3 }, keep_firing_for: '0s' }, several))[0]).toBe('4 fired')
  })

  it('notices that there are too few, once it has watched for a whole window', () => {
    const given = { over: '15m', condition: { below: 1 }, keep_firing_for: '0s' }
    expect(times(run(given, failures([...range(0, 20), ...range(60, 120)])))).toEqual(['35 fired', '62 resolved'])
    expect(times(run({ ...given, by: ['host'] }, failures(range(0, 20)), 40))).toEqual(['35 fired'])
  })

  it('weighs the share of failed steps only where there are enough of them', () => {
    const traffic = (failed: number, all: number) =>
      range(1, 20).map(
        (i): Fact => ({
          fact: 'activity',
          at_ms: START_MS + i * 5 * MINUTE_MS,
          successes: all - failed,
          failures: failed,
        }),
      )
    const given = { metric: 'failure_share', over: '30m', condition: { above: 0.1 }, min_events: 100 }
    expect(run(given, traffic(1, 10))).toEqual([])
    expect(run(given, traffic(4, 10))).toEqual([])
    const [fired] = run(given, traffic(40, 100))
    expect(fired!.alert.summary).toBe('40 % of the auth steps failed within 30 min (expected at most 10 %)')
  })

  it('weighs the share of each service, or of those it is asked about', () => {
    const traffic = range(1, 20).flatMap((i): Fact[] => {
      const at_ms = START_MS + i * 5 * MINUTE_MS
      const of = (value: string, failures: number): Fact => ({
        ...{ fact: 'activity', at_ms, of: { label: 'service', value } },
        ...{ successes: 100 - failures, failures },
      })
      // All together too, which this rule must not take for a service.
      return [{ fact: 'activity', at_ms, successes: 140, failures: 60 }, of('orders', 55), of('billing', 5)]
    })
    const given = { metric: 'failure_share', over: '30m', condition: { above: 0.2 } }
    const fired = run({ ...given, by: ['service'] }, traffic)
    expect(fired.map(({ alert }) => [alert.labels, alert.peak])).toEqual([[{ service: 'orders' }, 0.55]])
    expect(fired[0]!.alert.command).toContain('--service orders')
    const both = run({ ...given, where: { service: ['orders', 'billing'] } }, traffic)
    expect(both.map(({ alert }) => [alert.labels, alert.peak])).toEqual([[{}, 0.3]])
    expect(run({ ...given, where: { service: 'billing' } }, traffic)).toEqual([])
    expect(run({ ...given, by: ['host'] }, traffic)).toEqual([])
    const problems = (more: object) =>
      ownRuleProblems(ownRuleSchema.parse({ name: 'mine', ...given, ...more }), new Set()).map(({ text }) => text)
    expect(problems({ by: ['service'], where: { service: 'a*' } })).toEqual([])
    expect(problems({ by: ['service'], where: { host: 'a' } })).toEqual([
      'failure_share is told apart by one label, also where "where" names one',
    ])
    expect(problems({ by: ['cause'] })).toEqual([
      'failure_share is told apart by host, service, client_id, issuer only',
    ])
  })

  it('weighs a clock by what is certain of it', () => {
    const reading = (m: number, low_s: number, high_s: number): Fact => ({
      fact: 'clock',
      at_ms: START_MS + m * MINUTE_MS,
      host: 'api-1',
      reference: 'issuer i',
      offset_s: (low_s + high_s) / 2,
      low_s,
      high_s,
      drift_ppm: null,
    })
    const given = { metric: 'clock_offset', by: ['host'], condition: { above: 1 } }
    expect(run(given, [reading(1, -9, 0.5)])).toEqual([])
    const [fired] = run(given, [reading(1, -9, -2)])
    expect(fired!.alert).toMatchObject({ peak: 2, command: 'authtop skew', labels: { host: 'api-1' } })
  })

  it('counts what sources bring, and that one brings nothing', () => {
    const watched = range(0, 12).map(
      (i): Fact => ({
        fact: 'watch',
        at_ms: START_MS + (i + 1) * 5 * MINUTE_MS,
        sources: [
          { name: 'a.log', records: i < 4 ? 9 : 0, recognised: 1 },
          { name: 'b.log', records: 9, recognised: 0 },
        ],
        templates: [],
        time_services: [],
      }),
    )
    const given = { metric: 'records', by: ['source'], over: '15m', condition: { below: 1 } }
    const [fired, ...more] = run(given, watched, 60)
    expect(more).toEqual([])
    expect(fired!.alert.labels).toEqual({ source: 'a.log' })
    // Its last records came in the step that ended after 20 minutes.
    expect(times([fired!])).toEqual(['35 fired'])
  })

  it('finds an anomaly against what is usual at this hour', () => {
    const random = createRandom(5)
    const day = 24 * 60
    const usual: Fact[] = []
    for (let m = 0; m < 12 * day; m += random.exponential(4)) usual.push(...failures([m], { service: 'orders' }))
    const burst = range(11 * day, 11 * day + 30).flatMap((m) => failures([m, m, m, m, m], { service: 'orders' }))
    const given = { by: ['service'], condition: 'anomaly', min_events: 20 }
    expect(run(given, usual, 12 * day)).toEqual([])
    const [fired, resolved, ...more] = run(given, [...usual, ...burst], 12 * day)
    expect(more).toEqual([])
    expect(fired!.at_ms - (START_MS + 11 * day * MINUTE_MS)).toBeLessThanOrEqual(15 * MINUTE_MS)
    expect(fired!.alert.labels).toEqual({ service: 'orders' })
    expect(resolved!.kind).toBe('resolved')
  })

  it('speaks with the words it is given', () => {
    const given = {
      by: ['client_id'],
      condition: { above: 1 },
      severity: 'critical',
      annotations: {
        summary: '{{labels.client_id}} failed {{value}} times ({{expected}}; {{rule}} {{over}})',
        why: 'since {{since}}',
        runbook: 'https://wiki/{{labels.client_id}}',
      },
    }
    const [fired] = run(given, failures([1, 2], { client_id: 'batch' }))
    expect(fired!.alert).toMatchObject({
      severity: 'critical',
      summary: 'batch failed 2 times (at most 1; mine 10 min)',
      fix: ['Runbook: https://wiki/batch'],
    })
    expect(fired!.alert.why[0]).toBe(`since ${new Date(START_MS + 3 * MINUTE_MS).toISOString()}`)
  })

  it('gives no name from a log to a shell', () => {
    const [fired] = run(
      { by: ['client_id'], condition: { above: 1 } },
      failures([1, 2], { client_id: "$(reboot)'; ls" }),
    )
    expect(fired!.alert.command).toContain(`--client '$(reboot)'\\''; ls' --since`)
  })

  it('survives a restart at any moment', () => {
    const given = { by: ['host'], over: '7m', condition: { above: 3 }, for: '1m' }
    const facts = [...failures(range(0, 30)), ...failures(range(10, 50), { host: 'api-2' })].sort(
      (a, b) => a.at_ms - b.at_ms,
    )
    const whole = run(given, facts)
    for (let cut = 1; cut < facts.length; cut += 3) {
      const first = new AlertEngine([rule(given)])
      first.advance(START_MS)
      for (const fact of facts.slice(0, cut)) first.take(fact)
      const second = new AlertEngine([rule(given)])
      second.restore(JSON.parse(JSON.stringify(first.save())))
      for (const fact of facts.slice(cut)) second.take(fact)
      second.advance(START_MS + 120 * MINUTE_MS)
      const seen = [...first.drain(), ...second.drain()].filter((t) => t.kind === 'fired' || t.kind === 'resolved')
      expect(seen).toEqual(whole)
    }
  })
})
