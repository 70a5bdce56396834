import fc from 'fast-check'
import stringWidth from 'string-width'
import { describe, expect, test } from 'vitest'
import {
  cutText,
  fitText,
  textWidth,
  toAscii,
  toPrintable,
  wrapText,
} from '../../../../dashboards/terminal/printable.ts'

/** Lone surrogates included. fast-check's own `binary` strings take seconds to set up. */
const anyCodePoints = (maxLength: number) =>
  fc.array(fc.nat(0x10ffff), { maxLength }).map((codes) => String.fromCodePoint(...codes))

/** Anything a log may hold: all code points, lone surrogates included. */
const anyText = fc.oneof(
  anyCodePoints(60),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 60 }).map((units) => String.fromCharCode(...units)),
)

const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]|\p{Default_Ignorable_Code_Point}/u

describe('printable text', () => {
  test('shows control characters the way less does, and blanks for tabs and newlines', () => {
    expect(toPrintable('\x1b[2J\x07 a\tb\r\nc\x7f')).toBe('^[[2J^G a b  c^?')
    expect(toPrintable('\x9b31m')).toBe('<U+009B>31m')
  })
  test('shows what turns or hides text', () => {
    expect(toPrintable('\u202egnp.exe')).toBe('<U+202E>gnp.exe')
    expect(toPrintable('a\u200bb\u2066c\ufeff\u{e0041}')).toBe('a<U+200B>b<U+2066>c<U+FEFF><U+E0041>')
    expect(toPrintable('a\u2028b')).toBe('a<U+2028>b')
  })
  test('takes emoji apart where terminals disagree about their width', () => {
    expect(toPrintable('👩‍💻')).toBe('👩💻')
    expect(toPrintable('❤️')).toBe('❤')
    expect(toPrintable('👍🏽')).toBe('👍')
    expect(toPrintable('🇩🇪')).toBe('DE')
  })
  test('lets no pile of marks climb into the neighbouring rows', () => {
    expect(toPrintable(`e${'\u0301'.repeat(50)}`)).toBe('e\u0301\u0301')
    expect(toPrintable('\u0301x')).toBe('\u25cc\u0301x')
  })
  test('is bounded', () => {
    expect(toPrintable('\x1b'.repeat(1_000_000)).length).toBeLessThanOrEqual(4_000)
  })
  test('holds nothing invisible, for any text', () => {
    fc.assert(fc.property(anyText, (text) => !INVISIBLE.test(toPrintable(text))))
  })
  test('does not change when cleaned again', () => {
    fc.assert(fc.property(anyText, (text) => toPrintable(toPrintable(text)) === toPrintable(text)))
  })
})

describe('fitted text', () => {
  test('is cut with an ellipsis and filled on the side asked for', () => {
    expect(fitText('reports-1', 6)).toBe('repor…')
    expect(fitText('abc', 6)).toBe('abc   ')
    expect(fitText('abc', 6, 'right')).toBe('   abc')
  })
  test('never splits a wide character', () => {
    expect(fitText('監査サ', 4)).toBe('監… ')
  })
  test('has exactly the width asked for, for any text', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1, max: 40 }), (text, width) => {
        expect(stringWidth(fitText(toPrintable(text), width))).toBe(width)
      }),
    )
  })
  test('in ASCII has the same width and no other character', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const clean = toPrintable(text)
        expect(toAscii(clean)).toMatch(/^[\x20-\x7e]*$/)
        expect(toAscii(clean).length).toBe(textWidth(clean))
      }),
    )
  })
  test('that fits is left alone', () => {
    expect(cutText('abc', 3)).toBe('abc')
    expect(cutText('abc', 0)).toBe('')
  })
})

describe('wrapped text', () => {
  test('breaks at blanks, and through words that are too long', () => {
    expect(wrapText('the token was issued', 10)).toEqual(['the token', 'was issued'])
    expect(wrapText('abcdefghij kl', 4)).toEqual(['abcd', 'efgh', 'ij', 'kl'])
    expect(wrapText('', 4)).toEqual([''])
  })
  test('has no row wider than asked for, and ends, for any text', () => {
    fc.assert(
      // Some clusters are wider than two columns and cannot be cut.
      fc.property(anyText, fc.integer({ min: 8, max: 30 }), (text, width) => {
        for (const row of wrapText(toPrintable(text), width)) expect(stringWidth(row)).toBeLessThanOrEqual(width)
      }),
    )
  })
})

test('what is measured by counting is as wide as it is measured properly, and is left as it is', () => {
  const blocks = [
    [0x20, 0x24f],
    [0x2010, 0x203f],
    [0x2190, 0x2193],
    [0x2212, 0x2212],
    [0x2500, 0x25ff],
  ] as const
  const chars = blocks.flatMap(([from, to]) =>
    Array.from({ length: to - from + 1 }, (_, i) => String.fromCodePoint(from + i)),
  )
  for (const char of chars) {
    // What is counted is left alone by toPrintable; the rest goes the long way and is not looked at here.
    if (toPrintable(char) !== char) continue
    expect(textWidth(char), `U+${char.codePointAt(0)!.toString(16)}`).toBe(stringWidth(char))
    expect(char).not.toMatch(/[\p{Cc}\p{Cf}]/u)
  }
})
