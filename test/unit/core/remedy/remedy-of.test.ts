/** The remedies as data: complete, short enough for the screen, plain text, and covering what a person can do. */
import { describe, expect, test } from 'vitest'
import { CAUSES, type Cause, type Subcause } from '../../../../src/core/cause.ts'
import { LEEWAY_SETTINGS } from '../../../../src/core/remedy/leeway-settings.ts'
import { TITLE_LIMIT } from '../../../../src/core/remedy/remedy.ts'
import { remedyOf } from '../../../../src/core/remedy/remedy-of.ts'

const ALL = Object.entries(CAUSES).flatMap(([cause, subcauses]) =>
  subcauses.map((subcause) => ({ cause: cause as Cause, subcause: subcause as Subcause })),
)

describe.each(ALL)('the remedy for $cause/$subcause', ({ cause, subcause }) => {
  const remedy = remedyOf(cause, subcause)
  const texts = [remedy.title, remedy.sentence, remedy.fix, ...remedy.checks]

  test('has a title that fits its column and no full stop', () => {
    expect(remedy.title.length).toBeGreaterThan(3)
    expect(remedy.title.length).toBeLessThanOrEqual(TITLE_LIMIT)
    expect(remedy.title).not.toMatch(/\.$/)
  })

  test('says what happened in one sentence', () => {
    expect(remedy.sentence).toMatch(/^[A-Z].*\.$/)
    expect(remedy.sentence.slice(0, -1)).not.toMatch(/\.\s+[A-Z]/)
  })

  test('names three different things to check', () => {
    expect(new Set(remedy.checks).size).toBe(3)
  })

  test('is plain text on single lines', () => {
    for (const text of texts) expect(text).toMatch(/^\S[^\p{Cc}\p{Cf}]*\S$/u)
  })

  test('begins its links with a standard, all over https, each once', () => {
    const urls = remedy.links.map((link) => link.url)
    expect(urls[0]).toMatch(/^https:\/\/(www\.rfc-editor\.org\/rfc\/rfc\d+#section-[\d.]+|openid\.net\/specs\/)/)
    for (const url of urls) expect(new URL(url).protocol).toBe('https:')
    expect(new Set(urls).size).toBe(urls.length)
  })
})

test('no two subcauses share a title', () => {
  const titles = ALL.map(({ cause, subcause }) => remedyOf(cause, subcause).title)
  expect(new Set(titles).size).toBe(titles.length)
})

test('a subcause of another cause is refused loudly', () => {
  expect(() => remedyOf<Cause>('skew', 'access_token')).toThrow(RangeError)
  expect(() => remedyOf<Cause>('skew', 'constructor' as Subcause)).toThrow(RangeError)
})

test('every remedy against skew that ends in a validator names the leeway settings', () => {
  for (const subcause of ['not_yet_valid', 'issued_in_future', 'fresh_token_expired'] as const)
    for (const { setting } of LEEWAY_SETTINGS) expect(remedyOf('skew', subcause).fix).toContain(setting)
})

/** The steps a person can take, each with words that must stand in the remedies it belongs to. */
const STEPS: { step: string; words: RegExp; where: { cause: Cause; subcause: Subcause }[] }[] = [
  {
    step: 'refresh or re-authenticate',
    words: /refresh|re-authenticate|log(ged)? in|login|authorization request/i,
    where: ALL.filter(
      ({ cause, subcause }) => cause === 'expiry' && ['access_token', 'refresh_token', 'session'].includes(subcause),
    ),
  },
  {
    step: 'verify format and signature',
    words: /base64url|jwks|three|parts|kid|secret/i,
    where: ALL.filter(
      ({ cause, subcause }) => cause === 'malformed' && ['structure', 'encoding', 'signature'].includes(subcause),
    ),
  },
  {
    step: 'synchronise clocks',
    words: /chronyc tracking/,
    where: ALL.filter(({ cause }) => cause === 'skew'),
  },
  {
    step: 'compare the settings of both sides',
    words: /compare|equal|registered|registration|assigned|switched on|from this environment|allow/i,
    where: ALL.filter(
      ({ cause, subcause }) =>
        cause === 'misconfiguration' &&
        [
          'client_unknown',
          'client_credentials',
          'redirect_uri',
          'scope_not_allowed',
          'audience_mismatch',
          'issuer_mismatch',
        ].includes(subcause),
    ),
  },
  {
    step: 'handle revocation',
    words: /stop|login|log in|consent again|one lock|service account/i,
    where: ALL.filter(({ cause }) => cause === 'revocation'),
  },
  {
    step: 'consult the documentation of the provider',
    words: /documentation of the provider/,
    where: ALL.filter(({ cause }) => cause === 'unknown'),
  },
]

test.each(STEPS)('the remedies tell how to $step', ({ words, where }) => {
  expect(where.length).toBeGreaterThan(0)
  for (const { cause, subcause } of where) {
    const remedy = remedyOf(cause, subcause)
    expect([remedy.fix, ...remedy.checks].join('\n'), `${cause}/${subcause}`).toMatch(words)
  }
})
