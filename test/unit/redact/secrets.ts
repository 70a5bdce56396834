/**
 * Arbitrary secrets of every kind the redactor knows, shaped as their issuers shape them, and what of each must not survive.
 * Used by the property tests; nothing here knows how the redactor finds them.
 */
import fc from 'fast-check'

const base64url = (min: number, max = min) => fc.stringMatching(new RegExp(`^[A-Za-z0-9_-]{${min},${max}}$`))
/** Random text with at least one digit: without any, a short code cannot be told from a word. */
const mixed = (min: number, max = min) => base64url(min, max).filter((s) => /[0-9]/.test(s) && /^[A-Za-z0-9]/.test(s))
const word = (min: number, max = min) => fc.stringMatching(new RegExp(`^[A-Za-z0-9]{${min},${max}}$`))
const hex = (length: number) => fc.stringMatching(new RegExp(`^[0-9a-f]{${length}}$`))
const join = (separator: string, ...parts: fc.Arbitrary<string>[]) =>
  fc.tuple(...parts).map((values) => values.join(separator))

export const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

const header = fc
  .record({
    alg: fc.constantFrom('RS256', 'ES256', 'HS256', 'PS512', 'EdDSA'),
    kid: word(4, 12),
    typ: fc.constantFrom('JWT', 'at+jwt'),
  })
  .map(encode)
const payload = fc
  .record({
    iss: fc.constantFrom('https://idp.example.com/realms/main', 'https://login.example.org/v2.0'),
    sub: fc.uuid(),
    aud: fc.constantFrom('api', 'orders', 'https://api.example.com'),
    iat: fc.integer({ min: 1_600_000_000, max: 1_900_000_000 }),
    exp: fc.integer({ min: 1_600_000_000, max: 1_900_000_000 }),
    jti: fc.uuid(),
  })
  .map(encode)
export const jwt = join('.', header, payload, base64url(43, 86))

/** Tokens that may stand after `Bearer` and in any token parameter: RFC 6750's b64token alphabet. */
export const BEARER_TOKENS: Record<string, fc.Arbitrary<string>> = {
  jwt,
  'jwt without signature (alg none)': join('.', fc.constant(encode({ alg: 'none' })), payload).map((t) => `${t}.`),
  'jwt with a tampered payload': fc
    .tuple(header, payload, base64url(43))
    .map(([h, p, s]) => `${h}.${p.slice(0, 20)}_-x${p.slice(21)}.${s}`),
  'jwt cut in its signature': jwt.map((t) => t.slice(0, -30)),
  'jwt cut in its payload': jwt.map((t) => t.slice(0, Math.floor(t.length / 2))),
  'jwt with a pretty-printed header': join(
    '.',
    fc.constant(Buffer.from('{\n  "alg": "RS256",\n  "typ": "JWT"\n}').toString('base64url')),
    payload,
    base64url(86),
  ),
  'jwt in the standard alphabet': fc
    .tuple(header, payload, fc.stringMatching(/^[A-Za-z0-9+/]{43}$/))
    .map(([h, p, s]) => `${h}.${p}.${s}=`),
  jwe: join(
    '.',
    fc.constant(encode({ alg: 'RSA-OAEP-256', enc: 'A256GCM' })),
    base64url(342),
    base64url(16),
    base64url(80, 200),
    base64url(22),
  ),
  'jwe with a directly used key': fc
    .tuple(base64url(16), base64url(80, 200), base64url(22))
    .map(([iv, text, tag]) => `${encode({ alg: 'dir', enc: 'A256GCM' })}..${iv}.${text}.${tag}`),
  'paseto v4 public': join('', fc.constant('v4.public.'), base64url(100, 200)),
  'paseto v2 local with footer': join('.', fc.constant('v2.local'), base64url(60, 90), base64url(12, 20)),
  'opaque base64url': mixed(22, 64),
  'opaque base64': fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9+/]{41}[0-9]=$/),
  'opaque hex': hex(40),
  'opaque uuid': fc.uuid(),
  'Ory access token': join('', fc.constant('ory_at_'), base64url(43), fc.constant('.'), base64url(43)),
  'Google access token': join('', fc.constant('ya29.'), base64url(60, 120)),
  'GitHub token': join('', fc.constantFrom('ghp_', 'gho_', 'ghs_', 'ghu_', 'ghr_'), word(36)),
  'GitHub fine-grained token': join('', fc.constant('github_pat_'), word(22), fc.constant('_'), word(59)),
  'GitLab token': join('', fc.constant('glpat-'), base64url(20)),
  'Slack token': join('-', fc.constantFrom('xoxb', 'xoxp'), fc.constant('123456789012'), word(24)),
  'npm token': join('', fc.constant('npm_'), word(36)),
  'Stripe key': join('', fc.constantFrom('sk_live_', 'rk_live_', 'sk_test_'), word(24)),
  'Google API key': join('', fc.constant('AIza'), base64url(35)),
  'AWS access key id': join('', fc.constantFrom('AKIA', 'ASIA'), fc.stringMatching(/^[A-Z2-7]{16}$/)),
  'Vault token': join('', fc.constant('hvs.'), base64url(24, 90)),
  'SendGrid key': join('.', fc.constant('SG'), base64url(22), base64url(43)),
}

/** Forms that name themselves: gone even without any name or scheme in front. */
export const SELF_EVIDENT_KINDS = Object.keys(BEARER_TOKENS).filter((kind) => !kind.startsWith('opaque'))

export const CODES: Record<string, fc.Arbitrary<string>> = {
  'base64url code': mixed(22, 64),
  'Keycloak code': join('.', fc.uuid(), fc.uuid(), fc.uuid()),
  'Entra code': join('', fc.constant('0.AXEA'), mixed(80, 120)),
  'Google code': join('', fc.constant('4/0A'), mixed(60, 70)),
  'GitHub code': hex(20).filter((s) => /[a-f]/.test(s) && /[0-9]/.test(s)),
}

const printable = fc.stringMatching(/^[!-~]{12,40}$/).filter((s) => /[0-9]/.test(s) && /[A-Za-z]/.test(s))
export const PASSPHRASES: Record<string, fc.Arbitrary<string>> = {
  'password of any printable characters': printable,
  'password with spaces': join(' ', printable, printable),
  'AWS secret key': fc.stringMatching(/^[A-Za-z0-9/+]{40}$/),
  'Entra client secret': fc.stringMatching(/^[A-Za-z0-9]{3}8Q~[A-Za-z0-9._~-]{34}$/),
}

/** Every piece of a secret that would give it away. */
export function pieces(secret: string): string[] {
  if (secret.length <= 12) return [secret]
  return Array.from({ length: secret.length - 11 }, (_, i) => secret.slice(i, i + 12))
}
