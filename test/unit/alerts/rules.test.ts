import { describe, expect, it } from 'vitest'
import { AlertEngine, type Transition } from '../../../src/alerts/engine.ts'
import type { Fact, FailureFact } from '../../../src/alerts/fact.ts'
import { createRules, type RuleSettings } from '../../../src/alerts/rules/index.ts'
import { createRandom } from '../../simulation/clock/random.ts'
import { MINUTE_MS, skewed } from './fact-of.ts'

const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
const MONDAY = Date.UTC(2026, 10, 2)
const ALL_OFF = {
  skew_spike: false,
  clock_offset: false,
  cause_spike: false,
  failure_burn: false,
  issuer_outage: false,
  refresh_reuse: false,
  stale_keys: false,
} as const

function run(facts: readonly Fact[], settings: RuleSettings, until_ms: number): Transition[] {
  const engine = new AlertEngine(createRules({ ...ALL_OFF, ...settings }))
  for (const fact of [...facts].sort((a, b) => a.at_ms - b.at_ms)) engine.take(fact)
  engine.advance(until_ms)
  return engine.drain().filter((t) => t.kind === 'fired' || t.kind === 'resolved')
}

const failure = (at_ms: number, differences: Partial<FailureFact> = {}) =>
  skewed(at_ms, {
    cause: 'misconfiguration',
    subcause: 'audience_mismatch',
    proof: null,
    service: 'orders',
    ...differences,
  })

/** Failures by day and week as an office has them, about `per_hour` at noon; none at night. */
function season(days: number, per_hour: number, seed = 1): FailureFact[] {
  const random = createRandom(seed)
  const facts: FailureFact[] = []
  for (let t = MONDAY; t < MONDAY + days * DAY_MS; t += random.exponential(HOUR_MS / per_hour)) {
    const hour = (t / HOUR_MS) % 24
    const weekend = new Date(t).getUTCDay() % 6 === 0
    if (random.chance(Math.max(0.05, Math.sin(((hour - 6) / 12) * Math.PI)) * (weekend ? 0.3 : 1)))
      facts.push(
        failure(t, { host: `api-${Math.floor(random.next() * 5)}`, client_id: `c${Math.floor(random.next() * 9)}` }),
      )
  }
  return facts
}

describe('a cause spike', () => {
  it('is not the morning of a working day, nor a busy hour', () => {
    expect(run(season(21, 40), { cause_spike: {} }, MONDAY + 21 * DAY_MS)).toEqual([])
  })

  it('fires within a quarter of an hour when a deploy breaks an audience, names the client, and ends', () => {
    const broken = MONDAY + 15 * DAY_MS + 10 * HOUR_MS
    const burst = Array.from({ length: 240 }, (_, i) =>
      failure(broken + i * 15_000, { client_id: 'batch', host: `api-${i % 5}` }),
    )
    const [fired, resolved, ...more] = run([...season(21, 40), ...burst], { cause_spike: {} }, MONDAY + 21 * DAY_MS)
    expect(more).toEqual([])
    expect(fired!.at_ms - broken).toBeLessThanOrEqual(20 * MINUTE_MS)
    expect(fired!.alert.labels).toEqual({ cause: 'misconfiguration', service: 'orders' })
    expect(fired!.alert.summary).toContain('client batch')
    expect(resolved!.at_ms - (broken + HOUR_MS)).toBeLessThanOrEqual(60 * MINUTE_MS)
  })

  it('is not one token retried a thousand times', () => {
    const storm = Array.from({ length: 1000 }, (_, i) =>
      failure(MONDAY + 15 * DAY_MS + 10 * HOUR_MS + i * 1000, { token: 'jwt:1' }),
    )
    expect(run([...season(21, 40), ...storm], { cause_spike: {} }, MONDAY + 21 * DAY_MS)).toEqual([])
  })
})

describe('failure burn', () => {
  const traffic = (share: (at: number) => number) =>
    Array.from({ length: 288 }, (_, i): Fact => {
      const at_ms = MONDAY + i * 5 * MINUTE_MS
      return {
        fact: 'activity',
        at_ms,
        successes: Math.round(500 * (1 - share(i))),
        failures: Math.round(500 * share(i)),
      }
    })

  it('is silent at a usual share and fires when it burns fast, in both windows', () => {
    expect(
      run(
        traffic(() => 0.02),
        { failure_burn: {} },
        MONDAY + DAY_MS,
      ),
    ).toEqual([])
    const [fired, resolved] = run(
      traffic((i) => (i >= 100 && i < 118 ? 0.6 : 0.01)),
      { failure_burn: {} },
      MONDAY + DAY_MS,
    )
    expect(fired!.alert).toMatchObject({ rule: 'failure_burn', severity: 'critical' })
    expect(fired!.at_ms).toBeLessThanOrEqual(MONDAY + 110 * 5 * MINUTE_MS)
    expect(resolved!.at_ms).toBeLessThanOrEqual(MONDAY + 125 * 5 * MINUTE_MS)
  })

  it('is not a single short burst', () => {
    expect(
      run(
        traffic((i) => (i === 100 ? 0.9 : 0.01)),
        { failure_burn: {} },
        MONDAY + DAY_MS,
      ),
    ).toEqual([])
  })
})

it('an issuer that does not answer is one alert, which holds back what lies in its shadow', () => {
  const down = Array.from({ length: 600 }, (_, i) => {
    const at = MONDAY + 15 * DAY_MS + 10 * HOUR_MS + i * 3_000
    return [
      failure(at, { cause: 'outage', subcause: 'issuer_unavailable', token: `o${i}` }),
      failure(at + 1, { token: `m${i}` }),
    ]
  }).flat()
  const with_ = { cause_spike: {}, issuer_outage: undefined } as unknown as RuleSettings
  const fired = run([...season(16, 40), ...down], with_, MONDAY + 16 * DAY_MS).filter((t) => t.kind === 'fired')
  expect(fired.map((t) => [t.alert.rule, t.alert.labels])).toEqual([
    ['issuer_outage', { issuer: 'https://id.example' }],
  ])
})

describe('a clock offset', () => {
  const reading = (minute: number, offset_s: number, drift_ppm = 0): Fact => ({
    fact: 'clock',
    at_ms: MONDAY + minute * MINUTE_MS,
    host: 'api-1',
    reference: 'issuer https://id.example',
    offset_s,
    low_s: offset_s - 0.3,
    high_s: offset_s + 0.3,
    drift_ppm,
  })
  const minutes = (n: number, offset: (m: number) => number, drift = 0) =>
    Array.from({ length: n }, (_, m) => reading(m, offset(m), drift))

  it('fires when its whole interval is beyond the threshold for ten minutes, and ends when it is not', () => {
    expect(
      run(
        minutes(60, () => 5.2),
        { clock_offset: {} },
        MONDAY + HOUR_MS,
      ),
    ).toEqual([])
    expect(
      run(
        minutes(60, (m) => (m < 9 ? 9 : 0)),
        { clock_offset: {} },
        MONDAY + HOUR_MS,
      ),
    ).toEqual([])
    const [fired, resolved] = run(
      minutes(60, (m) => (m < 30 ? -9 : 0)),
      { clock_offset: {} },
      MONDAY + HOUR_MS,
    )
    expect(fired!.alert.summary).toBe('the clock of api-1 is 9 s behind issuer https://id.example; 5 s are tolerable')
    expect(resolved!.at_ms).toBe(MONDAY + 40 * MINUTE_MS)
  })

  it('says hours as hours, the exact figures beside them, and of a bound only the side that is known', () => {
    const known = minutes(60, () => 38_101.23)
    const [far] = run(known, { clock_offset: {} }, MONDAY + HOUR_MS)
    expect(far!.alert.summary).toContain('is 10 h 35 min 1 s ahead of')
    expect(far!.alert.why).toContain(
      'between +38,100.9 s and +38,101.5 s by the instants of its tokens and shared requests',
    )
    const bound = known.map((fact) => ({ ...fact, offset_s: null, high_s: null }))
    const [bounded] = run(bound, { clock_offset: {} }, MONDAY + HOUR_MS)
    expect(bounded!.alert.why).toContain('at least +38,100.9 s by the instants of its tokens and shared requests')
  })

  it('foretells when a drift will carry it there', () => {
    const [fired] = run(
      minutes(60, () => 2, 50),
      { clock_offset: {} },
      MONDAY + HOUR_MS,
    )
    expect(fired!.alert).toMatchObject({ severity: 'info', labels: { host: 'api-1', state: 'forecast' } })
    expect(fired!.alert.summary).toContain('will be 5 s off in 17 h')
  })
})
