import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createProfile, deriveIat, observeProfile } from '../../../../src/analyze/clock/issuer-profile.ts'
import { createLeeway, leewayOf, observeLeeway } from '../../../../src/analyze/clock/leeway.ts'
import { createSeenTokens, meet } from '../../../../src/analyze/clock/seen-tokens.ts'
import { readUnit } from '../../../../src/analyze/clock/time-unit.ts'
import { zoneShift } from '../../../../src/analyze/clock/time-zone-shift.ts'
import { vote } from '../../../../src/analyze/clock/vote.ts'
import type { TokenDecision, TokenSample } from '../../../../src/core/clock-sample.ts'

const HOUR = 3_600_000
const NOW = 1_790_000_000_000

describe('time zones', () => {
  test.each([
    [2 * HOUR, 2 * HOUR],
    [-5 * HOUR - 400, -5 * HOUR],
    [5.5 * HOUR + 20_000, 5.5 * HOUR],
    [5.75 * HOUR, 5.75 * HOUR],
    [312_000, null],
    [0, null],
    [4.25 * HOUR, null],
    [HOUR + 300_000, null],
    [40 * HOUR, null],
  ])('an offset of %d ms is a zone shift of %s', (offset, zone) => {
    expect(zoneShift(offset)).toBe(zone)
  })
})

describe('units', () => {
  test('a factor of a thousand is a mistake, anything near one is not', () => {
    expect(readUnit(NOW * 1000, NOW)).toEqual({ ms: NOW, mistake: 'milliseconds_as_seconds' })
    expect(readUnit(NOW / 1000, NOW)).toEqual({ ms: NOW, mistake: 'seconds_as_milliseconds' })
    expect(readUnit(NOW + 400 * 86_400_000, NOW).mistake).toBeNull()
  })
})

describe('leeway', () => {
  const decide = (seen: number, decision: TokenDecision, more: Partial<TokenSample> = {}): TokenSample => ({
    source: 'token',
    host: 'h',
    issuer: 'i',
    seen_validator_ms: seen,
    seen_resolution_ms: 1,
    stated: false,
    decision,
    ...more,
  })

  test('is read off decisions, whatever the tolerance and however many there are', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(0, 5_000, 30_000, 60_000),
        fc.array(fc.integer({ min: -100_000, max: 200_000 }), { minLength: 1, maxLength: 300 }),
        (leeway, overshoots) => {
          const state = createLeeway()
          for (const o of overshoots)
            observeLeeway(state, decide(NOW + o, o >= leeway ? 'expired' : 'accepted', { exp_ms: NOW }))
          const found = leewayOf(state)
          if (found === null) return
          const refused = overshoots.filter((o) => o >= leeway).sort((a, b) => a - b)
          const accepted = overshoots.filter((o) => o < leeway).sort((a, b) => b - a)
          expect(found).toBeLessThanOrEqual((refused[1] ?? Infinity) + 1)
          expect(found).toBeGreaterThanOrEqual(Math.min(accepted[2] ?? 0, leeway))
        },
      ),
    )
  })

  test('as stated by the software goes before what decisions suggest', () => {
    const state = createLeeway()
    observeLeeway(state, decide(NOW + 100, 'expired', { exp_ms: NOW, leeway_ms: 60_000 }))
    expect(leewayOf(state)).toBe(60_000)
  })

  test('stays unknown while nothing was refused', () => {
    const state = createLeeway()
    for (let i = 0; i < 50; i++) observeLeeway(state, decide(NOW + i * 100, 'accepted', { exp_ms: NOW }))
    expect(leewayOf(state)).toBeNull()
  })
})

describe('an issuer’s habits', () => {
  test('tell iat from exp or nbf once tokens have shown both', () => {
    const profile = createProfile()
    expect(deriveIat(profile, undefined, NOW)).toBeNull()
    observeProfile(profile, NOW, NOW + 30_000, NOW + 300_000)
    expect(deriveIat(profile, undefined, NOW + 300_000)).toEqual({ iat_ms: NOW, exact: true })
    expect(deriveIat(profile, NOW + 30_000)).toEqual({ iat_ms: NOW, exact: true })
  })

  test('with several lifetimes make a bound and not a number of exp', () => {
    const profile = createProfile()
    observeProfile(profile, NOW, undefined, NOW + 300_000)
    observeProfile(profile, NOW, undefined, NOW + 3_600_000)
    expect(deriveIat(profile, undefined, NOW + 3_600_000)).toEqual({ iat_ms: NOW, exact: false })
  })
})

describe('tokens met before', () => {
  test('are known again, new ones are not', () => {
    const seen = createSeenTokens()
    expect(meet(seen, 'jwt:1')).toBe(false)
    expect(meet(seen, 'jwt:1')).toBe(true)
    expect(meet(seen, 'jwt:2')).toBe(false)
  })
})

describe('the vote', () => {
  const at = (party: string, ms: number) => ({ party, low_ms: ms - 100, high_ms: ms + 100 })

  test('accuses one against all', () => {
    const verdict = vote([at('issuer', 0), at('a', 10), at('b', 312_000)])
    expect([...verdict!.accused]).toEqual(['b'])
  })

  test('accuses the issuer where all hosts agree against it', () => {
    const verdict = vote([at('issuer', 0), at('a', 5_000), at('b', 5_050), at('c', 4_900)])
    expect([...verdict!.accused]).toEqual(['issuer'])
  })

  test('accuses nobody where one stands against one, or two against two', () => {
    expect(vote([at('issuer', 0), at('a', 5_000)])).toBeNull()
    expect(vote([at('issuer', 0), at('a', 10), at('b', 9_000), at('c', 9_010)])).toBeNull()
  })

  test('accuses nobody where those that disagree agree among themselves, unless they are few', () => {
    const seven = Array.from({ length: 7 }, (_, i) => at(`a${i}`, 0))
    const four = Array.from({ length: 4 }, (_, i) => at(`b${i}`, 9_000))
    expect(vote([...seven, ...four])).toBeNull()
    expect(vote([...seven, ...four.slice(1)])!.accused.size).toBe(3)
  })

  test('accuses nobody whose interval touches the agreement', () => {
    const verdict = vote([at('issuer', 0), at('a', 10), { party: 'b', low_ms: -200, high_ms: 9_000 }])
    expect(verdict!.accused.size).toBe(0)
  })
})
