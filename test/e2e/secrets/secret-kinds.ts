/**
 * Forty-odd kinds of secrets, as a seeded generator draws them, and how each is written by the one who leaks it.
 * Knows nothing of how the redactor finds them. `traces` are the pieces that give a secret away.
 */
import { type Random, randomOf } from './random.ts'

export interface Secret {
  kind: string
  /** Name it stands under: a parameter, field or header. */
  name: string
  value: string
  /** Also a secret without its name. */
  evident: boolean
  /** Scheme in front of it in an Authorization header. */
  scheme?: 'Bearer' | 'Basic' | 'DPoP' | 'Digest'
}

const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const LOWER = 'abcdefghijklmnopqrstuvwxyz'
const DIGIT = '0123456789'
const WORD = UPPER + LOWER + DIGIT
const URL64 = `${WORD}-_`
const HEX = `${DIGIT}abcdef`
const SIGNS = '!#$%*+-./:=?@^_~'

const b64u = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

type Draw = (random: Random) => Omit<Secret, 'kind'>

function evident(name: string, value: (random: Random) => string, scheme?: Secret['scheme']): Draw {
  return (random) => ({ name, value: value(random), evident: true, ...(scheme === undefined ? {} : { scheme }) })
}
function named(names: readonly string[], value: (random: Random) => string, scheme?: Secret['scheme']): Draw {
  return (random) => ({
    name: random.of(names),
    value: value(random),
    evident: false,
    ...(scheme === undefined ? {} : { scheme }),
  })
}

const claims = (r: Random) => ({
  iss: 'https://idp.test',
  sub: r.text(WORD, 10),
  aud: 'api',
  exp: 1_795_000_000 + r.below(1_000_000),
  jti: r.text(HEX, 16),
})
const jws = (r: Random) =>
  `${b64u({ alg: r.of(['RS256', 'ES256', 'HS512', 'EdDSA']), kid: r.text(WORD, 6), typ: 'JWT' })}.${b64u(claims(r))}.${r.text(URL64, 43 + r.below(43))}`
const opaque = (r: Random) => `${r.text(WORD, 1)}${r.text(URL64, 26 + r.below(20))}${r.text(DIGIT, 2)}`
const password = (r: Random) =>
  `${r.text(WORD, 2)}${r.text(WORD + SIGNS, 10 + r.below(10))}${r.text(DIGIT, 2)}${r.text(WORD, 2)}`
const pem = (label: string) => (r: Random) =>
  `-----BEGIN ${label}-----\n${r
    .text(`${WORD}+/`, 192)
    .match(/.{1,64}/g)!
    .join('\n')}\n-----END ${label}-----`

export const SECRET_DRAWS: Readonly<Record<string, Draw>> = {
  'JWT (JWS)': evident('access_token', jws, 'Bearer'),
  'JWT, unsigned': evident('id_token', (r) => `${b64u({ alg: 'none' })}.${b64u(claims(r))}.`, 'Bearer'),
  JWE: evident(
    'access_token',
    (r) =>
      `${b64u({ alg: 'RSA-OAEP', enc: 'A256GCM' })}.${r.text(URL64, 342)}.${r.text(URL64, 16)}.${r.text(URL64, 90)}.${r.text(URL64, 22)}`,
    'Bearer',
  ),
  'JWE, direct': evident(
    'access_token',
    (r) => `${b64u({ alg: 'dir', enc: 'A128GCM' })}..${r.text(URL64, 16)}.${r.text(URL64, 90)}.${r.text(URL64, 22)}`,
    'Bearer',
  ),
  'DPoP proof': evident(
    'DPoP',
    (r) =>
      `${b64u({ typ: 'dpop+jwt', alg: 'ES256', jwk: { kty: 'EC', crv: 'P-256', x: r.text(URL64, 43), y: r.text(URL64, 43) } })}.${b64u({ jti: r.text(WORD, 12), htm: 'GET' })}.${r.text(URL64, 86)}`,
  ),
  'opaque access token': named(['access_token', 'accessToken', 'x-access-token'], opaque, 'Bearer'),
  'opaque token in hexadecimal': named(['token', 'auth_token', 'session_token'], (r) => r.text(HEX, 40), 'Bearer'),
  'PASETO v4.public': evident('token', (r) => `v4.public.${r.text(URL64, 120)}`, 'Bearer'),
  'PASETO v3.local': evident('token', (r) => `v3.local.${r.text(URL64, 120)}.${r.text(URL64, 16)}`, 'Bearer'),
  'GitHub token': evident(
    'token',
    (r) => `${r.of(['ghp_', 'gho_', 'ghs_', 'ghu_', 'ghr_'])}${r.text(WORD, 36)}`,
    'Bearer',
  ),
  'GitHub fine-grained token': evident('token', (r) => `github_pat_${r.text(WORD, 22)}_${r.text(WORD, 59)}`, 'Bearer'),
  'GitLab token': evident('private_token', (r) => `glpat-${r.text(URL64, 20)}`),
  'Slack bot token': evident(
    'token',
    (r) => `xoxb-${r.text(DIGIT, 12)}-${r.text(DIGIT, 13)}-${r.text(WORD, 24)}`,
    'Bearer',
  ),
  'Slack user token': evident(
    'token',
    (r) => `xoxp-${r.text(DIGIT, 12)}-${r.text(DIGIT, 12)}-${r.text(HEX, 32)}`,
    'Bearer',
  ),
  'Slack app token': evident(
    'token',
    (r) => `xapp-1-${r.text(UPPER + DIGIT, 11)}-${r.text(DIGIT, 13)}-${r.text(HEX, 64)}`,
  ),
  'AWS access key id': evident('aws_access_key_id', (r) => `${r.of(['AKIA', 'ASIA'])}${r.text(`${UPPER}234567`, 16)}`),
  'AWS secret access key': named(
    ['aws_secret_access_key', 'AWS_SECRET_ACCESS_KEY', 'secretAccessKey'],
    (r) => `${r.text(WORD, 1)}${r.text(`${WORD}+/`, 38)}${r.text(DIGIT, 1)}`,
  ),
  'AWS session token': named(
    ['aws_session_token', 'AWS_SESSION_TOKEN', 'sessionToken', 'x-amz-security-token'],
    (r) => `IQoJb3JpZ2luX2Vj${r.text(`${WORD}+/`, 200)}==`,
  ),
  'Google API key': evident('key', (r) => `AIza${r.text(URL64, 35)}`),
  'Google access token': evident('access_token', (r) => `ya29.${r.text(URL64, 100)}`, 'Bearer'),
  'Google client secret': evident('client_secret', (r) => `GOCSPX-${r.text(URL64, 28)}`),
  'Stripe key': evident('api_key', (r) => `${r.of(['sk_live_', 'rk_live_', 'sk_test_'])}${r.text(WORD, 24)}`, 'Bearer'),
  'npm token': evident('_authToken', (r) => `npm_${r.text(WORD, 36)}`, 'Bearer'),
  'PyPI token': evident('password', (r) => `pypi-AgEIcHlwaS5vcmc${r.text(URL64, 100)}`),
  'Vault token': evident('X-Vault-Token', (r) => `hvs.${r.text(URL64, 90)}`),
  'SendGrid key': evident('api_key', (r) => `SG.${r.text(URL64, 22)}.${r.text(URL64, 43)}`, 'Bearer'),
  'DigitalOcean token': evident('token', (r) => `dop_v1_${r.text(HEX, 64)}`, 'Bearer'),
  'Docker token': evident('token', (r) => `dckr_pat_${r.text(URL64, 27)}`),
  'Linear key': evident('api_key', (r) => `lin_api_${r.text(WORD, 40)}`),
  'age key': evident('key', (r) => `AGE-SECRET-KEY-1${r.text(UPPER + DIGIT, 58)}`),
  'Telegram bot token': evident('token', (r) => `${r.text('123456789', 9)}:AA${r.text(WORD, 33)}`),
  'Google refresh token': evident('refresh_token', (r) => `1//0${r.text(URL64, 60)}`),
  'Fernet token': evident('token', (r) => `gAAAAAB${r.text(URL64, 113)}==`),
  'ASP.NET cookie': evident('ticket', (r) => `CfDJ8${r.text(URL64, 120)}`),
  'password hash': evident('password_hash', (r) => `$2b$12$${r.text(`${WORD}./`, 53)}`),
  'JWT in base64': evident('token', (r) => Buffer.from(jws(r)).toString('base64')),
  'Basic credentials': named(
    ['Authorization'],
    (r) => Buffer.from(`${r.text(LOWER, 8)}:${password(r)}`).toString('base64'),
    'Basic',
  ),
  'session cookie': named(
    ['JSESSIONID', 'PHPSESSID', 'connect.sid', 'session', '_myapp_session', 'KEYCLOAK_SESSION'],
    (r) => r.text(WORD, 32),
  ),
  'SAML assertion': named(['SAMLResponse', 'assertion', 'SAMLRequest'], (r) =>
    Buffer.from(
      `<saml:Assertion ID="_${r.text(HEX, 32)}"><saml:Subject><saml:NameID>${r.text(LOWER, 8)}</saml:NameID></saml:Subject><ds:SignatureValue>${r.text(WORD, 60)}</ds:SignatureValue></saml:Assertion>`,
    ).toString('base64'),
  ),
  'session id': named(['session_id', 'sessionId', 'sid'], (r) => r.text(HEX, 32)),
  password: named(['password', 'passwd', 'user_password', 'pwd'], password),
  'client secret': named(
    ['client_secret', 'clientSecret'],
    (r) => `${r.text(WORD, 3)}8Q~${r.text(`${WORD}._~-`, 32)}${r.text(DIGIT, 2)}`,
  ),
  'client secret in hexadecimal': named(['client_secret', 'secret'], (r) => r.text(HEX, r.of([16, 32, 64]))),
  'authorization code': named(['authorization_code', 'auth_code'], opaque),
  'refresh token': named(['refresh_token', 'refreshToken'], opaque),
  'device code': named(['device_code', 'deviceCode'], opaque),
  'PKCE verifier': named(['code_verifier'], (r) => `${r.text(WORD, 1)}${r.text(`${URL64}.~`, 61)}${r.text(DIGIT, 1)}`),
  'client assertion': evident('client_assertion', jws),
  'CSRF token': named(['csrf_token', 'X-CSRF-Token', 'authenticity_token'], (r) => `${r.text(`${WORD}+/`, 84)}4Q==`),
  'API key': named(['api_key', 'apikey', 'X-API-Key'], (r) => r.text(HEX, 32)),
  'PKCS #8 key': evident('private_key', pem('PRIVATE KEY')),
  'RSA key': evident('key', pem('RSA PRIVATE KEY')),
  'EC key': evident('key', pem('EC PRIVATE KEY')),
  'OpenSSH key': evident('key', pem('OPENSSH PRIVATE KEY')),
}

export function drawSecrets(seed: number, each: number): Secret[] {
  const random = randomOf(seed)
  return Object.entries(SECRET_DRAWS).flatMap(([kind, draw]) =>
    Array.from({ length: each }, () => ({ kind, ...draw(random) })),
  )
}

/** Shorter pieces stand in other texts by chance; characters. */
const TRACE = 12

/** Pieces of which none may be found; of a JWT not its header, which is public and the same for many. */
export function traces({ kind, value }: Secret): string[] {
  const bare = value.replace(/-----(?:BEGIN|END)[^-]*-----/g, '').replace(/\s/g, '\n')
  const [header, ...rest] = bare.split(/[.\n]/)
  const parts = /^(?:JW|DPoP|client assertion)/.test(kind) ? rest : [header!, ...rest]
  return parts.flatMap((part) => {
    if (part.length < 6) return []
    if (part.length <= TRACE) return [part]
    const pieces: string[] = []
    for (let at = 0; at + TRACE <= part.length; at += 3) pieces.push(part.slice(at, at + TRACE))
    return [...pieces, part.slice(-TRACE)]
  })
}
