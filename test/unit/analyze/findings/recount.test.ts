/** What one change would have avoided, counted again request by request with the change made. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { advice } from '../../../../src/analyze/findings/advice.ts'
import { sampleKey } from '../../../../src/analyze/findings/facts.ts'
import type { Advice } from '../../../../src/core/finding.ts'
import type { Incident } from '../../../../src/core/incident.ts'
import { clock, facts, failed, ISSUER, incident, START_MS } from './made-up.ts'

const one = (found: readonly Advice[], kind: Advice['kind']) => found.find((a) => a.kind === kind)

/** Would a validator with this leeway have accepted it? RFC 7519 §4.1.4 and §4.1.5, written down anew. */
function accepted({ evidence, time_ms, subcause }: Incident, leeway_s: number): boolean {
  const { exp_ms, nbf_ms } = evidence
  if (subcause === 'fresh_token_expired') return time_ms <= exp_ms! + leeway_s * 1000
  return time_ms + leeway_s * 1000 >= nbf_ms!
}

const refusedEarly = fc.record({ off: fc.integer({ min: 1, max: 90_000 }), late: fc.boolean() }).map(({ off, late }) =>
  incident({
    cause: 'skew',
    subcause: late ? 'fresh_token_expired' : 'not_yet_valid',
    evidence: late ? { exp_ms: START_MS - off } : { nbf_ms: START_MS + off },
  }),
)

test('a leeway accepts exactly those that it is said to accept', () => {
  fc.assert(
    fc.property(fc.array(refusedEarly, { minLength: 5, maxLength: 60 }), (incidents) => {
      const found = advice(
        facts({
          hosts: [clock('orders-1')],
          failures: [failed({ cause: 'skew', subcause: 'not_yet_valid', count: incidents.length })],
          samples: new Map([[sampleKey({ cause: 'skew', place: 'host', value: 'orders-1' }), incidents]]),
        }),
      )
      const leeway = one(found, 'leeway')
      if (leeway === undefined) return
      const seconds = Number(/leeway of (\d+) s/.exec(leeway.title)![1])
      expect(leeway.avoided).toBe(incidents.filter((i) => accepted(i, seconds)).length)
      expect(leeway.of).toBe(incidents.length)
    }),
    { numRuns: 200, seed: 1 },
  )
})

const expired = fc
  .record({ life: fc.constantFrom(60, 300, 900), late: fc.integer({ min: 1, max: 5_000_000 }) })
  .map(({ life, late }) =>
    incident({ evidence: { iat_ms: START_MS - late - life * 1000, exp_ms: START_MS - late }, time_ms: START_MS }),
  )
const clients = ['web', 'app', 'batch']

let lifetimes = 0

test('a longer lifetime and an earlier refresh avoid exactly those that they are said to avoid', () => {
  fc.assert(
    fc.property(fc.array(expired, { minLength: 6, maxLength: 60 }), (drawn) => {
      const incidents = drawn.map((i, n) => ({ ...i, client_id: clients[n % clients.length]! }))
      const found = advice(
        facts({
          failures: clients.map((client_id, i) =>
            failed({ client_id, count: incidents.filter((_, n) => n % clients.length === i).length }),
          ),
          samples: new Map([
            [sampleKey({ cause: 'expiry', subcause: 'access_token', place: 'issuer', value: ISSUER }), incidents],
            ...clients.map(
              (value, i) =>
                [
                  sampleKey({ cause: 'expiry', subcause: 'access_token', place: 'client_id', value }),
                  incidents.filter((_, n) => n % clients.length === i),
                ] as const,
            ),
          ]),
        }),
      )
      const lifetime = one(found, 'token_lifetime')
      if (lifetime !== undefined) {
        lifetimes++
        const life_ms = Number(/lifetime of ([\d,.]+) s/.exec(lifetime.title)![1]!.replace(',', '')) * 1000
        const before_ms = Number(/instead of ([\d,.]+) s/.exec(lifetime.title)![1]!.replace(',', '')) * 1000
        // Minted at the same instant, alive for so long; tokens of other lifetimes stay as they are.
        const alive = incidents.filter(
          ({ time_ms, evidence: { iat_ms, exp_ms } }) =>
            exp_ms! - iat_ms! === before_ms && time_ms <= iat_ms! + life_ms,
        )
        expect(lifetime.avoided).toBe(alive.length)
        expect(lifetime.of).toBe(incidents.length)
      }
      for (const refresh of found.filter((a) => a.kind === 'refresh_earlier')) {
        const own = incidents.filter((_, n) => n % clients.length === clients.indexOf(refresh.client_id!))
        // At work less than a lifetime after the end: a renewal at 80 % was within its reach.
        const inReach = own.filter(({ time_ms, evidence }) => {
          const life_ms = evidence.exp_ms! - evidence.iat_ms!
          return time_ms - evidence.exp_ms! <= life_ms
        })
        expect(refresh.avoided).toBe(inReach.length)
      }
    }),
    { numRuns: 200, seed: 1 },
  )
  // Saying nothing would be easy.
  expect(lifetimes).toBeGreaterThan(20)
})

test('a right clock avoids exactly those that it would have let pass', () => {
  let partly = 0
  fc.assert(
    fc.property(
      fc.array(refusedEarly, { minLength: 5, maxLength: 60 }),
      fc.integer({ min: -80_000, max: 80_000 }),
      fc.constantFrom(0, 5),
      (incidents, off_ms, leeway_s) => {
        const off = clock('orders-1', {
          ...{ offset_s: off_ms / 1000, low_s: off_ms / 1000, high_s: off_ms / 1000, at_fault: true, leeway_s },
        })
        const found = advice(
          facts({
            hosts: [off],
            failures: [failed({ cause: 'skew', subcause: 'not_yet_valid', count: incidents.length })],
            samples: new Map([[sampleKey({ cause: 'skew', place: 'host', value: 'orders-1' }), incidents]]),
          }),
        )
        // Each request again, at the time a right clock would have shown; whole-second stamps leave a second open.
        const passes = incidents.filter((i) => {
          const late = i.subcause === 'fresh_token_expired'
          const right = late ? Math.min(i.time_ms, i.time_ms - off_ms) : Math.max(i.time_ms, i.time_ms - off_ms)
          return accepted({ ...i, time_ms: right }, leeway_s + 1)
        }).length
        const repair = one(found, 'repair_clock')
        expect(repair?.avoided ?? 0).toBe(passes)
        if (passes > 0 && passes < incidents.length) partly++
      },
    ),
    { numRuns: 200, seed: 1 },
  )
  expect(partly).toBeGreaterThan(100)
})

const stale = fc
  .record({ kid: fc.constantFrom('a', 'b', undefined), at: fc.integer({ min: 0, max: 7_200_000 }) })
  .map(({ kid, at }) =>
    incident({
      ...{ cause: 'misconfiguration', subcause: 'stale_jwks', time_ms: START_MS + at },
      evidence: kid === undefined ? {} : { kid },
    }),
  )

test('keys fetched again avoid exactly those that came later, key by key', () => {
  fc.assert(
    fc.property(fc.array(stale, { minLength: 5, maxLength: 60 }), (incidents) => {
      const found = advice(
        facts({
          failures: [failed({ cause: 'misconfiguration', subcause: 'stale_jwks', count: incidents.length })],
          samples: new Map([
            [
              sampleKey({ cause: 'misconfiguration', subcause: 'stale_jwks', place: 'host', value: 'orders-1' }),
              incidents,
            ],
          ]),
        }),
      )
      // In order of time: a key that is asked for is known a minute, or ten, later.
      const known = (after_ms: number) => {
        const asked = new Map<string | undefined, number>()
        let avoided = 0
        for (const { time_ms, evidence } of incidents.toSorted((x, y) => x.time_ms - y.time_ms)) {
          const since = asked.get(evidence.kid)
          if (since === undefined) asked.set(evidence.kid, time_ms)
          else if (time_ms - since > after_ms) avoided++
        }
        return avoided
      }
      const keys = one(found, 'jwks_cache')
      expect(keys?.avoided ?? 0).toBe(known(60_000))
      if (keys !== undefined)
        expect(keys.why.join()).toContain(`10 min at most, whatever comes, would have avoided ${known(600_000)}`)
    }),
    { numRuns: 200, seed: 1 },
  )
})
