/** The clocks, findings and alerts of the fleet in trouble that fleet-model.ts draws. */
import type { Alert, Silence } from '../../../src/core/alert.ts'
import type { ClockReading } from '../../../src/core/clock-lookup.ts'
import type { Advice, Finding } from '../../../src/core/finding.ts'
import type { HistoryFact } from '../../../src/core/history.ts'
import type { ClockTable, HostClock } from '../../../src/core/host-clock.ts'

const MINUTE = 60_000

const IN_STEP: Omit<HostClock, 'host'> = {
  reference: 'issuer https://id.example',
  kind: 'value',
  offset_s: 0.04,
  low_s: -0.3,
  high_s: 0.4,
  drift_ppm: null,
  samples: 12_400,
  from_ms: null,
  to_ms: null,
  steps: [],
  at_fault: false,
  leeway_s: 5,
  breach_ms: null,
  zone_s: null,
  why: ['its tokens are accepted within 0.7 s of their issue'],
}

export function clockTable(now_ms: number): ClockTable {
  return {
    reference: 'issuer https://id.example',
    generated_ms: now_ms,
    hosts: [
      { ...IN_STEP, host: 'orders-1' },
      {
        ...IN_STEP,
        host: 'reports-1',
        offset_s: 312.2,
        low_s: 311.8,
        high_s: 312.9,
        samples: 1_305,
        at_fault: true,
        leeway_s: 0,
        steps: [{ at_ms: now_ms - 14 * MINUTE, by_s: 312.2 }],
        breach_ms: now_ms - 14 * MINUTE,
        why: [
          'reports-1 called tokens expired that were 12 s old; orders-1 and orders-2 accepted the same tokens',
          '3 of 4 hosts agree with the issuer; reports-1 does not',
        ],
      },
      {
        ...IN_STEP,
        host: 'orders-2',
        offset_s: -3.1,
        low_s: -3.6,
        high_s: -2.8,
        drift_ppm: -84,
        breach_ms: now_ms + 6 * 60 * MINUTE,
        why: ['it falls behind by 7 s a day'],
      },
      {
        ...IN_STEP,
        host: 'billing-1.internal.eu-central-1.example',
        kind: 'bound',
        offset_s: null,
        low_s: null,
        high_s: 42,
        samples: 201,
        leeway_s: null,
        why: ['only successes were seen: nothing bounds it from below'],
      },
      {
        ...IN_STEP,
        host: 'gateway',
        kind: 'cannot_tell',
        reference: null,
        offset_s: null,
        low_s: null,
        high_s: null,
        samples: 0,
        leeway_s: null,
        why: ['its log names no token and no request that another host saw'],
      },
    ],
    issuers: [
      {
        name: 'https://id.example',
        offset_s: 0,
        low_s: 0,
        high_s: 0,
        steps: [],
        at_fault: false,
        why: ['the reference: most hosts are measured against it'],
      },
    ],
    collector: {
      name: 'collector',
      offset_s: null,
      low_s: null,
      high_s: 1.2,
      steps: [],
      at_fault: false,
      why: ['records arrive after they were written'],
    },
  }
}

export function clockReadings(now_ms: number): ClockReading[] {
  const readings: ClockReading[] = []
  for (let minute = 15; minute >= 0; minute--) {
    const at = { at_ms: now_ms - minute * MINUTE, reference: 'issuer https://id.example', low_s: null, high_s: null }
    readings.push({ ...at, host: 'reports-1', offset_s: minute > 13 ? 0.1 : 312.2, drift_ppm: null })
    readings.push({ ...at, host: 'orders-2', offset_s: -3.1 + minute * 0.005, drift_ppm: -84 })
    readings.push({ ...at, host: 'orders-1', offset_s: 0.04, drift_ppm: null })
  }
  return readings
}

export function findings(now_ms: number): Finding[] {
  return [
    {
      kind: 'clock_off',
      severity: 'critical',
      cause: 'skew',
      subcause: 'fresh_token_expired',
      host: 'reports-1',
      issuer: 'https://id.example',
      from_ms: now_ms - 14 * MINUTE,
      to_ms: now_ms - 4_000,
      incidents: 1_204,
      title:
        'The clock of reports-1 is 312 s ahead of https://id.example since it was restarted at 09:14: 1,204 fresh tokens refused',
      why: ['its clock jumped by 312 s at 09:14', 'orders-1 and orders-2 accept the same tokens'],
      fix: ['On reports-1: chronyc makestep, then chronyc tracking', 'Watch its offset: authtop skew'],
      links: [{ text: 'RFC 7519 §4.1.4', url: 'https://www.rfc-editor.org/rfc/rfc7519#section-4.1.4' }],
    },
    {
      kind: 'stale_jwks',
      severity: 'warning',
      cause: 'misconfiguration',
      subcause: 'stale_jwks',
      host: 'orders-2',
      from_ms: now_ms - 6 * MINUTE,
      to_ms: now_ms - 3 * MINUTE,
      incidents: 88,
      title: 'orders-2 still checks with the old keys after the rotation at 09:22',
      why: ['key 2026-12 was first used at 09:22:10', 'every other host fetched it within 20 s'],
      fix: ['Restart orders-2 or shorten its JWKS cache to 10 min'],
      links: [],
    },
    {
      kind: 'clock_drifting',
      severity: 'info',
      cause: null,
      subcause: null,
      host: 'orders-2',
      from_ms: now_ms - 15 * MINUTE,
      to_ms: now_ms,
      incidents: 0,
      title: 'orders-2 falls behind by 7 s a day and crosses its leeway of 5 s in 6 h',
      why: [],
      fix: ['Start chronyd on orders-2'],
      links: [],
    },
  ]
}

export const ADVICE: readonly Advice[] = [
  {
    kind: 'leeway',
    host: 'reports-1',
    avoided: 61,
    of: 1_265,
    title: 'a leeway of 5 s on reports-1 would have accepted 61 of 1,265 skew failures',
    why: ['61 were refused by less than 5 s'],
    fix: ['jsonwebtoken: clockTolerance: 5'],
  },
]

export function alerts(now_ms: number): Alert[] {
  const alert = {
    rule: 'expiry_rise',
    severity: 'warning',
    labels: { client_id: 'batch-3', cause: 'expiry' },
    peak: 41,
    why: ['41 a minute against 12 on other Mondays'],
    fix: ['Refresh before the token expires'],
    command: "authtop failures --client batch-3 --cause expiry --since '09:20'",
  } as const
  return [
    {
      ...alert,
      id: 'a1',
      state: 'firing',
      started_ms: now_ms - 8 * MINUTE,
      fired_ms: now_ms - 6 * MINUTE,
      resolved_ms: null,
      acknowledged_ms: null,
      summary: 'batch-3 fails with expired tokens three times as often as usual since 09:20',
    },
    {
      ...alert,
      id: 'a2',
      rule: 'outage',
      labels: { issuer: 'https://id.example' },
      state: 'firing',
      started_ms: now_ms - 3 * MINUTE,
      fired_ms: now_ms - 2 * MINUTE,
      resolved_ms: null,
      acknowledged_ms: now_ms - MINUTE,
      summary: 'signing keys of https://id.example could not be fetched',
    },
    {
      ...alert,
      id: 'a3',
      labels: { host: 'staging-1' },
      state: 'firing',
      started_ms: now_ms - 50 * MINUTE,
      fired_ms: now_ms - 50 * MINUTE,
      resolved_ms: null,
      acknowledged_ms: null,
      summary: 'staging-1 refuses every token',
    },
    {
      ...alert,
      id: 'a4',
      state: 'resolved',
      started_ms: now_ms - 90 * MINUTE,
      fired_ms: now_ms - 88 * MINUTE,
      resolved_ms: now_ms - 60 * MINUTE,
      acknowledged_ms: null,
      summary: 'mobile-app failed with unknown clients',
    },
  ]
}

export function silences(now_ms: number): Silence[] {
  return [
    {
      id: 's1',
      matchers: { host: 'staging-1' },
      from_ms: now_ms - 60 * MINUTE,
      to_ms: now_ms + 60 * MINUTE,
      comment: 'being rebuilt',
    },
  ]
}

/** Of the token of the first incident: issued, accepted elsewhere, refused here. */
export function tokenHistory(token: string, now_ms: number): HistoryFact[] {
  const fact = { party: 'token', key: token, detail: 'batch-3', exp_ms: now_ms - 16_250 + 5 * MINUTE } as const
  return [
    { ...fact, deed: 'issued', host: 'id-1', first_ms: now_ms - 16_100, last_ms: now_ms - 16_100, count: 1 },
    { ...fact, deed: 'accepted', host: 'orders-1', first_ms: now_ms - 15_000, last_ms: now_ms - 6_000, count: 3 },
    {
      ...fact,
      deed: 'access_token',
      host: 'reports-1',
      first_ms: now_ms - 4_000 + 312_000,
      last_ms: now_ms - 4_000 + 312_000,
      count: 1,
    },
    { ...fact, deed: 'accepted', host: 'gateway', first_ms: now_ms - 5_000, last_ms: now_ms - 5_000, count: 1 },
  ]
}
