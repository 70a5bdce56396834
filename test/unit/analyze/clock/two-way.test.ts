import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fitIntervals } from '../../../../src/analyze/clock/fit-intervals.ts'
import { addInterval, createTwoWay } from '../../../../src/analyze/clock/two-way-channel.ts'

const START = 1_790_000_000_000

describe('bounds from shared requests', () => {
  test('contain the truth whenever the bounds do, at any drift and any slack', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -500_000, max: 500_000 }),
        fc.integer({ min: -150, max: 150 }),
        fc.array(fc.tuple(fc.nat(7_200_000), fc.nat(1500), fc.nat(1500)), { minLength: 1, maxLength: 150 }),
        (offset, drift, requests) => {
          const state = createTwoWay()
          const at = (ms: number) => offset + (drift * ms) / 1e6
          let last = 0
          for (const [ms, below, above] of requests) {
            last = Math.max(last, ms)
            addInterval(state, START + ms, at(ms) - below, at(ms) + above)
          }
          const fit = fitIntervals(state.blocks).at(-1)!
          expect(fit.at_ms).toBe(START + last)
          expect(fit.low_ms).toBeLessThanOrEqual(at(last) + 0.01)
          expect(fit.high_ms).toBeGreaterThanOrEqual(at(last) - 0.01)
          expect(fit.offset_ms).toBeGreaterThanOrEqual(fit.low_ms)
          expect(fit.offset_ms).toBeLessThanOrEqual(fit.high_ms)
        },
      ),
    )
  })

  test('start anew where a clock was set, and say when and by how much', () => {
    const state = createTwoWay()
    for (let i = 0; i < 120; i++) {
      const offset = i < 60 ? 100 : 4_100
      addInterval(state, START + i * 30_000, offset - 10, offset + 10)
    }
    const [before, after] = fitIntervals(state.blocks)
    expect(before!.offset_ms).toBeCloseTo(100, -1)
    expect(after!.offset_ms).toBeCloseTo(4_100, -1)
    expect(Math.abs(after!.cut_ms! - (START + 60 * 30_000))).toBeLessThan(200_000)
  })

  test('see through a few wrongly joined requests', () => {
    const state = createTwoWay()
    for (let i = 0; i < 200; i++) addInterval(state, START + i * 10_000, -5, 5)
    addInterval(state, START + 300_000, 40_000, 40_020)
    addInterval(state, START + 1_500_000, -9_020, -9_000)
    const fits = fitIntervals(state.blocks)
    expect(fits).toHaveLength(1)
    expect(Math.abs(fits[0]!.offset_ms)).toBeLessThan(10)
  })
})
