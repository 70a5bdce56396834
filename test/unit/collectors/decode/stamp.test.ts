/** Log stamps of every kind become epoch milliseconds, with the resolution they have and the zone they are in. */
import { TZDate } from '@date-fns/tz'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseEpoch, parseIso } from '../../../../collectors/decode/stamp.ts'
import { compileTimeLayout, nearestYear, YEARLESS_AHEAD_MS } from '../../../../collectors/decode/time-layout.ts'
import { zoneOffset } from '../../../../collectors/decode/zone-offset.ts'

const AT = Date.UTC(2026, 10, 16, 9, 12, 1)
const utc = zoneOffset('UTC')
const berlin = zoneOffset('Europe/Berlin')

describe('ISO stamps', () => {
  test.each([
    ['2026-11-16T09:12:01Z', AT, 1000, false],
    ['2026-11-16T09:12:01.1Z', AT + 100, 100, false],
    ['2026-11-16T09:12:01.12Z', AT + 120, 10, false],
    ['2026-11-16T09:12:01.123456789Z', AT + 123, 1, false],
    ['2026-11-16T09:12:01.999999999Z', AT + 999, 1, false],
    ['2026-11-16 09:12:01,123', AT + 123 - 3_600_000, 1, true],
    ['2026-11-16T10:12:01.123+01:00', AT + 123, 1, false],
    ['2026-11-16 10:12:01 +0100', AT, 1000, false],
    ['2026-11-16T04:12:01-05', AT, 1000, false],
    ['2026-11-16 09:12:01.123456 +0000 UTC', AT + 123, 1, false],
    ['2026-11-16 09:12:01 UTC', AT, 1000, false],
    ['2026-11-16T09:12Z', AT - 1000, 60_000, false],
    ['2026/11/16 10:12:01', AT, 1000, true],
    ['2026-11-16T09:12:60Z', AT + 59_000, 1000, false],
  ])('%s', (text, ms, resolution, naive) => {
    expect(parseIso(text, berlin)).toEqual({ ms, resolution, naive })
  })

  test.each([
    '',
    '2026',
    '2026-13-16T09:12:01Z',
    '2026-11-16T09:61:01Z',
    '2026-11-16X09:12:01',
    '2026-11-16T09:12:01.Z',
    '2026-11-16T09:12:01 CSTX',
    '2026-11-16T09:12:01+25:00',
    'x026-11-16T09:12:01Z',
    '２026-11-16T09:12:01Z',
  ])('not a stamp: %j', (text) => expect(parseIso(text, utc)).toBeNull())

  test('agrees with Date for every instant', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true }), (date) => {
        expect(parseIso(date.toISOString(), berlin)?.ms).toBe(date.getTime())
      }),
    )
  })

  test('never throws', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), (text) => {
        parseIso(text, utc)
        parseEpoch(text)
      }),
    )
  })
})

describe('epoch numbers, in the unit their size tells', () => {
  test.each([
    [1_794_820_321, AT, 1000],
    [1_794_820_321.123, AT + 123, 1],
    [1_794_820_321_123, AT + 123, 1],
    [1_794_820_321_123_456, AT + 123, 1],
    ['1794820321', AT, 1000],
    ['1794820321.123', AT + 123, 1],
    ['1794820321123', AT + 123, 1],
    ['1794820321123456789', AT + 123, 1],
  ])('%s', (value, ms, resolution) => expect(parseEpoch(value)).toEqual({ ms, resolution, naive: false }))
  test.each([0, 12, -1, Number.NaN, Number.POSITIVE_INFINITY, '12', '1e12', 'x', null, undefined, {}])(
    'not: %s',
    (value) => expect(parseEpoch(value)).toBeNull(),
  )
})

describe('layouts', () => {
  test.each([
    ['dd/MMM/yyyy:HH:mm:ss Z', '16/Nov/2026:10:12:01 +0100', AT, 1000],
    ['EEE MMM d HH:mm:ss.f yyyy', 'Mon Nov 16 09:12:01.123456 2026', AT + 123, 1],
    ['EEE MMM d HH:mm:ss.f yyyy', 'Fri Nov  6 09:12:01 2026', AT - 10 * 86_400_000, 1000],
    ['MMM d HH:mm:ss.f', 'Nov 16 09:12:01', AT, 1000],
    ['MMdd HH:mm:ss.f', '1116 09:12:01.123456', AT + 123, 1],
    ['MMM d, yyyy h:mm:ss a', 'Nov 16, 2026 9:12:01 AM', AT, 1000],
    ['M/d/yyyy h:mm:ss a', '11/16/2026 12:12:01 PM', AT + 3 * 3_600_000, 1000],
    ["yyyy'T'MM", '2026T11', null, 0],
    ['dd-MMM-yyyy HH:mm:ss.f', '16-Nov-2026 09:12:01.123', AT + 123, 1],
    ['dd-MMM-yyyy HH:mm:ss.f', '16-Nix-2026 09:12:01.123', null, 0],
  ])('%s reads %s', (layout, text, ms, resolution) => {
    const stamp = compileTimeLayout(layout)(text, utc, Date.UTC(2026, 10, 20))
    expect(stamp === null ? null : stamp.ms).toBe(ms)
    if (stamp !== null) expect(stamp.resolution).toBe(resolution)
  })

  test('unknown letters are refused', () => expect(() => compileTimeLayout('QQ HH:mm')).toThrow(/"QQ" is no part/))

  test('a year-less stamp is never more than the allowance ahead and never needlessly old', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: Date.UTC(2021), max: Date.UTC(2035) }),
        fc.integer({ min: -350, max: 6 }),
        (now, days) => {
          const truth = new Date(Math.floor((now + days * 86_400_000) / 1000) * 1000)
          fc.pre(!(truth.getUTCMonth() === 1 && truth.getUTCDate() === 29))
          const instant = (year: number) => new Date(truth).setUTCFullYear(year)
          const found = nearestYear(instant, now)
          expect(found).toBe(truth.getTime())
          expect(found).toBeLessThanOrEqual(now + YEARLESS_AHEAD_MS)
        },
      ),
    )
  })
})

describe('stamps without a zone', () => {
  test.each([
    'Europe/Berlin',
    'America/New_York',
    'Asia/Kolkata',
    'Australia/Lord_Howe',
    'America/St_Johns',
    'Pacific/Apia',
  ])('are right in %s the whole year round', (zone) => {
    const offset = zoneOffset(zone)
    fc.assert(
      fc.property(fc.integer({ min: Date.UTC(2015), max: Date.UTC(2035) }), (ms) => {
        const whole = Math.floor(ms / 1000) * 1000
        const local = whole + new TZDate(whole, zone).getTimezoneOffset() * -60_000
        const back = local - offset(local)
        // In the repeated hour the first pass is meant.
        expect([0, 3_600_000, 1_800_000]).toContain(whole - back)
        if (whole !== back)
          expect(new TZDate(back, zone).getTimezoneOffset()).not.toBe(new TZDate(whole, zone).getTimezoneOffset())
      }),
      { numRuns: 300 },
    )
  })

  test('the hour that does not exist is read with the offset before it', () => {
    expect(new Date(parseIso('2026-03-29 02:30:00', berlin)!.ms).toISOString()).toBe('2026-03-29T01:30:00.000Z')
  })

  test('the repeated hour is read as its first pass', () => {
    expect(new Date(parseIso('2026-10-25 02:30:00', berlin)!.ms).toISOString()).toBe('2026-10-25T00:30:00.000Z')
  })

  test('a name that is no zone is refused', () => expect(() => zoneOffset('Mars/Olympus')).toThrow(RangeError))
})
