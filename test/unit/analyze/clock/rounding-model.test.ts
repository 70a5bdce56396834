import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  AGED_PER_FRESH,
  DELAY_MEANS_MS,
  RoundingModel,
  resolutionClass,
} from '../../../../src/analyze/clock/rounding-model.ts'
import { createRandom } from '../../../simulation/clock/random.ts'

describe('the rounding model', () => {
  test.each([
    { early_ms: 1000, late_ms: 1000 },
    { early_ms: 1000, late_ms: 1 },
    { early_ms: 1, late_ms: 1000 },
    { early_ms: 1, late_ms: 1 },
  ])('gives each cell the mass that falls into it, stamps of $early_ms and $late_ms ms', (resolution) => {
    const model = new RoundingModel(resolution)
    fc.assert(
      fc.property(fc.integer({ min: -1500, max: 9000 }), fc.nat(model.tables.length - 1), (z, k) => {
        const table = model.tables[k]!
        const cell = Math.exp(model.logMass(table, z))
        const difference = model.massBelow(table, z + resolution.late_ms) - model.massBelow(table, z)
        // Looked up to the nearest step: as exact as the density allows within one.
        const density = (1 + table.aged) / Math.min(Math.max(resolution.early_ms, table.delay_ms), 1000)
        expect(Math.abs(cell - difference)).toBeLessThan(2 * model.step_ms * density + 0.011)
      }),
    )
  })

  test('puts fresh tokens where a simulation of two rounded stamps puts them', () => {
    const model = new RoundingModel({ early_ms: 1000, late_ms: 1000 })
    const random = createRandom(7)
    const delay = DELAY_MEANS_MS.indexOf(80)
    const table = model.tables[delay * AGED_PER_FRESH.length]!
    const offset = 370
    const counts = new Map<number, number>()
    const n = 40_000
    for (let i = 0; i < n; i++) {
      const issued = random.between(0, 1_000_000)
      const seen = issued + offset + random.exponential(80)
      const d = (Math.floor(seen / 1000) - Math.floor(issued / 1000)) * 1000
      counts.set(d, (counts.get(d) ?? 0) + 1)
    }
    for (const d of [0, 1000])
      expect((counts.get(d) ?? 0) / n).toBeCloseTo(Math.exp(model.logMass(table, d - offset)), 1)
  })

  test('rounds odd resolutions up, never down', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 60_000 }), (r) => resolutionClass(r) >= r))
  })
})
