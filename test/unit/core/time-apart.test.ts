import { describe, expect, it } from 'vitest'
import { exactSeconds, lead, leadWithin, signedSeconds, timeApart } from '../../../src/core/time-apart.ts'

const HOUR = 3_600_000

describe('how far clocks are apart', () => {
  it.each([
    [0.4, '0 ms'],
    [-40, '40 ms'],
    [999.6, '1 s'],
    [4_250, '4.3 s'],
    [-7_000, '7 s'],
    [312_100, '312 s'],
    [1_185_000, '1,185 s'],
    [3_599_400, '3,599 s'],
    [3_599_600, '1 h'],
    [38_101_200, '10 h 35 min 1 s'],
    [-5.5 * HOUR, '5 h 30 min'],
    [24 * HOUR, '24 h'],
    [48 * HOUR - 400, '2 d'],
    [76 * HOUR + 1_000, '3 d 4 h 1 s'],
    [20_454 * 24 * HOUR, '20,454 d'],
    [Number.NaN, '–'],
    [-Infinity, '–'],
  ])('%d ms is %s', (ms, words) => expect(timeApart(ms)).toBe(words))

  it('says which way, in no more characters than there is room for', () => {
    expect([lead(312_000), lead(-4_200), lead(0.3)]).toEqual(['312 s ahead', '4.2 s behind', 'in step'])
    const told = [40, 21, 17, 14, 3].map((room) => leadWithin(38_101_200, room))
    expect(told).toEqual([
      '10 h 35 min 1 s ahead',
      '10 h 35 min 1 s ahead',
      '10 h 35 min ahead',
      '11 h ahead',
      '11 h ahead',
    ])
    expect(leadWithin(-312_000, 3)).toBe('312 s behind')
  })

  it('keeps the exact figure, as leeways are set', () => {
    const told = [0.0421, -12.3, 311.84, -38_101.23, Number.NaN]
    expect(told.map(exactSeconds)).toEqual(['0.042 s', '12.30 s', '311.8 s', '38,101.2 s', '–'])
    expect([signedSeconds(12.3), signedSeconds(-0.2)]).toEqual(['+12.30 s', '−0.200 s'])
  })
})
