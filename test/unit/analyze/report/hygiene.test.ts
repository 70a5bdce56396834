import { describe, expect, test } from 'vitest'
import { formFacts } from '../../../../src/analyze/history/form-facts.ts'
import { type HygieneFacts, hygieneOf } from '../../../../src/analyze/report/hygiene.ts'
import type { HistoryFact } from '../../../../src/core/history.ts'
import type { TokenFacts } from '../../../../src/core/token-facts.ts'
import type { TokenUse } from '../../../../src/core/token-use.ts'
import { success } from '../../../contract/store/made-up.ts'

const T = Date.UTC(2026, 10, 16)
const RANGE = { from_ms: T, to_ms: T + 7 * 86_400_000 }
const NOTHING: HygieneFacts = { uses: [], one_in: 1, keys: [], forms: [], refreshes: [], expired: [] }
const use = (difference: Partial<TokenUse>): TokenUse => ({
  kind: 'validation',
  client_id: 'web',
  issuer: 'https://id',
  time_ms: T,
  iat_ms: T - 60_000,
  exp_ms: T + 240_000,
  ...difference,
})
const row = (value: string, successes: number, failures: number) => ({ value, successes, failures, top_cause: null })
const fact = (difference: Partial<HistoryFact>): HistoryFact => ({
  party: 'form',
  key: 'https://id',
  deed: 'alg RS256',
  host: '',
  detail: 'web',
  first_ms: T,
  last_ms: T,
  count: 1,
  ...difference,
})

describe('habits of clients', () => {
  test('lifetimes, ages and uses after expiry are those of each client and issuer', () => {
    const uses = [
      use({}),
      use({ iat_ms: T - 120_000 }),
      use({ iat_ms: T - 400_000, exp_ms: T - 100_000 }),
      use({ client_id: 'batch', exp_ms: null }),
    ]
    const { clients } = hygieneOf(
      { ...NOTHING, uses, refreshes: [row('web', 20, 0)], expired: [row('web', 0, 5), row('web', 0, 1)] },
      RANGE,
    )
    expect(clients).toEqual([
      {
        client_id: 'web',
        issuer: 'https://id',
        uses: 3,
        lifetime: { median_ms: 300_000, max_ms: 360_000 },
        age: { median_ms: 120_000, max_ms: 400_000 },
        used_after_expiry: 1 / 3,
        refreshes: 20,
        expired_refusals: 6,
        late_refresh_share: 0.3,
      },
      {
        client_id: 'batch',
        issuer: 'https://id',
        uses: 1,
        lifetime: null,
        age: { median_ms: 60_000, max_ms: 60_000 },
        used_after_expiry: null,
        refreshes: 0,
        expired_refusals: 0,
        late_refresh_share: null,
      },
    ])
  })
})

test('a key is told once per issuer, from its first to its last sight', () => {
  const keys = [
    fact({ party: 'keys', deed: 'accepted', host: 'a', detail: 'k1', first_ms: T + 5, last_ms: T + 9, count: 3 }),
    fact({ party: 'keys', deed: 'issued', host: 'b', detail: 'k1', first_ms: T + 1, last_ms: T + 2, count: 2 }),
    fact({ party: 'keys', deed: 'accepted', detail: 'k2', first_ms: T, last_ms: T + 20 }),
  ]
  expect(hygieneOf({ ...NOTHING, keys }, RANGE).keys).toEqual([
    { issuer: 'https://id', kid: 'k2', first_ms: T, last_ms: T + 20, count: 1 },
    { issuer: 'https://id', kid: 'k1', first_ms: T + 1, last_ms: T + 9, count: 5 },
  ])
})

test('unsigned tokens, missing claims and unusual algorithms are of concern, the ordinary is not', () => {
  const forms = [
    fact({ count: 900 }),
    fact({ count: 100, first_ms: T + 86_400_000, last_ms: T + 86_400_000 }),
    fact({ deed: 'alg HS256', detail: 'odd', count: 2 }),
    fact({ deed: 'alg none', key: 'https://other', detail: 'forger' }),
    fact({ deed: 'without exp', detail: 'robot', count: 7 }),
    fact({ deed: 'without kid', count: 30 }),
  ]
  const told = hygieneOf({ ...NOTHING, forms }, RANGE).forms
  expect(told.map(({ form, count, concern }) => [form, count, concern !== null])).toEqual([
    ['without exp', 7, true],
    ['alg HS256', 2, true],
    ['alg none', 1, true],
    ['alg RS256', 1000, false],
    ['without kid', 30, false],
  ])
})

describe('the form of a token', () => {
  const whole: TokenFacts = { fingerprint: 'jwt:00', alg: 'ES256', kid: 'k', iss: 'https://id', aud: 'api', exp_ms: T }
  const forms = (token: TokenFacts) => formFacts([token], success(), T).map(({ deed }) => deed)

  test.each<[string, TokenFacts, string[]]>([
    ['a whole one', whole, ['alg ES256']],
    ['one that never expires', { ...whole, exp_ms: undefined as never }, ['alg ES256', 'without exp']],
    ['one of a made-up algorithm', { ...whole, alg: '\x1b[31mX' }, ['alg other']],
    ['one whose claims the log cut off', { fingerprint: 'jwt:00', alg: 'RS256', kid: 'k' }, ['alg RS256']],
    ['an encrypted one', { ...whole, fingerprint: 'jwe:00' }, []],
    ['an opaque one', { fingerprint: 'opaque:00' }, []],
  ])('%s', (_, token, expected) => {
    expect(forms(token)).toEqual(expected)
  })
})
