import { describe, expect, test } from 'vitest'
import { clockSamplesOf, pairOf } from '../../../../src/analyze/clock/clock-samples-of.ts'
import type { AuthEvent } from '../../../../src/core/auth-event.ts'

const NOW = 1_790_000_000_000

function event(more: Partial<AuthEvent>): AuthEvent {
  return {
    kind: 'validation',
    outcome: 'failure',
    cause: 'expiry',
    subcause: 'access_token',
    confidence: 'likely',
    system: 'jsonwebtoken',
    signature: 'jsonwebtoken/expired',
    specificity: 70,
    symptom: 'jwt expired',
    format: 'pino',
    time_ms: NOW,
    time_resolution_ms: 1,
    host: 'orders-1',
    issuer: 'https://id.example',
    token: 'jwt:1',
    evidence: { iat_ms: NOW - 400_000, exp_ms: NOW - 100_000 },
    message: 'jwt expired',
    ...more,
  }
}

describe('the clock evidence of an event', () => {
  test('is its token against the host’s now, with what was decided', () => {
    expect(clockSamplesOf(event({}))).toEqual([
      {
        source: 'token',
        host: 'orders-1',
        issuer: 'https://id.example',
        seen_validator_ms: NOW,
        seen_resolution_ms: 1000,
        stated: false,
        iat_ms: NOW - 400_000,
        iat_resolution_ms: 1000,
        exp_ms: NOW - 100_000,
        token: 'jwt:1',
        decision: 'expired',
      },
    ])
  })

  test('takes a stamp whose milliseconds are zeros for one of seconds', () => {
    const seen = (time_ms: number) => clockSamplesOf(event({ time_ms }))[0]
    expect(seen(NOW + 4)).toMatchObject({ seen_resolution_ms: 1 })
    expect(seen(NOW)).toMatchObject({ seen_resolution_ms: 1000 })
  })

  test('prefers the now that the message states, an epoch without a zone, to the stamp of the line', () => {
    const [sample] = clockSamplesOf(
      event({ evidence: { exp_ms: NOW - 7_000, validator_ms: NOW - 123, leeway_ms: 5_000 } }),
    )
    expect(sample).toMatchObject({
      seen_validator_ms: NOW - 123,
      seen_resolution_ms: 1,
      stated: true,
      leeway_ms: 5_000,
    })
  })

  test.each(['signature', 'key_not_found', 'structure', 'algorithm', 'issuer_mismatch', 'stale_jwks'] as const)(
    'is nothing after %s: an unchecked token may claim any instant',
    (subcause) => {
      expect(clockSamplesOf(event({ cause: 'malformed', subcause }))).toEqual([])
    },
  )

  test('of a success without a token is that something was accepted here', () => {
    const { issuer: _, token: __, ...bare } = event({ outcome: 'success', cause: null, subcause: null, evidence: {} })
    expect(clockSamplesOf(bare)).toMatchObject([{ source: 'token', host: 'orders-1', decision: 'accepted' }])
  })

  test('of an issuance ties the issuer’s log to its iat', () => {
    const minted = event({
      kind: 'issuance',
      outcome: 'success',
      cause: null,
      subcause: null,
      evidence: { iat_ms: NOW },
    })
    expect(clockSamplesOf(minted)).toMatchObject([{ source: 'issuance', logged_issuer_ms: NOW, iat_ms: NOW }])
  })

  test('of a live record holds its receipt too', () => {
    const samples = clockSamplesOf(event({ received_collector_ms: NOW + 80 }))
    expect(samples.map((s) => s.source)).toEqual(['receipt', 'token'])
  })

  test('of an authorization code or a refresh is none: other kinds of tokens have other lifetimes', () => {
    expect(clockSamplesOf(event({ kind: 'refresh', subcause: 'refresh_token' }))).toEqual([])
  })

  test('of a record without a host is none', () => {
    const { host: _, ...nowhere } = event({})
    expect(clockSamplesOf(nowhere)).toEqual([])
  })
})

describe('a pair', () => {
  const side = (host: string, start_ms: number, end_ms: number) => ({ host, start_ms, end_ms, resolution_ms: 1 })

  test('is made of two hosts’ views of one exchange, and of nothing else', () => {
    expect(pairOf(side('gw', NOW, NOW + 30), side('orders-1', NOW + 5, NOW + 20))).toMatchObject({
      outer_host: 'gw',
      inner_host: 'orders-1',
      outer_end_ms: NOW + 30,
      inner_start_ms: NOW + 5,
    })
    expect(pairOf(side('gw', NOW, NOW + 30), side('gw', NOW + 5, NOW + 20))).toBeNull()
  })
})
