import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LineTimes } from '../../../../src/analyze/incident/line-times.ts'
import { randomNumbers } from '../../../e2e/emitters/workload.ts'

const START_MS = 1_795_859_600_000
const whole = (ms: number) => Math.floor(ms / 1_000) * 1_000

/** A gateway's lines of some 120 bytes, in whole seconds; every second one is a refusal and known. */
function written(perSecond: number, seconds: number, seed: number): { true_ms: number; offset: number }[] {
  const random = randomNumbers(seed)
  const times = Array.from({ length: perSecond * seconds }, () => START_MS + random() * seconds * 1_000)
  let offset = 0
  return times
    .sort((a, b) => a - b)
    .map((true_ms) => {
      offset += 100 + Math.floor(random() * 40)
      return { true_ms, offset }
    })
    .filter((_, i) => i % 2 === 0)
}

describe('when within its second a line was written', () => {
  test('is known to a fraction of it where a busy log has many lines a second', () => {
    const lines = written(20, 60, 3)
    const stamped = lines.map(({ true_ms, offset }) => ({ stream: 'gw', offset, time_ms: whole(true_ms) }))
    const times = new LineTimes(stamped)
    const errors = lines.map(({ true_ms }, i) => Math.abs(times.of(stamped[i]!)! - true_ms)).sort((a, b) => a - b)
    expect(errors[errors.length >> 1]).toBeLessThan(150)
    expect(errors[Math.floor(errors.length * 0.95)]).toBeLessThan(450)
  })

  test('never leaves the second that is written, whatever the log holds', () => {
    const line = fc.record({
      stream: fc.constantFrom('a', 'b'),
      offset: fc.nat(10_000),
      time_ms: fc.nat(20).map((s) => START_MS + s * 1_000),
    })
    fc.assert(
      fc.property(fc.array(line, { maxLength: 40 }), (lines) => {
        const times = new LineTimes(lines)
        for (const one of lines) {
          const at_ms = times.of(one) ?? one.time_ms
          expect(whole(at_ms)).toBe(one.time_ms)
        }
      }),
    )
  })

  test('is not asked of a log that writes milliseconds', () => {
    const lines = [0, 1, 2, 3, 4].map((i) => ({ stream: 'app', offset: i * 100, time_ms: START_MS + i * 250 }))
    expect(lines.map((one) => new LineTimes(lines).of(one))).toEqual([null, null, null, null, null])
  })
})
