import { describe, expect, it, vi } from 'vitest'
import { ClockBook } from '../../../../src/analyze/clock/clock-book.ts'
import { ClockHistory } from '../../../../src/analyze/clock/clock-history.ts'
import { LiveClocks } from '../../../../src/analyze/clock/live-clocks.ts'
import { type FleetPlan, START_MS, simulateFleet } from '../../../simulation/clock/simulate-fleet.ts'

const ISSUER = 'https://id.example'
const plan: FleetPlan = {
  seed: 7,
  minutes: 180,
  issuers: [{ name: ISSUER }],
  hosts: [
    { name: 'good-1', events: 400, fresh: 0.3 },
    { name: 'good-2', events: 400, fresh: 0.3, offset_ms: 40 },
    { name: 'good-3', events: 400, fresh: 0.3 },
    { name: 'late', events: 400, fresh: 0.3, offset_ms: -7_000 },
    { name: 'stepped', events: 800, fresh: 0.3, steps: [{ minute: 90, by_ms: 8_000 }] },
  ],
}

function fed(turnEvery: number) {
  const fleet = simulateFleet(plan)
  const clocks = new LiveClocks(new ClockBook())
  for (const [i, sample] of fleet.samples.entries()) {
    clocks.add(sample)
    if (i % turnEvery === turnEvery - 1) clocks.turn(i)
  }
  clocks.turn(fleet.end_ms)
  return { fleet, clocks }
}

/** Many small turns, as while following. */
const { fleet, clocks } = fed(100)

describe('LiveClocks', () => {
  it('answers with an interval that holds the truth, at the time that is asked for', () => {
    for (const host of plan.hosts)
      for (const minute of [30, 150]) {
        const at = START_MS + minute * 60_000
        const truth = fleet.clock(host.name, at) - fleet.clock(ISSUER, at)
        const known = clocks.offset(host.name, ISSUER, at)!
        expect(known.low_ms, `${host.name} ${minute}`).toBeLessThanOrEqual(truth)
        expect(known.high_ms, `${host.name} ${minute}`).toBeGreaterThanOrEqual(truth)
        expect(known.high_ms - known.low_ms).toBeLessThan(3_000)
      }
  })

  it('takes the only issuer a host knows for granted', () => {
    expect(clocks.offset('late', undefined, fleet.end_ms)).toEqual(clocks.offset('late', ISSUER, fleet.end_ms))
    expect(clocks.offset('nobody', undefined, fleet.end_ms)).toBeNull()
    expect(clocks.offset('late', 'https://other.example', fleet.end_ms)).toBeNull()
  })

  it('compares two hosts by way of their issuer', () => {
    const apart = clocks.between('good-1', 'late', fleet.end_ms)!
    expect(apart.low_ms).toBeLessThanOrEqual(7_000)
    expect(apart.high_ms).toBeGreaterThanOrEqual(7_000)
    expect(clocks.between('late', 'late', fleet.end_ms)).toEqual({ offset_ms: 0, low_ms: 0, high_ms: 0 })
    expect(clocks.between('late', 'nobody', fleet.end_ms)).toBeNull()
  })

  it('accuses only clocks that the others outvote', () => {
    expect(plan.hosts.map((h) => clocks.atFault(h.name, ISSUER))).toEqual([null, null, null, 'host', 'host'])
  })

  it('fits only a few links per time that passes, whatever came in', () => {
    const many: FleetPlan = {
      seed: 3,
      minutes: 30,
      issuers: [{ name: ISSUER }],
      hosts: Array.from({ length: 60 }, (_, i) => ({ name: `h${i}`, events: 20, fresh: 0.3 })),
    }
    const live = new LiveClocks(new ClockBook())
    const fits = vi.spyOn(live.book, 'estimate')
    for (const sample of simulateFleet(many).samples) live.add(sample)
    const counts = Array.from({ length: 20 }, (_, turn) => {
      fits.mockClear()
      live.turn(turn * 100)
      return fits.mock.calls.length
    })
    // No turn does much, and when what was saved up is spent, they are as many as the time that passes earns.
    expect(Math.max(...counts)).toBeLessThanOrEqual(4)
    expect(counts[0]).toBeGreaterThan(0)
    expect(counts.slice(-5)).toEqual([1, 1, 1, 1, 1])
    for (let turn = 20; live.behind && turn < 90; turn++) live.turn(turn * 100)
    expect(live.behind).toBe(false)
  })
})

describe('ClockHistory', () => {
  it('follows a clock through its step, in order of time and once per instant', () => {
    const history = new ClockHistory()
    const readings = history.since(clocks.reading!)
    expect(history.since(clocks.reading!)).toEqual([])
    const own = readings.filter((r) => r.host === 'good-1')
    expect(own.length).toBeGreaterThan(1)
    expect(own.map((r) => r.at_ms)).toEqual([...new Set(own.map((r) => r.at_ms))].sort((a, b) => a - b))
    // A clock that stands still is noted by the hour, not every five minutes.
    expect(own.length).toBeLessThan(10)
    for (const { at_ms, host, low_s, high_s } of readings) {
      const truth = (fleet.clock(host, at_ms) - fleet.clock(ISSUER, at_ms)) / 1000
      if (host === 'stepped' && Math.abs(at_ms - START_MS - 90 * 60_000) < 600_000) continue
      expect(low_s!).toBeLessThanOrEqual(truth + 0.05)
      expect(high_s!).toBeGreaterThanOrEqual(truth - 0.05)
    }
  })
})
