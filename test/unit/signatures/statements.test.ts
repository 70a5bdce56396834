import { describe, expect, test } from 'vitest'
import { statementsOf } from '../../../src/signatures/statements.ts'

describe('statements', () => {
  test.each([
    [
      'Python',
      'token rejected\nTraceback (most recent call last):\n  File "/app/jwt.py", line 7, in check\n    raise InvalidIssuerError("Invalid issuer")\n    ~~~~~^^^^\nauthlib.jose.errors.BadSignatureError: bad_signature:',
      'token rejected\nTraceback (most recent call last):\nauthlib.jose.errors.BadSignatureError: bad_signature:',
    ],
    [
      'Java',
      'boom\n\tat com.acme.Issuer.check(Issuer.java:7)\nCaused by: x.JwtException: expired\n\t... 12 more',
      'boom\nCaused by: x.JwtException: expired',
    ],
    ['Node', 'TokenExpiredError: jwt expired\n    at verify (/app/issuer.js:1:2)', 'TokenExpiredError: jwt expired'],
    ['Ruby', "Signature has expired\n/app/issuer.rb:7:in `decode'", 'Signature has expired'],
  ])('leave out the frames of a %s trace', (_, speech, expected) => {
    expect(statementsOf(speech)).toBe(expected)
  })

  test('are the speech itself where there is no trace', () => {
    expect(statementsOf('token expired at noon')).toBe('token expired at noon')
  })
})
