import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { assembledWindowScan } from '../../../deploy/assemble-window-scan.ts'
import { classOf, GRAM } from '../../../src/signatures/char-class.ts'
import { WINDOW_SCAN } from '../../../src/signatures/window-scan.ts'
import { MOST_PLACES, WindowScanner, windowAt } from '../../../src/signatures/window-scanner.ts'

const byte = fc.oneof(fc.constantFrom(...Buffer.from('abAB 1é')), fc.nat(255))
const bytes = fc.uint8Array({ minLength: GRAM, maxLength: 200 })
const fewBytes = fc.array(byte, { minLength: GRAM, maxLength: 200 }).map((list) => Uint8Array.from(list))

/** A character of the class. */
const codeOf = (class_: number): number => (class_ < 32 ? class_ : 64 | (class_ & 31))

describe('the scanner of windows', () => {
  test('is made of the text beside it', async () => {
    expect(WINDOW_SCAN).toBe(await assembledWindowScan())
  })

  test('gives every place where a filed window begins, and which, in their order', () => {
    fc.assert(
      fc.property(fc.oneof(bytes, fewBytes), fc.array(fc.nat(199), { maxLength: 60 }), fc.nat(20), (text, at, from) => {
        const filed = [...new Set(at.map((place) => windowAt(text, place % (text.length - GRAM + 1))))]
        const scanner = new WindowScanner(filed)
        const to = text.length - GRAM + 1
        const count = from < to ? scanner.scan(text, from, to, text.length) : 0
        const found = Array.from({ length: count }, (_, i) => `${scanner.number(i)}@${from + scanner.place(i)}`)
        const expected: string[] = []
        for (let place = from; place < to; place++) {
          const number = filed.findIndex((window) =>
            Array.from({ length: GRAM }, (_, i) => (window >>> (8 * i)) & 255).every(
              (wanted, i) => classOf(text[place + i]!) === wanted,
            ),
          )
          if (number >= 0) expected.push(`${number}@${place}`)
        }
        expect(found).toEqual(expected)
      }),
    )
  })

  test('has room for a window at every place', () => {
    const text = new Uint8Array(MOST_PLACES + GRAM - 1).fill(97)
    const scanner = new WindowScanner([windowAt(text, 0)])
    expect(scanner.scan(text, 0, MOST_PLACES, text.length)).toBe(MOST_PLACES)
    expect(scanner.place(MOST_PLACES - 1)).toBe(MOST_PLACES - 1)
  })

  test('finds each of very many windows', () => {
    const windows = Array.from({ length: 50_000 }, (_, i) => (i & 63) | (((i >> 6) & 63) << 8) | ((i >> 12) << 16))
    const scanner = new WindowScanner(windows)
    const text = Uint8Array.from(windows.flatMap((w) => [...[w & 63, (w >>> 8) & 63, (w >>> 16) & 63].map(codeOf), 0]))
    const met = new Set<number>()
    for (let from = 0; from < text.length; from += MOST_PLACES) {
      const to = Math.min(text.length - GRAM + 1, from + MOST_PLACES)
      const count = scanner.scan(text, from, to, text.length)
      for (let i = 0; i < count; i++) met.add(scanner.number(i))
    }
    expect(met.size).toBe(windows.length)
  })
})
