import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mayHoldNames, NAMED } from '../../../src/redact/triggers.ts'

const names = fc.constantFrom(
  'token',
  'token_value',
  'TokenHint',
  'secret',
  'secret-access-key',
  'passwd',
  'password_confirmation',
  'passphrase',
  'passcode',
  'pwd',
  'Authorization',
  'cookie',
  'Cookies',
  'apiKey',
  'access_key',
  'privatekey',
  'code_verifier',
  'assertion',
  'SAMLResponse',
  'samlart',
  'session',
  'session_state',
  'JSESSIONID',
  'PHPSESSID',
  'credentials',
  'userCode',
  'oauthState',
  'X-Amz-Signature',
  'code',
  'state',
  'nonce',
  'sid',
  'otp',
  'totp',
  'jwt',
  'bearer',
  'sub',
  'jti',
  'sig',
  'pass',
)
const before = fc.constantFrom('', ' ', '"', '_', 'x', '%3F', '%26', '\\n', '\\u0026', '-', '.', '9')
const after = fc.constantFrom(
  '=',
  ':',
  '"',
  "'",
  '`',
  '>',
  '%3D',
  '&quot;',
  '\\"',
  ']',
  ' =',
  '\t:',
  '    =',
  ' 8xLOxBtZp8dkGxZxkPqUsy',
  ' is not valid: "8xLOxBtZp8dkGxZxkPqUsy',
  ' ',
  's',
  '',
)

test('the gate lets through every text in which a name of a secret can be found', () => {
  fc.assert(
    fc.property(
      fc.string(),
      before,
      names,
      fc.boolean(),
      after,
      fc.string(),
      (head, left, name, upper, right, tail) => {
        const text = head + left + (upper ? name.toUpperCase() : name) + right + tail
        NAMED.lastIndex = 0
        if (NAMED.test(text)) expect(mayHoldNames(text)).toBe(true)
      },
    ),
    { numRuns: 3000 },
  )
})

test('the gate stops ordinary lines', () => {
  const lines = [
    '{"level":30,"time":1763712000123,"pid":12,"hostname":"orders-1","res":{"statusCode":200},"responseTime":12,"msg":"request completed"}',
    '10.1.2.3 - - [24/Nov/2026:03:31:12 +0000] "GET /api/v1/orders/17 HTTP/1.1" 200 17 "-" "Mozilla/5.0 (X11; Linux x86_64)"',
    'ts=2026-11-24T03:31:12Z level=info msg="listening" addr=:8080',
  ]
  expect(lines.filter(mayHoldNames)).toEqual([])
})
