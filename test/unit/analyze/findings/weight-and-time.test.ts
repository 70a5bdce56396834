/** How urgent a finding is, what it says of past periods, and causes that rose. */
import { describe, expect, it } from 'vitest'
import { clocksOfPeriod } from '../../../../src/analyze/clock/clocks-of-period.ts'
import { findings } from '../../../../src/analyze/findings/find.ts'
import type { ClockReading } from '../../../../src/core/clock-lookup.ts'
import { clock, END_MS, facts, failed, ISSUER, MINUTE_MS, START_MS, succeeded } from './made-up.ts'

const skew = failed({ host: 'orders-1', cause: 'skew', subcause: 'not_yet_valid' })

describe('severity', () => {
  it('follows the weight: one request that clocks may have failed is worth a note, many are urgent', () => {
    const severity = (count: number, successes = 5_000) =>
      findings(
        facts({
          hosts: [clock('orders-1')],
          failures: [{ ...skew, count }],
          successes: [succeeded({ count: successes })],
        }),
      )[0]!.severity
    expect(severity(1)).toBe('info')
    expect(severity(4)).toBe('warning')
    expect(severity(40)).toBe('critical')
    // A host that hardly anybody asks fails all the same.
    expect(severity(4, 6)).toBe('critical')
  })

  it('of a wrong clock is a warning at least, whatever it has done so far', () => {
    const off = clock('orders-1', { offset_s: -4, low_s: -4.2, high_s: -3.8, at_fault: true })
    expect(findings(facts({ hosts: [off], failures: [{ ...skew, count: 1 }] }))[0]!.severity).toBe('warning')
  })

  it('of few stale keys, wrong secrets or unanswered calls is no alarm', () => {
    const cases = [
      failed({ cause: 'misconfiguration', subcause: 'stale_jwks', count: 2 }),
      failed({ cause: 'misconfiguration', subcause: 'client_credentials', kind: 'issuance', count: 3 }),
      failed({ cause: 'outage', subcause: 'issuer_unavailable', count: 3 }),
    ]
    for (const failure of cases)
      for (const { severity } of findings(facts({ failures: [failure], successes: [succeeded({})] })))
        expect(severity, failure.subcause!).not.toBe('critical')
  })
})

describe('a host whose clock is ahead of the period’s end', () => {
  it('is found by the right time, not by its own', () => {
    const ahead = clock('reports-1', {
      ...{ offset_s: 312, low_s: 311.8, high_s: 312.2, at_fault: true },
      // By its own clock it was seen from after the end on.
      ...{ from_ms: END_MS + 60_000, to_ms: END_MS + 300_000 },
    })
    const found = findings(facts({ hosts: [ahead], failures: [{ ...skew, host: 'reports-1', to_ms: END_MS }] }))
    expect(found).toHaveLength(1)
    expect(found[0]!.title).toContain('312 s ahead')
  })
})

describe('a past period', () => {
  const reading = (host: string, offset_s: number, at_ms: number): ClockReading => ({
    ...{ at_ms, host, reference: `issuer ${ISSUER}`, offset_s, low_s: offset_s - 0.2, high_s: offset_s + 0.2 },
    drift_ppm: null,
  })
  const now = facts({
    hosts: [
      clock('was-off'),
      clock('is-off', { offset_s: 9, low_s: 8.8, high_s: 9.2, at_fault: true, steps: [{ at_ms: END_MS, by_s: 9 }] }),
      clock('good'),
      clock('new'),
    ],
  }).clocks
  const period = { from_ms: START_MS, to_ms: START_MS + 60 * MINUTE_MS }
  const then = clocksOfPeriod(
    now,
    [
      reading('was-off', 2, START_MS + MINUTE_MS),
      reading('was-off', 5, START_MS + 50 * MINUTE_MS),
      reading('was-off', 0, START_MS + 90 * MINUTE_MS),
      reading('is-off', 0.1, START_MS + 40 * MINUTE_MS),
      reading('good', 0, START_MS + 40 * MINUTE_MS),
    ],
    period,
  )

  it('is judged by the clocks of that time', () => {
    const rows = Object.fromEntries(then.hosts.map((h) => [h.host, [h.offset_s, h.at_fault]]))
    expect(rows).toEqual({ 'was-off': [5, true], 'is-off': [0.1, false], good: [0, false], new: [null, false] })
    expect(then.hosts.find((h) => h.host === 'is-off')!.steps).toEqual([])
    const found = findings(facts({ range: period, now_ms: period.to_ms, hosts: [...then.hosts] }))
    expect(found.map((f) => [f.kind, f.host])).toEqual([['clock_off', 'was-off']])
  })
})

describe('a cause that rose', () => {
  const expired = failed({ count: 120, client_id: 'web' })
  const habit = [succeeded({ count: 4_000 }), failed({ count: 9 })]

  it('is told with how much, from what, and where', () => {
    const base = facts({
      failures: [{ ...expired, client_id: '' }],
      successes: [succeeded({ count: 4_000 })],
      before: habit,
    })
    const [finding, ...others] = findings(base)
    expect(others).toEqual([])
    expect(finding).toMatchObject({ kind: 'cause_rise', severity: 'warning', cause: 'expiry', incidents: 120 })
    expect(finding!.title).toBe('Expired tokens rose to 13.0 times the usual against the period before')
    expect(finding!.why.join()).toContain('orders')
  })

  it('is not more traffic, not what another finding explains, and nothing without a habit', () => {
    const rises = (differences: Parameters<typeof facts>[0]) =>
      findings(facts(differences)).filter((f) => f.kind === 'cause_rise')
    const successes = [succeeded({ count: 60_000 })]
    expect(rises({ failures: [{ ...expired, client_id: '' }], successes, before: habit })).toEqual([])
    // A client that never refreshes is a finding of its own.
    expect(rises({ failures: [expired], successes: [succeeded({ count: 4_000 })], before: habit })).toEqual([])
    expect(rises({ failures: [{ ...expired, client_id: '' }], before: [] })).toEqual([])
  })
})
