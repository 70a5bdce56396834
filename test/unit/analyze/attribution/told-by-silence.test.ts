/** What is decided from what a record does not say, and from what happened to the same client and host around it. */
import { describe, expect, test } from 'vitest'
import { attribute } from '../../../../src/analyze/attribution/attribute.ts'
import { type Background, NO_BACKGROUND } from '../../../../src/analyze/attribution/background.ts'
import type { Told } from '../../../../src/analyze/incident/tell.ts'
import type { Deed, HistoryFact, Party } from '../../../../src/core/history.ts'

const T = 1_794_820_321_000

function told(parts: Partial<Told>): Told {
  return {
    ...{ kind: 'validation', time_ms: T, host: 'pages-1', system: 'http', signature: 'http-status/unauthorized' },
    ...{ specificity: 10, symptom: '401', message: '401', reported_cause: 'unknown', reported_subcause: 'unspecified' },
    ...{ cause: 'unknown', subcause: 'unspecified', confidence: 'possible', why: [], evidence: {}, ...parts },
  }
}

interface Fact {
  deed: Deed
  count?: number
  at?: number
  detail?: string
  iat_ms?: number
  exp_ms?: number
}

const around = (
  facts: Partial<Record<Party, readonly Fact[]>>,
  hosts: readonly string[] = ['pages-1'],
): Background => ({
  ...NO_BACKGROUND,
  spoken: hosts.map((host, offset) => ({
    ...{ stream: host, offset, time_ms: T, host, signature: 'http-status/unauthorized', specificity: 10 },
  })),
  facts: (party, key) =>
    (key === undefined ? [] : (facts[party] ?? [])).map(
      ({ deed, count = 1, at = -30_000, detail = '', ...instants }): HistoryFact => ({
        ...{ party, key: key!, deed, host: '', detail, count, first_ms: T + at, last_ms: T + at, ...instants },
      }),
    ),
})

describe('a status line without a reason', () => {
  const line = told({ http_status: 401, http_path: '/pages/7' })

  test('carried no token where its host says why it refuses each', () => {
    const verdict = attribute(line, around({ host: [{ deed: 'access_token', count: 9 }] }))
    expect(verdict).toMatchObject({ cause: 'malformed', subcause: 'missing', confidence: 'possible' })
  })

  test('stays unexplained where the host says of missing tokens, too, or says little', () => {
    const facts: Fact[] = [{ deed: 'access_token', count: 9 }, { deed: 'missing' }]
    expect(attribute(line, around({ host: facts })).cause).toBe('unknown')
    expect(attribute(line, around({ host: [{ deed: 'access_token', count: 2 }] })).cause).toBe('unknown')
    expect(attribute(line, around({})).cause).toBe('unknown')
  })

  test('is not put into the shadow of another host’s outage while hosts go on accepting', () => {
    const gateway = told({ http_status: 401, http_path: '/pages/7', host: 'gw-1' })
    const down: Fact = { deed: 'jwks_unavailable' }
    expect(attribute(gateway, around({ fleet: [down] })).cause).toBe('outage')
    expect(attribute(gateway, around({ fleet: [down, { deed: 'accepted' }] })).cause).toBe('unknown')
  })
})

describe("in the shadow of a host's own outage", () => {
  const down: Fact = { deed: 'issuer_unavailable', at: 20_000 }

  test('is no call of an API that a client was refused, for that was answered', () => {
    const call = told({ system: 'http-client', client_id: 'job', http_path: '/orders/7' })
    expect(attribute(call, around({ host: [down] })).cause).toBe('unknown')
    expect(attribute(call, around({ host: [down, { deed: 'access_token' }] })).cause).toBe('outage')
  })

  test('is no token request that was refused while the issuer went on giving tokens', () => {
    const request = told({ kind: 'issuance', client_id: 'job' })
    expect(attribute(request, around({ host: [down] })).cause).toBe('outage')
    expect(attribute(request, around({ host: [down], issuer: [{ deed: 'issued' }] })).cause).toBe('unknown')
  })
})

describe('an inactive token of a client', () => {
  const inactive = told({
    client_id: 'job',
    reported_cause: 'revocation',
    reported_subcause: 'inactive',
    specificity: 60,
  })
  const issued: Fact = { deed: 'issued', iat_ms: T - 30_000, exp_ms: T - 20_000 }

  test('has run out where nothing of that client was withdrawn, whatever else was', () => {
    const verdict = attribute(inactive, around({ client: [issued], issuer: [{ deed: 'revoked' }] }))
    expect(verdict).toMatchObject({ cause: 'expiry', subcause: 'access_token', confidence: 'likely' })
    expect(verdict.why[0]).toContain('its tokens live 10 s')
  })

  test('was withdrawn where one of that client was', () => {
    const facts: Fact[] = [issued, { deed: 'revoked', at: -10_000 }]
    expect(attribute(inactive, around({ client: facts })).cause).toBe('revocation')
  })

  test('did not fall with a refresh token that was used twice before it was issued', () => {
    const facts: Fact[] = [{ deed: 'refresh_reused', at: -60_000 }, issued]
    expect(attribute(inactive, around({ client: facts })).subcause).not.toBe('refresh_reused')
    const after: Fact[] = [issued, { deed: 'refresh_reused', at: -10_000 }]
    expect(attribute(inactive, around({ client: after })).subcause).toBe('refresh_reused')
  })
})

test('an issuer that a host asks about each token is its introspection endpoint', () => {
  const silent = told({ reported_cause: 'outage', reported_subcause: 'issuer_unavailable', specificity: 70 })
  expect(attribute(silent, around({ host: [{ deed: 'inactive', count: 4 }] })).subcause).toBe(
    'introspection_unavailable',
  )
  const checks: Fact[] = [{ deed: 'inactive' }, { deed: 'access_token', count: 4 }]
  expect(attribute(silent, around({ host: checks })).subcause).toBe('issuer_unavailable')
})

test('a few bad signatures between good tokens are the tokens’ own', () => {
  const bad = told({ reported_cause: 'malformed', reported_subcause: 'signature', specificity: 60 })
  const scattered: Fact[] = [
    { deed: 'signature', count: 4, detail: 'a', at: -60_000 },
    { deed: 'access_token', count: 5, at: -20_000 },
    { deed: 'signature', detail: 'b', at: 0 },
  ]
  expect(attribute(bad, around({ host: scattered })).subcause).toBe('signature')
})
