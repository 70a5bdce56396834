import { describe, expect, test } from 'vitest'
import { lookUpCode } from '../../../src/app/look-up-code.ts'
import { loadPacks, PACKS_FOLDER } from '../../../src/signatures/load.ts'

const { signatures } = await loadPacks([PACKS_FOLDER])
const first = (code: string) => {
  const verdict = lookUpCode(code, signatures)?.verdicts[0]
  return verdict === undefined ? null : `${verdict.cause}/${verdict.subcause}`
}

describe('a bare code', () => {
  test.each([
    ['AADSTS700082', 'expiry/refresh_token'],
    ['AADSTS50173', 'revocation/token_revoked'],
    ['IDX10223', 'expiry/access_token'],
    ['IDX10214', 'misconfiguration/audience_mismatch'],
    ['ERR_JWT_EXPIRED', 'expiry/access_token'],
    ['insufficient_scope', 'misuse/insufficient_scope'],
    ['FAST_JWT_EXPIRED', 'expiry/access_token'],
    ['SRJWT07021', 'misconfiguration/key_not_found'],
    ['refresh_token_already_used', 'revocation/refresh_reused'],
    ['stale_jwks', 'misconfiguration/stale_jwks'],
    ['skew/not_yet_valid', 'skew/not_yet_valid'],
    ['ExpiredJwtException', 'expiry/access_token'],
    ['ImmatureSignatureError', 'skew/not_yet_valid'],
    ['E0000047', 'outage/rate_limited'],
    ['OIDCS-28ubl', 'revocation/refresh_reused'],
    ['JWTSessionError', 'malformed/decryption'],
    // Named beside what the signature is found by.
    ['MismatchingRedirectURIError', 'misconfiguration/redirect_uri'],
    ['AlbJwtInvalidSignerError', 'misconfiguration/issuer_mismatch'],
    ['invalid_provision_key', 'misconfiguration/client_credentials'],
    ['PREAUTH_FAILED', 'misconfiguration/client_credentials'],
  ])('%s means %s before anything else', (code, meaning) => {
    expect(first(code)).toBe(meaning)
  })

  test('that leaves the reason open names the reasons it may have, and not that it has none', () => {
    const verdicts = lookUpCode('invalid_grant', signatures)!.verdicts
    expect(verdicts.length).toBeGreaterThan(3)
    expect(verdicts[0]!.cause).not.toBe('unknown')
  })

  test('of a standard names the standard first', () => {
    expect(lookUpCode('invalid_grant', signatures)!.signatures[0]!.system).toBe('oauth2')
    expect(lookUpCode('insufficient_scope', signatures)!.signatures[0]!.system).toBe('oauth2')
  })

  test('that nobody writes is not known', () => {
    expect(lookUpCode('AADSTS000000000', signatures)).toBeNull()
    expect(lookUpCode('two words', signatures)).toBeNull()
  })
})
