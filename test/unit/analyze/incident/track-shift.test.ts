import { describe, expect, test } from 'vitest'
import { type TrackedShift, trackShift } from '../../../../src/analyze/incident/track-shift.ts'
import { randomNumbers } from '../../../e2e/emitters/workload.ts'

const HOUR_MS = 3_600_000

function track(
  things: number,
  strangers: number,
  offset_ms: (true_ms: number) => number,
  { lost = 0.1, seed = 5 } = {},
): { stretches: TrackedShift[]; steps: number } {
  const random = randomNumbers(seed)
  const times = Array.from({ length: things }, () => random() * 4 * HOUR_MS).sort((a, b) => a - b)
  const whole = (ms: number) => Math.floor(ms / 1_000) * 1_000
  const lines = times.filter(() => random() > lost).map((ms) => whole(ms + 8))
  for (let i = 0; i < strangers; i++) lines.push(whole(random() * 4 * HOUR_MS))
  const mine = times.map((ms) => ms + offset_ms(ms)).sort((a, b) => a - b)
  const chance = (lines.length * 2_000) / (4 * HOUR_MS)
  const work = trackShift(mine.map((mine_ms) => ({ mine_ms, others_ms: lines, chance })))
  for (let steps = 1; ; steps++) {
    const next = work.next()
    if (next.done === true) return { stretches: next.value, steps }
  }
}

/** Largest distance of a stretch's differences from the truth, ms. */
const worst = ({ meetings }: TrackedShift, offset_ms: (true_ms: number) => number): number =>
  Math.max(...meetings.map(({ mine_ms, other_ms }) => Math.abs(mine_ms - other_ms - offset_ms(other_ms))))

describe('following two clocks’ difference through what both saw', () => {
  test('a drift of 900 ppm is one stretch from end to end', () => {
    const drift = (ms: number) => -40_000 + 0.0009 * ms
    const { stretches } = track(150, 600, drift)
    expect(stretches).toHaveLength(1)
    expect(stretches[0]!.meetings.length).toBeGreaterThan(130)
    expect(worst(stretches[0]!, drift)).toBeLessThan(2_000)
  })

  test('a clock that is set has a stretch before and one after', () => {
    const set = (ms: number) => (ms < 2 * HOUR_MS ? -120_000 : 431_000)
    const { stretches } = track(200, 600, set)
    expect(stretches).toHaveLength(2)
    for (const stretch of stretches) {
      const [one] = stretch.meetings
      const before = Math.abs(one!.mine_ms - one!.other_ms + 120_000) < 2_000
      expect(worst(stretch, () => (before ? -120_000 : 431_000))).toBeLessThan(2_000)
    }
  })

  test('what was seen at unrelated times is told to be so, however much there is of it', () => {
    for (const seed of [1, 2]) {
      const random = randomNumbers(seed)
      expect(track(200, 500, () => random() * 3 * HOUR_MS, { seed }).stretches).toEqual([])
    }
  })

  test('a burst is one meeting, however many there are in it', () => {
    // Five bursts of ten that met five lines by chance.
    const mine = [0, 1, 2, 3, 4].flatMap((n) =>
      Array.from({ length: 10 }, (_, i) => n * 600_000 + n ** 3 * 1_000 + i * 100),
    )
    const lines = mine.filter((_, i) => i % 10 === 0).map((ms) => ms + 77_000)
    const work = trackShift(mine.map((mine_ms) => ({ mine_ms, others_ms: lines, chance: 0.2 })))
    let next = work.next()
    while (next.done !== true) next = work.next()
    expect(next.value).toEqual([])
  })

  test('a few that are marked suffice, in a burst as well', () => {
    const mine = [0, 300, 400, 90_000]
    const work = trackShift(
      mine.map((mine_ms) => ({ mine_ms, others_ms: [mine_ms - 314_200], chance: 0, marked: true })),
    )
    let next = work.next()
    while (next.done !== true) next = work.next()
    expect(next.value.map(({ meetings }) => meetings.length)).toEqual([4])
  })

  test('a few things are no pattern', () => {
    expect(track(5, 0, () => 3_000).stretches).toEqual([])
  })

  test('its work comes in steps, so that nobody waits for it', () => {
    expect(track(160, 300, () => 9_000).steps).toBeGreaterThanOrEqual(19)
  })
})
