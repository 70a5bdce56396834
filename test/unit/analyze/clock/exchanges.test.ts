import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ClientIssuers } from '../../../../src/analyze/clock/client-issuers.ts'
import { ClockBook } from '../../../../src/analyze/clock/clock-book.ts'
import { ClockReading } from '../../../../src/analyze/clock/clock-table.ts'
import { Exchanges } from '../../../../src/analyze/clock/exchanges.ts'
import type { AuthEvent } from '../../../../src/core/auth-event.ts'

const START_MS = Date.UTC(2026, 10, 16, 9)

function event(differences: Partial<AuthEvent>): AuthEvent {
  return {
    kind: 'validation',
    outcome: 'failure',
    cause: 'expiry',
    subcause: 'access_token',
    confidence: 'likely',
    system: 'jose',
    signature: 'jose/expired',
    specificity: 80,
    symptom: 'expired',
    format: 'pino',
    evidence: {},
    message: '',
    ...differences,
  }
}

const id = (n: number) => `4bf92f3577b34da6-${n}`
const gateway = (n: number, time_ms: number, more: Partial<AuthEvent> = {}) =>
  event({ host: 'gw', request_id: id(n), specificity: 10, time_ms, time_resolution_ms: 1000, ...more })
const service = (n: number, time_ms: number) =>
  event({ host: 'orders-1', request_id: id(n), time_ms, time_resolution_ms: 1 })

describe('requests that two hosts logged', () => {
  it.each([
    ['with durations', true, 0.2],
    ['without', false, 2.1],
  ])('give an offset whose interval holds the truth, access log %s', (_, durations, width_s) => {
    fc.assert(
      fc.property(
        fc.integer({ min: -400_000, max: 400_000 }),
        fc.array(fc.record({ gap: fc.integer({ min: 100, max: 9_000 }), took: fc.integer({ min: 2, max: 900 }) }), {
          minLength: 30,
          maxLength: 40,
        }),
        fc.boolean(),
        (offset, requests, gatewayFirst) => {
          const exchanges = new Exchanges()
          const book = new ClockBook()
          let at = START_MS
          for (const [n, { gap, took }] of requests.entries()) {
            at += gap
            const outer = gateway(n, Math.floor((at + took) / 1000) * 1000, durations ? { duration_ms: took } : {})
            const inner = service(n, at + Math.floor(took / 2) + offset)
            for (const each of gatewayFirst ? [outer, inner] : [inner, outer])
              for (const sample of exchanges.meet(each)) book.add(sample)
          }
          const { table } = new ClockReading(book, { now_ms: at, reference: 'host gw' })
          const row = table.hosts.find((h) => h.host === 'orders-1')!
          expect(row.low_s! * 1000).toBeLessThanOrEqual(offset)
          expect(row.high_s! * 1000).toBeGreaterThanOrEqual(offset)
          expect(row.high_s! - row.low_s!).toBeLessThan(width_s + 1.2)
        },
      ),
      { numRuns: 25, seed: 3 },
    )
  })

  it('are joined by unique ids only, once, and never where both sides or none say why', () => {
    const exchanges = new Exchanges()
    const short = { request_id: 'req-17' }
    expect(exchanges.meet({ ...gateway(0, START_MS), ...short })).toEqual([])
    expect(exchanges.meet({ ...service(0, START_MS), ...short })).toEqual([])
    expect(exchanges.meet(service(1, START_MS))).toEqual([])
    expect(exchanges.meet({ ...service(1, START_MS), host: 'orders-2' })).toEqual([])
    expect(exchanges.meet(gateway(1, START_MS))).toHaveLength(1)
    expect(exchanges.meet(gateway(1, START_MS))).toEqual([])
  })
})

describe('the issuer of a client', () => {
  const accepted = (client_id: string, issuer?: string) =>
    event({ outcome: 'success', cause: null, subcause: null, client_id, ...(issuer === undefined ? {} : { issuer }) })

  it('is taken from its other records, while there is one', () => {
    const issuers = new ClientIssuers()
    expect(issuers.named(accepted('web')).issuer).toBeUndefined()
    issuers.named(accepted('web', 'https://a'))
    expect(issuers.named(accepted('web')).issuer).toBe('https://a')
    expect(issuers.named(accepted('app')).issuer).toBeUndefined()
    issuers.named(accepted('web', 'https://b'))
    expect(issuers.named(accepted('web')).issuer).toBeUndefined()
  })

  it('is not learned from tokens that were refused', () => {
    const issuers = new ClientIssuers()
    issuers.named(event({ client_id: 'web', issuer: 'https://forged' }))
    expect(issuers.named(accepted('web')).issuer).toBeUndefined()
  })
})
