import { describe, expect, test } from 'vitest'
import { isHearsay } from '../../../src/signatures/hearsay.ts'

describe('text that talks about failures', () => {
  test.each([
    "throw new UnauthorizedException('Token has expired');",
    'raise InvalidTokenError("Invalid audience")',
    "if (err.name === 'TokenExpiredError') return res.status(401).end()",
    'except jwt.ExpiredSignatureError:',
    '// returns 401 when the token signature is invalid',
    '✓ rejects an expired token (12 ms)',
    'LOG:  execute <unnamed>: SELECT id, token FROM sessions WHERE expired',
    '<h1>401 Unauthorized</h1><p>Invalid token</p>',
    '  --ignore-expired    do not reject expired tokens',
    'error_messages.token_expired = "Your token has expired"',
    'fix(auth): say that the token is malformed',
    '0 tokens expired, 0 revoked',
    'token expired; refreshing ... done',
    'Token expired, fetched a new one from https://auth.example.com/token',
  ])('is no report of one: %s', (line) => {
    expect(isHearsay(line)).toBe(true)
  })

  test.each([
    'token expired',
    'JsonWebTokenError: jwt malformed',
    '* lookup failed: [invalid bearer token, foo]',
    'token expired, refresh failed: connection refused',
    'refreshing token failed: invalid_grant',
    'Traceback (most recent call last):\n    raise ExpiredSignatureError("Signature has expired")',
    'class org.example.Guard: token rejected, it is expired',
    'case 17: unauthorized',
    'private key does not match the token',
    'error="invalid_token", error_description="The access token expired"',
  ])('differs from a report: %s', (line) => {
    expect(isHearsay(line)).toBe(false)
  })

  test('costs little on a hostile line', () => {
    for (const seed of ['SELECT ', 'a=', 'refresh ', ', refreshing ', '-x  ', 'if (', '"'])
      expect(isHearsay(seed.repeat(20_000))).toBeTypeOf('boolean')
  })
})
