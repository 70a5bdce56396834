import { describe, expect, test } from 'vitest'
import { type Breachable, breach } from '../../../../src/analyze/clock/breach.ts'

const HOUR_MS = 3_600_000
const END_MS = Date.UTC(2026, 10, 16, 12)

/** Looked at for four hours. */
const clock = (parts: Partial<Breachable>): Breachable => ({
  ...{ offset_s: 0.088, low_s: -0.24, high_s: 0.241, drift_ppm: null, leeway_s: 5, steps: [] },
  ...{ from_ms: END_MS - 4 * HOUR_MS, to_ms: END_MS, ...parts },
})

describe('the moment at which a clock leaves its leeway', () => {
  test('is foreseen of one that drifts and has moved', () => {
    const drifting = clock({ offset_s: 2.1, low_s: 1.9, high_s: 2.3, drift_ppm: 145 })
    expect((breach(drifting, 5, END_MS)! - END_MS) / HOUR_MS).toBeCloseTo(2.9 / 145e-6 / 3_600, 2)
  })

  test('is not foreseen of a good one whose drift is hardly more than its doubt', () => {
    expect(breach(clock({ drift_ppm: -60, leeway_s: 0 }), 40, END_MS)).toBeNull()
  })

  test('is not foreseen of one that has moved less than its offset is in doubt, however sure its drift', () => {
    expect(breach(clock({ drift_ppm: -13.6, leeway_s: 0 }), 5, END_MS)).toBeNull()
  })

  test('lies in the past for one that is beyond it, and was at the step that brought it there', () => {
    const off = clock({ offset_s: 312, low_s: 311.8, high_s: 312.4 })
    expect(breach(off, Infinity, END_MS)).toBe(END_MS - 4 * HOUR_MS)
    const at_ms = END_MS - HOUR_MS
    expect(breach({ ...off, steps: [{ at_ms, by_s: 312 }] }, Infinity, END_MS)).toBe(at_ms)
  })

  test('is not known where offset or leeway are not', () => {
    expect(breach(clock({ offset_s: null, drift_ppm: 500 }), 5, END_MS)).toBeNull()
    expect(breach(clock({ leeway_s: null, drift_ppm: 500 }), 5, END_MS)).toBeNull()
  })
})
