import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  formatBytes,
  formatChange,
  formatCount,
  formatCountShort,
  formatCountWithin,
  formatQuantity,
  formatRate,
  formatShare,
} from '../../../dashboards/format-number.ts'

describe('counts', () => {
  test('are grouped by thousands', () => {
    expect(formatCount(1204)).toBe('1,204')
    expect(formatCount(0)).toBe('0')
  })
  test('in short form keep to five characters', () => {
    expect(
      [999, 9_999, 10_000, 12_345, 99_949, 99_950, 999_499, 999_500, 4_000_000, 8.64e8].map(formatCountShort),
    ).toEqual(['999', '9,999', '10.0k', '12.3k', '99.9k', '100k', '999k', '1.0M', '4.0M', '864M'])
    fc.assert(fc.property(fc.integer({ min: 0, max: 1e15 }), (n) => formatCountShort(n).length <= 5))
  })
  test('name what is counted in the right number', () => {
    expect(formatQuantity(1, 'source')).toBe('1 source')
    expect(formatQuantity(2_000, 'entry', 'entries')).toBe('2,000 entries')
  })
})

describe('shares', () => {
  test('read as percentages with one digit', () => {
    expect(formatShare(31, 1000)).toBe('3.1 %')
    expect(formatShare(0, 10)).toBe('0 %')
    expect(formatShare(10, 10)).toBe('100 %')
  })
  test('never claim nothing or everything when it is not', () => {
    expect(formatShare(1, 100_000)).toBe('<0.1 %')
    expect(formatShare(99_999, 100_000)).toBe('>99.9 %')
  })
  test('of nothing are a dash', () => {
    expect(formatShare(0, 0)).toBe('–')
    expect(formatShare(Number.NaN, 1)).toBe('–')
  })
})

describe('changes', () => {
  test('are percentages, factors when large, words at the ends', () => {
    expect(formatChange(112, 100)).toBe('+12 %')
    expect(formatChange(60, 100)).toBe('−40 %')
    expect(formatChange(1200, 100)).toBe('×12')
    expect(formatChange(5, 0)).toBe('new')
    expect(formatChange(0, 5)).toBe('gone')
    expect(formatChange(100, 100)).toBe('0 %')
  })
  test('are empty when the earlier figure is not known or both are zero', () => {
    expect(formatChange(5, null)).toBe('')
    expect(formatChange(0, 0)).toBe('')
  })
})

test('rates choose the unit in which they are not zero', () => {
  expect(formatRate(0)).toBe('0/s')
  expect(formatRate(2.34)).toBe('2.3/s')
  expect(formatRate(93.4)).toBe('93/s')
  expect(formatRate(12_345)).toBe('12.3k/s')
  expect(formatRate(0.2)).toBe('12/min')
  expect(formatRate(3 / 3600)).toBe('3.0/h')
  expect(formatRate(1e-9)).toBe('<1/h')
  expect(formatRate(Number.NaN)).toBe('–')
})

test('sizes are in binary units', () => {
  expect([0, 512, 1023, 1024, 1_600_000, 1e12].map(formatBytes)).toEqual([
    '0 B',
    '512 B',
    '1,023 B',
    '1.0 KiB',
    '1.5 MiB',
    '931 GiB',
  ])
})

test('a count is said in full where it fits, else short', () => {
  expect(formatCountWithin(2_999_615, 9)).toBe('2,999,615')
  expect(formatCountWithin(29_996_150, 9)).toBe('30.0M')
})
