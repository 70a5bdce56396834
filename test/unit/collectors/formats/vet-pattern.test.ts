/** Only patterns that take linear time pass. */
import { expect, test } from 'vitest'
import { firstCodes, vetPattern } from '../../../../collectors/formats/vet-pattern.ts'

test.each([
  '^(?<a>\\S+) (?<b>.*)$',
  '^\\[(?<a>[^\\]]*)\\] (?:(?<b>\\d{1,9}) )?(?<c>.*)$',
  '^"(?<a>[^"\\\\]*(?:\\\\.[^"\\\\]*)*)" x$',
  '^(?:INFO|WARN) {1,8}(?<m>.*)$',
  '^(?<a>[^\\s,]+(?:, [^\\s,]+)*) \\d$',
])('accepts %s', (pattern) => expect(vetPattern(pattern)).toBeNull())

test.each([
  ['abc', /begins with \^/],
  ['^(a+)+$', /may also be part/],
  ['^(?:a|ab)*c', /begin alike/],
  ['^\\s+\\s*x', /may also be part/],
  ['^.*foo', /may also be part/],
  ['^(.*?) - (.*)$', /may also be part/],
  ['^(\\w+)\\1', /back-references/],
  ['^(?:a*)*b', /may be empty|begin/],
  ['^.{1,100} .{1,100} x', /combinations/],
  ['^(?=.*x)a', /look-around/],
  ['^(', /./],
])('refuses %s', (pattern, reason) => expect(vetPattern(pattern)).toMatch(reason))

test('tells with which characters a match may begin', () => {
  expect([...firstCodes('^(?:[A-C]|\\[)x')].sort((a, b) => a - b)).toEqual([65, 66, 67, 91])
  expect(firstCodes('^(?:a )?b')).toEqual(new Set([97, 98]))
})
