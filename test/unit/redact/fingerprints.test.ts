import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Fingerprinter, isFingerprint } from '../../../src/redact/fingerprint.ts'
import { Redactor } from '../../../src/redact/redactor.ts'
import { BARE_NOTATIONS, BEARER_NOTATIONS, LOOSE_NOTATIONS, SAFE_NOTATIONS } from './notations.ts'
import { BEARER_TOKENS, jwt, PASSPHRASES, SELF_EVIDENT_KINDS } from './secrets.ts'

const key = Uint8Array.from({ length: 32 }, (_, i) => i * 7)
const redactor = new Redactor(key)
const FINGERPRINT = /(?:jwt|jwe|paseto|opaque|apikey|password|secret|code):[0-9a-f]{16}/
const runs = { numRuns: 10 }

function fingerprintIn(written: string): string {
  return FINGERPRINT.exec(redactor.redact(written).text)?.[0] ?? `none in ${written}`
}

describe('a fingerprint', () => {
  test('is the first 56 bits of HMAC-SHA-256 over kind, zero byte and value, and a check', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 20_000 }),
        fc.constantFrom('opaque', 'sub', 'jti'),
        (value, kind) => {
          const hmac = createHmac('sha256', key).update(`${kind}\0${value}`).digest('hex').slice(0, 14)
          const fingerprint = new Fingerprinter(key).of(kind, value)
          expect(fingerprint.slice(0, -2)).toBe(`${kind}:${hmac}`)
          expect(isFingerprint(fingerprint)).toBe(true)
        },
      ),
    )
  })

  test('of a value longer than the scratch buffer is right, and so is the next one', () => {
    const fingerprinter = new Fingerprinter(key)
    for (const value of ['x'.repeat(100_000), 'short', 'y'.repeat(8186), 'z'.repeat(8187)]) {
      const hmac = createHmac('sha256', key).update(`opaque\0${value}`).digest('hex').slice(0, 14)
      expect(fingerprinter.of('opaque', value).slice(0, -2)).toBe(`opaque:${hmac}`)
    }
  })

  test('is told from a secret of sixteen hexadecimal digits that stands under its name', () => {
    for (const name of ['secret', 'password', 'code', 'jwt'] as const) {
      const secrets = Array.from({ length: 64 }, (_, i) =>
        createHmac('sha256', key).update(`${name}${i}`).digest('hex').slice(0, 16),
      )
      const left = secrets.filter((value) =>
        redactor.redact(`map[client_id:web ${name}:${value} x:1]`).text.includes(value),
      )
      expect(left.length, name).toBeLessThanOrEqual(1)
    }
  })

  test('depends on the key', () => {
    const other = new Redactor(new Uint8Array(32).fill(9))
    expect(other.fingerprint('sub', 'alice')).not.toBe(redactor.fingerprint('sub', 'alice'))
  })

  test('of a fingerprint is that fingerprint', () => {
    const once = redactor.fingerprint('sub', 'alice')
    expect(redactor.fingerprint('sub', once)).toBe(once)
    expect(redactor.fingerprint('jti', once)).not.toBe(once)
  })

  test('needs a key of 32 bytes', () => {
    expect(() => new Redactor(new Uint8Array(16))).toThrow(RangeError)
  })

  test('of a JWT is the same with and without its signature, and what fingerprint() says', () => {
    fc.assert(
      fc.property(jwt, (token) => {
        const whole = fingerprintIn(`Authorization: Bearer ${token}`)
        const unsigned = token.split('.').slice(0, 2).join('.')
        expect(fingerprintIn(`IDX10511: Signature validation failed. token: '${unsigned}'.`)).toBe(whole)
        expect(fingerprintIn(`Bearer ${token.slice(0, -12)}`)).toBe(whole)
        expect(redactor.fingerprint('jwt', token)).toBe(whole)
      }),
      runs,
    )
  })

  test('of a JWT differs when header or payload do', () => {
    fc.assert(
      fc.property(jwt, jwt, (a, b) => {
        fc.pre(a !== b)
        expect(fingerprintIn(a)).not.toBe(fingerprintIn(b))
      }),
      runs,
    )
  })
})

describe('one token has one fingerprint', () => {
  const names = ['access_token', 'refresh_token', 'id_token', 'session_token']
  for (const [kind, tokens] of Object.entries(BEARER_TOKENS)) {
    test(`${kind}: in every notation, under every token's name and behind every scheme`, () => {
      fc.assert(
        fc.property(tokens, fc.constantFrom(...names), (token, name) => {
          const expected = fingerprintIn(`{"access_token":"${token}"}`)
          const notations = { ...SAFE_NOTATIONS, ...BARE_NOTATIONS, ...BEARER_NOTATIONS }
          for (const [notation, write] of Object.entries(notations)) {
            expect(`${notation}: ${fingerprintIn(write(token, name))}`).toBe(`${notation}: ${expected}`)
          }
          if (!SELF_EVIDENT_KINDS.includes(kind)) return
          for (const [notation, write] of Object.entries(LOOSE_NOTATIONS)) {
            expect(`${notation}: ${fingerprintIn(write(token, name))}`).toBe(`${notation}: ${expected}`)
          }
        }),
        runs,
      )
    })
  }

  test('a refresh token in a refresh request, at the revocation endpoint and in a message', () => {
    const token = '8xLOxBtZp8-dkGxZxkPqUsyA0sQn'
    const expected = redactor.fingerprint('opaque', token)
    for (const text of [
      `grant_type=refresh_token&refresh_token=${token}&client_id=web`,
      `token=${token}&token_type_hint=refresh_token`,
      `{"refreshToken":"${token}"}`,
      `Invalid refresh token ${token}`,
    ]) {
      expect(redactor.redact(text).tokens.map((facts) => facts.fingerprint)).toEqual([expected])
    }
  })

  for (const [kind, secrets] of Object.entries(PASSPHRASES)) {
    test(`${kind}: in every notation that can hold it`, () => {
      fc.assert(
        fc.property(secrets, (secret) => {
          const expected = fingerprintIn(JSON.stringify({ password: secret }))
          for (const [notation, write] of Object.entries(SAFE_NOTATIONS)) {
            expect(`${notation}: ${fingerprintIn(write(secret, 'password'))}`).toBe(`${notation}: ${expected}`)
          }
        }),
        runs,
      )
    })
  }
})
