import { describe, expect, test } from 'vitest'
import { hostOffsets } from '../../../src/app/host-offsets.ts'
import type { HostClock } from '../../../src/core/host-clock.ts'

const NOW_MS = Date.UTC(2026, 10, 16, 9, 28)
const REFERENCE = 'issuer https://id.example'

function clock(host: string, change: Partial<HostClock> = {}): HostClock {
  return {
    host,
    reference: REFERENCE,
    kind: 'value',
    offset_s: 0,
    low_s: 0,
    high_s: 0,
    drift_ppm: null,
    samples: 9,
    from_ms: null,
    to_ms: NOW_MS,
    steps: [],
    at_fault: false,
    leeway_s: null,
    breach_ms: null,
    zone_s: null,
    why: [],
    ...change,
  }
}

/** @param at how far a host's stamps are off at a time of its own, with how much either way it may be; ms */
function offsets(hosts: HostClock[], at: (host: string, time_ms: number) => [number, number] | null) {
  const table = { reference: REFERENCE, generated_ms: NOW_MS, hosts, issuers: [], collector: null }
  return hostOffsets(
    {
      table,
      stampOffset(host, time_ms) {
        const known = at(host, time_ms)
        if (known === null) return null
        const [offset_ms, within_ms] = known
        return {
          offset_ms,
          low_ms: offset_ms - within_ms,
          high_ms: offset_ms + within_ms,
          reference: REFERENCE,
        } as never
      },
    },
    NOW_MS,
  )
}

describe('how far stamps are off', () => {
  test('is known also of a host that was set ahead, whose stamps lie in our future', () => {
    const set_ms = NOW_MS + 250_000
    const ahead = clock('ahead', { steps: [{ at_ms: set_ms, by_s: 312 }], to_ms: set_ms + 60_000 })
    const known = offsets([ahead, clock('right')], (host, time_ms) =>
      host === 'ahead' && time_ms > set_ms ? [312_000, 50] : [4, 50],
    )
    expect([...known.off]).toEqual([['ahead', { low_ms: 0, high_ms: 312_000 }]])
    expect(known.at('ahead', set_ms + 10)).toBe(312_000)
    expect(known.at('ahead', set_ms - 10)).toBe(0)
    expect(known.at('right', NOW_MS)).toBe(0)
    expect(known.at(undefined, NOW_MS)).toBe(0)
  })
  test('is nothing where the interval comes near zero, or nothing is known', () => {
    const known = offsets([clock('vague'), clock('unknown')], (host) => (host === 'vague' ? [1_500, 900] : null))
    expect(known.off.size).toBe(0)
  })
  test('is told of those that are off most where a whole fleet is', () => {
    const fleet = Array.from({ length: 40 }, (_, i) => clock(`h${i}`))
    const known = offsets(fleet, (host) => [-2_000 * (Number(host.slice(1)) + 1), 10])
    expect(known.off.size).toBe(32)
    expect(known.off.has('h39')).toBe(true)
    expect(known.at('h0', NOW_MS)).toBe(0)
  })
})
