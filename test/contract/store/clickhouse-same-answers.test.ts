/**
 * One fleet in both engines: whatever range and filter is asked for, a ClickHouse store answers what the SQLite store did that was moved
 * there, in every question that dashboards, findings and reports are made of. Seeded; on the real engine.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadFindings } from '../../../src/app/load-findings.ts'
import { loadReport } from '../../../src/app/load-report.ts'
import { migrateStore } from '../../../src/app/migrate-store.ts'
import type { Filter, TimeRange } from '../../../src/core/filter.ts'
import type { Dimension, StoreReader } from '../../../src/core/ports/store.ts'
import { openReader, openWriter } from '../../../src/store/index.ts'
import { createRandom } from '../../simulation/clock/random.ts'
import { ENGINE_MISSING, type Engine, startEngine } from './clickhouse/engine.ts'
import {
  batch,
  DAY_MS,
  type GivenIncident,
  HOUR_MS,
  incident,
  MINUTE_MS,
  observation,
  START_MS,
  success,
} from './made-up.ts'

const DAYS = 9
/** Minutes are kept for so many days of them. */
const DETAIL_DAYS = 6
const NOW_MS = START_MS + 2 * HOUR_MS
const SEED = 20_261_128

let random = createRandom(SEED)
const below = (n: number): number => Math.floor(random.next() * n)
const one = <T>(of: readonly T[]): T => of[below(of.length)]!
const digits = (n: number) => Array.from({ length: n }, () => below(16).toString(16)).join('')

const HOSTS = ['orders-1', 'orders-2', "o'hara", 'gw\\1', 'büro', '']
const SERVICES = ['orders', 'gateway', '']
const CLIENTS = ['web', 'mobile', '%', "'); --"]
const CAUSES = [
  ['expiry', 'access_token'],
  ['skew', 'fresh_token_expired'],
  ['misconfiguration', 'stale_jwks'],
  ['malformed', 'signature'],
  ['unknown', 'unspecified'],
] as const
const DIMENSIONS: readonly Dimension[] = ['host', 'service', 'client_id', 'issuer', 'system']

const when = () => NOW_MS - below(DAYS * DAY_MS)

function failure(n: number) {
  const [cause, subcause] = one(CAUSES)
  const time_ms = when()
  const given: Partial<GivenIncident> = {
    ...{ time_ms, cause, subcause, host: one(HOSTS), service: one(SERVICES), client_id: one(CLIENTS) },
    ...{ issuer: one(['https://id/a', 'https://id/b']), system: one(['jose', 'spring']), signature: `s/${below(4)}` },
    ...{ confidence: one(['certain', 'likely', 'possible'] as const), subject: `sub:${below(200)}`, http_status: 401 },
    ...{ token: `jwt:${digits(16)}`, request_id: digits(32), message: `refused "${n}" \\ ${digits(4)}`, why: [`${n}`] },
    ...{ evidence: { exp_ms: time_ms - below(9e5), iat_ms: time_ms - 1e6 }, http_path: `/o/${n}` },
  }
  const clean = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''))
  return { incident: incident(clean), added: [observation({ time_ms, offset: n, line: n })] }
}

async function fill(file: string): Promise<void> {
  const writer = await openWriter(file)
  for (let n = 0; n < 1_500; n += 500) {
    const successes = Array.from({ length: 2_000 }, () => {
      const time_ms = when()
      const of = {
        time_ms,
        host: one(HOSTS) || 'h',
        client_id: one(CLIENTS),
        issuer: 'https://id/a',
        trace_id: digits(32),
      }
      return success({ ...of, evidence: { iat_ms: time_ms - 1_000 - below(3e5), exp_ms: time_ms + 1e6 } })
    })
    const incidents = Array.from({ length: 500 }, (_, i) => failure(n + i))
    await writer.append(batch({ successes, incidents, now_ms: NOW_MS }))
  }
  while (await writer.retain({ detail_days: DETAIL_DAYS, rollup_days: 400 }, NOW_MS));
  await writer.close()
}

function anyRange(): TimeRange {
  const from_ms = NOW_MS - below((DAYS + 1) * DAY_MS)
  const length_ms = one([MINUTE_MS, HOUR_MS, DAY_MS, DAYS * DAY_MS]) * (1 + below(3))
  return { from_ms, to_ms: from_ms + length_ms + below(MINUTE_MS) }
}

function anyFilter(): Filter {
  const some = (values: readonly string[]) => (below(3) === 0 ? [one(values), one(values)] : undefined)
  const pick = (given: Record<string, string[] | undefined>) =>
    Object.fromEntries(Object.entries(given).filter(([, values]) => values !== undefined))
  return {
    include: pick({ host: some(HOSTS), client_id: some(CLIENTS), cause: some(CAUSES.map(([cause]) => cause)) }),
    exclude: pick({ host: some(HOSTS), service: some(SERVICES) }),
  }
}

const QUESTIONS: Record<
  string,
  (reader: StoreReader, range: TimeRange, filter: Filter, dice: number) => Promise<unknown>
> = {
  kinds: (reader, range, filter) => reader.kinds(range, filter),
  causes: (reader, range, filter) => reader.causes(range, filter),
  'series by cause': (reader, range, filter, dice) =>
    reader.series(range, [60_000, 9e5, HOUR_MS, DAY_MS][dice]!, 'cause', filter),
  'series by kind': (reader, range, filter) => reader.series(range, 8 * HOUR_MS, 'kind', filter),
  dimension: (reader, range, filter, dice) => reader.dimension(DIMENSIONS[dice]!, range, filter, 5),
  'dimension over time': (reader, range, filter, dice) =>
    reader.dimensionSeries(DIMENSIONS[dice]!, range, HOUR_MS, filter),
  groups: (reader, range, filter, dice) => reader.groups(range, filter, [3, 50, 500, 500][dice]!),
  'last outcomes': (reader, range, filter, dice) => reader.lastOutcomes(DIMENSIONS[dice]!, range, filter),
  signatures: (reader, range) => reader.signatures(range),
  subjects: (reader, range) => reader.failedSubjects(range),
  activity: (reader, range) => reader.activity(range, 300_000),
  'failures for rules': (reader, range) => reader.failureRows(range, null, 100),
  'incidents, newest first': (reader, range, filter) => reader.incidents({ range, filter, limit: 20 }),
  'incidents, oldest first': (reader, range, filter) =>
    reader.incidents({ range, filter, limit: 7, oldest_first: true }),
  'incidents, many': (reader, range, filter) => reader.incidents({ range, filter, limit: 1_200 }),
  'incidents, the next page': async (reader, range, filter) => {
    const last = (await reader.incidents({ range, filter, limit: 5 })).at(-1)
    if (last === undefined) return []
    return reader.incidents({ range, filter, limit: 5, after: { time_ms: last.time_ms, id: last.id } })
  },
}

describe.skipIf(ENGINE_MISSING !== null)(ENGINE_MISSING ?? 'one fleet in an SQLite and a ClickHouse store', () => {
  let engine: Engine
  let sqlite: StoreReader
  let clickhouse: StoreReader
  const folder = mkdtempSync(join(tmpdir(), 'authtop-same-'))

  beforeAll(async () => {
    engine = await startEngine()
    const from = join(folder, 'fleet.db')
    const to = `clickhouse://default@127.0.0.1:${engine.port}/same?spool=${folder}&collector=a`
    await fill(from)
    await migrateStore({ from, to, progress: () => {} }, new AbortController().signal)
    sqlite = await openReader(from)
    clickhouse = await openReader(to)
  }, 120_000)
  afterAll(async () => {
    await sqlite.close()
    await clickhouse.close()
    await engine.remove()
    rmSync(folder, { recursive: true, force: true })
  }, 60_000)

  it.each(Object.entries(QUESTIONS))(
    'has the same %s',
    async (question, ask) => {
      random = createRandom(SEED + question.length)
      for (let round = 0; round < 8; round++) {
        const [range, filter, dice] = [anyRange(), anyFilter(), below(4)]
        const asked = JSON.stringify({ range, filter, dice })
        expect(await ask(clickhouse, range, filter, dice), asked).toEqual(await ask(sqlite, range, filter, dice))
      }
    },
    60_000,
  )

  it('has the same findings and the same report of a week', async () => {
    const range = { from_ms: NOW_MS - 5 * DAY_MS, to_ms: NOW_MS }
    expect(await loadFindings(clickhouse, range, NOW_MS)).toEqual(await loadFindings(sqlite, range, NOW_MS))
    const previous = { from_ms: NOW_MS - 8 * DAY_MS, to_ms: range.from_ms }
    const asked = { period: range, previous, now_ms: NOW_MS, zone: 'Europe/Berlin', week_start: 1 }
    expect(await loadReport([clickhouse], asked)).toEqual(await loadReport([sqlite], asked))
  }, 60_000)
})
