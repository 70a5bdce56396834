import { describe, expect, test } from 'vitest'
import { parseInstant, UTC } from '../../../src/signatures/instant.ts'

const AT = Date.UTC(2026, 10, 16, 9, 12, 1)

describe('instants inside messages', () => {
  test.each([
    ['RFC 3339', '2026-11-16T09:12:01Z', AT],
    ['RFC 3339 with milliseconds', '2026-11-16T09:12:01.123Z', AT + 123],
    ['nanoseconds', '2026-11-16T09:12:01.123456789Z', AT + 123],
    ['offset', '2026-11-16T10:12:01+01:00', AT],
    ['Go time.String with monotonic reading', '2026-11-16 09:12:01.5 +0000 UTC m=+0.001', AT + 500],
    ['Ruby Time#to_s', '2026-11-16 10:12:01 +0100', AT],
    ['.NET invariant culture', '11/16/2026 09:12:01', AT],
    ['.NET en-US', '11/16/2026 9:12:01 AM', AT],
    ['.NET en-US afternoon', '11/16/2026 9:12:01 PM', AT + 12 * 3_600_000],
    ['.NET en-GB', '16/11/2026 09:12:01', AT],
    ['.NET de-DE', '16.11.2026 09:12:01', AT],
    ['Java Date', 'Mon Nov 16 09:12:01 UTC 2026', AT],
    ['Java Date with a zone abbreviation', 'Mon Nov 16 10:12:01 CET 2026', AT],
    ['JavaScript Date', 'Mon Nov 16 2026 10:12:01 GMT+0100 (Central European Standard Time)', AT],
    ['HTTP date', 'Mon, 16 Nov 2026 09:12:01 GMT', AT],
    ['epoch seconds', '1794820321', AT],
    ['epoch milliseconds', '1794820321000', AT],
  ])('reads %s', (_, text, expected) => {
    expect(parseInstant(text, UTC)).toBe(expected)
  })

  test('reads a stamp without a zone in the zone given', () => {
    expect(parseInstant('2026-11-16 10:12:01', () => 3_600_000)).toBe(AT)
  })

  test.each(['', 'soon', '2026-13-45 99:99:99', '12', '99/99/2026 09:12:01'])('answers null to %j', (text) => {
    expect(parseInstant(text, UTC)).toBeNull()
  })
})
