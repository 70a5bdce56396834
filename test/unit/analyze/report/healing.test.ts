import { describe, expect, test } from 'vitest'
import { healingOf } from '../../../../src/analyze/report/healing.ts'
import type { KindCount } from '../../../../src/core/ports/store.ts'

const ISSUES = [{ kind: 'issuance', outcome: 'success', count: 3 }] as KindCount[]
const expiry = (client_id?: string, recovered_ms?: number) => ({
  ...(client_id !== undefined && { client_id }),
  ...(recovered_ms !== undefined && { recovered_ms }),
})

describe('the share of expiries that heal', () => {
  test('counts those of named clients, and how long half of them took', () => {
    const expiries = [expiry('web', 400), expiry('web', 90), expiry('web', 2_000), expiry('batch'), expiry()]
    expect(healingOf(expiries, ISSUES)).toEqual({ looked: 4, healed: 3, median_ms: 400 })
  })

  test('is zero where clients that could renew do not', () => {
    expect(healingOf([expiry('batch')], ISSUES)).toEqual({ looked: 1, healed: 0, median_ms: null })
  })

  test('is not told where no log shows an issuance, or no client is named', () => {
    expect(healingOf([expiry('web')], [])).toBeNull()
    expect(healingOf([expiry()], ISSUES)).toBeNull()
  })
})
