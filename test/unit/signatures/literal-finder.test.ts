import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LiteralFinder } from '../../../src/signatures/literal-finder.ts'

const word = fc.string({ unit: fc.constantFrom(...'abcéŁ文 _1'), minLength: 3, maxLength: 6 })

describe('the literal finder', () => {
  test('finds what a search for each literal finds, whatever the script, and again when asked again', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(word, { minLength: 1, maxLength: 12 }),
        fc.array(fc.array(word, { maxLength: 12 }), { minLength: 1, maxLength: 4 }),
        (literals, texts) => {
          const finder = new LiteralFinder(literals)
          for (const parts of [...texts, ...texts]) {
            const text = parts.join('')
            const found = [...finder.find(text)].map(([id, places]) => [literals[id], places])
            const expected = literals.flatMap((literal) => {
              const places: number[] = []
              for (let at = text.indexOf(literal); at >= 0; at = text.indexOf(literal, at + 1)) places.push(at)
              return places.length === 0 ? [] : [[literal, places.slice(0, 4)]]
            })
            expect(new Map(found as [string, number[]][])).toEqual(new Map(expected as [string, number[]][]))
          }
        },
      ),
    )
  })

  test('finds in texts longer than any it remembers', () => {
    const finder = new LiteralFinder(['jwt expired'])
    const text = `${'x'.repeat(70_000)}jwt expired${'文'.repeat(70_000)}`
    expect([...finder.find(text)]).toEqual([[0, [70_000]]])
  })
})
