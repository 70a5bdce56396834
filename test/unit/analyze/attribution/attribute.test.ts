import { describe, expect, test } from 'vitest'
import { attribute as decide } from '../../../../src/analyze/attribution/attribute.ts'
import { NO_BACKGROUND } from '../../../../src/analyze/attribution/background.ts'
import type { Sighting } from '../../../../src/analyze/incident/sighting.ts'
import { type Told, tell } from '../../../../src/analyze/incident/tell.ts'
import type { AuthEvent } from '../../../../src/core/auth-event.ts'

const attribute = (one: Sighting, before: Told | null) => decide(tell(one, before), NO_BACKGROUND)
const T = 1_794_820_321_000

function sighting(event: Partial<AuthEvent>): Sighting {
  return {
    event: {
      kind: 'validation',
      outcome: 'failure',
      cause: 'expiry',
      subcause: 'access_token',
      confidence: 'likely',
      system: 'jose',
      signature: 'jose/expired',
      specificity: 75,
      symptom: 'exp check failed',
      format: 'pino',
      evidence: {},
      message: 'x',
      position: { stream: 's', offset: 0, end: 1 },
      ...event,
    } as Sighting['event'],
    source: 'app.log',
    time_ms: T,
  }
}

describe('attribution of one record', () => {
  test('"expired" received before the expiry proves that the clock is ahead', () => {
    const verdict = attribute(
      sighting({ evidence: { exp_ms: T - 12_000, iat_ms: T - 312_000 }, received_collector_ms: T - 300_000 }),
      null,
    )
    expect(verdict).toMatchObject({ cause: 'skew', subcause: 'fresh_token_expired', reported_cause: 'expiry' })
    expect(verdict.why[0]).toBe(
      "the refusal arrived here 288 s before the token expires, so the validator's clock is ahead",
    )
  })

  test('"expired" received after the expiry is certain', () => {
    const verdict = attribute(sighting({ evidence: { exp_ms: T - 60_000 }, received_collector_ms: T + 5 }), null)
    expect(verdict).toMatchObject({ cause: 'expiry', confidence: 'certain' })
  })

  test('a margin of two seconds is left to clocks and whole seconds', () => {
    const verdict = attribute(sighting({ evidence: { exp_ms: T }, received_collector_ms: T - 1_500 }), null)
    expect(verdict).toMatchObject({ cause: 'expiry', confidence: 'likely' })
  })

  test('without receive time an expiry stays likely, with its numbers', () => {
    const verdict = attribute(sighting({ evidence: { exp_ms: T - 267_000, iat_ms: T - 567_000 } }), null)
    expect(verdict).toMatchObject({ cause: 'expiry', confidence: 'likely' })
    expect(verdict.why[0]).toBe("expired 267 s before the validator's clock, after a lifetime of 300 s")
    expect(verdict.why.at(-1)).toBe('jose said: exp check failed')
  })

  test('a token from the future says by how much', () => {
    const { why } = attribute(
      sighting({ cause: 'skew', subcause: 'not_yet_valid', confidence: 'certain', evidence: { nbf_ms: T + 312_000 } }),
      null,
    )
    expect(why[0]).toContain('312 s in the future')
  })

  test('a less specific record adds facts and does not change the verdict', () => {
    const first = attribute(sighting({ client_id: 'web' }), null)
    const bare = sighting({
      cause: 'unknown',
      subcause: 'unspecified',
      specificity: 10,
      system: 'http',
      http_status: 401,
      client_id: 'other',
    })
    const second = attribute(bare, first)
    expect(second).toMatchObject({ cause: 'expiry', system: 'jose', http_status: 401, client_id: 'web' })
  })
})
