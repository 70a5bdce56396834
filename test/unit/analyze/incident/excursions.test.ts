import { describe, expect, test } from 'vitest'
import { withoutExcursions } from '../../../../src/analyze/incident/excursions.ts'
import type { TrackedShift } from '../../../../src/analyze/incident/track-shift.ts'

const MINUTE_MS = 60_000

/** A meeting a minute, at a shift of so many seconds. */
function stretch(from_min: number, to_min: number, shift_s: number, marked = 0): TrackedShift {
  const minutes = Array.from({ length: to_min - from_min }, (_, i) => (from_min + i) * MINUTE_MS)
  return { marked, meetings: minutes.map((mine_ms) => ({ mine_ms, other_ms: mine_ms - shift_s * 1_000 })) }
}

const shifts = (stretches: readonly TrackedShift[]) =>
  withoutExcursions(stretches).map(({ meetings }) => (meetings[0]!.mine_ms - meetings[0]!.other_ms) / 1_000)

describe('a shift that is tracked through time', () => {
  test('is not believed to have gone away for a while and come back to where it was', () => {
    expect(shifts([stretch(0, 25, -456), stretch(25, 37, -291), stretch(37, 60, -456)])).toEqual([-456, -456])
  })

  test('is believed to have been set once', () => {
    expect(shifts([stretch(0, 25, -456), stretch(25, 60, 2)])).toEqual([-456, 2])
  })

  test('may be set and set again to something else', () => {
    expect(shifts([stretch(0, 20, -456), stretch(20, 40, -291), stretch(40, 60, 0)])).toEqual([-456, -291, 0])
  })

  test('comes back where it creeps as a drifting clock does', () => {
    expect(shifts([stretch(0, 20, 10), stretch(20, 40, -291), stretch(40, 60, 11.5)])).toEqual([10, 11.5])
  })

  test('is believed where requests say so that are known by more than time', () => {
    expect(shifts([stretch(0, 25, 0), stretch(25, 37, 300, 4), stretch(37, 60, 0)])).toEqual([0, 300, 0])
  })

  test('is where it is most of the time, not where it chanced to be before and after', () => {
    expect(shifts([stretch(0, 6, 80), stretch(6, 54, 3), stretch(54, 60, 80)])).toEqual([80, 3, 80])
  })
})
