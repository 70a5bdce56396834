import { describe, expect, test } from 'vitest'
import { parseDuration } from '../../../src/signatures/duration.ts'

describe('durations inside messages', () => {
  test.each([
    ['267', 267_000],
    ['-3', -3_000],
    ['1.5s', 1_500],
    ['4m27.1s', 267_100],
    ['1h0m0s', 3_600_000],
    ['250ms', 250],
    ['PT5M', 300_000],
    ['00:05:00', 300_000],
    ['-00:00:01.5', -1_500],
    ['1.02:00:00', 93_600_000],
    ['5 minutes', 300_000],
    ['1 hour, 2 minutes', 3_720_000],
  ])('reads %s', (text, ms) => {
    expect(parseDuration(text, 1000)).toBeCloseTo(ms, 6)
  })

  test.each(['', 'soon', '5 parsecs', 'PT'])('answers null to %j', (text) => {
    expect(parseDuration(text, 1000)).toBeNull()
  })
})
