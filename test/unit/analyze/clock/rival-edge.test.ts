import { describe, expect, test } from 'vitest'
import { addRecent, createRecentLowest, recentLowest } from '../../../../src/analyze/clock/recent-lowest.ts'
import { readFleet } from '../../../simulation/clock/score-fleet.ts'
import { type FleetPlan, type HostPlan, START_MS } from '../../../simulation/clock/simulate-fleet.ts'

const ISSUER = 'https://id.example'
const HOUR_MS = 3_600_000

function fleet(host: Partial<HostPlan>, seed: number, minutes = 120): FleetPlan {
  return { seed, minutes, issuers: [{ name: ISSUER }], hosts: [{ name: 'x', events: 400, fresh: 0.15, ...host }] }
}

describe('a machine that is paused again and again', () => {
  test('has the offset of now, or a bound that holds, never that of a pause that is over', () => {
    const steps = [20, 45, 70, 95].flatMap((minute) => [
      { minute, by_ms: -20_000 },
      { minute: minute + 4, by_ms: 20_000 },
    ])
    for (let seed = 0; seed < 25; seed++) {
      const [row] = readFleet(fleet({ steps }, seed)).reading.table.hosts
      expect(row!.high_s!, `seed ${seed}`).toBeGreaterThan(-0.2)
      if (row!.offset_s !== null) expect(Math.abs(row!.offset_s), `seed ${seed}`).toBeLessThan(0.5)
    }
  })
})

describe('upper bounds', () => {
  test('are forgotten after some hours, since clocks are set forward', () => {
    const lowest = createRecentLowest()
    addRecent(lowest, START_MS, -40_000)
    for (let hour = 1; hour < 12; hour++) addRecent(lowest, START_MS + hour * HOUR_MS, 2_000)
    expect(recentLowest(lowest, 12)).toBe(2_000)
  })

  test('pass over a record or two with a foreign iat', () => {
    const lowest = createRecentLowest()
    for (let i = 0; i < 100; i++) addRecent(lowest, START_MS + i, i === 50 ? -HOUR_MS : 900 + i)
    expect(recentLowest(lowest, 100)).toBe(900)
  })
})
