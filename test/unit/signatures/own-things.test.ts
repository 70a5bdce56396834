import { describe, expect, test } from 'vitest'
import { THING, withoutThings } from '../../../src/signatures/own-things.ts'

describe('things called after ours', () => {
  test.each([
    ['no credential store enabled', 'no  enabled'],
    ['authentication handler [x509] is required by the plan', ' [x509] is required by the plan'],
    ['failed to render login page: no such file', 'failed to render : no such file'],
    ['invalid auth config: only one may be given', 'invalid : only one may be given'],
    ['received unrecognized credential type hive', 'received unrecognized  hive'],
    ['unsupported issuer type. expected a ca', 'unsupported . expected a ca'],
    ['oidc plugin web-7 is missing', ' web-7 is missing'],
  ])('are blanked out: %s', (words, left) => {
    const own = withoutThings(words)
    expect(own).toHaveLength(words.length)
    expect(own.replaceAll(THING, '')).toBe(left)
  })

  test.each([
    'token store: expired token',
    'jwt filter',
    'authentication provider unreachable',
    'token endpoint unreachable',
    'jwks file could not be read',
    'openid configuration is malformed',
    'token web-7 is missing',
    'session id is unknown',
  ])('leave ours, and who speaks, alone: %s', (words) => {
    expect(withoutThings(words)).toBe(words)
  })

  test('cost little on a hostile text', () => {
    for (const seed of ['token ', 'token store ', 'aaaaaaaaaaaaaa', 'credentials type']) {
      const text = seed.repeat(Math.ceil(65_536 / seed.length))
      expect(withoutThings(text)).toHaveLength(text.length)
    }
  })
})
