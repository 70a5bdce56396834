import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseStem, StemScanner } from '../../../src/signatures/stem-scanner.ts'

const word = fc.string({ unit: fc.constantFrom(...'aBc 1_'), minLength: 3, maxLength: 7 })
const stem = fc
  .tuple(fc.boolean(), word, fc.boolean())
  .map(([left, text, right]) => `${left ? '<' : ''}${text.toLowerCase()}${right ? '>' : ''}`)

function asPattern(stem: string): string {
  const { text, left, right } = parseStem(stem)
  const before = left ? (/^\d/.test(text) ? '(?<![a-z0-9_])' : '(?<![a-z_])') : ''
  return `${before}${text}${right ? '(?![a-z0-9_])' : ''}`
}

describe('the stem scanner', () => {
  test('finds a stem exactly where a case-insensitive pattern would', () => {
    fc.assert(
      fc.property(
        fc.array(stem, { minLength: 1, maxLength: 12 }),
        fc.array(word, { maxLength: 20 }),
        fc.nat(10),
        (stems, parts, from) => {
          const text = parts.join('')
          const scanner = new StemScanner(stems)
          const pattern = new RegExp(stems.map(asPattern).join('|'), 'i')
          expect(scanner.test(text)).toBe(pattern.test(text))
          const place = scanner.next(Buffer.from(text), from)
          if (place >= 0) expect(place).toBeGreaterThanOrEqual(from)
          const around = Buffer.from(`a1${text}_b`)
          expect(scanner.within(around, 2, around.length - 2)).toBe(pattern.test(text))
        },
      ),
      { numRuns: 500 },
    )
  })

  test('a word inside another one is no bounded stem', () => {
    const scanner = new StemScanner(['<iss>', '<401>'])
    expect(['cache miss for /x', 'mission', 'order 14013', 'id a401'].map((text) => scanner.test(text))).toEqual([
      false,
      false,
      false,
      false,
    ])
    expect(['"iss" claim', 'ISS', '\\u0022iss\\u0022', 'status=401'].map((text) => scanner.test(text))).toEqual([
      true,
      true,
      true,
      true,
    ])
  })
})
