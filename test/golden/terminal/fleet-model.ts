/** A model of a small fleet in trouble, at a fixed instant: what the goldens and unit tests draw. */

import { assembleModel, type StoreAnswers } from '../../../dashboards/terminal/assemble-model.ts'
import type {
  DashboardModel,
  IncidentDetail,
  ListedIncident,
  ModelRequest,
  SourceRow,
} from '../../../dashboards/terminal/model.ts'
import { timeWindow } from '../../../dashboards/terminal/time-window.ts'
import { tokenTimeline } from '../../../dashboards/terminal/token-timeline.ts'
import type { Incident, Observation } from '../../../src/core/incident.ts'
import type { CauseCount, DimensionRow, SeriesPoint } from '../../../src/core/ports/store.ts'
import { remedyOf } from '../../../src/core/remedy/remedy-of.ts'
import { ADVICE, alerts, clockReadings, clockTable, findings, silences, tokenHistory } from './fleet-trouble.ts'

export const NOW_MS = Date.UTC(2026, 10, 16, 9, 28, 41, 250)
const MINUTE = 60_000

const BASE: ListedIncident = {
  id: '1',
  kind: 'validation',
  time_ms: NOW_MS - 4_000,
  corrected_ms: NOW_MS - 4_000,
  host: 'reports-1',
  service: 'reports',
  client_id: 'batch-3',
  issuer: 'https://id.example',
  audience: 'reports-api',
  subject: 'sub:77aa10',
  token: 'jwt:3fa9c1d2e4b5a697',
  request_id: 'req-91ac',
  http_method: 'GET',
  http_path: '/reports/daily',
  http_status: 401,
  client_address: '10.0.0.7',
  system: 'jsonwebtoken',
  signature: 'jsonwebtoken/expired',
  specificity: 80,
  symptom: 'jwt expired',
  message: 'TokenExpiredError: jwt expired at 2026-11-16T09:33:25.000Z',
  reported_cause: 'expiry',
  reported_subcause: 'access_token',
  cause: 'skew',
  subcause: 'fresh_token_expired',
  confidence: 'certain',
  why: [
    'the token was issued 12 s before it was called expired, its lifetime is 5 min',
    "reports-1's clock is 312 s ahead of the other hosts",
  ],
  evidence: {
    iat_ms: NOW_MS - 16_250,
    exp_ms: NOW_MS - 16_250 + 5 * MINUTE,
    validator_ms: NOW_MS + 312_000 - 4_000,
    delta_ms: 24_250,
    leeway_ms: 0,
    kid: '2026-11',
    alg: 'RS256',
  },
  observations: 2,
}

function incident(id: string, age_ms: number, change: Partial<Incident>): ListedIncident {
  const at_ms = NOW_MS - age_ms
  return { ...BASE, id, time_ms: at_ms, corrected_ms: at_ms, ...change }
}

const UNEXPLAINED: Partial<Incident> = {
  host: 'gateway',
  service: 'nginx',
  client_id: 'mobile-app',
  system: 'nginx',
  signature: 'nginx/401',
  symptom: '401',
  message: '"GET /orders HTTP/1.1" 401',
  reported_cause: 'unknown',
  reported_subcause: 'unspecified',
  cause: 'unknown',
  subcause: 'unspecified',
  confidence: 'possible',
  why: ['only the status line speaks of it'],
}

export const INCIDENTS: readonly ListedIncident[] = [
  BASE,
  // As its host stamped it: by a clock that is 312 s ahead.
  incident('2', 9_000, { client_id: 'web', time_ms: NOW_MS + 303_000 }),
  incident('3', 12_000, {
    host: 'orders-1',
    service: 'orders',
    client_id: 'batch-3',
    cause: 'expiry',
    subcause: 'access_token',
    confidence: 'likely',
    why: ['the token had expired 3 h 12 min before, by every clock'],
  }),
  incident('4', 31_000, UNEXPLAINED),
  incident('5', 44_000, {
    host: 'orders-2',
    service: 'orders',
    client_id: 'web',
    symptom: 'invalid signature',
    message: 'JsonWebTokenError: invalid signature',
    reported_cause: 'malformed',
    reported_subcause: 'signature',
    cause: 'misconfiguration',
    subcause: 'stale_jwks',
    confidence: 'likely',
    why: ['the key was rotated 40 s before and only this host refuses it'],
  }),
  incident('6', 58_000, {
    host: 'billing-1.internal.eu-central-1.example',
    service: 'billing',
    client_id: 'partner-integration-acme-production',
    cause: 'misconfiguration',
    subcause: 'audience_mismatch',
    why: ['expected billing-api, got orders-api'],
  }),
  incident('7', 75_000, { client_id: 'mobile-app', subcause: 'not_yet_valid', why: ['not valid for another 4 s'] }),
  ...Array.from({ length: 30 }, (_, i) =>
    incident(String(100 + i), 90_000 + i * 11_000, { client_id: `batch-${(i % 4) + 1}` }),
  ),
]

/** Incidents without host and client have no such field at all. */
export const NAMELESS: ListedIncident = (() => {
  const { host: _host, client_id: _client, service: _service, ...rest } = BASE
  return { ...rest, id: 'nameless' }
})()

const OBSERVATIONS: readonly Observation[] = [
  {
    time_ms: BASE.time_ms,
    source: '/var/log/reports-1/app.log',
    stream: 's1',
    offset: 1_204_551,
    line: 10_412,
    host: 'reports-1',
    service: 'reports',
    system: 'jsonwebtoken',
    signature: 'jsonwebtoken/expired',
    specificity: 80,
    reported_cause: 'expiry',
    reported_subcause: 'access_token',
    message: BASE.message,
    format: 'pino',
  },
  {
    time_ms: BASE.time_ms + 250,
    source: '/var/log/nginx/access.log',
    stream: 's2',
    offset: 88_120,
    host: 'gateway',
    system: 'nginx',
    signature: 'nginx/401',
    specificity: 10,
    reported_cause: 'unknown',
    reported_subcause: 'unspecified',
    message: '10.0.0.7 "GET /reports/daily HTTP/1.1" 401',
    format: 'nginx-access',
  },
]

export const SOURCES: readonly SourceRow[] = [
  source(
    's1',
    '/var/log/reports-1/app.log',
    { format: 'pino', last_record_ms: NOW_MS - 4_000, records_per_second: 12.4, size: 1_204_900, offset: 1_204_900 },
    [10_412, 10_412, 1_204],
  ),
  source(
    's2',
    '/var/log/nginx/access.log',
    {
      format: 'nginx-access',
      last_record_ms: NOW_MS - 1_000,
      records_per_second: 96,
      size: 9_000_000,
      offset: 7_400_000,
    },
    [88_120, 88_120, 2_311],
  ),
  source(
    's3',
    '/var/log/billing/out.log',
    {
      zone: 'UTC',
      sample: ['ok 200 17ms /invoices', 'ok 200 21ms /invoices/7', 'cache miss invoices/7'],
      size: 4_000,
      offset: 4_000,
    },
    [310, 310, 0],
  ),
]

function source(
  stream: string,
  name: string,
  facts: Partial<SourceRow>,
  [lines, records, recognised]: [number, number, number],
): SourceRow {
  return {
    stream,
    name,
    identity: null,
    offset: 0,
    updated_ms: NOW_MS,
    records_per_second: null,
    counters: { lines, records, recognised, cut_records: 0, cut_bytes: 0 },
    ...facts,
  }
}

const CAUSES: readonly CauseCount[] = [
  { cause: 'skew', subcause: 'fresh_token_expired', count: 1_204 },
  { cause: 'skew', subcause: 'not_yet_valid', count: 61 },
  { cause: 'expiry', subcause: 'access_token', count: 311 },
  { cause: 'expiry', subcause: 'refresh_token', count: 12 },
  { cause: 'misconfiguration', subcause: 'stale_jwks', count: 88 },
  { cause: 'misconfiguration', subcause: 'audience_mismatch', count: 40 },
  { cause: 'revocation', subcause: 'token_revoked', count: 9 },
  { cause: 'unknown', subcause: 'unspecified', count: 27 },
  { cause: 'outage', subcause: 'jwks_unavailable', count: 3 },
]

const BEFORE: readonly CauseCount[] = [
  { cause: 'expiry', subcause: 'access_token', count: 300 },
  { cause: 'misconfiguration', subcause: 'audience_mismatch', count: 128 },
  { cause: 'revocation', subcause: 'token_revoked', count: 18 },
  { cause: 'unknown', subcause: 'unspecified', count: 2 },
  { cause: 'misuse', subcause: 'insufficient_scope', count: 4 },
]

const HOSTS: readonly DimensionRow[] = [
  { value: 'reports-1', successes: 40, failures: 1_265, top_cause: 'skew' },
  { value: 'orders-1', successes: 44_021, failures: 311, top_cause: 'expiry' },
  { value: 'orders-2', successes: 39_900, failures: 88, top_cause: 'misconfiguration' },
  { value: 'billing-1.internal.eu-central-1.example', successes: 201, failures: 52, top_cause: 'misconfiguration' },
  { value: '', successes: 0, failures: 27, top_cause: 'unknown' },
  { value: 'gateway', successes: 120, failures: 0, top_cause: null },
]

const CLIENTS: readonly DimensionRow[] = [
  { value: 'batch-3', successes: 310, failures: 1_402, top_cause: 'skew' },
  { value: 'web', successes: 80_120, failures: 212, top_cause: 'expiry' },
  { value: 'partner-integration-acme-production', successes: 812, failures: 40, top_cause: 'misconfiguration' },
  { value: 'mobile-app', successes: 3_001, failures: 89, top_cause: 'unknown' },
]

const SERVICES: readonly DimensionRow[] = [
  { value: 'reports', successes: 40, failures: 1_265, top_cause: 'skew' },
  { value: 'orders', successes: 83_921, failures: 399, top_cause: 'expiry' },
  { value: 'billing', successes: 201, failures: 52, top_cause: 'misconfiguration' },
]

const ISSUERS: readonly DimensionRow[] = [
  { value: 'https://id.example', successes: 84_162, failures: 1_716, top_cause: 'skew' },
  { value: '', successes: 0, failures: 27, top_cause: 'unknown' },
]

export const EMPTY_REQUEST: ModelRequest = {
  screen: 'overview',
  now_ms: NOW_MS,
  length_ms: 15 * MINUTE,
  end: 'now',
  filter: { include: {}, exclude: {} },
  words: [],
  order: null,
  incident_id: null,
  limit: 500,
}

/** What a store would have answered. */
/** Screens for which it is asked whether expiries heal. */
const FIGURED: ReadonlySet<ModelRequest['screen']> = new Set(['overview', 'summary'])

export function fleetAnswers(request: ModelRequest = EMPTY_REQUEST): StoreAnswers {
  const extent = { from_ms: NOW_MS - 26 * 60 * MINUTE, to_ms: NOW_MS }
  const window = timeWindow(request, extent)
  const series: SeriesPoint[] = []
  for (let i = 0; i < 15; i++) {
    const start_ms = window.range.from_ms + i * window.step_ms
    if (i >= 4) series.push({ start_ms, key: 'skew', count: (i - 3) * 19 })
    series.push({ start_ms, key: 'expiry', count: 15 + (i % 4) * 4 })
    if (i >= 9 && i <= 11) series.push({ start_ms, key: 'misconfiguration', count: 40 })
    if (i % 5 === 0) series.push({ start_ms, key: 'unknown', count: 9 })
    if (i === 3) series.push({ start_ms, key: 'revocation', count: 9 })
    if (i === 13) series.push({ start_ms, key: 'outage', count: 3 })
  }
  const opened = INCIDENTS.find(({ id }) => id === request.incident_id)
  return {
    now_ms: request.now_ms,
    window,
    extent,
    kinds: [
      { kind: 'issuance', outcome: 'success', count: 1_170 },
      { kind: 'refresh', outcome: 'success', count: 88 },
      { kind: 'validation', outcome: 'success', count: 84_120 },
      { kind: 'validation', outcome: 'failure', count: 1_743 },
      { kind: 'refresh', outcome: 'failure', count: 12 },
    ],
    causes: CAUSES,
    healing: FIGURED.has(request.screen) ? { looked: 200, healed: 124, median_ms: 410 } : null,
    previous_causes: BEFORE,
    series,
    incidents: INCIDENTS,
    parties: {
      hosts: { now: HOSTS, before: [{ value: 'orders-1', successes: 41_000, failures: 300, top_cause: 'expiry' }] },
      clients: { now: CLIENTS, before: [{ value: 'web', successes: 80_000, failures: 240, top_cause: 'expiry' }] },
      services: { now: SERVICES, before: [] },
      issuers: {
        now: ISSUERS,
        before: [{ value: 'https://id.example', successes: 120_000, failures: 452, top_cause: 'expiry' }],
      },
    },
    clocks: {
      table: clockTable(NOW_MS),
      readings: clockReadings(NOW_MS),
      refused: new Map([
        ['reports-1', 1_265],
        ['orders-2', 0],
      ]),
    },
    findings: {
      findings: findings(NOW_MS),
      advice: ADVICE,
      alerts: alerts(NOW_MS),
      silences: silences(NOW_MS),
      filter: request.filter,
    },
    sources: SOURCES,
    unrecognised: [],
    detail: opened === undefined ? null : detailOf(opened),
    notices: [],
    pending: false,
  }
}

export function detailOf(opened: Incident): IncidentDetail {
  // A host that is ahead stamps its records in our future.
  const incident = opened === BASE ? { ...opened, time_ms: NOW_MS - 4_000 + 312_000 } : opened
  return {
    incident,
    observations: OBSERVATIONS,
    remedy: remedyOf(opened.cause, opened.subcause as never),
    timeline: tokenTimeline({
      incident,
      observations: OBSERVATIONS,
      history: tokenHistory(incident.token ?? '', NOW_MS),
      offset: (host) => ({ 'reports-1': 312_200, 'orders-1': 40, 'id-1': 0 })[host] ?? null,
    }),
  }
}

export function fleetModel(request: ModelRequest = EMPTY_REQUEST): DashboardModel {
  return assembleModel(fleetAnswers(request))
}

const EMPTY_PARTY = { now: [], before: [] }

/** A model in which nothing has happened yet; give what is to differ. */
export function quietModel(change: Partial<StoreAnswers> = {}): DashboardModel {
  return assembleModel({
    ...fleetAnswers(),
    extent: null,
    kinds: [],
    causes: [],
    healing: null,
    previous_causes: [],
    series: [],
    incidents: [],
    clocks: {
      table: { ...clockTable(NOW_MS), reference: null, hosts: [], issuers: [], collector: null },
      readings: [],
      refused: new Map(),
    },
    findings: { findings: [], advice: [], alerts: [], silences: [], filter: EMPTY_REQUEST.filter },
    parties: { hosts: EMPTY_PARTY, clients: EMPTY_PARTY, services: EMPTY_PARTY, issuers: EMPTY_PARTY },
    sources: [],
    ...change,
  })
}
