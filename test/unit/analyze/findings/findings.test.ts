import { describe, expect, it } from 'vitest'
import { onsetKey, sampleKey } from '../../../../src/analyze/findings/facts.ts'
import { findings } from '../../../../src/analyze/findings/find.ts'
import type { HistoryFact } from '../../../../src/core/history.ts'
import { clock, END_MS, facts, failed, ISSUER, incident, MINUTE_MS, START_MS, succeeded } from './made-up.ts'

const only = (kind: string, found: ReturnType<typeof findings>) => found.filter((f) => f.kind === kind)

describe('clocks', () => {
  const ahead = { offset_s: 312.1, low_s: 311.8, high_s: 312.4, at_fault: true, why: ['312.1 s ahead'] }
  const skew = failed({
    host: 'reports-1',
    cause: 'skew',
    subcause: 'fresh_token_expired',
    count: 1_204,
    system: 'pyjwt',
  })

  it('names a wrong clock, by how much, since when, what it explains and the setting', () => {
    // At 09:14 by the issuer's clock the host's went from 09:14 to 09:19:12: to itself it happened in the middle of that.
    const set_ms = START_MS + 74 * MINUTE_MS
    const step = { at_ms: set_ms + 156_100, by_s: 312 }
    const hosts = [clock('reports-1', { ...ahead, steps: [step] }), clock('orders-1')]
    const [finding, ...others] = findings(facts({ hosts, failures: [skew] }))
    expect(others).toEqual([])
    expect(finding).toMatchObject({
      kind: 'clock_off',
      severity: 'critical',
      cause: 'skew',
      subcause: 'fresh_token_expired',
      host: 'reports-1',
      issuer: ISSUER,
      incidents: 1_204,
      from_ms: set_ms,
    })
    expect(finding!.title).toBe(
      `The clock of reports-1 is 312 s ahead of ${ISSUER} since it was set forward at 2026-11-16 09:14Z`,
    )
    expect(finding!.fix.join(' ')).toContain('leeway (seconds or timedelta) in PyJWT')
    expect(finding!.links.length).toBeGreaterThan(0)
  })

  it('says nothing of a step the other way: somebody put it right in part, and what is left is older', () => {
    const right = { at_ms: START_MS + 80 * MINUTE_MS, by_s: -20 }
    const [alone] = findings(facts({ hosts: [clock('reports-1', { ...ahead, steps: [right] })], failures: [skew] }))
    expect(alone!.title).not.toMatch(/was set/)
    const wrong = { at_ms: START_MS + 60 * MINUTE_MS, by_s: 332 }
    const hosts = [clock('reports-1', { ...ahead, steps: [wrong, right] })]
    expect(findings(facts({ hosts, failures: [skew] }))[0]!.title).toMatch(/was set forward at/)
  })

  it('is a warning once no request fails any more, and without any', () => {
    const hosts = [clock('reports-1', ahead)]
    expect(findings(facts({ hosts, failures: [{ ...skew, to_ms: END_MS - 3_600_000 }] }))[0]!.severity).toBe('warning')
    expect(findings(facts({ hosts }))[0]).toMatchObject({ severity: 'warning', incidents: 0, cause: null })
  })

  it('accuses nobody where the table does not', () => {
    const [finding] = findings(facts({ hosts: [clock('reports-1', { ...ahead, at_fault: false })], failures: [skew] }))
    expect(finding!.title).toMatch(/whose clock is wrong is open/)
  })

  it('accuses the issuer alone where the hosts agree with each other', () => {
    const base = facts({ hosts: ['a', 'b', 'c'].map((h) => clock(h, { offset_s: 9, low_s: 8.8, high_s: 9.2 })) })
    const issuers = [{ name: ISSUER, offset_s: 0, low_s: 0, high_s: 0, steps: [], at_fault: true, why: [] }]
    const failures = ['a', 'b', 'c'].map((host) => failed({ host, cause: 'skew', subcause: 'issued_in_future' }))
    const found = findings({ ...base, clocks: { ...base.clocks, issuers }, failures })
    expect(found).toHaveLength(1)
    expect(found[0]).toMatchObject({ kind: 'clock_off', issuer: ISSUER, incidents: 90 })
    expect(found[0]).not.toHaveProperty('host')
  })

  it('leaves a host in step alone', () => {
    expect(findings(facts({ hosts: [clock('a'), clock('b', { offset_s: 0.4, low_s: 0.2, high_s: 0.6 })] }))).toEqual([])
  })

  it('says that skew failed requests also where no clock is known', () => {
    const [finding] = findings(facts({ failures: [{ ...skew, host: '' }] }))
    expect(finding).toMatchObject({ kind: 'clock_off', incidents: 1_204 })
    expect(finding!.title).toMatch(/which one, the logs do not show/)
  })

  it('says which clock it probably is where the others agree with the issuer, and which way', () => {
    const agreeing = ['a', 'b', 'c'].map((name) => clock(name))
    const unknown = { kind: 'bound', offset_s: null, low_s: null, high_s: 0 } as const
    const early = failed({ host: 'ledger-1', cause: 'skew', subcause: 'not_yet_valid', count: 37 })
    const [finding] = findings(facts({ hosts: [...agreeing, clock('ledger-1', unknown)], failures: [early] }))
    expect(finding!.title).toBe(
      'The clock of ledger-1 is probably behind since 2026-11-16 09:00Z or earlier; by how much is not known',
    )
    expect(finding!.why[0]).toBe(
      `3 other hosts agree with ${ISSUER}, and 37 requests failed here because two clocks disagree`,
    )
    expect(finding!.fix[0]).toMatch(/^Compare ledger-1 with/)
    const [ahead] = findings(facts({ hosts: agreeing, failures: [{ ...skew, count: 31 }] }))
    expect(ahead!.title).toMatch(/^The clock of reports-1 is probably ahead since/)
    const both = [early, { ...early, subcause: 'fresh_token_expired' as const }]
    expect(findings(facts({ hosts: agreeing, failures: both }))[0]!.title).toMatch(/the logs do not show/)
    expect(findings(facts({ hosts: agreeing.slice(0, 1), failures: [early] }))[0]!.title).toMatch(
      /the logs do not show/,
    )
  })

  it('warns before a drift crosses the leeway', () => {
    const breach_ms = END_MS + 3 * 3_600_000
    const [finding] = findings(facts({ hosts: [clock('a', { drift_ppm: 40, leeway_s: 5, breach_ms })] }))
    expect(finding).toMatchObject({ kind: 'clock_drifting', severity: 'warning', host: 'a', incidents: 0 })
  })

  it('tells a time zone and a wrong unit from a clock', () => {
    const base = facts({ hosts: [clock('a', { zone_s: 19_800 })] })
    const issuers = [
      { name: ISSUER, offset_s: 0, low_s: 0, high_s: 0, steps: [], at_fault: false, why: [], unit_mistakes: 7 },
    ]
    const found = findings({ ...base, clocks: { ...base.clocks, issuers } })
    expect(found.map((f) => [f.kind, f.severity])).toEqual([
      ['time_unit', 'warning'],
      ['time_zone', 'info'],
    ])
    expect(found[1]!.title).toContain('5 h 30 min ahead')
  })
})

describe('set-ups', () => {
  const mismatch = (client_id: string) =>
    failed({ cause: 'misconfiguration', subcause: 'audience_mismatch', client_id, count: 40 })

  const began = { from_ms: START_MS + 60 * MINUTE_MS, to_ms: END_MS, refused: 120, all: 130, strays: 3 }
  const onsets = new Map([[onsetKey('audience_mismatch', 'orders-1'), began]])

  it('calls a change that hits several clients of a host at work a deploy, and says since when', () => {
    const failures = ['web', 'app', 'batch'].map(mismatch)
    const found = findings(facts({ failures, successes: [succeeded({})], onsets }))
    expect(only('audience_changed', found)).toMatchObject([
      { service: 'orders', host: 'orders-1', incidents: 120, from_ms: began.from_ms, severity: 'critical' },
    ])
    expect(found[0]!.why[0]).toBe('92 % of 130 requests refused for it on orders-1, 3 at other times')
    expect(found[0]!.fix[0]).toBe(
      'Look at what was deployed on orders about 2026-11-16 09:00Z and put back its audience setting: audience (option of jwtVerify) in jose',
    )
    expect(only('client_misconfigured', found)).toEqual([])
  })

  it('needs no client’s name for it, and says when it was put right', () => {
    const past = new Map([[onsetKey('audience_mismatch', 'orders-1'), { ...began, to_ms: END_MS - 120 * MINUTE_MS }]])
    const [found] = findings(facts({ failures: [mismatch('')], onsets: past }))
    expect(found!.severity).toBe('warning')
    expect(found!.title).toBe(
      'orders refused the audience of tokens from 2026-11-16 09:00Z until 2026-11-16 10:00Z: something was deployed or reconfigured, and put right',
    )
  })

  it('blames the client where only one is refused', () => {
    const samples = new Map([
      [
        sampleKey({ cause: 'misconfiguration', place: 'client_id', value: 'web' }),
        [incident({ subcause: 'audience_mismatch', evidence: { expected: 'orders', got: 'billing' } })],
      ],
    ])
    const found = findings(facts({ failures: [mismatch('web')], successes: [succeeded({})], samples, onsets }))
    expect(only('audience_changed', found)).toEqual([])
    expect(only('client_misconfigured', found)).toMatchObject([{ client_id: 'web', incidents: 40 }])
    expect(found[0]!.why.join()).toContain('expected orders, got billing')
  })

  it('finds no deploy in strays that were there from the start', () => {
    const failures = ['web', 'app', 'batch'].map((c) => ({ ...mismatch(c), count: 4, from_ms: START_MS + MINUTE_MS }))
    expect(findings(facts({ failures, successes: [succeeded({})] }))).toEqual([])
  })
})

describe('keys', () => {
  it('names every host that holds old keys, and the rotation behind several', () => {
    const stale = (host: string) => failed({ host, cause: 'misconfiguration', subcause: 'stale_jwks' })
    const found = findings(facts({ failures: [stale('a'), stale('b')] }))
    expect(only('stale_jwks', found).map((f) => f.host)).toEqual(['a', 'b'])
    expect(only('key_rotated', found)).toMatchObject([{ issuer: ISSUER, incidents: 60 }])
    expect(only('key_rotated', findings(facts({ failures: [stale('a')] })))).toEqual([])
  })
})

describe('clients', () => {
  const refused = failed({
    kind: 'issuance',
    cause: 'misconfiguration',
    subcause: 'client_credentials',
    client_id: 'job',
  })
  /** What is remembered of the client: tokens it got and refusals, minutes after the first refusal. */
  const past = (deed: HistoryFact['deed'], minutes: number, until = minutes, count = 1): HistoryFact => ({
    ...{ party: 'client', key: 'job', deed, host: 'auth-1', detail: '', count },
    ...{ first_ms: refused.from_ms + minutes * MINUTE_MS, last_ms: refused.from_ms + until * MINUTE_MS },
  })
  const titleAfter = (...known: HistoryFact[]) =>
    findings(facts({ failures: [refused], clients: new Map([['job', known]]) }))[0]!.title

  it('says since when a secret that worked is refused: it was rotated or has expired', () => {
    const [found] = findings(
      facts({
        failures: [refused],
        clients: new Map([['job', [past('issued', -180, -0.4, 40), past('client_credentials', 0.1, 170, 30)]]]),
      }),
    )
    expect(found).toMatchObject({ kind: 'client_credentials', client_id: 'job', incidents: 30 })
    expect(found!.from_ms).toBe(refused.from_ms + 0.1 * MINUTE_MS)
    expect(found!.title).toBe(
      'Client job cannot authenticate since 2026-11-16 09:00:06Z: its secret was rotated or has expired',
    )
    expect(found!.why[1]).toBe('it got 40 tokens before, the last at 2026-11-16 08:59:36Z, and none since')
  })

  it('tells a rotated secret from one that never worked, from one put right and from one that some instances lack', () => {
    const away = past('client_credentials', 0, 170, 30)
    expect(titleAfter(away)).toMatch(/^Client job cannot authenticate: /)
    expect(titleAfter(past('issued', -60), away, past('issued', 175))).toMatch(/it can again$/)
    expect(titleAfter(past('issued', -60, 169, 200), away)).toMatch(/^Part of client job/)
    expect(titleAfter(past('issued', -60, 90, 60), past('client_credentials', -30), away)).toMatch(/rotated/)
  })

  it('finds a client that never refreshes, and leaves one that does alone', () => {
    const failures = [failed({ client_id: 'batch-3', count: 4_112 })]
    expect(findings(facts({ failures }))).toMatchObject([
      { kind: 'client_never_refreshes', client_id: 'batch-3', incidents: 4_112 },
    ])
    const successes = [succeeded({ kind: 'refresh', client_id: 'batch-3', count: 5_000 })]
    expect(findings(facts({ failures, successes }))).toEqual([])
  })

  it('calls a refresh token used twice a possible theft, however few uses', () => {
    const found = findings(facts({ failures: [failed({ cause: 'revocation', subcause: 'refresh_reused', count: 1 })] }))
    expect(found).toMatchObject([{ kind: 'refresh_reuse', severity: 'critical', client_id: 'web' }])
  })

  it('says whose refresh token was used twice, and from where', () => {
    const wish = { cause: 'revocation', subcause: 'refresh_reused', place: 'client_id', value: 'web' } as const
    const uses = ['10.0.0.7', '203.0.113.9', '203.0.113.9'].map((client_address) =>
      incident({ cause: 'revocation', subcause: 'refresh_reused', client_address, subject: 'sub:1' }),
    )
    const failures = [failed({ cause: 'revocation', subcause: 'refresh_reused', count: 3 })]
    const [finding] = findings(facts({ failures, samples: new Map([[sampleKey(wish), uses]]) }))
    expect(finding!.why).toContain('tokens of 1 user')
    expect(finding!.why).toContain('sent from 203.0.113.9 and 10.0.0.7')
  })

  it('finds withdrawn tokens in use and missing scopes', () => {
    const failures = [
      failed({ cause: 'revocation', subcause: 'principal_disabled', client_id: 'a' }),
      failed({ cause: 'misuse', subcause: 'insufficient_scope', client_id: 'b' }),
    ]
    expect(findings(facts({ failures })).map((f) => [f.kind, f.client_id])).toEqual([
      ['revoked_still_calling', 'a'],
      ['insufficient_scope', 'b'],
    ])
  })
})

describe('outages, forgeries, unknown messages', () => {
  it('tells an outage that goes on from one that is over', () => {
    const down = failed({ cause: 'outage', subcause: 'jwks_unavailable' })
    expect(findings(facts({ failures: [down] }))).toMatchObject([{ kind: 'outage', severity: 'critical' }])
    const [over] = findings(facts({ failures: [{ ...down, to_ms: START_MS + 90 * MINUTE_MS }] }))
    expect(over).toMatchObject({ severity: 'warning' })
    expect(over!.title).toContain('between 2026-11-16 09:00Z and 2026-11-16 09:30Z')
  })

  it('names the address most forgeries come from', () => {
    const wish = { cause: 'malformed', place: 'service', value: 'orders' } as const
    const forged = (client_address: string) => incident({ cause: 'malformed', subcause: 'signature', client_address })
    const samples = new Map([
      [sampleKey(wish), [...Array.from({ length: 9 }, () => forged('203.0.113.9')), forged('10.0.0.1')]],
    ])
    const failures = [failed({ cause: 'malformed', subcause: 'signature', client_id: '' })]
    const [finding] = findings(facts({ failures, samples }))
    expect(finding).toMatchObject({ kind: 'tampering', service: 'orders', incidents: 30 })
    expect(finding!.title).toContain('203.0.113.9')
    expect(finding!.why.join()).toContain('90 %')
  })

  it('tells forgeries from many places at many services once, and those of one party apart', () => {
    const from = (service: string, address: (i: number) => string) => {
      const sample = Array.from({ length: 20 }, (_, i) =>
        incident({ cause: 'malformed', subcause: 'signature', service, client_address: address(i) }),
      )
      return [sampleKey({ cause: 'malformed', place: 'service', value: service }), sample] as const
    }
    const services = ['orders', 'stock', 'mail']
    const samples = new Map([
      ...services.map((service) => from(service, (i) => `198.51.100.${i}`)),
      from('pay', () => '203.0.113.9'),
    ])
    const failures = [...services, 'pay'].flatMap((service) =>
      ['', 'web'].map((client_id) => failed({ cause: 'malformed', subcause: 'signature', service, client_id })),
    )
    const found = findings(facts({ failures, samples })).filter((f) => f.kind === 'tampering')
    expect(found.map((f) => [f.service, f.incidents])).toEqual([
      [undefined, 180],
      ['pay', 60],
    ])
    expect(found[0]!.title).toContain('orders, stock and mail, from many places')
  })

  it('tells the outages of two issuers apart, each since its own time', () => {
    const down = (issuer: string, minute: number) =>
      failed({ cause: 'outage', subcause: 'issuer_unavailable', issuer, from_ms: START_MS + minute * MINUTE_MS })
    const found = findings(facts({ failures: [down(ISSUER, 10), down('https://two.example', 90)] }))
    expect(found.map((f) => [f.issuer, f.from_ms - START_MS])).toEqual([
      [ISSUER, 10 * MINUTE_MS],
      ['https://two.example', 90 * MINUTE_MS],
    ])
    const one = findings(facts({ failures: [down(ISSUER, 10), down('', 10)] }))
    expect(one.map((f) => [f.issuer, f.incidents])).toEqual([[ISSUER, 60]])
  })

  it('counts unrecognised records of a system within the period', () => {
    const group = {
      template: 't',
      system: 'acme',
      sample: 'auth went wrong',
      count: 9,
      first_ms: START_MS,
      last_ms: END_MS,
    }
    const old = { ...group, system: 'old', last_ms: START_MS - 1, first_ms: START_MS - 2 }
    expect(findings(facts({ unrecognised: [group, old] }))).toMatchObject([{ kind: 'unrecognised', service: 'acme' }])
  })

  it('finds nothing in nothing', () => {
    expect(findings(facts())).toEqual([])
  })
})
