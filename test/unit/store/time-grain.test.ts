import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { coverRange, DAY_MS, GRAIN, GRAIN_MS, HOUR_MS, MINUTE_MS } from '../../../src/store/time-grain.ts'

const instant = fc.integer({ min: -40 * DAY_MS, max: 40 * DAY_MS })
const step = fc.constantFrom(MINUTE_MS, 7 * MINUTE_MS, HOUR_MS, 8 * HOUR_MS, DAY_MS, 7 * DAY_MS)

describe('covering a range with buckets', () => {
  it('leaves no gap and no overlap, and widens to whole minutes only', () => {
    fc.assert(
      fc.property(instant, instant, step, (a, b, step_ms) => {
        const [from_ms, to_ms] = a < b ? [a, b] : [b, a]
        const segments = coverRange({ from_ms, to_ms }, -Infinity, step_ms)
        let at = Math.floor(from_ms / MINUTE_MS) * MINUTE_MS
        for (const { grain, from, to } of segments) {
          expect(from * GRAIN_MS[grain]).toBe(at)
          expect(to).toBeGreaterThan(from)
          at = to * GRAIN_MS[grain]
        }
        if (from_ms < to_ms) expect(at).toBe(Math.ceil(to_ms / MINUTE_MS) * MINUTE_MS)
      }),
    )
  })

  it('never uses a bucket that straddles a step', () => {
    fc.assert(
      fc.property(instant, instant, step, (from_ms, to_ms, step_ms) => {
        for (const { grain, from, to } of coverRange({ from_ms, to_ms }, -Infinity, step_ms)) {
          const bucket_ms = GRAIN_MS[grain]
          for (const bucket of [from, to - 1]) {
            const first_ms = bucket * bucket_ms
            expect(Math.floor(first_ms / step_ms) === Math.floor((first_ms + bucket_ms - 1) / step_ms)).toBe(true)
          }
        }
      }),
    )
  })

  it('asks for no minutes before the detail begins', () => {
    fc.assert(
      fc.property(instant, instant, fc.integer({ min: -900, max: 900 }), (from_ms, to_ms, hour) => {
        const detail_ms = hour * HOUR_MS
        for (const { grain, from } of coverRange({ from_ms, to_ms }, detail_ms)) {
          if (grain === GRAIN.minute) expect(from * MINUTE_MS).toBeGreaterThanOrEqual(detail_ms)
        }
      }),
    )
  })

  it('takes few rows for a long range: days in the middle, hours and minutes at the ends', () => {
    const segments = coverRange({ from_ms: 30 * MINUTE_MS, to_ms: 34 * DAY_MS + 90 * MINUTE_MS }, -Infinity)
    expect(segments).toEqual([
      { grain: GRAIN.minute, from: 30, to: 60 },
      { grain: GRAIN.hour, from: 1, to: 24 },
      { grain: GRAIN.day, from: 1, to: 34 },
      { grain: GRAIN.hour, from: 34 * 24, to: 34 * 24 + 1 },
      { grain: GRAIN.minute, from: 34 * 1440 + 60, to: 34 * 1440 + 90 },
    ])
  })
})
