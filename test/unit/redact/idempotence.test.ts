import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SECRET_KINDS } from '../../../src/core/secret-kind.ts'
import { Redactor } from '../../../src/redact/redactor.ts'

const redactor = new Redactor(new Uint8Array(32).fill(7))

/** Text made of what contexts react to, so that they meet in every order. */
const fragments = fc.constantFrom(
  'Authorization',
  'authorization',
  'Bearer',
  'Basic',
  'Digest',
  'DPoP',
  'Cookie',
  'Set-Cookie',
  'token',
  'access_token',
  'code',
  'state',
  'password',
  'secret',
  'client_secret',
  'sub',
  'jti',
  'sid',
  'otp',
  'cookies',
  'api_key',
  'SAMLResponse',
  '<password',
  '</password>',
  '--password ',
  'kty',
  'jwt',
  'session',
  '=',
  ':',
  ': ',
  '=>',
  ' ',
  '  ',
  '"',
  "'",
  '\\"',
  '\\\\\\"',
  '%22',
  '%3D',
  '%26',
  '%253D',
  '&',
  '&quot;',
  '?',
  ';',
  '; ',
  ',',
  ', ',
  '[',
  ']',
  '{',
  '}',
  '(',
  ')',
  '<',
  '>',
  '\n',
  '.',
  '/',
  '@',
  '://',
  '\\',
  '\\u0026',
  '\\u0022',
  '+',
  '…',
  '*',
  'eyJhbGciOiJSUzI1NiJ9',
  'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.',
  'c2lnbmF0dXJlMTIz',
  'ghp_0123456789abcdefghijklmnopqrstuvwxyz',
  'AKIAIOSFODNN7EXAMPLE',
  'dXNlcjpwYXNz',
  '8xLOxBtZp8-dkGxZxkPqUsyA0sQn',
  '8f14e45f-ceea-467f-9c3d-1a2b4c6d8e0f',
  'invalid',
  'expired',
  'hunter2',
  '401',
  '123456',
  'null',
  '[FILTERED]',
  'Path',
  'Expires',
  'user',
  'https',
  '-----BEGIN PRIVATE KEY-----',
  '-----END PRIVATE KEY-----',
  'redirect_uri=',
  "b'",
  'Some(',
  'value',
  'name',
  ...SECRET_KINDS.map((kind) => `${kind}:0123456789abcdef`),
)

test('a secret behind a user flag is one secret, the second time too', () => {
  const once = redactor.redact('curl --user ghp_0123456789abcdefghijklmnopqrstuvwxyz https://x').text
  expect(once).toMatch(/^curl --user apikey:[0-9a-f]{16} https:/)
  expect(redactor.redact(once).text).toBe(once)
})

test.each([
  'cookie:0123456789abcdef=>Authorizationcode:0123456789abcdef',
  `${redactor.fingerprint('cookie', 'x')}=>Authorization${redactor.fingerprint('code', 'y')}`,
  '-----END PRIVATE KEY-------password Authorization',
  '-----END PRIVATE KEY-----%3Dtoken jtiAuthorization-----BEGIN PRIVATE KEY-----kty%22+[(',
  'c2lnbmF0dXJlMTIzdigest:0123456789abcdefCookie→token 8f14e45f-ceea-467f-9c3d-1a2b4c6d8e0fsecret:0123456789abcdefCookie',
  'password","name":"token"jti:0123456789abcdefjwt","name":"token"jwt:0123456789abcdef{"value":"hunter2→\\',
  'cookie:0123456789abcdefeyJhbGciOiJSUzI1NiJ9</password>saml:0123456789abcdefeyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.',
])('redacting twice is redacting once: %s', (mixture) => {
  const once = redactor.redact(mixture).text
  expect(redactor.redact(once).text).toBe(once)
})

test('redacting twice is redacting once, for any mixture of what the redactor reacts to', () => {
  fc.assert(
    fc.property(fc.array(fragments, { minLength: 1, maxLength: 24 }), (parts) => {
      const once = redactor.redact(parts.join('')).text
      expect(redactor.redact(once).text).toBe(once)
    }),
    { numRuns: 3000, seed: 20261124 },
  )
})

test('redacting twice is redacting once, for any text at all', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary-ascii', maxLength: 200 }),
      fc.string({ unit: 'grapheme' }),
      (ascii, other) => {
        const once = redactor.redact(ascii + other).text
        expect(redactor.redact(once).text).toBe(once)
      },
    ),
    { numRuns: 1000, seed: 20261116 },
  )
})
