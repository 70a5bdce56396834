import { expect, it } from 'vitest'
import { expandValues } from '../../../../../src/app/alerts/rule-test/expand-values.ts'

it.each([
  ['1 2 3', [1, 2, 3]],
  ['0x2', [0, 0, 0]],
  ['1+2x3', [1, 3, 5, 7]],
  ['9-3x3', [9, 6, 3, 0]],
  ['1 _ 2 _x2 -1.5', [1, null, 2, null, null, -1.5]],
])('a series is read as promtool reads it: %s', (text, values) => {
  expect(expandValues(text)).toEqual(values)
})

it.each(['', 'x3', '1+x3', '_+1x3', '1e99'])('what is no series is told: %j', (text) => {
  expect(expandValues(text)).toMatch(/is no value/)
})

it('a series has an end', () => {
  expect(expandValues('0x99999')).toMatch(/more than/)
})
