import { describe, expect, test } from 'vitest'
import { MAX_TOKENS, Redactor } from '../../../src/redact/redactor.ts'
import { encode } from './secrets.ts'

const redactor = new Redactor(new Uint8Array(32).fill(7))
const signature = 'c2lnbmF0dXJlc2lnbmF0dXJlc2lnbmF0dXJl'
const sign = (claims: object, header: object = { alg: 'RS256' }) => `${encode(header)}.${encode(claims)}.${signature}`
const factsOf = (text: string) => redactor.redact(text).tokens

describe('the facts of a JWT', () => {
  test('are those that explain failures, subject and token id as fingerprints', () => {
    const token = sign(
      {
        iss: 'https://idp.example.com/realms/main',
        aud: ['orders', 'account'],
        azp: 'web',
        sub: 'alice@example.com',
        jti: '5d2f0a4e',
        scope: 'openid orders:read',
        iat: 1_763_712_000,
        nbf: 1_763_712_000.5,
        exp: 1_763_712_300,
        email: 'alice@example.com',
      },
      { alg: 'RS256', kid: 'rsa-2026-11', typ: 'at+jwt' },
    )
    const [facts, ...others] = factsOf(`Authorization: Bearer ${token}`)
    expect(others).toEqual([])
    expect(facts).toEqual({
      fingerprint: redactor.fingerprint('jwt', token),
      alg: 'RS256',
      kid: 'rsa-2026-11',
      typ: 'at+jwt',
      iss: 'https://idp.example.com/realms/main',
      aud: 'orders account',
      client_id: 'web',
      scope: 'openid orders:read',
      subject: redactor.fingerprint('sub', 'alice@example.com'),
      jti: redactor.fingerprint('jti', '5d2f0a4e'),
      iat_ms: 1_763_712_000_000,
      nbf_ms: 1_763_712_000_500,
      exp_ms: 1_763_712_300_000,
    })
    expect(JSON.stringify(facts)).not.toContain('alice')
  })

  test.each([
    ['client_id', { client_id: 'cli' }, { client_id: 'cli' }],
    ['azp before client_id', { azp: 'web', client_id: 'cli' }, { client_id: 'web' }],
    ['appid of Entra ID v1', { appid: '6731de76' }, { client_id: '6731de76' }],
    ['cid of Okta', { cid: '0oa1' }, { client_id: '0oa1' }],
    ['scp as a list', { scp: ['read', 'write'] }, { scope: 'read write' }],
    ['one audience', { aud: 'api' }, { aud: 'api' }],
    ['iat in milliseconds', { iat: 1_763_712_000_123 }, { iat_ms: 1_763_712_000_123, in_milliseconds: true }],
    ['iat in microseconds', { iat: 1_763_712_000_123_000 }, { iat_ms: 1_763_712_000_123 }],
    ['exp as a string', { exp: '1763712300' }, { exp_ms: 1_763_712_300_000 }],
    ['times that are none', { exp: 'tomorrow', iat: -1, nbf: {} }, {}],
    ['exp far in the future', { exp: 4_102_444_800 }, { exp_ms: 4_102_444_800_000 }],
    ['claims of the wrong type', { iss: {}, aud: [1, {}, null], sub: ['a'], scope: true }, { aud: '1' }],
  ])('understand %s', (_, claims, expected) => {
    const [facts] = factsOf(sign(claims))
    expect({ ...facts, fingerprint: undefined, alg: undefined }).toEqual({
      ...expected,
      fingerprint: undefined,
      alg: undefined,
    })
  })

  test('are bounded and free of control characters, whoever signed the token', () => {
    const [facts] = factsOf(
      sign({ iss: `\u001b[2J${'x'.repeat(5000)}`, aud: 'a\u202eb' }, { alg: 'RS256', kid: 'k\n\u0007id' }),
    )
    expect(facts?.iss?.length).toBeLessThanOrEqual(256)
    expect(`${facts?.iss}${facts?.aud}${facts?.kid}`).not.toMatch(/[\x00-\x1f\u202e]/)
    expect(facts?.kid).toBe('kid')
  })

  test('are kept from the whole claims of a token that a log limit cut off', () => {
    const token = sign({
      iss: 'https://idp',
      aud: 'api',
      exp: 1_763_712_300,
      iat: 1_763_712_000,
      sub: 'alice',
      padding: 'x'.repeat(300),
    })
    const [facts] = factsOf(`token: ${token.slice(0, 180)}`)
    expect(facts).toMatchObject({ alg: 'RS256', iss: 'https://idp', aud: 'api', exp_ms: 1_763_712_300_000 })
  })

  test('are the header alone for a JWE and a token with an unreadable payload', () => {
    expect(
      factsOf(
        `${encode({ alg: 'dir', enc: 'A256GCM', kid: 'k' })}..aaaaaaaaaaaaaaaa.bbbbbbbbbbbbbbbb.cccccccccccccccccccccc`,
      ),
    ).toEqual([{ fingerprint: expect.stringMatching(/^jwe:/), alg: 'dir', kid: 'k' }])
    expect(factsOf(`${encode({ alg: 'ES256' })}.bm90IGpzb24gYXQgYWxs.${signature}`)).toEqual([
      { fingerprint: expect.stringMatching(/^jwt:/), alg: 'ES256' },
    ])
  })

  test('are the same the second time, from the cache', () => {
    const text = `Bearer ${sign({ iss: 'https://idp', sub: 'bob' })}`
    expect(factsOf(text)).toEqual(factsOf(text))
  })
})

describe('the tokens of a text', () => {
  test('come in order of appearance, each once', () => {
    const first = sign({ sub: 'a' })
    const second = '8xLOxBtZp8-dkGxZxkPqUsyA0sQn'
    expect(
      factsOf(`{"access_token":"${first}","refresh_token":"${second}","again":"${first}"}`).map(
        (facts) => facts.fingerprint,
      ),
    ).toEqual([redactor.fingerprint('jwt', first), redactor.fingerprint('opaque', second)])
  })

  test('are bounded in number, while every one is replaced', () => {
    const many = Array.from({ length: 100 }, (_, i) => sign({ sub: `user${i}` }))
    const { text, tokens } = redactor.redact(many.join(' '))
    expect(tokens).toHaveLength(MAX_TOKENS)
    expect(text.match(/jwt:[0-9a-f]{16}/g)).toHaveLength(100)
    expect(text).not.toContain('eyJ')
  })

  test('are no passwords, cookies, states or client secrets', () => {
    expect(factsOf('Cookie: sid=8xLOxBtZp8; password=hunter2 client_secret=abc state=af0ifjsldkj12')).toEqual([])
  })
})

describe('what stands around a secret stays', () => {
  test.each([
    ['Authorization: Bearer 8xLOxBtZp8dkGx', /^Authorization: Bearer opaque:\w{16}$/],
    ['Cookie: theme=dark; sid=8xLOxBtZp8', /^Cookie: theme=cookie:\w{16}; sid=cookie:\w{16}$/],
    [
      'Set-Cookie: sid=8xLOxBtZp8; Path=/; Expires=Wed, 21 Oct 2026 07:28:00 GMT; Secure; HttpOnly, b=2; Path=/x',
      /^Set-Cookie: sid=cookie:\w{16}; Path=\/; Expires=Wed, 21 Oct 2026 07:28:00 GMT; Secure; HttpOnly, b=cookie:\w{16}; Path=\/x$/,
    ],
    ['postgres://orders:p4ss@db/orders', /^postgres:\/\/orders:password:\w{16}@db\/orders$/],
    [
      '"GET /cb?code=SplxlOBeZQQYbYS6WxSbIA&state=xyz&x=1 HTTP/1.1" 302',
      /^"GET \/cb\?code=code:\w{16}&state=state:\w{16}&x=1 HTTP\/1\.1" 302$/,
    ],
    ['{"otp":123456,"x":1}', /^\{"otp":"code:\w{16}","x":1\}$/],
    ['"body":"{\\"otp\\":123456}"', /^"body":"\{\\"otp\\":\\"code:\w{16}\\"\}"$/],
    [
      '{"cookies":{"sid":"abc","theme":"dark"},"x":1}',
      /^\{"cookies":\{"sid":"cookie:\w{16}","theme":"cookie:\w{16}"\},"x":1\}$/,
    ],
    ['Bearer Bearer 8xLOxBtZp8dkGx', /^Bearer Bearer opaque:\w{16}$/],
    ["IDX10511: token: '8xLOxBtZp8dkGx7'.", /^IDX10511: token: 'opaque:\w{16}'\.$/],
    ['{"sub":"alice","iss":"https://idp"}', /^\{"sub":"sub:\w{16}","iss":"https:\/\/idp"\}$/],
  ])('%s', (text, expected) => {
    expect(redactor.redact(text).text).toMatch(expected)
  })

  test('a subject in decoded claims gets the fingerprint it has in the token', () => {
    const { text } = redactor.redact('{"payload":{"sub":"alice"}}')
    expect(factsOf(sign({ sub: 'alice' }))[0]?.subject).toBe(/sub:\w{16}/.exec(text)?.[0])
  })
})
