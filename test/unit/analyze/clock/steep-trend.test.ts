/** Clocks that run far too fast or slow, in tokens and in shared requests. */
import { describe, expect, test } from 'vitest'
import { ClockBook } from '../../../../src/analyze/clock/clock-book.ts'
import { ClockReading } from '../../../../src/analyze/clock/clock-table.ts'
import type { ClockSample } from '../../../../src/core/clock-sample.ts'
import { readFleet, scoreFleet } from '../../../simulation/clock/score-fleet.ts'
import { type FleetPlan, START_MS } from '../../../simulation/clock/simulate-fleet.ts'

const ISSUER = 'https://id.example'

function plan(seed: number, drift_ppm: number, minutes: number, more: object = {}): FleetPlan {
  const good = { events: 200, fresh: 0.2 }
  return {
    seed,
    minutes,
    issuers: [{ name: ISSUER }],
    gateways: [{ name: 'gw' }],
    hosts: [
      { name: 'x', events: 300, fresh: 0.3, drift_ppm, ...more },
      { ...good, name: 'a' },
      { ...good, name: 'b' },
      { ...good, name: 'c' },
    ],
  }
}

const SILENT = {
  source: 'token',
  issuer: ISSUER,
  seen_resolution_ms: 1000,
  stated: false,
  decision: 'not_yet_valid',
} as const

function read(samples: readonly ClockSample[], now_ms: number): ClockReading {
  const book = new ClockBook()
  for (const sample of samples) book.add(sample)
  return new ClockReading(book, { now_ms })
}

describe('a clock that runs far too fast or slow', () => {
  test.each([
    [-850, 240],
    [700, 240],
    [1_400, 180],
    [-30_000, 6],
  ])('by %d ppm for %d minutes is told with an interval that holds the truth, and its drift', (drift_ppm, minutes) => {
    for (const seed of [1, 2, 3]) {
      const { row, covered, error_ms } = scoreFleet(plan(seed, drift_ppm, minutes))[0]!
      expect(covered, `fleet ${seed}: ${row.low_s} … ${row.high_s}`).toBe(true)
      expect(Math.abs(error_ms ?? 0)).toBeLessThan(500)
      if (row.drift_ppm !== null) expect(Math.abs(row.drift_ppm - drift_ppm)).toBeLessThan(Math.abs(drift_ppm) * 0.1)
      expect(row.steps).toEqual([])
    }
  })

  test('is known at any time of its window, not only at the end', () => {
    const { fleet, reading } = readFleet(plan(1, -850, 240))
    for (const minute of [20, 120, 230]) {
      const at = START_MS + minute * 60_000
      const truth = fleet.clock('x', at)
      // Asked by the host's own clock.
      const known = reading.between('x', ISSUER, at + truth)!
      expect(known.low_ms, `${minute} min`).toBeLessThanOrEqual(truth)
      expect(known.high_ms, `${minute} min`).toBeGreaterThanOrEqual(truth)
      expect(known.high_ms - known.low_ms).toBeLessThan(2_500)
    }
  })

  test.each([-850, 1_400])('by %d ppm is followed by the requests that a gateway logged too', (drift_ppm) => {
    const shown = { shows: 'failures' as const, gateway: { name: 'gw', share: 0.5 }, log_resolution_ms: 1 as const }
    const fleet = plan(2, drift_ppm, 240, shown)
    const hosts = fleet.hosts.map((h) => (h.name === 'a' ? { ...h, gateway: { name: 'gw', share: 0.5 } } : h))
    const { row, covered, error_ms } = scoreFleet({ ...fleet, hosts })[0]!
    expect(covered).toBe(true)
    expect(Math.abs(error_ms!)).toBeLessThan(500)
    expect(row.drift_ppm).toBeGreaterThan(drift_ppm - 40)
    expect(row.drift_ppm).toBeLessThan(drift_ppm + 40)
  })
})

describe('a clock that is set', () => {
  test.each([4_000, -6_000, 14_000])('by %d ms has no steep drift', (by_ms) => {
    for (const seed of [1, 2, 3]) {
      const { row, covered } = scoreFleet(plan(seed, 0, 120, { steps: [{ minute: 60, by_ms }] }))[0]!
      expect(Math.abs(row.drift_ppm ?? 0), `fleet ${seed}`).toBeLessThan(200)
      expect(covered).toBe(true)
    }
  })
})

describe('a host that refuses fresh tokens as not yet valid and shows the instants only of those that it accepts', () => {
  test('is not taken to be in step: how far behind it is cannot be told', () => {
    const { fleet } = readFleet(plan(1, 0, 120, { offset_ms: -9_000, events: 800 }))
    const samples = fleet.samples.map((s) => {
      if (s.source !== 'token' || s.decision !== 'not_yet_valid') return s
      const { iat_ms, nbf_ms, exp_ms, ...silent } = s
      return silent
    })
    const row = read(samples, fleet.end_ms).table.hosts.find((h) => h.host === 'x')!
    expect(row.kind).toBe('bound')
    expect(row.low_s).toBeNull()
    expect(row.high_s).toBeLessThanOrEqual(0)
  })

  test('once in a while is in step all the same', () => {
    const { fleet } = readFleet(plan(1, 0, 120, { offset_ms: -20, events: 800, delay_base_ms: 1 }))
    const samples = fleet.samples.flatMap((s, i) =>
      i % 500 === 0 && s.source === 'token'
        ? [s, { ...SILENT, host: 'x', seen_validator_ms: s.seen_validator_ms }]
        : [s],
    )
    const row = read(samples, fleet.end_ms).table.hosts.find((h) => h.host === 'x')!
    expect(row.kind).toBe('value')
    expect(Math.abs(row.offset_s!)).toBeLessThan(0.3)
  })
})
