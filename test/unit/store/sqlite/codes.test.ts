import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Evidence } from '../../../../src/core/evidence.ts'
import { cleanText } from '../../../../src/store/clean-text.ts'
import { decodeKey, encodeKey } from '../../../../src/store/sqlite/key-code.ts'
import { decodeNumbers, encodeNumbers } from '../../../../src/store/sqlite/number-code.ts'
import { joinVars, toPhrase, VarReader } from '../../../../src/store/sqlite/phrase.ts'

const clean = fc.string({ unit: 'binary' }).map((text) => cleanText(text, 500))
const hex = (length: number) => fc.stringMatching(new RegExp(`^[0-9a-f]{${length}}$`))

describe('phrases', () => {
  it('give every text back, also two read one after the other', () => {
    fc.assert(
      fc.property(fc.array(clean, { minLength: 1 }), fc.array(clean, { minLength: 1 }), (a, b) => {
        const [one, two] = [toPhrase(a), toPhrase(b)]
        const reader = new VarReader(joinVars(one.vars, two.vars))
        expect([reader.fill(one.template), reader.fill(two.template)]).toEqual([a, b])
      }),
    )
  })

  it('are the same for messages that differ in numbers, ids and addresses only', () => {
    const templates = [
      'expired 312 s before 2026-11-15T22:58:00Z for user 3fa9c1 at 10.0.0.7:443',
      'expired 7 s before 2026-11-16T01:02:03.004+01:00 for user b7 at 2001:db8::7',
    ].map((text) => toPhrase([text]).template)
    expect(templates[0]).toBe(templates[1])
  })
})

describe('keys', () => {
  it('come back as they were', () => {
    const key = fc.oneof(
      clean,
      hex(16),
      hex(32),
      fc.uuid(),
      hex(16).map((digits) => `jwt:${digits}`),
    )
    fc.assert(
      fc.property(key, (text) => {
        expect(decodeKey(encodeKey(text))).toBe(cleanText(text, 200) || undefined)
      }),
    )
  })

  it.each([
    ['jwt:3fa9c1d2e4b5a697', 12],
    ['4bf92f3577b34da6a3ce929d0e0e4736', 17],
    ['0b6e4b3e-9a57-4d1c-8f66-0f8a2c7d1e55', 17],
  ])('take few bytes where their spelling allows it: %s', (key, bytes) => {
    expect(encodeKey(key)).toHaveLength(bytes)
  })

  it('tell spellings apart that differ in case only', () => {
    expect(encodeKey('4BF92F3577B34DA6')).not.toEqual(encodeKey('4bf92f3577b34da6'))
  })
})

describe('evidence numbers', () => {
  const ms = fc.option(fc.integer({ min: -(2 ** 45), max: 2 ** 45 }), { nil: undefined })
  const evidence = fc
    .record({ exp_ms: ms, nbf_ms: ms, iat_ms: ms, validator_ms: ms, delta_ms: ms, leeway_ms: ms })
    .map((all) => Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as Evidence)

  it('come back as they were', () => {
    fc.assert(
      fc.property(evidence, fc.integer({ min: 0, max: 2 ** 42 }), (numbers, time_ms) => {
        expect(decodeNumbers(encodeNumbers(numbers, time_ms), time_ms)).toEqual(numbers)
      }),
    )
  })

  it('leave out what is no number', () => {
    expect(encodeNumbers({ exp_ms: Number.NaN, delta_ms: Infinity }, 0)).toBeNull()
  })

  it('take a few bytes: two instants near the incident', () => {
    expect(encodeNumbers({ exp_ms: 1_763_000_000_000, iat_ms: 1_762_999_700_000 }, 1_763_000_012_345)).toHaveLength(7)
  })
})
