import { describe, expect, test } from 'vitest'
import { UNKNOWN_CLOCKS } from '../../../../src/analyze/attribution/background.ts'
import { HostAlignment } from '../../../../src/analyze/incident/align-hosts.ts'
import type { Neighbour } from '../../../../src/core/ports/store.ts'
import { incident } from '../../../contract/store/made-up.ts'
import { randomNumbers } from '../../../e2e/emitters/workload.ts'

const T = Date.UTC(2026, 10, 16, 8)
const HOUR_MS = 3_600_000

let id = 0
function one(host: string, time_ms: number, parts: Partial<Parameters<typeof incident>[0] & object>): Neighbour {
  id++
  const spoken = [{ stream: host, offset: id, signature: 's', specificity: 70, time_ms, host }]
  return { incident: { ...incident({ host, time_ms, ...parts }), id: String(id), observations: 1 }, spoken }
}
const reason = (host: string, time_ms: number) => one(host, time_ms, { service: 'cart' })
const line = (time_ms: number, path = '/cart/17') =>
  one('edge-1', Math.floor(time_ms / 1000) * 1000, {
    ...{
      specificity: 10,
      reported_cause: 'unknown',
      reported_subcause: 'unspecified',
      http_path: path,
      http_status: 401,
      service: 'access',
    },
  })

/** Refusals at random times within four hours: on a cart host whose clock is off, and at the gateway among others. */
function fleet(count: number, offset_ms: (true_ms: number) => number): HostAlignment {
  const random = randomNumbers(7)
  const alignment = new HostAlignment()
  for (let i = 0; i < count; i++) {
    const true_ms = T + random() * 4 * HOUR_MS
    alignment.consider(reason('cart-5', true_ms + offset_ms(true_ms)))
    alignment.consider(line(true_ms + 5))
    // Another cart host's refusals, and another service's.
    alignment.consider(line(T + random() * 4 * HOUR_MS))
    alignment.consider(line(T + random() * 4 * HOUR_MS, '/orders/17'))
  }
  for (const _ of alignment.compare());
  return alignment
}

describe('telling two hosts’ clocks apart by when requests were refused', () => {
  test('one difference that occurs far more often than any other is the clocks’', () => {
    const clocks = fleet(120, () => 1_236_400).over(UNKNOWN_CLOCKS)
    const between = clocks.between('cart-5', 'edge-1', T + HOUR_MS)!
    expect(Math.abs(between.offset_ms - 1_236_400)).toBeLessThan(1_000)
    expect(clocks.between('edge-1', 'cart-5', T + HOUR_MS - 1_236_400)!.offset_ms).toBeCloseTo(-between.offset_ms, -2)
    expect(clocks.offset('cart-5', undefined, T + HOUR_MS)!.offset_ms).toBe(between.offset_ms)
  })

  test('a clock that was set in between has one difference before and another after', () => {
    const clocks = fleet(200, (at_ms) => (at_ms < T + 2 * HOUR_MS ? 0 : -143_000)).over(UNKNOWN_CLOCKS)
    expect(Math.abs(clocks.between('cart-5', 'edge-1', T + 600_000)!.offset_ms)).toBeLessThan(1_000)
    expect(Math.abs(clocks.between('cart-5', 'edge-1', T + 3.5 * HOUR_MS)!.offset_ms + 143_000)).toBeLessThan(1_000)
  })

  test('tokens that a host took before its clock was set say nothing of what it refuses after', () => {
    const alignment = fleet(200, (at_ms) => (at_ms < T + 2 * HOUR_MS ? 0 : 617_000))
    const near = (offset_ms: number) => ({ offset_ms, low_ms: offset_ms - 200, high_ms: offset_ms + 200 })
    const clocks = alignment.over({ offset: () => near(0), between: () => near(0), atFault: () => null })
    // Both agree before; afterwards only what it wrote with its gateway knows.
    expect(clocks.offset('cart-5', undefined, T + HOUR_MS)!.offset_ms).toBe(0)
    const after = clocks.offset('cart-5', undefined, T + 3.5 * HOUR_MS + 617_000)!
    expect(Math.abs(after.offset_ms - 617_000)).toBeLessThan(1_000)
    // Long after the last request that both wrote of, tokens count again.
    expect(clocks.offset('cart-5', undefined, T + 9 * HOUR_MS)!.offset_ms).toBe(0)
  })

  test('a clock that drifts is followed', () => {
    const drift = (at_ms: number) => 200 - 0.0009 * (at_ms - T)
    const clocks = fleet(150, drift).over(UNKNOWN_CLOCKS)
    for (const hours of [0.1, 1, 2, 3, 3.9]) {
      const at_ms = T + hours * HOUR_MS
      const { low_ms, high_ms } = clocks.between('cart-5', 'edge-1', at_ms)!
      expect(drift(at_ms)).toBeGreaterThan(low_ms)
      expect(drift(at_ms)).toBeLessThan(high_ms)
    }
  })

  test('what happens at unrelated times gives no difference', () => {
    const random = randomNumbers(3)
    const clocks = fleet(120, () => random() * 4 * HOUR_MS).over(UNKNOWN_CLOCKS)
    expect(clocks.between('cart-5', 'edge-1', T)).toBeNull()
    expect(clocks.offset('cart-5', undefined, T)).toBeNull()
  })

  test('what was joined because of it shows it again', () => {
    const alignment = new HostAlignment()
    const random = randomNumbers(11)
    for (let i = 0; i < 60; i++) {
      const true_ms = T + random() * 4 * HOUR_MS
      const { incident: told, spoken } = reason('cart-5', true_ms + 90_000)
      const atGateway = { ...spoken[0]!, host: 'edge-1', stream: 'edge', time_ms: Math.floor(true_ms / 1000) * 1000 }
      alignment.consider({ incident: told, spoken: [...spoken, atGateway] })
    }
    for (const _ of alignment.compare());
    const { low_ms, high_ms } = alignment.over(UNKNOWN_CLOCKS).between('cart-5', 'edge-1', T + HOUR_MS)!
    expect(low_ms).toBeLessThan(90_000)
    expect(high_ms).toBeGreaterThan(90_000)
    expect(alignment.serves('cart-5', 'edge-1')).toBe(true)
    expect(alignment.serves('cart-5', 'edge-2')).toBe(true)
    for (let i = 0; i < 10; i++) {
      const { incident: told, spoken } = reason('mail-1', T + i * 60_000)
      alignment.consider({ incident: told, spoken: [...spoken, { ...spoken[0]!, host: 'edge-2', stream: 'e2' }] })
    }
    for (const _ of alignment.compare());
    // Now that it is known to stand before another host, its lines are not this one's; a caller's may be.
    expect(alignment.serves('cart-5', 'edge-2')).toBe(false)
    expect(alignment.serves('cart-5', 'app-7')).toBe(true)
    expect(alignment.serves('orders-1', 'edge-2')).toBe(true)
  })

  test('a few requests give no difference', () => {
    expect(
      fleet(4, () => 60_000)
        .over(UNKNOWN_CLOCKS)
        .between('cart-5', 'edge-1', T),
    ).toBeNull()
  })
})
