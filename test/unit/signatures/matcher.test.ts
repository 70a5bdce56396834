import { describe, expect, test } from 'vitest'
import { Matcher } from '../../../src/signatures/matcher.ts'
import type { Signature } from '../../../src/signatures/signature.ts'

function signature(id: string, parts: Partial<Signature>): Signature {
  return {
    id,
    system: 'test',
    symptom: id,
    kind: 'validation',
    outcome: 'failure',
    cause: 'expiry',
    subcause: 'access_token',
    specificity: 70,
    confidence: 'certain',
    in: 'speech',
    contains: [],
    any: [],
    unless: [],
    flags: '',
    where: [],
    fields: {},
    ...parts,
  }
}

const bestMatch = (signatures: Signature[], speech: string, attributes = {}) =>
  [...new Matcher(signatures).matches({ speech, attributes })].at(0)
const best = (signatures: Signature[], speech: string, attributes = {}) =>
  bestMatch(signatures, speech, attributes)?.signature.id ?? null

describe('the matcher', () => {
  test('prefers the more specific of two that fit', () => {
    const both = [
      signature('loose', { contains: ['expired'], specificity: 30 }),
      signature('exact', { contains: ['jwt expired'] }),
    ]
    expect(best(both, 'Error: JWT expired')).toBe('exact')
    expect(best(both, 'the session expired')).toBe('loose')
  })

  test('wants all of `contains`, one of `any` and none of `unless`', () => {
    const s = [signature('s', { contains: ['token', 'rejected'], any: ['late', 'early'], unless: ['certificate'] })]
    expect(best(s, 'token rejected: late')).toBe('s')
    expect(best(s, 'token accepted: late')).toBeNull()
    expect(best(s, 'token rejected')).toBeNull()
    expect(best(s, 'certificate token rejected: late')).toBeNull()
  })

  test('finds a signature without text by an exact attribute value, numbers included', () => {
    const s = [signature('s', { where: [{ attribute: 'http.response.status_code', values: ['401'] }] })]
    expect(best(s, '', { 'http.response.status_code': 401 })).toBe('s')
    expect(best(s, '', { 'http.response.status_code': 200 })).toBeNull()
  })

  test('honours pattern and negated conditions', () => {
    const where = [
      { attribute: 'logger', pattern: '^com\\.' },
      { attribute: 'level', values: ['debug'], negate: true },
    ]
    const s = [signature('s', { contains: ['expired'], where })]
    expect(best(s, 'expired', { logger: 'com.acme' })).toBe('s')
    expect(best(s, 'expired', { logger: 'com.acme', level: 'debug' })).toBeNull()
    expect(best(s, 'expired', { logger: 'org.acme' })).toBeNull()
  })

  test('gives the named groups of the pattern, wherever in a long text the anchor stands', () => {
    const s = [signature('s', { contains: ['expired at'], pattern: 'expired at (?<exp__s>\\d+)' })]
    const match = bestMatch(s, `${'x'.repeat(40_000)} expired at 17 ${'y'.repeat(9_000)}`)
    expect(match?.groups).toEqual({ exp__s: '17' })
  })

  test('looks at the second place of an anchor when the first does not satisfy the pattern', () => {
    const s = [signature('s', { contains: ['expired'], pattern: 'expired: \\d+' })]
    expect(best(s, `expired ${'-'.repeat(8_000)} expired: 5`)).toBe('s')
  })

  test('matches text of another attribute when told to, and only there', () => {
    const s = [signature('s', { in: 'url.path', any: ['/token'] })]
    expect(best(s, '', { 'url.path': '/oauth2/token' })).toBe('s')
    expect(best(s, 'asked for /token', {})).toBeNull()
  })

  test('keeps positions right where lowering a character would lengthen the text', () => {
    const s = [signature('s', { contains: ['jwt expired'], pattern: 'jwt expired (?<got>\\w+)' })]
    expect(bestMatch(s, 'İİİİ jwt expired now')?.groups.got).toBe('now')
  })
})
