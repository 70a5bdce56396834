/** Facts for the finders' tests: complete, small, and different where a test says so. */
import type { FindingFacts } from '../../../../src/analyze/findings/facts.ts'
import type { HostClock } from '../../../../src/core/host-clock.ts'
import type { Incident } from '../../../../src/core/incident.ts'
import type { GroupCount } from '../../../../src/core/ports/store.ts'

export const START_MS = Date.UTC(2026, 10, 16, 8)
export const END_MS = START_MS + 4 * 3_600_000
export const MINUTE_MS = 60_000
export const ISSUER = 'https://id.example'

export function failed(differences: Partial<GroupCount>): GroupCount {
  return {
    kind: 'validation',
    outcome: 'failure',
    cause: 'expiry',
    subcause: 'access_token',
    host: 'orders-1',
    service: 'orders',
    client_id: 'web',
    issuer: ISSUER,
    system: 'jose',
    count: 30,
    from_ms: START_MS + 60 * MINUTE_MS,
    to_ms: END_MS,
    ...differences,
  }
}

export function succeeded(differences: Partial<GroupCount>): GroupCount {
  return failed({ outcome: 'success', cause: null, subcause: null, from_ms: START_MS, count: 1_000, ...differences })
}

export function clock(host: string, differences: Partial<HostClock> = {}): HostClock {
  return {
    host,
    reference: `issuer ${ISSUER}`,
    kind: 'value',
    offset_s: 0.02,
    low_s: -0.1,
    high_s: 0.1,
    drift_ppm: null,
    samples: 500,
    from_ms: START_MS,
    to_ms: END_MS,
    steps: [],
    at_fault: false,
    leeway_s: null,
    breach_ms: null,
    zone_s: null,
    why: [],
    ...differences,
  }
}

export function facts(differences: Partial<FindingFacts> & { hosts?: HostClock[] } = {}): FindingFacts {
  const { hosts = [], ...rest } = differences
  return {
    range: { from_ms: START_MS, to_ms: END_MS },
    now_ms: END_MS,
    failures: [],
    successes: [],
    clocks: { reference: `issuer ${ISSUER}`, generated_ms: END_MS, hosts, issuers: [], collector: null },
    unrecognised: [],
    before: [],
    onsets: new Map(),
    clients: new Map(),
    samples: new Map(),
    ...rest,
  }
}

export function incident(differences: Partial<Incident>): Incident {
  return {
    id: '1',
    kind: 'validation',
    time_ms: START_MS,
    system: 'jose',
    signature: 'jose/expired',
    specificity: 80,
    symptom: 'jwt expired',
    message: 'jwt expired',
    reported_cause: 'expiry',
    reported_subcause: 'access_token',
    cause: 'expiry',
    subcause: 'access_token',
    confidence: 'likely',
    why: [],
    evidence: {},
    observations: 1,
    ...differences,
  }
}
