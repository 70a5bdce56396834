import { describe, expect, test } from 'vitest'
import { attribute } from '../../../../src/analyze/attribution/attribute.ts'
import { type Background, UNKNOWN_CLOCKS } from '../../../../src/analyze/attribution/background.ts'
import type { HistoryFact } from '../../../../src/core/history.ts'
import { incident } from '../../../contract/store/made-up.ts'

const T = 1_794_820_321_000

const knowing = (facts: Partial<HistoryFact>[]): Background => ({
  ...{ clocks: UNKNOWN_CLOCKS, spoken: [] },
  facts: (party, key) =>
    facts
      .map((fact) => ({ host: '', detail: '', first_ms: T - 60_000, last_ms: T, count: 1, ...fact }) as HistoryFact)
      .filter((fact) => fact.party === party && fact.key === key),
})

describe('"key not found"', () => {
  const refused = incident({
    ...{ host: 'orders-1', time_ms: T, reported_cause: 'misconfiguration', reported_subcause: 'key_not_found' },
    evidence: { kid: 'key-b' },
  })
  const missing = { party: 'host', key: 'orders-1', deed: 'key_not_found', count: 40 } as const
  const repeated = { party: 'host_keys', key: 'orders-1', deed: 'key_not_found', detail: 'key-b', count: 40 } as const
  const worked = { party: 'host_keys', key: 'orders-1', deed: 'accepted', first_ms: T - 3_600_000, count: 900 } as const

  test('again and again with one key, on a host that knew the keys before: its key set is old', () => {
    const { subcause, why } = attribute(refused, knowing([missing, repeated, worked]))
    expect(subcause).toBe('stale_jwks')
    expect(why[0]).toBe('orders-1 refused 40 tokens for their key or signature within minutes and found 0 good')
  })

  test('on a host that never knew a key: it is set up for other keys', () => {
    expect(attribute(refused, knowing([missing, repeated])).subcause).toBe('key_not_found')
  })

  test('while the key set could not be had: the outage’s, unless the key is none that the issuer uses', () => {
    const down = { party: 'host', key: 'orders-1', deed: 'jwks_unavailable' } as const
    expect(attribute(refused, knowing([down])).subcause).toBe('jwks_unavailable')
    const used = { party: 'keys', key: '', deed: 'issued', detail: 'key-a' } as const
    expect(attribute(refused, knowing([down, used])).subcause).toBe('key_not_found')
  })

  test('with a key that came once: a stranger’s', () => {
    expect(attribute(refused, knowing([missing, { ...repeated, count: 1 }, worked])).subcause).toBe('key_not_found')
  })

  test('while most other tokens are found good: one caller has tokens of somebody else', () => {
    const good = { party: 'host', key: 'orders-1', deed: 'accepted', count: 400 } as const
    expect(attribute(refused, knowing([missing, repeated, worked, good])).subcause).toBe('key_not_found')
  })
})

describe('"not active" at introspection', () => {
  const inactive = incident({
    ...{ host: 'reports-1', time_ms: T, reported_cause: 'revocation', reported_subcause: 'inactive' },
    ...{ kind: 'introspection', token: 'opaque:0102030405060708', token_id: 'jti:1112131415161718' },
  })
  const issued = { party: 'token', key: 'jti:1112131415161718', deed: 'issued', iat_ms: T - 400_000 } as const

  test('of a token that the issuer’s log shows to have run out: expiry', () => {
    const { cause, subcause, why } = attribute(inactive, knowing([{ ...issued, exp_ms: T - 100_000 }]))
    expect({ cause, subcause }).toEqual({ cause: 'expiry', subcause: 'access_token' })
    expect(why[0]).toBe('it expired 100 s before')
  })

  test('of a token that was withdrawn before its end: revocation', () => {
    const withdrawn = { ...issued, deed: 'revoked', first_ms: T - 30_000 } as const
    const { subcause } = attribute(inactive, knowing([{ ...issued, exp_ms: T + 100_000 }, withdrawn]))
    expect(subcause).toBe('token_revoked')
  })

  test('of a token that was taken before and not withdrawn: it has run out', () => {
    const taken = { party: 'token', key: 'opaque:0102030405060708', deed: 'accepted', first_ms: T - 200_000 } as const
    const { cause, confidence } = attribute(inactive, knowing([taken]))
    expect({ cause, confidence }).toEqual({ cause: 'expiry', confidence: 'likely' })
  })

  test('of a token that was taken before its client’s tokens were withdrawn: it was among them', () => {
    const mine = { ...inactive, client_id: 'partner' }
    const taken = { party: 'token', key: 'opaque:0102030405060708', deed: 'accepted', last_ms: T - 2_000 } as const
    const fell = { party: 'client', key: 'partner', deed: 'revoked', first_ms: T - 1_000, last_ms: T - 1_000 } as const
    expect(attribute(mine, knowing([taken, fell])).subcause).toBe('token_revoked')
    const earlier = { ...fell, first_ms: T - 50_000, last_ms: T - 50_000 }
    expect(attribute(mine, knowing([taken, earlier])).cause).toBe('expiry')
  })

  test('of a token that nobody names: expiry where the issuer seldom withdraws one', () => {
    const { token: _, token_id: __, ...unnamed } = inactive
    const of = (issued: number, withdrawn: number) =>
      attribute(
        unnamed,
        knowing([
          { party: 'issuer', key: '', deed: 'issued', count: issued },
          { party: 'issuer', key: '', deed: 'revoked', count: withdrawn },
        ]),
      ).cause
    expect(of(200, 6)).toBe('expiry')
    expect(of(90, 35)).toBe('revocation')
  })

  test('of a token that an issuer which names its tokens never issued: as was said', () => {
    const others = { party: 'issuer', key: '', deed: 'issued', exp_ms: T + 1 } as const
    expect(attribute(inactive, knowing([others])).subcause).toBe('inactive')
  })
})

describe('"fetch failed" while a token was checked', () => {
  const failed = incident({
    ...{ host: 'reports-1', time_ms: T, reported_cause: 'outage', reported_subcause: 'jwks_unavailable' },
    ...{ specificity: 31, signature: 'general/refused-unreachable' },
  })
  const here = (deed: HistoryFact['deed'], count: number) => ({ party: 'host', key: 'reports-1', deed, count }) as const

  test('on a host that has its tokens introspected, introspection did not answer', () => {
    expect(attribute(failed, knowing([here('inactive', 12)])).subcause).toBe('introspection_unavailable')
  })

  test('on a host that checks them itself, the key set did not', () => {
    expect(attribute(failed, knowing([here('access_token', 12)])).subcause).toBe('jwks_unavailable')
    expect(attribute(failed, knowing([])).subcause).toBe('jwks_unavailable')
  })

  test('a message that names the key set is believed', () => {
    const named = { ...failed, specificity: 75 }
    expect(attribute(named, knowing([here('inactive', 12)])).subcause).toBe('jwks_unavailable')
  })
})
