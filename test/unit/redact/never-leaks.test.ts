import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Redactor } from '../../../src/redact/redactor.ts'
import { BARE_NOTATIONS, BEARER_NOTATIONS, LOOSE_NOTATIONS, type Notation, SAFE_NOTATIONS } from './notations.ts'
import { BEARER_TOKENS, CODES, PASSPHRASES, pieces, SELF_EVIDENT_KINDS } from './secrets.ts'

const redactor = new Redactor(new Uint8Array(32).fill(7))
const runs = { numRuns: 12 }

/** A secret must be gone, in clear and as the notation wrote it, and a second pass must find nothing to do. */
function expectGone(secret: string, written: string): void {
  const { text } = redactor.redact(written)
  const decoded = [text, decodeLoosely(text)]
  for (const piece of pieces(secret)) {
    for (const form of decoded) if (form.includes(piece)) throw new Error(`${piece} of ${secret} is left in ${text}`)
  }
  expect(redactor.redact(text).text).toBe(text)
}

function decodeLoosely(text: string): string {
  return text
    .replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replaceAll('\\', '')
}

function forEach(
  notations: Record<string, Notation>,
  secrets: Record<string, fc.Arbitrary<string>>,
  names: string[],
): void {
  for (const [notation, write] of Object.entries(notations)) {
    test(`${notation}: nothing of a secret is left, and redacting again changes nothing`, () => {
      for (const secret of Object.values(secrets)) {
        fc.assert(
          fc.property(secret, fc.constantFrom(...names), (value, name) => expectGone(value, write(value, name))),
          runs,
        )
      }
    })
  }
}

const TOKEN_NAMES = [
  'access_token',
  'refresh_token',
  'id_token',
  'token',
  'subject_token',
  'client_assertion',
  'session_token',
]

describe('a token under its name', () => {
  forEach({ ...SAFE_NOTATIONS, ...BARE_NOTATIONS }, BEARER_TOKENS, TOKEN_NAMES)
})

describe('a token behind its scheme', () => {
  forEach(BEARER_NOTATIONS, BEARER_TOKENS, ['authorization'])
})

describe('a value that says itself what it is', () => {
  const tokens = Object.fromEntries(SELF_EVIDENT_KINDS.map((kind) => [kind, BEARER_TOKENS[kind]!]))
  forEach(LOOSE_NOTATIONS, tokens, ['none'])
})

describe('a password or secret of any characters', () => {
  forEach(SAFE_NOTATIONS, PASSPHRASES, [
    'password',
    'client_secret',
    'passwd',
    'code_verifier',
    'api_key',
    'secret_access_key',
  ])
})

describe('a short secret in the one sentence that ends in it', () => {
  const stated: Record<string, Notation> = {
    'Django OAuth Toolkit': (v) => `DEBUG oauth2_provider Failed basic auth: wrong client secret ${v}`,
    'Django OAuth Toolkit in JSON': (v) => JSON.stringify({ message: `Failed body auth: wrong client secret ${v}` }),
  }
  forEach(stated, { short: fc.stringMatching(/^[a-z]{3}[0-9]{2}[A-Za-z0-9]{3,10}$/) }, ['none'])
})

describe('an authorization code', () => {
  const { 'header with dashes': _, ...bare } = BARE_NOTATIONS
  forEach({ ...SAFE_NOTATIONS, ...bare }, CODES, ['code', 'authorization_code', 'device_code'])
  const callbacks: Record<string, Notation> = {
    'callback query': (v) => `"GET /callback?code=${encodeURIComponent(v)}&state=af0ifjsldkj HTTP/1.1" 302`,
    'callback query, state first': (v) => `/cb?state=af0ifjsldkj&session_state=x.y&code=${encodeURIComponent(v)}`,
    'token request': (v) =>
      `grant_type=authorization_code&code=${encodeURIComponent(v)}&redirect_uri=https%3A%2F%2Fapp%2Fcb`,
    'token request in JSON': (v) =>
      JSON.stringify({ grant_type: 'authorization_code', code: v, redirect_uri: 'https://app/cb' }),
    'callback in an encoded URL': (v) =>
      `return_to=%2Fcallback%3Fcode%3D${encodeURIComponent(encodeURIComponent(v))}%26state%3Dxyz`,
  }
  forEach(callbacks, CODES, ['none'])
  forEach(
    callbacks,
    {
      'short code': fc
        .stringMatching(/^[a-z0-9]{6,9}$/)
        .filter((s) => /[0-9][a-z]/.test(s) && s.length > 7 && !s.startsWith('0x')),
    },
    ['none'],
  )
})

describe('other places of secrets', () => {
  const places: Record<string, Notation> = {
    'Cookie header': (v) => `Cookie: theme=dark; sid=${v}; lang=en`,
    'Cookie in JSON': (v) => JSON.stringify({ headers: { cookie: `theme=dark; sid=${v}` } }),
    'Set-Cookie header': (v) => `Set-Cookie: sid=${v}; Path=/; HttpOnly; SameSite=Lax`,
    'Set-Cookie list': (v) =>
      JSON.stringify({ 'set-cookie': ['a=b; Path=/', `sid=${v}; Expires=Wed, 21 Oct 2026 07:28:00 GMT; Secure`] }),
    'parsed cookies': (v) => JSON.stringify({ cookies: { theme: 'dark', sid: v } }),
    'session id in a URL': (v) => `/shop/cart;jsessionid=${v}?page=2`,
    'Spring request dump': (v) => `[Cookie:"JSESSIONID=${v}; XSRF-TOKEN=${v}"]`,
    'state of an authorization request': (v) => `/authorize?response_type=code&client_id=web&state=${v}&nonce=${v}`,
    'state in JSON': (v) => JSON.stringify({ state: v, nonce: v }),
    'password in a URL': (v) => `connecting to postgres://orders:${encodeURIComponent(v)}@db.internal:5432/orders`,
    'token as user of a URL': (v) => `cloning https://${encodeURIComponent(v)}@git.example.com/orders.git`,
    'API key header': (v) => `x-api-key: ${v}`,
    'API key header in JSON': (v) => JSON.stringify({ headers: { 'X-Api-Key': v } }),
    'environment variable': (v) => `AWS_SECRET_ACCESS_KEY=${v}\nAWS_REGION=eu-central-1`,
    'command line': (v) => `run --client-secret ${v} --verbose`,
    'Spring OAuth message': (v) => `InvalidTokenException: Access token expired: ${v}`,
    'refresh token message': (v) => `Invalid refresh token ${v} for client web`,
    'refresh token message with a comma (oauthlib)': (v) => `Invalid refresh token, ${v}, for client <Application: p>.`,
    'curl with a user': (v) => `+ curl -s -u web:${v} https://idp.example.com/token`,
    'multipart form': (v) => `Content-Disposition: form-data; name="password"\r\n\r\n${v}\r\n--b--`,
    'multipart form, escaped': (v) => `{"body":"name=\\"password\\"\\r\\n\\r\\n${v}\\r\\n"}`,
    'Spring token dump': (v) => `accessToken=OAuth2AccessToken(tokenValue=${v}, issuedAt=2026-11-24T03:31:12Z)`,
    'Spring form dump': (v) =>
      `Writing [{grant_type=[authorization_code], code=[${v}], client_secret=[${v}]}] as "form"`,
    'Ruby token dump': (v) => `#<OAuth2::AccessToken @token="${v}", @expires_at=1>`,
    'Python http.client debug': (v) =>
      `send: b'POST /t HTTP/1.1\\r\\nAuthorization: Bearer ${v}\\r\\nHost: x\\r\\n\\r\\ncode_verifier=${v}'`,
    'mod_auth_openidc debug': (v) =>
      `oidc_util_http_call: url=https://idp/token, basic_auth=web:${v}, bearer_token=${v}, ssl=1`,
    'fragment of a URL': (v) => `Redirected to https://app/cb#access_token=${v}&token_type=Bearer&expires_in=300`,
    'CAS ticket': (v) => `GET /app?ticket=ST-17-${v}-cas01 HTTP/1.1`,
    'list of tokens': (v) => JSON.stringify({ tokens: [v, `${v}x`], access_tokens: [v] }),
    'token object': (v) => JSON.stringify({ refresh_token: { value: v }, accessToken: { token: v } }),
    'framework session cookies': (v) => `laravel_session=${v} .AspNetCore.Cookies=CfDJ8${v} JSESSIONID=${v}.node1`,
    'named once, repeated without a name': (v) =>
      `{"refresh_token":"${v}","msg":"nobody holds ${v} any more","path":"/reset/${v}"}`,
    'connection string': (v) => `Server=db;Database=x;User Id=sa;Password=${v};Encrypt=true`,
    'environment dump': (v) => `JWT_SECRET=${v} SECRET_KEY_BASE=${v} DB_PASSWORD=${v}`,
    'quoted token message': (v) => `No session found for token "${v}"`,
  }
  forEach(places, { 'random text': BEARER_TOKENS['opaque base64url']!, hex: BEARER_TOKENS['opaque hex']! }, ['none'])

  const credentials = fc.tuple(fc.stringMatching(/^[a-z]{4,10}$/), fc.stringMatching(/^[!-~]{12,30}$/))
  const basic: Record<string, Notation> = {
    header: (v) => `Authorization: Basic ${v}`,
    'header in JSON': (v) => JSON.stringify({ authorization: `Basic ${v}` }),
    'in a message': (v) => `tried Basic ${v} against the token endpoint`,
  }
  forEach(basic, { basic: credentials.map((pair) => Buffer.from(pair.join(':')).toString('base64')) }, ['none'])

  const saml = fc.base64String({ minLength: 200, maxLength: 400 }).map((s) => `PHNhbWxw${s}`)
  forEach(
    {
      'SAML response': (v) => `SAMLResponse=${encodeURIComponent(v)}&RelayState=x`,
      'SAML request': (v) => `GET /sso?SAMLRequest=${encodeURIComponent(v)}&SigAlg=y`,
      'SAML response in JSON': (v) => JSON.stringify({ SAMLResponse: v }),
      'SAML bearer assertion': (v) =>
        `grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Asaml2-bearer&assertion=${encodeURIComponent(v)}`,
      'SAML signature': (v) => `<ds:SignatureValue Id="s">\n${v}\n</ds:SignatureValue>`,
      'encrypted SAML assertion': (v) => `<xenc:CipherValue>${v}</xenc:CipherValue>`,
    },
    { saml },
    ['none'],
  )

  const key = fc
    .base64String({ minLength: 300, maxLength: 500 })
    .map((s) => `-----BEGIN PRIVATE KEY-----\n${s.match(/.{1,64}/g)!.join('\n')}\n-----END PRIVATE KEY-----`)
  forEach(
    {
      'private key': (v) => `loaded\n${v}\ndone`,
      'private key in JSON': (v) => JSON.stringify({ private_key_id: 'abc', private_key: v }),
      'private key under any name': (v) => JSON.stringify({ pem: v }),
      'private key in an environment dump': (v) => `SIGNING_PEM="${v.replaceAll('\n', '\\n')}"`,
      'private key cut off': (v) => `loaded ${v.slice(0, 200)}`,
    },
    { key: key.map((v) => v.slice(28)).map((v) => `-----BEGIN PRIVATE KEY-----\n${v}`) },
    ['none'],
  )

  const digest: Record<string, Notation> = {
    'Digest header': (v) =>
      `Authorization: Digest username="mufasa", realm="x", nonce="abc", uri="/dir", response="${v}"`,
    'AWS signature': (v) =>
      `Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261124/eu/s3/aws4_request, SignedHeaders=host, Signature=${v}`,
    'presigned URL': (v) => `GET /bucket/key?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=${v} HTTP/1.1`,
    'private JWK': (v) => JSON.stringify({ kty: 'EC', crv: 'P-256', x: 'public', d: v }),
  }
  forEach(digest, { hex: BEARER_TOKENS['opaque hex']! }, ['none'])

  test('a six-digit one-time code is gone, as text and as a JSON number', () => {
    for (const text of ['otp=493817&user=jo', '{"otp":493817}', '{"mfa_code":"493817"}', "{'totp': 493817}"]) {
      expect(redactor.redact(text).text).not.toContain('493817')
    }
  })

  test('a device flow user code is gone', () => {
    expect(redactor.redact('{"user_code":"WDJB-MJHT","expires_in":900}').text).not.toContain('WDJB')
  })
})
