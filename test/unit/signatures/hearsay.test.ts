import { describe, expect, test } from 'vitest'
import { isHearsay, isTalk } from '../../../src/signatures/hearsay.ts'

describe('text that talks about failures', () => {
  test.each([
    "throw new UnauthorizedException('Token has expired');",
    'raise InvalidTokenError("Invalid audience")',
    "if (err.name === 'TokenExpiredError') return res.status(401).end()",
    'except jwt.ExpiredSignatureError:',
    'from jwt import ExpiredSignatureError, InvalidIssuerError',
    'rescue JWT::InvalidIatError, JWT::ExpiredSignature => e',
    'raise JWT::ExpiredSignature, "Signature has expired" if expired?',
    'class JWT::ExpiredSignature < JWT::DecodeError; end',
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
    'request completed',
    'Request Completed',
    'private key does not match the token',
    'error="invalid_token", error_description="The access token expired"',
  ])('differs from a report: %s', (line) => {
    expect(isHearsay(line)).toBe(false)
  })

  test.each([
    ' * @throws JwtException if the signature verification failed',
    '/// Thrown if the token has expired.',
    'console.error("Token verification failed because the token has expired.")',
    'it "rejects a revoked refresh token" do',
    't.Run("missing token", func(t *testing.T) {',
    'readonly EXPIRED_TOKEN: "expired-token";',
    '| 401 | invalid_token | The access token expired |',
    '## The device flow fails with `token expired`',
    'If the access token is expired, the client asks for a new one.',
    'Returns if the token is expired',
    '- [#1370] Fix the answer for revoked tokens',
    'Parameters: {"q"=>"jwt expired"}',
    'translated "Token has expired" to German',
    'loaded 412 error messages, e.g. "jwt malformed"',
    'hourly summary: 3 expired tokens, 91202 validations',
    'counters flushed: token_expired=0 invalid_signature=0 ok=812',
    'recovered from expired token by asking for another',
    'simulating failure mode "token expired"',
  ])('is none either: %s', (line) => {
    expect(isHearsay(line)).toBe(true)
  })

  test.each([
    'on invalid token the client is redirected to /login',
    'policy is to reject tokens whose audience does not match',
    'clients must know that tokens can be revoked',
    '- the token has expired',
    'checks whether the session is expired',
    'exception handler registered for expired tokens',
  ])('supposes, where only common words fitted: %s', (line) => {
    expect(isHearsay(line, true)).toBe(true)
  })

  test.each([
    'No SERVICE_API_KEY found in environment',
    'Error reading token from environment variable: x',
    'no token: set TX_TOKEN',
    'OAuth scope is required. Please set oauth.scope',
    'Invalid authentication type: kerb. Valid values are: simple, oauth2',
    'no OIDC discovery URL configured: set issuerUrl on the resource',
    'either --token or --client-secret is required',
    'Authorization disabled. Using AllowingAuthorizer.',
    'method ListAuthMethods not implemented',
    '[SSO] Ignored invalid callback URL',
    'Adding required scope to the server token, missing from its list',
    'Refreshing expired token',
    'token flag was not specified',
    'access token is missing in file credentials',
    'Cached token expired, requesting new token.',
    'Access token expired, refreshing (attempt 19/575)...',
    'resolver returned incomplete credentials, falling back to default chain',
    'credentialSecretRef.tokenKey is required for auth type token',
    'unable to read token from file x',
    'Reporting token not specified. Aborting',
  ])('is told to whoever sets up, or of what is being done: %s', (line) => {
    expect(isHearsay(line, true)).toBe(true)
  })

  test.each([
    'TOKEN_MISSING: no token in request',
    'error code INVALID_TOKEN',
    'ACCESS_TOKEN expired',
    'Rejecting token: it is expired',
    'Decoding the token failed',
    'Validating token: signature mismatch',
    'Missing signing key for kid 7',
    'authentication failed in environment prod',
    'JWT validation failed, falling back to sessions',
    'expired token presented, falling back to anonymous',
    'Token expired but no refresh hook is configured',
    'accessToken is required',
  ])('differs from them, whoever words it: %s', (line) => {
    expect(isHearsay(line, true)).toBe(false)
  })

  test('cannot be told where it was not found out', () => {
    expect(isTalk('Unable to determine if token is expired as timeskew is not set')).toBe(true)
    expect(isTalk('token is expired')).toBe(false)
  })

  test.each([
    'request denied when verifying the token: it is expired',
    '* claim "groups" not found in token',
    '- The token is expired',
    'If you need help, contact support: token expired',
    'token rejected: exp must be in the future',
  ])('is still a report for an emitter of its own words: %s', (line) => {
    expect(isHearsay(line)).toBe(false)
  })

  test('a mended failure is something that happened, talk is not', () => {
    expect(isTalk('token expired, refreshed successfully')).toBe(false)
    expect(isTalk('// token expired')).toBe(true)
  })

  test('costs little on a hostile line', () => {
    for (const seed of ['SELECT ', 'a=', 'refresh ', ', refreshing ', '-x  ', 'if (', '"'])
      expect(isHearsay(seed.repeat(20_000))).toBeTypeOf('boolean')
  })
})
