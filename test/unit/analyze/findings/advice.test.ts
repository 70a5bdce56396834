import { describe, expect, it } from 'vitest'
import { advice, overshoot } from '../../../../src/analyze/findings/advice.ts'
import { sampleKey } from '../../../../src/analyze/findings/facts.ts'
import { clock, facts, failed, incident, START_MS, succeeded } from './made-up.ts'

describe('leeway advice', () => {
  const early = (by_ms: number) =>
    incident({
      cause: 'skew',
      subcause: 'not_yet_valid',
      evidence: { nbf_ms: START_MS + by_ms, validator_ms: START_MS },
    })
  const wish = sampleKey({ cause: 'skew', place: 'host', value: 'orders-2' })
  const skew = (count: number) => [failed({ host: 'orders-2', cause: 'skew', subcause: 'not_yet_valid', count })]

  it('takes the smallest usual leeway that accepts nine in ten, and counts what it would have accepted', () => {
    const sample = [
      ...Array.from({ length: 92 }, (_, i) => early(40 * i)),
      ...Array.from({ length: 8 }, () => early(400_000)),
    ]
    const [found] = advice(facts({ failures: skew(100), samples: new Map([[wish, sample]]) }))
    expect(found).toMatchObject({ kind: 'leeway', host: 'orders-2', avoided: 92, of: 100 })
    expect(found!.title).toBe(
      'a leeway of 5 s on orders-2 would have accepted 92 of 100 skew failures; the clock needs fixing for the rest',
    )
    expect(found!.why.join()).not.toContain('newest')
  })

  it('says so when it looked at a sample, and applies its share', () => {
    const sample = [early(500), early(600), early(90_000), early(700)]
    const [found] = advice(facts({ failures: skew(1_000), samples: new Map([[wish, sample]]) }))
    expect(found).toMatchObject({ avoided: 750, of: 1_000 })
    expect(found!.why).toContain('from the newest 4 of 1,000')
  })

  it('promises nothing where no leeway that anybody should set would have helped, nor without instants', () => {
    const far = new Map([[wish, Array.from({ length: 10 }, () => early(3_600_000))]])
    expect(advice(facts({ failures: skew(10), samples: far }))).toEqual([])
    const bare = new Map([
      [wish, Array.from({ length: 10 }, () => incident({ cause: 'skew', subcause: 'not_yet_valid' }))],
    ])
    expect(advice(facts({ failures: skew(10), samples: bare }))).toEqual([])
  })

  it.each([
    ['fresh_token_expired', { exp_ms: START_MS - 7_000, validator_ms: START_MS }, 7_000],
    ['issued_in_future', { iat_ms: START_MS + 3_000, validator_ms: START_MS }, 3_000],
    ['not_yet_valid', { delta_ms: -2_500 }, 2_500],
    ['not_yet_valid', {}, null],
  ] as const)('reads the overshoot of %s off %j', (subcause, evidence, expected) => {
    expect(overshoot({ subcause, evidence, time_ms: START_MS })).toBe(expected)
  })
})

describe('refresh advice', () => {
  it('counts expiries of a client that was at work, and not those after a long absence', () => {
    const late = (ms: number) =>
      incident({ time_ms: START_MS, evidence: { exp_ms: START_MS - ms, iat_ms: START_MS - ms - 300_000 } })
    const sample = [
      ...Array.from({ length: 96 }, () => late(20_000)),
      ...Array.from({ length: 4 }, () => late(9_000_000)),
    ]
    const key = sampleKey({ cause: 'expiry', subcause: 'access_token', place: 'client_id', value: 'batch-3' })
    const [found] = advice(
      facts({ failures: [failed({ client_id: 'batch-3', count: 100 })], samples: new Map([[key, sample]]) }),
    )
    expect(found).toMatchObject({ kind: 'refresh_earlier', client_id: 'batch-3', avoided: 96, of: 100 })
    expect(found!.title).toBe(
      'client batch-3 refreshing at 80 % of the lifetime would have avoided 96 % of its 100 expiries',
    )
    expect(found!.fix[0]).toContain('240 s')
  })
})

describe('other advice', () => {
  it('knows what a right clock, earlier keys, a right set-up and two secrets would have avoided', () => {
    const stale = Array.from({ length: 30 }, (_, i) =>
      incident({ cause: 'misconfiguration', subcause: 'stale_jwks', time_ms: START_MS + i * 10_000 }),
    )
    const key = sampleKey({ cause: 'misconfiguration', subcause: 'stale_jwks', place: 'host', value: 'keys-1' })
    const found = advice(
      facts({
        hosts: [clock('late', { at_fault: true, offset_s: -9, low_s: -9.1, high_s: -8.9 })],
        failures: [
          failed({ host: 'late', cause: 'skew', subcause: 'issued_in_future', count: 50 }),
          failed({ host: 'keys-1', cause: 'misconfiguration', subcause: 'stale_jwks', count: 30 }),
          failed({ client_id: 'x', cause: 'misconfiguration', subcause: 'redirect_uri', count: 20 }),
          failed({
            client_id: 'job',
            kind: 'issuance',
            cause: 'misconfiguration',
            subcause: 'client_credentials',
            count: 10,
          }),
        ],
        successes: [succeeded({ kind: 'issuance', client_id: 'job' })],
        samples: new Map([[key, stale]]),
      }),
    )
    expect(found.map(({ kind, avoided, of }) => [kind, avoided, of])).toEqual([
      ['repair_clock', 50, 50],
      ['jwks_cache', 23, 30],
      ['client_setup', 20, 20],
      ['rotate_secret', 10, 10],
    ])
    for (const { avoided, of } of found) expect(avoided).toBeLessThanOrEqual(of)
  })
})
