import { describe, expect, test } from 'vitest'
import { withoutForeign } from '../../../src/signatures/foreign-nouns.ts'

describe('nouns of other trades', () => {
  test.each([
    ['CSRF token expired', ' expired'],
    ['ContinuationToken expired, restarting the scan', ' expired, restarting the scan'],
    ['resume token expired; collection must be rescanned', ' expired; collection must be rescanned'],
    ['token bucket empty for key ip:10.0.0.5', ' empty for key ip:10.0.0.5'],
    ['PDF signature invalid', ' invalid'],
    ['license signature is invalid', ' is invalid'],
    ['X-Hub-Signature-256 does not match', ' does not match'],
    ['card issuer mismatch', ' mismatch'],
    ['ZooKeeper session expired', ' expired'],
    ['coupon code expired: BLACKFRIDAY', ' expired: BLACKFRIDAY'],
    ['TLS certificate expired yesterday', ' expired yesterday'],
    ['flag token-expired-banner is on', 'flag  is on'],
  ])('are blanked out: %s', (text, left) => {
    const own = withoutForeign(text)
    expect(own).toHaveLength(text.length)
    expect(own.replaceAll('~', '')).toBe(left)
  })

  test.each([
    'access token expired',
    'refresh token has expired',
    'device code expired',
    'token signature mismatch',
    'invalid signature',
    'unknown issuer https://id.example.com',
    'session expired for user 8812, please sign in again',
    'com.acme.TokenExpired: bearer token expired',
    'reason=id-token-expired',
    'certificate thumbprint does not match the token',
    'nonce mismatch',
  ])('leave ours alone: %s', (text) => {
    expect(withoutForeign(text)).toBe(text)
  })

  test('cost little on a hostile text', () => {
    for (const seed of ['a.', 'token ', 'a_', 'cert for ', 'session 0x', 'a-', '@1.', 'signature of a ']) {
      const text = seed.repeat(Math.ceil(65_536 / seed.length))
      expect(withoutForeign(text)).toHaveLength(text.length)
    }
  })
})
