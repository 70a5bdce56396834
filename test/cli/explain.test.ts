import { describe, expect, test } from 'vitest'
import { CAUSES } from '../../src/core/cause.ts'
import { authtop, scratch } from './authtop.ts'

const home = scratch()
const explain = async (...args: string[]) => {
  const { stdout, code, stderr } = await authtop(home, ['explain', ...args])
  expect(stderr).toBe('')
  expect(code).toBe(0)
  return stdout
}
const jwt = (claims: object, header: object = { alg: 'RS256', kid: 'k1' }) =>
  [header, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.')
    .concat('.c2lnbmF0dXJl')

describe('explain', () => {
  test('shows the seven steps of a log line, the cause and the remedy', async () => {
    const text = await explain('2026-11-16T09:12:01.123Z warn: authentication failed: jwt expired')
    for (const step of ['read', 'redact', 'decode', 'recognise', 'append', 'attribute', 'present'])
      expect(text).toMatch(new RegExp(`^${step} `, 'm'))
    expect(text).toContain('jsonwebtoken/expired')
    expect(text).toContain('Expired access token')
    expect(text).toContain('https://www.rfc-editor.org/')
  })

  test.each([
    ['IDX10223', 'expiry'],
    ['invalid_grant', 'unknown'],
    ['stale_jwks', 'misconfiguration'],
    ['ERR_JWKS_NO_MATCHING_KEY', 'misconfiguration'],
  ])('looks up the code %s', async (code, cause) => {
    const answer = JSON.parse(await explain(code, '--json')) as { verdicts: { cause: string }[] }
    expect(answer.verdicts.map((v) => v.cause)).toContain(cause)
  })

  test('reads an HTTP response as one record', async () => {
    const response =
      'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer error="invalid_token", error_description="The access token was revoked"\r\n\r\n{"error":"invalid_token"}'
    expect(JSON.parse(await explain('--json', response))).toMatchObject([
      { cause: 'revocation', subcause: 'token_revoked' },
    ])
  })

  test('decodes a JWT and judges it as of a given time, without its subject or signature', async () => {
    const token = jwt({ iss: 'https://a.example', sub: 'alice', aud: 'orders', iat: 1794820000, exp: 1794820300 })
    const text = await explain(token, '--at', '2026-11-16T09:12:01Z')
    expect(text).toContain('A validator would refuse it:\n  · expired')
    expect(text).toContain('lifetime    5 min')
    expect(text).not.toContain('alice')
    expect(text).not.toContain('c2lnbmF0dXJl')
    expect(await explain(token, '--at', '2026-11-16T09:08:00Z')).toContain('Nothing in it speaks against it')
    expect(await explain(token, '--at', '2026-11-16T09:00:00Z')).toContain('issued in the future')
  })

  // The article "how to fix an invalid token": its six causes, and the six steps that mend them.
  test.each([
    ['expired, refresh', 'TokenExpiredError: jwt expired', 'expiry', /Refresh \(RFC 6749|re-authenticate/],
    ['format and signature', 'JsonWebTokenError: invalid signature', 'malformed', /signature|key/i],
    ['clocks out of step', 'NotBeforeError: jwt not active', 'skew', /chronyc|NTP|Synchronise/],
    [
      'set up differently',
      'JsonWebTokenError: jwt audience invalid. expected: orders',
      'misconfiguration',
      /audience|aud/,
    ],
    ['revoked', 'UnauthorizedError: The token has been revoked.', 'revocation', /RFC 7009|revo/],
    ['scope missing', 'InsufficientScopeError: Insufficient Scope', 'misuse', /scope/],
  ])('reaches cause and step: %s', async (_, message, cause, step) => {
    expect(JSON.parse(await explain('--json', message))).toMatchObject([
      {
        cause,
        remedy: { fix: expect.stringMatching(step) },
        // The last step, the provider's own documentation.
        sources: [expect.stringMatching(/^https:/)],
      },
    ])
  })

  test('a code that many say names the standard and its page, and the likeliest meanings only', async () => {
    const text = await explain('invalid_grant')
    expect(text).toMatch(/^invalid_grant is said by\n {2}oauth2: /)
    expect(text).toContain('8. ')
    expect(text).not.toContain('9. ')
    expect(text).toContain('Where it is documented: https://')
  })

  test('--list names every cause', async () => {
    const text = await explain('--list')
    for (const [cause, subcauses] of Object.entries(CAUSES))
      for (const subcause of subcauses) expect(text).toContain(`${cause}/${subcause}`)
  })

  test('an ordinary line is no auth event', async () => {
    expect(await explain('order 17 shipped')).toContain('no auth event')
  })
})
