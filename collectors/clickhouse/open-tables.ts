/** The tables of a path as sources; those that are there. */
import { ClickHouseLogLevel, createClient } from '@clickhouse/client'
import type { LogSource, SourceOptions } from '../../src/core/ports/source.ts'
import { StoreRefusal } from '../../src/core/ports/store.ts'
import { PathTemplateError } from '../file/path-template.ts'
import { type AskedTables, PASSWORD_VARIABLE } from './asked-tables.ts'
import { type TableKind, TableSource } from './table-source.ts'

/** Columns that are read where the table has them; without the first nothing can be read in order. */
const WANTED: Readonly<Record<TableKind, readonly string[]>> = {
  logs: [
    'Timestamp',
    'TimestampTime',
    'TraceId',
    'SpanId',
    'SeverityText',
    'SeverityNumber',
    'ServiceName',
    'Body',
    'ResourceAttributes',
    'ScopeName',
    'ScopeVersion',
    'LogAttributes',
    'EventName',
  ],
  traces: [
    'Timestamp',
    'TraceId',
    'SpanId',
    'ParentSpanId',
    'SpanName',
    'SpanKind',
    'ServiceName',
    'ResourceAttributes',
    'ScopeName',
    'ScopeVersion',
    'SpanAttributes',
    'Duration',
    'StatusCode',
    'StatusMessage',
    'Events.Name',
    'Events.Attributes',
  ],
}

/** How long one page may take; ms. */
const TIMEOUT_MS = 60_000
/** The server closes idle sockets after 3 s or later. */
const IDLE_SOCKET_MS = 2_500

/** @throws StoreRefusal where the server does not answer, PathTemplateError where it has none of the tables. */
export async function openTables(asked: AskedTables, options: SourceOptions): Promise<LogSource[]> {
  const client = createClient({
    url: asked.url,
    username: asked.user,
    password: asked.password,
    application: 'authtop',
    request_timeout: TIMEOUT_MS,
    keep_alive: { enabled: true, idle_socket_ttl: IDLE_SOCKET_MS },
    log: { level: ClickHouseLogLevel.OFF },
  })
  try {
    const result = await client.query({
      query: `SELECT table, name FROM system.columns WHERE database = '${asked.database}' AND table IN ('${asked.logs}', '${asked.traces}')`,
      format: 'JSONEachRow',
    })
    const there = await result.json<{ table: string; name: string }>()
    const sources = (['traces', 'logs'] as const).flatMap((kind) => {
      const names = new Set(there.filter(({ table }) => table === asked[kind]).map(({ name }) => name))
      if (!names.has('Timestamp')) return []
      return [
        new TableSource(
          client,
          asked,
          kind,
          WANTED[kind].filter((name) => names.has(name)),
          options,
        ),
      ]
    })
    if (sources.length === 0)
      throw new PathTemplateError(
        `${asked.name} has neither ${asked.logs} nor ${asked.traces} as the OpenTelemetry Collector makes them`,
      )
    return sources
  } catch (error) {
    await client.close()
    if (error instanceof PathTemplateError) throw error
    throw new StoreRefusal(
      'unreachable',
      `${asked.name} cannot be read: ${(error as Error).message.split('\n', 1)[0]}`,
      `check host, port and user, and the password (${PASSWORD_VARIABLE})`,
      { cause: error },
    )
  }
}
