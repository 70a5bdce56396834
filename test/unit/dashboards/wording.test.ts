import { describe, expect, test } from 'vitest'
import { evidenceLines } from '../../../dashboards/evidence-words.ts'
import { causeTitle, fieldTitle, kindDone, subcauseTitle, verdictTitle } from '../../../dashboards/wording.ts'
import { CAUSE_ORDER, CAUSES, type Subcause } from '../../../src/core/cause.ts'
import { FILTER_FIELDS } from '../../../src/core/filter.ts'
import { KINDS } from '../../../src/core/kind.ts'

describe('names', () => {
  test('exist for every cause and subcause and fit their columns', () => {
    for (const cause of CAUSE_ORDER) {
      expect(causeTitle(cause).length).toBeLessThanOrEqual(15)
      for (const subcause of CAUSES[cause]) expect(subcauseTitle(cause, subcause).length).toBeLessThanOrEqual(40)
    }
  })
  test('exist for every step and filter field', () => {
    expect(new Set(KINDS.map(kindDone)).size).toBe(KINDS.length)
    expect(new Set(FILTER_FIELDS.map(fieldTitle)).size).toBe(FILTER_FIELDS.length)
  })
  test('do not say the cause twice', () => {
    expect(verdictTitle('expiry', 'access_token')).toBe('Expired access token')
    expect(verdictTitle('skew', 'fresh_token_expired')).toBe('Clock skew: fresh token taken for expired')
    expect(verdictTitle('misuse', 'pkce')).toBe('Misuse: PKCE check failed')
  })
  test('of a subcause only a newer version knows are its id in words', () => {
    expect(verdictTitle('skew', 'leap_second' as Subcause)).toBe('Clock skew: leap second')
  })
})

describe('evidence', () => {
  test('states instants with their clock and differences as such', () => {
    const exp_ms = Date.UTC(2026, 10, 16, 9, 0, 0)
    const lines = evidenceLines(
      { iat_ms: exp_ms - 300_000, exp_ms, validator_ms: exp_ms + 12_000, leeway_ms: 0 },
      'UTC',
    )
    expect(lines.map(({ label, text }) => `${label}: ${text}`)).toEqual([
      "issued: 2026-11-16 08:55:00 UTC, issuer's clock",
      "expires: 2026-11-16 09:00:00 UTC, issuer's clock, lifetime 5 min",
      "checked: 2026-11-16 09:00:12 UTC, validator's clock",
      'against expiry: 12 s after expiry, across two clocks',
      'against issue: 5 min 12 s after issue, across two clocks',
      'leeway: none',
    ])
  })
  test('says nothing about what was not stated', () => {
    expect(evidenceLines({}, 'UTC')).toEqual([])
    expect(evidenceLines({ expected: 'a', got: 'b' }, 'UTC').map(({ label }) => label)).toEqual(['expected', 'got'])
  })
})
