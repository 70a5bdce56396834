import { describe, expect, test } from 'vitest'
import { parsePack } from '../../../src/signatures/parse-pack.ts'
import { spokenWords } from '../../../src/signatures/spoken-words.ts'

describe('spoken words', () => {
  test.each([
    ['TOKEN_EXPIRED', 'token expired'],
    ['TokenError::Expired', 'token error expired'],
    ['code=token.expired', 'code=token expired'],
    ['JWTExpiredException for JWTs of OAuth2 and OpenID', 'jwt expired exception for jwts of oauth2 and openid'],
    ['DPoP proof missing at the IdP', 'dpop proof missing at the idp'],
    ['grpc-message: token%20expired', 'grpc message: token expired'],
  ])('take identifiers apart: %s', (text, words) => {
    expect(spokenWords(text)).toBe(words)
  })

  test('end a statement before a name with its value, unless that gives the reason', () => {
    expect(spokenWords('credentials checked geo_location=None, zone=UTC')).toBe(
      'credentials checked | geo location=none, zone=utc',
    )
    expect(spokenWords('token refused reason=expired')).toBe('token refused reason=expired')
    expect(spokenWords('token refused auth_error=expired')).toBe('token refused auth error=expired')
  })

  test.each([
    'Compiling src/auth/token_expired.rs',
    'Rendered errors/token_expired.html.erb',
    'GET /search?q=jwt+expired',
    'missing translation for errors.token_expired',
    'loaded auth.token.expired.retry',
    'Downloading jwt-expired@1.2.0',
  ])('leave out names of things: %s', (text) => {
    expect(spokenWords(text)).not.toContain('expired')
  })
})

describe('a pack that looks for words', () => {
  const pack = (signature: string) =>
    parsePack(
      'x.yaml',
      `pack: x\ntitle: x\nsystem: x\nversions: any\nsource: x\nin: words\nwords: { token: '(?:token|jwt)', bad: '{{token}} (?:bad|wrong)' }\nsignatures:\n${signature}`,
    )

  test('spells its pieces out in patterns, one piece inside another too', () => {
    const { pack: parsed, problems } = pack(
      "  - { id: a, says: a, any: [token wrong], pattern: '{{bad}}', also: '{{token}}', cause: malformed, subcause: structure, examples: [token wrong] }",
    )
    expect(problems).toEqual([])
    expect(parsed!.signatures[0]).toMatchObject({ pattern: '(?:token|jwt) (?:bad|wrong)', also: '(?:token|jwt)' })
  })
})
