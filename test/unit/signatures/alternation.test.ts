import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Alternation } from '../../../src/signatures/alternation.ts'
import { FOREIGN } from '../../../src/signatures/foreign-nouns.ts'
import { requiredTexts } from '../../../src/signatures/required-texts.ts'
import { NAMES } from '../../../src/signatures/spoken-words.ts'

describe('an expression of alternatives', () => {
  test('finds what the whole expression finds', () => {
    const alternatives = [
      { source: 'ab+', needs: ['ab'] },
      { source: '(?:b|c)d', needs: ['bd', 'cd'] },
      { source: 'a[^d]d', needs: ['d'] },
    ]
    const whole = new RegExp(alternatives.map(({ source }) => source).join('|'), 'gi')
    const parts = new Alternation(alternatives, 'gi')
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'abcdABD '), maxLength: 12 }), (text) => {
        const some = parts.in(text)
        expect(some === null ? text : text.replace(some, '~')).toBe(text.replace(whole, '~'))
      }),
      { numRuns: 2_000 },
    )
  })

  test.each([...NAMES, ...FOREIGN].map(({ source, needs }) => [source.slice(0, 60), source, needs] as const))(
    'needs only what %s requires',
    (_, source, needs) => {
      const lists = requiredTexts(source, 'i')
      const held = lists.filter((texts) => texts.every((text) => needs.some((need) => text.includes(need))))
      expect(held, JSON.stringify(lists)).not.toEqual([])
    },
  )
})
