import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  formatAgo,
  formatClock,
  formatDuration,
  formatInstant,
  formatLength,
  formatMinute,
  formatStamp,
} from '../../../dashboards/format-time.ts'

const AT = Date.UTC(2026, 10, 16, 9, 14, 3, 120)
const DAY = 86_400_000

describe('instants', () => {
  test('carry their zone, and milliseconds only where there are any', () => {
    expect(formatInstant(AT, 'UTC')).toBe('2026-11-16 09:14:03.120 UTC')
    expect(formatInstant(AT - 120, 'Europe/Berlin')).toBe('2026-11-16 10:14:03 CET')
    expect(formatMinute(AT, 'UTC')).toBe('2026-11-16 09:14 UTC')
    expect(formatClock(AT, 'Asia/Kolkata')).toBe('14:44:03')
  })
  test('before 1970 keep their fraction', () => {
    expect(formatInstant(-880, 'UTC')).toBe('1969-12-31 23:59:59.120 UTC')
  })
  test('that no calendar has are said to be so', () => {
    expect(formatInstant(9e15, 'UTC')).toBe('no such time (9000000000000000 ms)')
    expect(formatClock(Number.NaN, 'UTC')).toBe('no such time')
  })
  test('in lists show the day only when it is another, and stay within eleven characters', () => {
    expect(formatStamp(AT, 'UTC', AT)).toBe('09:14:03')
    expect(formatStamp(AT - DAY, 'UTC', AT)).toBe('11-15 09:14')
    expect(formatStamp(AT - 400 * DAY, 'UTC', AT)).toBe('2025-10-12')
    fc.assert(fc.property(fc.double({ min: -6e13, max: 2e14 }), (ms) => formatStamp(ms, 'UTC', AT).length <= 11))
  })
  test('are never thrown at, whatever the number', () => {
    fc.assert(
      fc.property(fc.double(), (ms) => [formatInstant, formatClock, formatMinute].every((f) => f(ms, 'UTC') !== '')),
    )
  })
})

describe('spans', () => {
  test('are given in at most two units', () => {
    const words = [0, 340, 1_000, 4_240, 42_000, 59_900, 312_000, 3_600_000, 12_000_000, 187_200_000].map(
      formatDuration,
    )
    expect(words).toEqual([
      '0 ms',
      '340 ms',
      '1 s',
      '4.2 s',
      '42 s',
      '1 min',
      '5 min 12 s',
      '1 h',
      '3 h 20 min',
      '2 d 4 h',
    ])
  })
  test('lose their sign', () => {
    expect(formatDuration(-312_000)).toBe('5 min 12 s')
  })
  test('since an instant are in one unit', () => {
    expect(formatAgo(AT - 500, AT)).toBe('just now')
    expect(formatAgo(AT - 12_000, AT)).toBe('12 s ago')
    expect(formatAgo(AT - 180_000, AT)).toBe('3 min ago')
    expect(formatAgo(AT + 7_200_000, AT)).toBe('in 2 h')
  })
  test('of ranges read as people name them', () => {
    expect([300_000, 900_000, 3_600_000, 6 * 3_600_000, DAY, 7 * DAY, 30 * DAY].map(formatLength)).toEqual([
      '5 min',
      '15 min',
      '1 h',
      '6 h',
      '24 h',
      '7 days',
      '30 days',
    ])
  })
})
