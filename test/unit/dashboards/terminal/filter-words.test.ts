import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  completions,
  filterWord,
  holdsWords,
  parseFilter,
  withoutLastWord,
} from '../../../../dashboards/terminal/filter-words.ts'
import { INCIDENTS, NAMELESS } from '../../../golden/terminal/fleet-model.ts'

/** Lone surrogates included. fast-check's own `binary` strings take seconds to set up. */
const anyText = (maxLength: number) =>
  fc.array(fc.nat(0x10ffff), { maxLength }).map((codes) => String.fromCodePoint(...codes))

describe('a filter', () => {
  test('takes the words of the command line', () => {
    expect(parseFilter('cause:skew host:reports-1,orders-1 client:batch-3 !service:web timeout')).toEqual({
      filter: {
        include: { cause: ['skew'], host: ['reports-1', 'orders-1'], client_id: ['batch-3'] },
        exclude: { service: ['web'] },
      },
      words: ['timeout'],
      hint: null,
    })
  })
  test('takes a bare cause, subcause or step for what it names', () => {
    expect(parseFilter('skew !stale_jwks refresh').filter).toEqual({
      include: { cause: ['skew'], kind: ['refresh'] },
      exclude: { subcause: ['stale_jwks'] },
    })
  })
  test('keeps blanks and commas in quotes, and asks for the unstated with empty ones', () => {
    expect(parseFilter('client:"My App, v2" host:""').filter.include).toEqual({ client_id: ['My App, v2'], host: [''] })
  })
  test('keeps colons in values', () => {
    expect(parseFilter('issuer:https://id.example').filter.include).toEqual({ issuer: ['https://id.example'] })
  })
  test('lets free words be taken away too', () => {
    expect(parseFilter('!Timeout').words).toEqual(['!timeout'])
  })
  test.each([
    ['hosst:a', 'did you mean "host"'],
    ['cause:skwe', 'did you mean "skew"'],
    ['cause:', 'wants a value, as in cause:skew'],
    ['!', '"!" wants a word behind it'],
    ['zebra:x', 'no field "zebra"; fields: cause'],
    ['a '.repeat(33), 'at most 32 words'],
  ])('answers %s with a hint and no filter', (text, hint) => {
    const parsed = parseFilter(text)
    expect(parsed.hint).toContain(hint)
    expect(parsed.filter).toEqual({ include: {}, exclude: {} })
  })
  test('is found or refused for any text, never thrown at', () => {
    fc.assert(fc.property(anyText(100), (text) => parseFilter(text) !== undefined))
  })
  test('written from a value is read as that value', () => {
    fc.assert(
      fc.property(
        fc.string().filter((value) => !value.includes('"')),
        (value) => {
          expect(parseFilter(filterWord('host', value)).filter.include).toEqual({ host: [value] })
        },
      ),
    )
  })
  test('loses its last word as a whole', () => {
    expect(withoutLastWord('cause:skew client:"a b"')).toBe('cause:skew')
    expect(withoutLastWord('cause:skew')).toBe('')
  })
})

describe('completion', () => {
  test('offers fields, then closed values, then what is on the screen', () => {
    expect(completions('!ho', {})).toEqual(['!host:'])
    expect(completions('x cause:mis', {})).toEqual(['x cause:misconfiguration', 'x cause:misuse'])
    expect(completions('client:ba', { client_id: ['batch-1', 'web', 'bad name'] })).toEqual([
      'client:batch-1',
      'client:"bad name"',
    ])
    expect(completions('nothing:a', {})).toEqual([])
  })
})

describe('free words', () => {
  test('must all be held by the text of an incident, in any case of letters', () => {
    const [first] = INCIDENTS
    expect(holdsWords(first!, ['tokenexpirederror', 'batch-3'])).toBe(true)
    expect(holdsWords(first!, ['batch-3', 'zebra'])).toBe(false)
    expect(holdsWords(first!, ['!zebra'])).toBe(true)
    expect(holdsWords(NAMELESS, ['undefined'])).toBe(false)
  })
})
