import { expect, test } from 'vitest'
import { apart } from '../../../../src/analyze/findings/words.ts'

test('clocks are apart by seconds as long as a person can picture them, then by hours, minutes and seconds', () => {
  const told = [0.08, 4.25, -312, 1185, 3600, -17_699, 86_400].map((s) => apart(s, 'auth-1'))
  expect(told.map((text) => text.replace(' of auth-1', '').replace(' auth-1', ''))).toEqual([
    '80 ms ahead',
    '4.3 s ahead',
    '312 s behind',
    '1,185 s ahead',
    '1 h ahead',
    '4 h 54 min 59 s behind',
    '24 h ahead',
  ])
})
