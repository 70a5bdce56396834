import { expect, test } from 'vitest'
import { periodName } from '../../../../dashboards/report/day-words.ts'

const at = (day: number, hour = 0) => Date.UTC(2026, 10, day, hour)

test.each([
  ['2026-11-16, 04:00 to 08:00', at(16, 4), at(16, 8)],
  ['2026-11-16 to 2026-11-18', at(16, 4), at(18, 8)],
  ['2026-11-16', at(16), at(17)],
  ['week of 2026-11-16', at(16), at(23)],
  ['2026-11', at(1), at(31)],
])('a period is named %s', (name, from_ms, to_ms) => {
  expect(periodName({ from_ms, to_ms }, 'UTC')).toBe(name)
})
