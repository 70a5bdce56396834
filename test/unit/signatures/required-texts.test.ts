import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { requiredTexts } from '../../../src/signatures/required-texts.ts'

describe('the texts a pattern requires', () => {
  test.each([
    ['token (?:has )?expired', [['token '], ['expired']]],
    ['\\b(?:token|jwt)s? rejected\\b', [['token', 'jwt'], [' rejected']]],
    ['[Rr]efresh token[^\\n]{0,40}expired', [['refresh token'], ['expired']]],
    ['authori[sz]ation', [['authori'], ['ation']]],
    ['(?<code>AADSTS\\d{5,8})', [['aadsts']]],
    ['a+b', [['a'], ['b']]],
    ['(?:expired|)', []],
    ['(?=token)x', [['x']]],
    ['(?:revoked)*', []],
    ['(?:revoked)+!', [['revoked'], ['!']]],
  ])('%s', (source, texts) => expect(requiredTexts(source)).toEqual(texts))

  test('stand in whatever the pattern matches', () => {
    const leaf = fc.constantFrom('ab', 'c', '[Aa]b', '[xy]', 'd?', 'e+', '\\b', '(?=a)', '(?<n>ab)', 'c{2}', '.')
    const { node } = fc.letrec<{ node: string }>((tie) => ({
      node: fc.oneof(
        { depthSize: 'small' },
        leaf,
        fc.tuple(tie('node'), tie('node')).map(([a, b]) => a + b),
        fc.tuple(tie('node'), tie('node')).map(([a, b]) => `(?:${a}|${b})`),
        fc.tuple(tie('node'), fc.constantFrom('', '?', '+', '*', '{2}')).map(([a, q]) => `(?:${a})${q}`),
      ),
    }))
    const patterns = node.map((source) => {
      let names = 0
      return source.replace(/\(\?<n>/g, () => `(?<n${names++}>`)
    })
    const text = fc.string({ unit: fc.constantFrom(...'aAbcdexy'), maxLength: 12 })
    let met = 0
    fc.assert(
      fc.property(patterns, fc.array(text, { minLength: 10, maxLength: 10 }), (source, tries) => {
        for (const each of tries) {
          const found = new RegExp(source).exec(each)?.[0].toLowerCase()
          if (found === undefined) continue
          for (const texts of requiredTexts(source)) {
            met++
            expect(texts.some((part) => found.includes(part))).toBe(true)
          }
        }
      }),
      { numRuns: 1_000, seed: 20_261_128 },
    )
    expect(met).toBeGreaterThan(500)
  })
})
