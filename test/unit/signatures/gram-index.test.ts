import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { GramIndex } from '../../../src/signatures/gram-index.ts'

const word = fc.string({ unit: fc.constantFrom(...'abcé _1'), minLength: 3, maxLength: 8 })

describe('the literal index', () => {
  test('finds every literal at every place where it stands, and nothing else', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(word, { minLength: 1, maxLength: 20 }),
        fc.array(word, { maxLength: 20 }),
        (literals, parts) => {
          const text = parts.join('')
          const found: string[] = []
          const bytes = Buffer.from(`##${text}##`, 'latin1')
          new GramIndex(literals).scan(bytes, 2, bytes.length - 2, (id, position) => {
            found.push(`${id}@${position - 2}`)
          })
          const expected = literals.flatMap((literal, id) => {
            const places: string[] = []
            for (let at = text.indexOf(literal); at >= 0; at = text.indexOf(literal, at + 1)) places.push(`${id}@${at}`)
            return places
          })
          expect(found.sort()).toEqual(expected.sort())
        },
      ),
    )
  })

  test('finds what lies across the turns in which a long text is looked at', () => {
    const index = new GramIndex(['needle', 'ned'])
    for (const at of [253, 254, 255, 256, 1279, 5375, 21_756, 21_757, 38_140]) {
      const text = Buffer.alloc(60_000, 'x')
      text.write('needle', at)
      text.write('ned', 59_997)
      const found: string[] = []
      index.scan(text, 0, text.length, (id, position) => {
        found.push(`${id}@${position}`)
      })
      expect(found).toEqual([`0@${at}`, '1@59997'])
    }
  })

  test('refuses a literal that is too short to be filed', () => {
    expect(() => new GramIndex(['ab'])).toThrow(RangeError)
  })
})
