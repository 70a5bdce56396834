import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { withoutForeign } from '../../../../src/signatures/foreign-nouns.ts'
import { withoutThings } from '../../../../src/signatures/own-things.ts'
import { FAULT_NAMES } from '../../../../src/signatures/sense/fault.ts'
import { NOUN_NAMES, NOUNS, SPEAKING_OF_IT } from '../../../../src/signatures/sense/lexicon.ts'
import { senseOf } from '../../../../src/signatures/sense/read-sense.ts'
import { wordsOfNouns } from '../../../../src/signatures/sense/words-of-sense.ts'
import { spokenWords } from '../../../../src/signatures/spoken-words.ts'

const senses = (text: string, calm = false) =>
  senseOf(withoutThings(withoutForeign(spokenWords(text))), calm).map(({ of, is }) => `${of} ${is}`)

describe('the sense of a text', () => {
  test.each([
    ['could not verify the signature of this token', 'signature un-verify'],
    ['token signature verification failed', 'signature un-verify'],
    ['verification of the jwt failed', 'token un-verify'],
    ['RefreshTokenExpiredError', 'refresh_token expired'],
    ['ERR_ID_TOKEN_EXPIRED', 'id_token expired'],
    ['room token is past its lifetime', 'token expired'],
    ['session token must not be used before 10:20', 'token not_yet'],
    ['the iat claim lies in the future', 'iat in_future'],
    ['jwt: invalid audience', 'audience bad'],
    ['token audience expected orders but got billing', 'audience mismatch'],
    ['issuer of the token is not trusted', 'issuer untrusted'],
    ['no matching key for kid 7', 'key unknown'],
    ['unable to determine the signing key', 'key un-find'],
    ['API key is missing from request', 'api_key absent'],
    ['Token is not found in header or query parameters', 'token absent'],
    ['cannot decode jwt payload', 'claim un-parse'],
    ['failed to fetch the jwks', 'jwks un-fetch'],
    ['identity provider is offline', 'provider unreachable'],
    ['failed to login user', 'login un-authenticate'],
    ['could not authenticate client', 'login un-authenticate'],
    ['id token not signed', 'id_token unsigned'],
    ['minted participant token for ann', 'token done-issue'],
    ['get access token success', 'token done-fetch'],
    ['organisation 17 authenticated', 'login done-authenticate'],
    ['an error occurred while decoding and validating the token', 'token un-parse'],
    ['token request failed', 'token un-fetch'],
    ['token handshake failed', 'token failed'],
    ['web identity token cannot be empty', 'id_token absent'],
    ['invalid tenant in access token', 'part bad'],
    ['no email field in id token', 'part absent'],
    ['unexpected response status from token endpoint', 'provider mismatch'],
    ['access token must not be used after 10:20', 'token expired'],
    ['unable to fetch token: deadline has elapsed', 'token unreachable'],
    ['invalid role in claims', 'part bad'],
    ['invalid basic auth credential format', 'credential malformed'],
    ['no password or token provided', 'token absent'],
    ['OpenID Connect login failed', 'login failed'],
    ['OpenID provider metadata does not contain a token endpoint', 'provider absent'],
    ['relay state value included with the saml response is not valid', 'state bad'],
    ['refused token with alg=none', 'algorithm absent'],
    ['got a refresh token where an access token is expected', 'token mismatch'],
    ['you must specify an access token', 'token absent'],
  ])('%s: %s', (text, sense) => {
    expect(senses(text)).toContain(sense)
  })

  test.each([
    'token has not been revoked',
    'the token is not expired',
    'no authentication required for /healthz',
    'check whether the token has expired',
    'redirects if the session token is invalid',
    'not requesting a token, one is cached',
    'Deleted token for user 7',
    'revoked all sessions of ann',
    'TLS certificate expired, token service not restarted',
    'invalid syntax near token FROM',
    'missing cache key for user session page',
    'registered authenticated routes',
    'Creating service reports without an access token',
    'Updated the security context to contain null authentication',
    'token validation: no span context set',
    'empty response content when reading the access token',
    'signing key is required when signing is enabled',
    'not allowed to remove the access token of ann',
    'OAuth error response should name its type',
    'error in authenticator.post_spawn_stop',
    'no credential store enabled for access tokens',
    'exception thrown checking credentials',
    'invalid character in token',
    'missing default credentials',
    'Max token expiration exceeded',
    'error in access token service: record not found',
    'access token is set but encryption is disabled',
    'error finding namespace with access token',
    'SSH: publickey authentication denied',
    'SSL/TLS client authentication attempt failed',
    'ActivityManager: Bad activity token',
    'proto: wrong wireType = 7 for the lock: token mismatch',
  ])('is none in: %s', (text) => {
    expect(senses(text)).toEqual([])
  })

  test('is of a calm record only what is no daily business, unless it speaks of a refusal', () => {
    expect(senses('deploy token 17 was revoked', true)).toEqual([])
    expect(senses('access denied, deploy token 17 was revoked', true)).toContain('token revoked')
    expect(senses('deploy token 17 was revoked')).toContain('token revoked')
    expect(senses('jwt signature mismatch', true)).toContain('signature mismatch')
    expect(senses('Implicitly invalidated session for access token 7', true)).toEqual([])
  })

  test('is read in time linear in the text, whatever stands in it', () => {
    const words = [
      ...SPEAKING_OF_IT,
      'not',
      'no',
      'failed',
      'of',
      'in',
      'the',
      ':',
      ',',
      'expired',
      'verify',
      'invalid',
    ]
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...words), { minLength: 0, maxLength: 4000 }), (list) => {
        // Of each word at most two senses come.
        expect(senseOf(list.join(' ')).length).toBeLessThanOrEqual(2 * list.length)
      }),
      { numRuns: 50 },
    )
  })
})

describe('the lexicon', () => {
  test('has words to find every noun by', () => {
    for (const noun of NOUN_NAMES) expect(wordsOfNouns([noun]).length, noun).toBeGreaterThan(0)
    expect(Object.keys(NOUNS)).toEqual(NOUN_NAMES)
    expect(new Set(FAULT_NAMES).size).toBe(FAULT_NAMES.length)
  })
})
