import { describe, expect, test } from 'vitest'
import { UNKNOWN_CLOCKS } from '../../../../src/analyze/attribution/background.ts'
import { distance, type Known } from '../../../../src/analyze/incident/distance.ts'
import { LineTimes } from '../../../../src/analyze/incident/line-times.ts'

const T = 1_794_820_321_000

/** What was written by `host` at `at` ms after a whole second. */
function known(...said: { host: string; at: number }[]): Known {
  return {
    incident: {} as Known['incident'],
    spoken: said.map(({ host, at }, offset) => ({
      ...{ stream: `${host}/${at % 1_000 === 0 ? 'access' : 'error'}`, offset, signature: 's', specificity: 10 },
      ...{ host, time_ms: T + at },
    })),
  }
}

const apart = (a: Known, b: Known) => distance(a, b, UNKNOWN_CLOCKS, new LineTimes([]))

describe('of several lines that may belong to one reason', () => {
  const reason = known({ host: 'web-1', at: 562 })

  test('milliseconds of a gateway say more than the whole seconds of the host itself', () => {
    const right = known({ host: 'gw-1', at: 532 }, { host: 'web-1', at: 0 })
    const wrong = known({ host: 'gw-1', at: 933 }, { host: 'web-1', at: 0 })
    expect(apart(right, reason)).toBeLessThan(apart(wrong, reason) / 3)
  })

  test('the one whose caller wrote right after it is nearer than the one it cannot have answered', () => {
    const line = known({ host: 'gw-1', at: 0 }, { host: 'app-1', at: 573 })
    expect(apart(line, reason)).toBeLessThan(apart(line, known({ host: 'web-1', at: 660 })))
  })

  test('records that are hours apart by their clocks are given their distance, whatever it is', () => {
    expect(apart(known({ host: 'gw-1', at: 3_600_500 }), reason)).toBe(3_599_938)
  })

  test('the hosts of one request may differ in which of them knows its second only', () => {
    const coarse = known({ host: 'gw-1', at: 0 })
    expect(apart(coarse, known({ host: 'web-1', at: 500 }))).toBeLessThan(
      apart(coarse, known({ host: 'web-1', at: 990 })),
    )
  })
})
