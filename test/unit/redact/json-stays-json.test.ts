import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Redactor } from '../../../src/redact/redactor.ts'
import { BEARER_TOKENS, PASSPHRASES } from './secrets.ts'

const redactor = new Redactor(new Uint8Array(32).fill(7))

const names = fc.constantFrom(
  'access_token',
  'token',
  'password',
  'authorization',
  'cookie',
  'cookies',
  'set-cookie',
  'code',
  'state',
  'otp',
  'sub',
  'session',
  'msg',
  'url',
  'body',
  'd',
  'kty',
  'value',
  'name',
)
const texts = fc.oneof(
  BEARER_TOKENS.jwt!,
  BEARER_TOKENS['opaque base64']!,
  ...Object.values(PASSPHRASES),
  BEARER_TOKENS.jwt!.map((token) => `Bearer ${token}`),
  BEARER_TOKENS['opaque hex']!.map((token) => `a=${token}; b="${token}"; Path=/`),
  BEARER_TOKENS['opaque hex']!.map((token) => `/cb?code=${token}&state=${token}`),
  BEARER_TOKENS.jwt!.map((token) =>
    JSON.stringify({ access_token: token, nested: JSON.stringify({ password: `"${token}\\` }) }),
  ),
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('token="', "password='", 'Bearer \\"', '%22', '\\', '"', '{"password":"', 'code=', '://a:b"@c'),
)

describe('JSON', () => {
  const value = fc.letrec<{ node: unknown }>((tie) => ({
    node: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      texts,
      fc.integer(),
      fc.double({ noDefaultInfinity: true, noNaN: true }),
      fc.constantFrom(true, false, null),
      fc.array(tie('node'), { maxLength: 4 }),
      fc.dictionary(names, tie('node'), { maxKeys: 5 }),
    ),
  })).node

  test('stays JSON with the same names, whatever secrets stand in it', () => {
    fc.assert(
      fc.property(fc.dictionary(names, value, { maxKeys: 6 }), fc.constantFrom(undefined, 1), (document, indent) => {
        const redacted = redactor.redact(JSON.stringify(document, null, indent)).text
        expect(shape(JSON.parse(redacted))).toEqual(shape(JSON.parse(JSON.stringify(document))))
      }),
      { numRuns: 400 },
    )
  })

  test('in a JSON string stays JSON', () => {
    fc.assert(
      fc.property(fc.dictionary(names, value, { maxKeys: 6 }), (document) => {
        // A loose apostrophe may open a value that another one in the next string of the inner document closes. A secret with quotes in
        // it cannot be told from that, and taking too much is better than too little.
        fc.pre(!JSON.stringify(document).includes("password='"))
        const outer = JSON.parse(redactor.redact(JSON.stringify({ log: JSON.stringify(document) })).text) as {
          log: string
        }
        expect(shape(JSON.parse(outer.log))).toEqual(shape(JSON.parse(JSON.stringify(document))))
      }),
      { numRuns: 200 },
    )
  })

  test('keeps a number as a string where the number was the secret', () => {
    expect(JSON.parse(redactor.redact('{"otp":123456,"level":30}').text)).toEqual({
      otp: expect.stringMatching(/^code:[0-9a-f]{16}$/),
      level: 30,
    })
  })
})

/** Names and nesting; leaves count as equal, except that structure must not turn into text or back. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shape)
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, shape(v)]))
  return 'leaf'
}
