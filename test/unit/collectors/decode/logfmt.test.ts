/** key=value pairs, quoted or not, separated by blanks or commas. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parsePairs, typed } from '../../../../collectors/decode/logfmt.ts'

test.each([
  [
    'a=1 b=two',
    [
      ['a', '1'],
      ['b', 'two'],
    ],
  ],
  [
    'a="x y" b="q \\" e" c="l1\\nl2"',
    [
      ['a', 'x y'],
      ['b', 'q " e'],
      ['c', 'l1\nl2'],
    ],
  ],
  [
    'a= b=1',
    [
      ['a', ''],
      ['b', '1'],
    ],
  ],
  ['prose here a.b-c=1 more', [['a.b-c', '1']]],
  ["a='x y'", [['a', 'x y']]],
  [
    'a="unclosed b=1',
    [
      ['a', '"unclosed'],
      ['b', '1'],
    ],
  ],
  ['a=x=y', [['a', 'x=y']]],
])('%s', (text, pairs) => expect(parsePairs(text, 'space')).toEqual(pairs))

test('with commas, unquoted values hold blanks', () => {
  expect(parsePairs('type=LOGIN, error=not so good, user="a, b"', 'comma')).toEqual([
    ['type', 'LOGIN'],
    ['error', 'not so good'],
    ['user', 'a, b'],
  ])
})

test('numbers and booleans get their type, ids with zeros in front do not', () => {
  expect(['1', '-2.5', 'true', '007', '1e5', '12345678901234567890', ''].map(typed)).toEqual([
    1,
    -2.5,
    true,
    '007',
    '1e5',
    '12345678901234567890',
    '',
  ])
})

test('any text gives bounded pairs', () => {
  fc.assert(
    fc.property(
      fc.string({ maxLength: 200 }),
      fc.constantFrom('space' as const, 'comma' as const),
      (text, separator) => {
        for (const [key, value] of parsePairs(text, separator))
          expect(key.length * (value.length + 1)).toBeLessThan(1e5)
      },
    ),
  )
  expect(parsePairs('a="'.repeat(50_000), 'space').length).toBeLessThanOrEqual(200)
})
