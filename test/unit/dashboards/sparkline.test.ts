import fc from 'fast-check'
import { expect, test } from 'vitest'
import { resample, sparkline } from '../../../dashboards/sparkline.ts'

test('bars grow with the figures, and zero is blank', () => {
  expect(sparkline([0, 1, 4, 8], 4)).toBe(' ▁▄█')
  expect(sparkline([0, 1, 4, 8], 4, 'ascii')).toBe(' .=#')
})
test('a figure that is small but not zero is seen', () => {
  expect(sparkline([1, 1_000_000], 2)).toBe('▁█')
})
test('fewer figures than columns stand at the right', () => {
  expect(sparkline([8], 4)).toBe('   █')
})
test('rows drawn with one peak can be compared', () => {
  expect(sparkline([4], 1, 'unicode', 8)).toBe('▄')
})
test('squeezing makes no peaks that never were', () => {
  expect(resample(new Array(15).fill(7), 14)).toEqual(new Array(14).fill(7))
})
test('there are always exactly as many characters as asked for', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double()),
      fc.integer({ min: 0, max: 200 }),
      (values, width) => sparkline(values, width).length === width,
    ),
  )
})
