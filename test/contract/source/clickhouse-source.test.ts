/** The OpenTelemetry Collector's tables in ClickHouse as a source, on the real engine: every row once, with a position that a later run goes on from. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseTablesPath } from '../../../collectors/clickhouse/asked-tables.ts'
import { openTables } from '../../../collectors/clickhouse/open-tables.ts'
import { readMessages } from '../../../collectors/otlp/file-telemetry.ts'
import { collect } from '../../../src/app/collecting.ts'
import { NO_FILTER } from '../../../src/core/filter.ts'
import type { LogSource } from '../../../src/core/ports/source.ts'
import { NO_COUNTS, type StreamState } from '../../../src/core/source-status.ts'
import { openReader } from '../../../src/store/index.ts'
import { ENGINE_MISSING, type Engine, startEngine } from '../store/clickhouse/engine.ts'

const MAP = 'Map(LowCardinality(String), String)'
/** As exporter/clickhouseexporter of opentelemetry-collector-contrib makes them. */
const tables = (database: string) => [
  `CREATE DATABASE ${database}`,
  `CREATE TABLE ${database}.otel_logs (
     Timestamp DateTime64(9), TimestampTime DateTime DEFAULT toDateTime(Timestamp), TraceId String, SpanId String, TraceFlags UInt8,
     SeverityText LowCardinality(String), SeverityNumber UInt8, ServiceName LowCardinality(String), Body String,
     ResourceSchemaUrl LowCardinality(String), ResourceAttributes ${MAP}, ScopeSchemaUrl LowCardinality(String), ScopeName String,
     ScopeVersion LowCardinality(String), ScopeAttributes ${MAP}, LogAttributes ${MAP}
   ) ENGINE = MergeTree PARTITION BY toDate(TimestampTime) PRIMARY KEY (ServiceName, TimestampTime) ORDER BY (ServiceName, TimestampTime, Timestamp)`,
  `CREATE TABLE ${database}.otel_traces (
     Timestamp DateTime64(9), TraceId String, SpanId String, ParentSpanId String, TraceState String, SpanName LowCardinality(String),
     SpanKind LowCardinality(String), ServiceName LowCardinality(String), ResourceAttributes ${MAP}, ScopeName String, ScopeVersion String,
     SpanAttributes ${MAP}, Duration UInt64, StatusCode LowCardinality(String), StatusMessage String,
     Events Nested (Timestamp DateTime64(9), Name LowCardinality(String), Attributes ${MAP}),
     Links Nested (TraceId String, SpanId String, TraceState String, Attributes ${MAP})
   ) ENGINE = MergeTree PARTITION BY toDate(Timestamp) ORDER BY (ServiceName, SpanName, toDateTime(Timestamp))`,
]

let engine: Engine
let folder: string
let databases = 0

async function newTables(): Promise<{ database: string; path: string }> {
  const database = `otel_${++databases}`
  for (const statement of tables(database)) await engine.ask(statement)
  return { database, path: `clickhouse://default@127.0.0.1:${engine.port}/${database}?settle_s=1` }
}

/** Rows of one second each a minute ago, ten of every instant. */
const logs = (database: string, from: number, to: number) =>
  engine.ask(`INSERT INTO ${database}.otel_logs (Timestamp, SeverityText, SeverityNumber, ServiceName, Body, ResourceAttributes)
    SELECT fromUnixTimestamp64Nano(toUnixTimestamp64Nano(now64(9)) - 3600000000000 + intDiv(number, 10) * 1000000000), 'INFO', 9, 'orders',
           'line ' || toString(number), map('host.name', 'orders-1') FROM numbers(${from}, ${to - from})`)

const open = async (path: string, known: readonly StreamState[] = []) =>
  openTables(parseTablesPath(path, {})!, { follow: false, known, notice: () => {}, now: Date.now })

/** Bodies of what a source hands out, with the state after each batch. */
async function readAll(
  source: LogSource,
): Promise<{ lines: string[]; states: { lines: number; state: StreamState }[] }> {
  const lines: string[] = []
  const states: { lines: number; state: StreamState }[] = []
  for await (const batch of source.batches(new AbortController().signal)) {
    if (batch.bytes.length > 0) for (const { text } of (await readMessages(batch, {})).records) lines.push(text)
    const info = await source.checkpoint(batch.stream, batch.end)
    states.push({ lines: lines.length, state: { ...info, offset: batch.end, counters: NO_COUNTS } })
  }
  return { lines, states }
}

const numbered = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `line ${from + i}`).sort()

describe.skipIf(ENGINE_MISSING !== null)(ENGINE_MISSING ?? 'tables of the OpenTelemetry Collector', () => {
  beforeAll(async () => {
    engine = await startEngine()
    folder = mkdtempSync(join(tmpdir(), 'authtop-tables-'))
  }, 60_000)
  afterAll(async () => {
    await engine.remove()
    rmSync(folder, { recursive: true, force: true })
  }, 60_000)

  it('are read row by row, each once, wherever a run ended', async () => {
    const { database, path } = await newTables()
    await logs(database, 0, 2_500)
    const [, source] = await open(path)
    const { lines, states } = await readAll(source!)
    expect([...lines].sort()).toEqual(numbered(0, 2_500))
    for (const { lines: before, state } of [states[0]!, states[1]!, states.at(-1)!]) {
      const [, again] = await open(path, [JSON.parse(JSON.stringify(state)) as StreamState])
      const rest = await readAll(again!)
      expect([...lines.slice(0, before), ...rest.lines].sort()).toEqual(numbered(0, 2_500))
    }
    await logs(database, 2_500, 2_600)
    const [, later] = await open(path, [states.at(-1)!.state])
    expect((await readAll(later!)).lines.sort()).toEqual(numbered(2_500, 2_600))
  })

  it('become incidents like the telemetry they were, and a second run adds nothing', async () => {
    const { database, path } = await newTables()
    await engine.ask(`INSERT INTO ${database}.otel_traces (Timestamp, TraceId, SpanId, ParentSpanId, SpanName, SpanKind, ServiceName, ResourceAttributes,
        SpanAttributes, Duration, StatusCode, StatusMessage, \`Events.Timestamp\`, \`Events.Name\`, \`Events.Attributes\`)
      SELECT fromUnixTimestamp64Nano(toUnixTimestamp64Nano(now64(9)) - 60000000000), lower(hex(MD5(toString(number)))), lower(hex(sipHash64(number))), '',
             'GET /orders', 'Server', 'orders', map('service.name', 'orders', 'host.name', 'orders-1'),
             map('http.response.status_code', '401', 'http.route', '/orders'), 2000000, 'Error', '',
             [now64(9)], ['exception'], [map('exception.type', 'TokenExpiredError', 'exception.message', 'jwt expired')] FROM numbers(20)`)
    await engine.ask(`INSERT INTO ${database}.otel_logs (Timestamp, TraceId, SpanId, SeverityText, SeverityNumber, ServiceName, Body, ResourceAttributes)
      SELECT fromUnixTimestamp64Nano(toUnixTimestamp64Nano(now64(9)) - 50000000000), '', '', 'ERROR', 17, 'reports',
             'JsonWebTokenError: jwt audience invalid. expected: reports-api', map('host.name', 'reports-' || toString(number)) FROM numbers(5)`)
    const db = join(folder, 'store.db')
    const run = () =>
      collect(
        {
          paths: [path],
          store: db,
          follow: false,
          zone: 'UTC',
          retention: { detail_days: 35, rollup_days: 400 },
          notice: () => {},
        },
        new AbortController().signal,
      )
    await run()
    await run()
    const reader = await openReader(db)
    try {
      const causes = await reader.causes({ from_ms: 0, to_ms: Date.now() + 1000 }, NO_FILTER)
      expect(causes).toEqual([
        { cause: 'expiry', subcause: 'access_token', count: 20 },
        { cause: 'misconfiguration', subcause: 'audience_mismatch', count: 5 },
      ])
      const incidents = await reader.incidents({
        range: { from_ms: 0, to_ms: Date.now() },
        filter: NO_FILTER,
        limit: 100,
      })
      expect(incidents.find(({ cause }) => cause === 'expiry')).toMatchObject({
        service: 'orders',
        host: 'orders-1',
        http_status: 401,
      })
      expect((await reader.sources()).map(({ name }) => name).sort()).toEqual([
        `clickhouse://default@127.0.0.1:${engine.port}/${database}/otel_logs`,
        `clickhouse://default@127.0.0.1:${engine.port}/${database}/otel_traces`,
      ])
    } finally {
      await reader.close()
    }
  })

  it('are missed in words where they are not there', async () => {
    await expect(open(`clickhouse://default@127.0.0.1:${engine.port}/nowhere`)).rejects.toThrow(
      /neither otel_logs nor otel_traces/,
    )
    expect(() => parseTablesPath('clickhouse://h/otel?limit=3', {})).toThrow(/no option limit/)
    expect(parseTablesPath('/var/log/app.log', {})).toBeNull()
    const named = parseTablesPath('clickhouse://u:se-cret@h/otel', {})
    expect(named).toMatchObject({ name: 'clickhouse://u@h:8123/otel', password: 'se-cret' })
  })

  it('need the one grant that the documentation names', async () => {
    const { database, path } = await newTables()
    await logs(database, 0, 20)
    const text = readFileSync(new URL('../../../docs/clickhouse.md', import.meta.url), 'utf8')
    const [, grant] = /`(GRANT SELECT ON otel\.\*) TO reader`/.exec(text)!
    await engine.kill()
    await engine.start({ grants: [grant!.replace('otel', database)], settings: { readonly: '2' } })
    const [, source] = await open(path)
    expect((await readAll(source!)).lines).toHaveLength(20)
    await expect(logs(database, 20, 30)).rejects.toThrow(/readonly|Not enough privileges/)
    await engine.kill()
    await engine.start()
  }, 60_000)
})
