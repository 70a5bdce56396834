import { describe, expect, test } from 'vitest'
import { countShifts } from '../../../../src/analyze/incident/count-shift.ts'
import type { Meeting } from '../../../../src/analyze/incident/track-shift.ts'
import { randomNumbers } from '../../../e2e/emitters/workload.ts'

const SHIFT_MS = -62_280
const START_MS = 1_795_859_600_000

interface Scene {
  seconds: number
  refusals: number
  strangers: number
  /** Do the lines tell of the refusals? */
  told: boolean
  /** Requests that come together at most. */
  burst?: number
}

/** Refusals of a host that is 62 s behind, in whole seconds, and the lines of the gateway before it. */
function shiftsIn({ seconds, refusals, strangers, told, burst = 1 }: Scene, seed: number): Meeting[][] {
  const random = randomNumbers(seed)
  const draw = (n: number): number[] => {
    const times: number[] = []
    while (times.length < n) {
      const at_ms = START_MS + random() * seconds * 1_000
      for (let i = Math.ceil(random() * burst); i > 0 && times.length < n; i--) times.push(at_ms + random() * 900)
    }
    return times
  }
  const written = (times: readonly number[], by_ms: number): number[] =>
    times.map((ms) => Math.floor((ms + by_ms) / 1_000) * 1_000).sort((a, b) => a - b)
  const times = draw(refusals)
  const lines = [...(told ? times.filter(() => random() > 0.03) : draw(refusals)), ...draw(strangers)]
  const work = countShifts(written(times, SHIFT_MS), written(lines, 8))
  for (;;) {
    const next = work.next()
    if (next.done === true) return next.value
  }
}

const middle = (meetings: readonly Meeting[]): number =>
  meetings.map((one) => one.mine_ms - one.other_ms).sort((a, b) => a - b)[meetings.length >> 1]!
const SEEDS = Array.from({ length: 20 }, (_, i) => i + 1)

describe('two clocks’ difference from how much happens in each second', () => {
  test.for([
    ['of 24 s with three refusals in two seconds', { seconds: 24, refusals: 34, strangers: 0, told: true }, 15],
    [
      'of a minute in which every other line is a stranger’s',
      { seconds: 60, refusals: 90, strangers: 90, told: true },
      17,
    ],
    [
      'of ten minutes with two strangers for each refusal',
      { seconds: 600, refusals: 200, strangers: 460, told: true },
      20,
    ],
    ['of bursts', { seconds: 600, refusals: 200, strangers: 0, told: true, burst: 6 }, 20],
  ] as const)('is found in a log %s', ([, scene, least]) => {
    const found = SEEDS.map((seed) => shiftsIn(scene, seed)).filter((shifts) => shifts.length > 0)
    expect(found.length).toBeGreaterThanOrEqual(least)
    for (const shifts of found)
      for (const meetings of shifts) expect(Math.abs(middle(meetings) - SHIFT_MS)).toBeLessThan(1_500)
  })

  test.for([
    ['evenly spread', { seconds: 600, refusals: 200, strangers: 200, told: false }],
    ['in bursts', { seconds: 600, refusals: 200, strangers: 200, told: false, burst: 6 }],
    ['in few large bursts', { seconds: 600, refusals: 30, strangers: 30, told: false, burst: 14 }],
  ] as const)('is not made up where lines %s tell of something else', ([, scene]) => {
    for (const seed of SEEDS) expect(shiftsIn(scene, seed)).toEqual([])
  })
})
