import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DEFAULT_RANGE_MS, RANGE_LENGTHS, timeWindow, zoom } from '../../../../dashboards/terminal/time-window.ts'

const NOW = Date.UTC(2026, 10, 16, 9, 28, 41, 250)
const MINUTE = 60_000

test('a range ends with the minute that is running', () => {
  const { range, previous, step_ms } = timeWindow({ length_ms: 15 * MINUTE, end: 'now', now_ms: NOW }, null)
  expect(new Date(range.to_ms).toISOString()).toBe('2026-11-16T09:29:00.000Z')
  expect(range.to_ms - range.from_ms).toBe(15 * MINUTE)
  expect(previous).toEqual({ from_ms: range.from_ms - 15 * MINUTE, to_ms: range.from_ms })
  expect(step_ms).toBe(MINUTE)
})
test('all there is covers the first and the last event', () => {
  const extent = { from_ms: NOW - 5_000_000, to_ms: NOW - 4_000_000 }
  const { range } = timeWindow({ length_ms: 'all', end: 'now', now_ms: NOW }, extent)
  expect(range.from_ms).toBeLessThanOrEqual(extent.from_ms)
  expect(range.to_ms).toBeGreaterThan(extent.to_ms)
})
test('all of an empty store is the default length', () => {
  const { range } = timeWindow({ length_ms: 'all', end: 'now', now_ms: NOW }, null)
  expect(range.to_ms - range.from_ms).toBe(DEFAULT_RANGE_MS)
})
test('ranges and steps are whole minutes and hold the last instant, for any wish', () => {
  const instant = fc.integer({ min: 0, max: 4e12 })
  fc.assert(
    fc.property(
      fc.oneof(fc.constant('all' as const), fc.integer({ min: 1, max: 4e10 })),
      instant,
      fc.option(instant),
      (length_ms, end, first) => {
        const extent = first === null ? null : { from_ms: Math.min(first, end), to_ms: Math.max(first, end) }
        const { range, step_ms } = timeWindow({ length_ms, end, now_ms: end }, extent)
        expect([range.from_ms, range.to_ms, step_ms].every((ms) => ms % MINUTE === 0)).toBe(true)
        expect(range.to_ms).toBeGreaterThan(end)
        expect((range.to_ms - range.from_ms) / step_ms).toBeLessThanOrEqual(60)
      },
    ),
  )
})
test('zooming goes through the offered lengths and stops at both ends', () => {
  expect(zoom(15 * MINUTE, -1)).toBe(5 * MINUTE)
  expect(zoom(5 * MINUTE, -1)).toBe(5 * MINUTE)
  expect(zoom(30 * 24 * 60 * MINUTE, 1)).toBe('all')
  expect(zoom('all', 1)).toBe('all')
  expect(zoom('all', -1)).toBe(RANGE_LENGTHS.at(-1))
  expect(zoom(20 * MINUTE, 1)).toBe(60 * MINUTE)
})
