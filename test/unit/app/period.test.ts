import { describe, expect, it } from 'vitest'
import {
  PeriodError,
  parseMoment,
  parsePeriod,
  parseWholePeriod,
  previousPeriod,
  type WeekStart,
} from '../../../src/app/period.ts'

const HOUR_MS = 3_600_000
const at = (text: string) => Date.parse(text)
/** A Wednesday. */
const NOW_MS = at('2026-11-18T10:17:00Z')

function hours(text: string, zone: string, now_ms = NOW_MS, week_start?: WeekStart): number {
  const { from_ms, to_ms } = parseWholePeriod(text, now_ms, zone, week_start)
  return (to_ms - from_ms) / HOUR_MS
}

describe('a period', () => {
  it('"last week" runs from Monday to Monday in the zone', () => {
    expect(parsePeriod('last week', undefined, NOW_MS, 'Europe/Paris', 0)).toEqual({
      from_ms: at('2026-11-08T23:00:00Z'),
      to_ms: at('2026-11-15T23:00:00Z'),
    })
  })

  it.each<[WeekStart, string]>([
    [0, '2026-11-08'],
    [1, '2026-11-09'],
    [6, '2026-11-07'],
  ])('"last week" begins on the chosen weekday (%i)', (start, day) => {
    expect(parsePeriod('last week', undefined, NOW_MS, 'UTC', 0, start).from_ms).toBe(at(`${day}T00:00:00Z`))
  })

  it.each([
    ['2026-W13', 'Europe/Paris', 167],
    ['2026-W43', 'Europe/Paris', 169],
    ['2026-W44', 'Europe/Paris', 168],
    ['2026-W10', 'America/New_York', 167],
    ['2026-W44', 'America/New_York', 169],
    ['2026-W40', 'Australia/Lord_Howe', 167.5],
  ])('%s in %s has %d hours', (week, zone, expected) => {
    expect(hours(week, zone)).toBe(expected)
  })

  it('knows ISO weeks by their number, around new year too', () => {
    expect(parseWholePeriod('2026-W01', NOW_MS, 'UTC').from_ms).toBe(at('2025-12-29T00:00:00Z'))
    expect(parseWholePeriod('2020-W53', NOW_MS, 'UTC').from_ms).toBe(at('2020-12-28T00:00:00Z'))
    expect(() => parseWholePeriod('2025-W53', NOW_MS, 'UTC')).toThrow('2025 has no week 53; its ISO weeks are 1 to 52')
    expect(() => parseWholePeriod('2025-W00', NOW_MS, 'UTC')).toThrow(PeriodError)
  })

  it('knows months, and a day as a whole', () => {
    expect(hours('2026-11', 'UTC')).toBe(30 * 24)
    expect(hours('2026-03', 'Europe/Paris')).toBe(31 * 24 - 1)
    expect(hours('2026-10-25', 'Europe/Paris')).toBe(25)
    expect(hours('2026-11-01..2026-11-08', 'UTC')).toBe(168)
  })

  it('a day whose midnight the clocks skip begins at one o’clock, and the next at midnight again', () => {
    const now_ms = at('2026-03-08T20:00:00Z')
    expect(parsePeriod('today', undefined, now_ms, 'America/Havana', 0)).toEqual({
      from_ms: at('2026-03-08T05:00:00Z'),
      to_ms: at('2026-03-09T04:00:00Z'),
    })
  })

  it.each(['2026-13', 'soon', '2026-11-01..', '..', 'a..b..c'])('%s is refused with examples', (text) => {
    expect(() => parseWholePeriod(text, NOW_MS, 'UTC')).toThrow(/cannot read the time .*2026-W47/)
  })
})

describe('the period before', () => {
  const earlier = (text: string, zone: string) => previousPeriod(parseWholePeriod(text, NOW_MS, zone), zone)

  it('of a week is the week before, however many hours the clocks make of it', () => {
    expect(earlier('2026-W44', 'Europe/Paris')).toEqual(parseWholePeriod('2026-W43', NOW_MS, 'Europe/Paris'))
    expect(earlier('2026-W13', 'Europe/Paris')).toEqual(parseWholePeriod('2026-W12', NOW_MS, 'Europe/Paris'))
  })

  it('of a month is the month before', () => {
    expect(earlier('2026-03', 'Europe/Paris')).toEqual(parseWholePeriod('2026-02', NOW_MS, 'Europe/Paris'))
    expect(earlier('2026-01', 'UTC')).toEqual(parseWholePeriod('2025-12', NOW_MS, 'UTC'))
  })

  it('of a day is the day before, and of 24 hours the 24 hours before', () => {
    expect(earlier('2026-10-26', 'Europe/Paris')).toEqual(parseWholePeriod('2026-10-25', NOW_MS, 'Europe/Paris'))
    expect(earlier('24h', 'UTC')).toEqual({ from_ms: NOW_MS - 48 * HOUR_MS, to_ms: NOW_MS - 24 * HOUR_MS })
  })
})

it('a time of day is its last one, in the zone given', () => {
  expect(parseMoment('09:14', NOW_MS, 'UTC')).toBe(at('2026-11-18T09:14:00Z'))
  expect(parseMoment('23:50', NOW_MS, 'UTC')).toBe(at('2026-11-17T23:50:00Z'))
  expect(parseMoment('10:14', NOW_MS, 'Europe/Paris')).toBe(at('2026-11-18T09:14:00Z'))
  expect(() => parseMoment('24:00', NOW_MS, 'UTC')).toThrow(PeriodError)
})
