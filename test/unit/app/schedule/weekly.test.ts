import { describe, expect, test } from 'vitest'
import { dueTimes, formatWeekly, parseWeekly } from '../../../../src/app/schedule/weekly.ts'

const iso = (ms: number) => new Date(ms).toISOString()
const at = (text: string) => Date.parse(text)

describe('a time of the week', () => {
  test.each([
    ['Mon 08:00', 'Mon 08:00'],
    ['friday 7:05', 'Fri 07:05'],
    ['SUN 23:59', 'Sun 23:59'],
  ])('%s is read', (text, expected) => {
    expect(formatWeekly(parseWeekly(text)!)).toBe(expected)
  })

  test.each(['08:00', 'Mon', 'Mon 24:00', 'Mon 8', 'Noday 08:00', 'Mon 08:00 x'])('%s is none', (text) => {
    expect(parseWeekly(text)).toBeNull()
  })
})

describe('when it was due', () => {
  const monday = parseWeekly('Mon 08:00')!

  test('is on the wall clocks of the zone, before and after they change', () => {
    const now = at('2026-11-03T12:00:00Z')
    expect(dueTimes(monday, 'Europe/Paris', 0, now, 3).map(iso)).toEqual([
      '2026-10-19T06:00:00.000Z',
      '2026-10-26T07:00:00.000Z',
      '2026-11-02T07:00:00.000Z',
    ])
    expect(dueTimes(monday, 'Pacific/Auckland', 0, at('2026-11-01T20:00:00Z'), 1).map(iso)).toEqual([
      '2026-11-01T19:00:00.000Z',
    ])
  })

  test('is after what is done, and not before its time', () => {
    const due = at('2026-11-02T08:00:00Z')
    expect(dueTimes(monday, 'UTC', due, due + 1, 4)).toEqual([])
    expect(dueTimes(monday, 'UTC', due - 1, due, 4)).toEqual([due])
    expect(dueTimes(monday, 'UTC', due - 1, due - 1, 4)).toEqual([])
  })

  test('a time that the change leaves out is the first one after', () => {
    const night = parseWeekly('Sun 02:30')!
    expect(dueTimes(night, 'Europe/Paris', at('2026-03-28T00:00:00Z'), at('2026-03-30T00:00:00Z'), 1).map(iso)).toEqual(
      ['2026-03-29T01:30:00.000Z'],
    )
  })
})
