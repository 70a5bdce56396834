/**
 * A person's SQL, in ClickHouse's dialect, over the views of docs/sql.md. The server itself refuses to write (readonly), and stops what
 * takes too long or too much.
 */
import { ClickHouseError } from '@clickhouse/client'
import { type SqlResult, StoreRefusal } from '../../core/ports/store.ts'
import { VIEWS } from '../view-names.ts'
import { refusalOf } from './refusal-of.ts'
import type { ClickhouseServer } from './server.ts'

/** Comments and white space before the first word. */
const LEADING = /^(?:\s+|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)/
const READING = new Set(['SELECT', 'WITH', 'VALUES', 'EXPLAIN', 'DESCRIBE', 'DESC', 'SHOW', 'EXISTS'])
/** Where a syntax error stands at one of these, the query would write. */
const WRITING = /failed at position \d+ \((?:delete|insert|update|drop|alter|create|attach|truncate|optimize)\b/i

/** Memory of one query, bytes. */
const QUERY_MEMORY_BYTES = 2 * 1024 ** 3
/** Result size at which it is refused, bytes: what a terminal or a script can still take in one piece. */
const RESULT_BYTES = 64 * 1024 ** 2

const CODE = { syntax: '62', timeout: '159', readonly: '164', depth: '306', result: '396' } as const

export async function runSql(
  server: ClickhouseServer,
  query: string,
  limit: number,
  timeout_ms: number,
): Promise<SqlResult> {
  if (!READING.has(firstWord(query))) throw readOnly()
  try {
    const { names, types, rows } = await server.table(query, {
      // Not 1: a user who may only read (readonly = 2) may set no other value than its own.
      readonly: '2',
      max_execution_time: timeout_ms / 1000,
      timeout_overflow_mode: 'throw',
      max_memory_usage: String(QUERY_MEMORY_BYTES),
      max_result_rows: String(limit + 1),
      max_result_bytes: String(RESULT_BYTES),
      result_overflow_mode: 'break',
      // UNION ALL in the order it is written.
      max_threads: 1,
    })
    return {
      columns: names,
      rows: rows.slice(0, limit).map((row) => row.map((value, i) => toValue(value, types[i]!))),
      truncated: rows.length > limit,
    }
  } catch (error) {
    throw told(error, server, timeout_ms)
  }
}

function told(error: unknown, server: ClickhouseServer, timeout_ms: number): unknown {
  if (!(error instanceof ClickHouseError)) return refusalOf(error, server.shown)
  const message = messageOf(error)
  if (error.code === CODE.readonly || (error.code === CODE.syntax && WRITING.test(message))) return readOnly()
  if (error.code === CODE.timeout || error.code === CODE.depth)
    return new StoreRefusal(
      'unsupported',
      `the query took longer than ${timeout_ms / 1000} s and was stopped`,
      'narrow it down, for example by time_ms, or give it more time',
    )
  return new StoreRefusal(
    'unsupported',
    message,
    `tables to query: ${VIEWS.join(', ')}; see docs/sql.md and docs/clickhouse.md`,
  )
}

/** The client takes what stands in the last brackets of the first line for the kind of the error, also where it is a word of the query. */
function messageOf({ message, type }: ClickHouseError): string {
  const line = message.split('\n', 1)[0]!.trimEnd()
  return type === undefined || /^[A-Z]+_[A-Z_]+$/.test(type) ? line : `${line} (${type})`
}

/** 64-bit integers come as texts; lists and maps as JSON. */
function toValue(value: unknown, type: string): string | number | bigint | null {
  if (value === null || typeof value === 'number') return value as number | null
  if (typeof value === 'boolean') return value ? 1 : 0
  if (typeof value !== 'string') return JSON.stringify(value)
  if (!/^(?:Nullable\(|LowCardinality\()*U?Int(?:64|128|256)/.test(type)) return value
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : BigInt(value)
}

function firstWord(query: string): string {
  let rest = query
  for (let match = LEADING.exec(rest); match; match = LEADING.exec(rest)) rest = rest.slice(match[0].length)
  return /^\w*/.exec(rest)![0].toUpperCase()
}

function readOnly(): StoreRefusal {
  return new StoreRefusal(
    'read_only',
    'only queries that read are allowed here',
    'use SELECT, WITH … SELECT, VALUES or EXPLAIN',
  )
}
