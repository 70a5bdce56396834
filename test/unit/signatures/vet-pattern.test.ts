import { describe, expect, test } from 'vitest'
import { vetPattern } from '../../../src/signatures/vet-pattern.ts'

describe('the vetting of patterns', () => {
  test.each(['(a+)+b', '(?:[^"]*)*x', '(a|b+){2,}', '(.*a){3,}', '\\s+\\s+x', 'a*a*b', '.*x.*y.*z.*'])(
    'refuses %s',
    (source) => {
      expect(vetPattern(source)).not.toBeNull()
    },
  )

  test.each(['(a)\\1', '(?<q>["\']).{1,9}\\k<q>'])('refuses the back-reference in %s', (source) => {
    expect(vetPattern(source)).toMatch(/back-reference/)
  })

  test.each([
    'jwt expired',
    'expired (?<delta__s>\\d{1,10}) seconds ago',
    'expected: (?<expected>[^\\r\\n"]{1,200})',
    '(?:a|b)+c',
    '\\d+\\.\\d+',
    '[^]"]+x',
  ])('accepts %s', (source) => {
    expect(vetPattern(source)).toBeNull()
  })

  test('passes on what the engine itself does not accept', () => {
    expect(vetPattern('(')).not.toBeNull()
  })
})
