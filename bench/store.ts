/**
 * What the store costs: rows a second for failures and successes, bytes a stored incident, time per dashboard question,
 * longest retention slice. Prints a table; run with `node bench/store.ts [incidents] [days] [FILE]`. With FILE the store is
 * kept, whole, for bench/screens.ts and bench/report.ts, and retention is not measured.
 * The fleet is seeded and correlated as real ones are: a service has its hosts, a client its services and its habits.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import type { AuthEvent } from '../src/core/auth-event.ts'
import { NO_FILTER } from '../src/core/filter.ts'
import type { AppendBatch, IncidentChange, StoreReader, StoreWriter } from '../src/core/ports/store.ts'
import { openReader, openWriter } from '../src/store/index.ts'

const INCIDENTS = Number(process.argv[2] ?? 100_000)
const DAYS = Number(process.argv[3] ?? 1)
const KEPT = process.argv[4]
const BATCH = 10_000
const END_MS = Date.UTC(2026, 10, 16)
const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000

/** mulberry32: small, seeded, good enough for a benchmark. */
let state = 42
function random(): number {
  state = (state + 0x6d2b79f5) | 0
  let t = Math.imul(state ^ (state >>> 15), 1 | state)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
}
const below = (n: number) => Math.floor(random() * n)
const hex = (digits: number) => Array.from({ length: digits }, () => below(16).toString(16)).join('')

const FAILURES = [
  ['expiry', 'access_token', 'jsonwebtoken', 'jwt expired'],
  ['expiry', 'refresh_token', 'keycloak', 'Refresh token expired'],
  ['skew', 'fresh_token_expired', 'jose', '"exp" claim timestamp check failed'],
  ['skew', 'not_yet_valid', 'golang-jwt', 'token is not valid yet'],
  ['misconfiguration', 'audience_mismatch', 'spring', 'The aud claim is not valid'],
  ['misconfiguration', 'stale_jwks', 'jose', 'no applicable key found in the JSON Web Key Set'],
  ['malformed', 'signature', 'jsonwebtoken', 'invalid signature'],
  ['unknown', 'unspecified', 'nginx', 'GET /orders/8472 401'],
] as const

function fleet(time_ms: number) {
  const service = below(8)
  const client = below(60)
  return {
    time_ms,
    host: `${['orders', 'billing', 'users', 'search', 'mail', 'files', 'stock', 'ship'][service]}-${below(6)}`,
    service: `svc-${service}`,
    client_id: `client-${(client + service * 7) % 60}`,
    issuer: `https://id.example/realms/${client % 2}`,
  }
}

const USERS = Array.from({ length: 20_000 }, () => hex(16))

let offset = 0
function failure(time_ms: number): IncidentChange {
  const where = fleet(time_ms)
  const [cause, subcause, system, symptom] = FAILURES[below(below(2) ? 3 : FAILURES.length)]!
  const age_s = 10 + below(5000)
  offset += 300
  const said = {
    system,
    signature: `${system}/${subcause}`,
    specificity: 70,
    reported_cause: cause,
    reported_subcause: subcause,
    message: symptom,
  }
  return {
    incident: {
      ...where,
      ...said,
      kind: 'validation',
      symptom,
      cause,
      subcause,
      confidence: 'likely',
      why: [`the token expired ${age_s} s before the request`, 'no clock of this host is known to be off'],
      evidence: { exp_ms: time_ms - age_s * 1000, iat_ms: time_ms - age_s * 1000 - 300_000 },
      token: `jwt:${hex(16)}`,
      subject: `sub:${USERS[below(USERS.length)]}`,
      request_id: `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`,
      http_method: 'GET',
      http_path: `/orders/${below(100_000)}`,
      http_status: 401,
      client_address: `10.0.${below(256)}.${below(256)}`,
    },
    added: [
      {
        ...said,
        time_ms,
        source: '/var/log/app.log',
        stream: '0123456789abcdef',
        offset,
        line: offset / 300,
        host: where.host,
        service: where.service,
        format: 'pino',
      },
    ],
  }
}

function success(time_ms: number): AuthEvent {
  return {
    ...fleet(time_ms),
    kind: 'validation',
    outcome: 'success',
    cause: null,
    subcause: null,
    confidence: 'certain',
    system: 'jose',
    signature: 'jose/verified',
    specificity: 80,
    symptom: 'verified',
    format: 'pino',
    token: `jwt:${hex(16)}`,
    trace_id: hex(32),
    evidence: { iat_ms: time_ms - 5000, exp_ms: time_ms + 295_000 },
    message: 'token verified',
  }
}

const empty: AppendBatch = { successes: [], incidents: [], unrecognised: [], history: [], streams: [], now_ms: END_MS }

async function timed<T>(work: () => Promise<T>): Promise<{ ms: number; result: T }> {
  const start = performance.now()
  const result = await work()
  return { ms: performance.now() - start, result }
}

function report(what: string, figure: string): void {
  console.log(`${what.padEnd(52)} ${figure}`)
}

async function measureRetention(writer: StoreWriter): Promise<void> {
  let longest_ms = 0
  let slices = 0
  for (let more = true; more && slices < 100; slices++) {
    const slice = await timed(() => writer.retain({ detail_days: DAYS / 2, rollup_days: 400 }, END_MS))
    longest_ms = Math.max(longest_ms, slice.ms)
    more = slice.result
  }
  report(`longest of ${slices} retention slices`, `${longest_ms.toFixed(1)} ms`)
}

const directory = mkdtempSync(join(tmpdir(), 'authtop-bench-'))
const file = KEPT ?? join(directory, 'bench.db')
try {
  const writer = await openWriter(file)

  let failure_ms = 0
  for (let done = 0; done < INCIDENTS; done += BATCH) {
    const incidents = Array.from({ length: Math.min(BATCH, INCIDENTS - done) }, (_, i) =>
      failure(END_MS - DAYS * DAY_MS + Math.floor(((done + i) / INCIDENTS) * DAYS * DAY_MS)),
    )
    failure_ms += (await timed(() => writer.append({ ...empty, incidents }))).ms
  }
  report(
    `failures appended (${INCIDENTS}, batches of ${BATCH})`,
    `${Math.round((INCIDENTS / failure_ms) * 1000)} rows/s`,
  )

  const measured = new Database(file, { readonly: true })
  const tables = measured
    .prepare<[], { name: string; bytes: number }>(
      'SELECT name, sum(pgsize) AS bytes FROM dbstat GROUP BY name ORDER BY 2 DESC',
    )
    .all()
  const bytes = tables.reduce((sum, table) => sum + table.bytes, 0)
  measured.close()
  report('bytes per incident, everything', (bytes / INCIDENTS).toFixed(1))
  for (const table of tables.filter((each) => each.bytes > bytes / 100)) {
    report(`  ${table.name}`, (table.bytes / INCIDENTS).toFixed(1))
  }

  let success_ms = 0
  const successes = 2 * BATCH * 15
  for (let done = 0; done < successes; done += 2 * BATCH) {
    const events = Array.from({ length: 2 * BATCH }, (_, i) =>
      success(END_MS - DAYS * DAY_MS + Math.floor(((done + i) / successes) * DAYS * DAY_MS)),
    )
    success_ms += (await timed(() => writer.append({ ...empty, successes: events }))).ms
  }
  report(`successes appended (${successes})`, `${Math.round((successes / success_ms) * 1000)} events/s`)

  const queries = Array.from({ length: 5000 }, () => {
    const at_ms = END_MS - below(DAYS * DAY_MS)
    return {
      token: `jwt:${hex(16)}`,
      request_id: hex(32),
      from_ms: at_ms - 10_000,
      to_ms: at_ms + 10_000,
      by_time: true,
    }
  })
  const looked = await timed(() => writer.neighbours(queries))
  report('neighbour query (ids and ±10 s)', `${((looked.ms / queries.length) * 1000).toFixed(1)} µs`)

  const reader = await openReader(file)
  const range = { from_ms: END_MS - DAYS * DAY_MS + 12_345, to_ms: END_MS - 12_345 }
  const one = { include: { host: ['orders-3'] }, exclude: {} }
  const two = { include: { host: ['orders-3'], client_id: ['client-7'] }, exclude: {} }
  const questions: Record<string, (reader: StoreReader) => Promise<unknown>> = {
    kinds: (store) => store.kinds(range, NO_FILTER),
    'causes of one host': (store) => store.causes(range, one),
    'causes of one host and client': (store) => store.causes(range, two),
    'series by cause, 8 h': (store) => store.series(range, 8 * HOUR_MS, 'cause', NO_FILTER),
    'series by cause of one host, 8 h': (store) => store.series(range, 8 * HOUR_MS, 'cause', one),
    'series by minute, last hour': (store) =>
      store.series({ from_ms: END_MS - HOUR_MS, to_ms: END_MS }, 60_000, 'cause', NO_FILTER),
    'series by minute of one host, last hour': (store) =>
      store.series({ from_ms: END_MS - HOUR_MS, to_ms: END_MS }, 60_000, 'cause', one),
    'hosts by failures': (store) => store.dimension('host', range, NO_FILTER, 20),
    'clients of one host': (store) => store.dimension('client_id', range, one, 20),
    '50 newest incidents': (store) => store.incidents({ range, filter: NO_FILTER, limit: 50 }),
    '50 newest incidents of one host and client': (store) => store.incidents({ range, filter: two, limit: 50 }),
    '50 newest incidents of a rare cause and client': (store) =>
      store.incidents({
        range,
        filter: { include: { cause: ['unknown'], client_id: ['client-7'] }, exclude: {} },
        limit: 50,
      }),
    'incidents of a client that is not there': (store) =>
      store.incidents({ range, filter: { include: { client_id: ['nobody'] }, exclude: {} }, limit: 50 }),
    version: (store) => store.version(),
  }
  for (const [question, ask] of Object.entries(questions)) {
    await ask(reader)
    const runs: number[] = []
    for (let i = 0; i < 5; i++) runs.push((await timed(() => ask(reader))).ms)
    runs.sort((a, b) => a - b)
    report(question, `${runs[2]!.toFixed(2)} ms (${runs[0]!.toFixed(2)}–${runs[4]!.toFixed(2)})`)
  }
  await reader.close()

  if (KEPT === undefined) await measureRetention(writer)
  await writer.close()
  report('file', `${(statSync(file).size / 2 ** 20).toFixed(1)} MiB`)
} finally {
  rmSync(directory, { recursive: true })
}
