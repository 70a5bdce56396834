import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { onsetOf, type Step } from '../../../../src/analyze/findings/onset.ts'

const MINUTE_MS = 60_000
const T = Date.UTC(2026, 10, 16, 8)

/** An hour of ten requests a minute, of which so many are refused. */
const hour = (refused: (minute: number) => number): Step[] =>
  Array.from({ length: 60 }, (_, i) => ({ start_ms: T + i * MINUTE_MS, refused: refused(i), all: 10 }))
const minutesOf = (steps: readonly Step[]) => {
  const onset = onsetOf(steps, MINUTE_MS)
  return onset && [(onset.from_ms - T) / MINUTE_MS, (onset.to_ms - T) / MINUTE_MS]
}

describe('since when something is refused', () => {
  test('a deploy at one minute is found to the minute, its end too', () => {
    expect(minutesOf(hour((i) => (i >= 20 ? 9 : 0)))).toEqual([20, 60])
    expect(minutesOf(hour((i) => (i >= 20 && i < 35 ? 9 : 0)))).toEqual([20, 35])
  })

  test('strays before and after it do not move it', () => {
    const strays = (i: number) => (i % 7 === 0 ? 1 : 0)
    expect(minutesOf(hour((i) => (i >= 20 && i < 35 ? 9 : strays(i))))).toEqual([20, 35])
    expect(
      onsetOf(
        hour((i) => (i >= 20 && i < 35 ? 9 : strays(i))),
        MINUTE_MS,
      )!.strays,
    ).toBe(7)
  })

  test('nor does one some minutes before, on a host that says nothing of what it accepts', () => {
    const refusals = hour((i) => (i === 14 || (i >= 20 && i < 35) ? 3 : 0)).map((s) => ({ ...s, all: s.refused }))
    const other = (i: number) => ({ start_ms: T + i * MINUTE_MS, refused: 0, all: 3 })
    const steps = [...[0, 3, 6].map(other), ...refusals.filter(({ all }) => all > 0), ...[40, 50].map(other)]
    expect(minutesOf(steps)).toEqual([20, 35])
  })

  test('what was always refused, and strays alone, have no beginning', () => {
    expect(minutesOf(hour(() => 9))).toBeNull()
    expect(minutesOf(hour((i) => (i % 4 === 0 ? 1 : 0)))).toBeNull()
    // Nor a few in a row, which happens.
    expect(minutesOf(hour((i) => (i >= 20 && i < 23 ? 3 : 0)))).toBeNull()
  })

  test('wherever it begins and however busy the host is, it is found within a step', () => {
    fc.assert(
      fc.property(fc.integer({ min: 6, max: 45 }), fc.integer({ min: 4, max: 500 }), (from, all) => {
        const steps = hour((i) => (i >= from ? all : 0)).map((step) => ({ ...step, all }))
        expect(minutesOf(steps)).toEqual([from, 60])
      }),
      { seed: 41, numRuns: 50 },
    )
  })
})
