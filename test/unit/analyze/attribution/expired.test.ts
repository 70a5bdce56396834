import { describe, expect, test } from 'vitest'
import { attribute } from '../../../../src/analyze/attribution/attribute.ts'
import type { Background } from '../../../../src/analyze/attribution/background.ts'
import type { ClockLookup, OffsetInterval } from '../../../../src/core/clock-lookup.ts'
import type { HistoryFact, Party } from '../../../../src/core/history.ts'
import { incident } from '../../../contract/store/made-up.ts'

const T = 1_794_820_321_000
const ISSUER = 'https://login.example.com'

/** A host that refused a token as expired which was issued `age_ms` before by its own stamps and lives 300 s. */
const refused = (age_ms: number) =>
  incident({
    ...{ host: 'reports-1', issuer: ISSUER, time_ms: T },
    ...{ reported_cause: 'expiry', reported_subcause: 'access_token' },
    evidence: { iat_ms: T - age_ms, exp_ms: T - age_ms + 300_000 },
  })

const aheadBy = (offset_ms: number, atFault: 'host' | null = null): ClockLookup => ({
  offset: (): OffsetInterval => ({ offset_ms, low_ms: offset_ms - 300, high_ms: offset_ms + 300 }),
  between: () => null,
  atFault: (host) => (host === 'reports-1' ? atFault : null),
})

function background(
  clocks: ClockLookup,
  facts: Partial<HistoryFact>[] = [],
  others: Background['spoken'] = [],
): Background {
  return {
    ...{ clocks, spoken: others },
    facts: (party: Party, key) =>
      facts
        .map((fact) => ({ party: 'host', key: 'reports-1', ...EMPTY, ...fact }) as HistoryFact)
        .filter((fact) => fact.party === party && fact.key === key),
  }
}
const EMPTY = { host: 'reports-1', detail: '', first_ms: T - 60_000, last_ms: T, count: 1 }

describe('"expired" where the clock of the host is thought to be ahead', () => {
  test('the other clocks’ vote makes it skew', () => {
    const { cause, subcause, confidence, why } = attribute(refused(330_000), background(aheadBy(312_000, 'host')))
    expect({ cause, subcause, confidence }).toEqual({
      ...{ cause: 'skew', subcause: 'fresh_token_expired', confidence: 'certain' },
    })
    expect(why[0]).toBe("issued 18.5 s earlier by the issuer's clock, lifetime 300 s")
    expect(why[1]).toContain('reports-1 is 311.7–312.3 s ahead of https://login.example.com')
  })

  test('nothing but refused tokens, all equally old, proves nothing: it is told as what was said', () => {
    const { cause, why } = attribute(refused(330_000), background(aheadBy(312_000)))
    expect(cause).toBe('expiry')
    expect(why.join()).not.toContain('expired 0')
  })

  test('a host that takes tokens, too, knows fresh ones: its offset is not the age of a few old ones', () => {
    const taken = background(aheadBy(90_000), [{ deed: 'accepted', count: 17 }])
    const { cause, why } = attribute(refused(330_000), taken)
    expect(cause).toBe('skew')
    expect(why.join()).toContain('reports-1 saw 17 tokens within minutes that it did not call expired')
    // One client may keep every token for a while before it uses it, those that are taken too.
    const one = background(aheadBy(90_000), [
      { deed: 'accepted', count: 17 },
      { deed: 'access_token', detail: 'web' },
    ])
    expect(attribute(refused(330_000), one).cause).toBe('expiry')
  })

  test('several clients’ tokens, none of them met between their end and the offset, prove that it is ahead', () => {
    const clients = ['web', 'batch', 'mobile'].map((detail) => ({
      deed: 'access_token' as const,
      detail,
      iat_ms: T - 800_000,
    }))
    expect(attribute(refused(800_000), background(aheadBy(760_000), clients)).cause).toBe('skew')
    // One client's habit may be what it is.
    expect(attribute(refused(800_000), background(aheadBy(760_000), clients.slice(1, 2))).cause).toBe('expiry')
    // Clients that notice right after the end of their tokens: the offset is nothing but the lifetime.
    const late = clients.map((one) => ({ ...one, iat_ms: T - 305_000 }))
    expect(attribute(refused(305_000), background(aheadBy(303_000), late)).cause).toBe('expiry')
  })

  test('a token that had run out by the corrected clock as well has expired, on a host that is ahead, too', () => {
    const { cause, confidence, why } = attribute(refused(700_000), background(aheadBy(312_000, 'host')))
    expect({ cause, confidence }).toEqual({ cause: 'expiry', confidence: 'certain' })
    expect(why[0]).toBe("expired 88.5 s before, by the issuer's clock, after a lifetime of 300 s")
  })

  test('an expiry that heals says how soon the client had a new token', () => {
    const issued = {
      party: 'client' as const,
      key: 'web',
      deed: 'issued' as const,
      first_ms: T + 140,
      last_ms: T + 140,
    }
    const unknown: ClockLookup = { offset: () => null, between: () => null, atFault: () => null }
    const expired = { ...refused(330_000), client_id: 'web' }
    const healed = attribute(expired, background(unknown, [issued]))
    expect(healed.recovered_ms).toBe(140)
    expect(healed.why).toContain('web got a new token 140 ms later')
    const stranded = attribute(expired, background(unknown, [{ ...issued, first_ms: T + 90_000, last_ms: T + 90_000 }]))
    expect(stranded.recovered_ms).toBeUndefined()
  })

  test('without any offset the clock of the gateway decides that saw the same request', () => {
    const spoken = [
      { stream: 'edge', offset: 0, signature: 's', specificity: 10, host: 'edge-1', time_ms: T - 700_000 },
    ]
    const unknown: ClockLookup = { offset: () => null, between: () => null, atFault: () => null }
    const { cause, why } = attribute(refused(720_000), background(unknown, [], spoken))
    expect(cause).toBe('skew')
    expect(why[0]).toBe('by the clock of edge-1, which saw the same request, the token had 279 s to live')
  })
})

describe('"expired" without any instant, on a host that is ahead', () => {
  const { evidence: _, ...bare } = refused(0)
  const unstated = { ...bare, client_id: 'web', evidence: {} }
  const minted = (age_ms: number) => ({
    ...{ party: 'client' as const, key: 'web', deed: 'issued' as const, iat_ms: T - 90_000 - age_ms },
    ...{ exp_ms: T + 210_000 - age_ms, first_ms: T - 90_000 - age_ms, last_ms: T - 90_000 - age_ms },
  })
  const told = (...facts: Partial<HistoryFact>[]) => attribute(unstated, background(aheadBy(90_000, 'host'), facts))

  test('its client’s newest token says: old, young enough to be refused too early, or another one', () => {
    expect(told(minted(400_000)).cause).toBe('expiry')
    expect(told(minted(250_000)).cause).toBe('skew')
    // Ten seconds old: this host would have taken it, so an older one was refused.
    const { cause, why } = told(minted(10_000))
    expect(cause).toBe('expiry')
    expect(why[0]).toBe('web got a token 10 s earlier, tokens live 300 s: reports-1 would have taken that one')
  })

  test('other issuers’ longer lives say nothing of this client’s tokens', () => {
    const others = { party: 'issuer' as const, key: ISSUER, deed: 'issued' as const, iat_ms: T, exp_ms: T + 3_600_000 }
    expect(told(minted(400_000), others).cause).toBe('expiry')
  })

  test('of an unknown client’s the share that its clock spoils is held against the share that runs out elsewhere', () => {
    const unnamed = { ...bare, evidence: {} }
    const elsewhere = (expired: number): Partial<HistoryFact>[] => [
      { party: 'fleet', key: '', host: 'orders-1', deed: 'access_token', count: expired },
      { party: 'fleet', key: '', host: 'orders-1', deed: 'accepted', count: 100 - expired },
      // Its own clock is off, too, or it does not say what it accepts: neither counts.
      { party: 'fleet', key: '', host: 'mail-1', deed: 'access_token', count: 900 },
      { party: 'issuer', key: ISSUER, deed: 'issued', iat_ms: T, exp_ms: T + 300_000 },
    ]
    const of = (expired: number) => attribute(unnamed, background(aheadBy(90_000, 'host'), elsewhere(expired)))
    expect(of(5).cause).toBe('skew')
    const { cause, why } = of(40)
    expect(cause).toBe('expiry')
    expect(why[0]).toBe('its clock takes 29.9 % of their lives, tokens live 300 s; other hosts refuse 40 % as expired')
  })
})
