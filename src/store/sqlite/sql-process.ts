/**
 * The process that runs one read-only query and ends; started by run-sql.ts, which also enforces the time limit.
 * Invariant: nothing but a single SELECT, VALUES, WITH … SELECT or EXPLAIN reaches the store.
 */
import type Database from 'better-sqlite3'
import { type SqlResult, StoreRefusal } from '../../core/ports/store.ts'
import { VIEWS } from '../view-names.ts'
import { openReadable } from './connection.ts'
import { refusalOf } from './refusal-of.ts'
import type { SqlReply, SqlRequest } from './sql-message.ts'
import { createViews } from './views.ts'

/** SQLite's own memory, bytes: sorting and grouping spill to disk long before. */
const SQLITE_MEMORY_BYTES = 512 * 1024 * 1024

/** Result size at which it counts as cut, bytes of text: what a terminal or a script can still take in one piece. */
const RESULT_BYTES = 64 * 1024 * 1024

/** Comments and white space before the first word. */
const LEADING = /^(?:\s+|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)/

const READING = new Set(['SELECT', 'WITH', 'VALUES', 'EXPLAIN'])

process.once('message', ({ path, query, limit }: SqlRequest) => {
  process.send?.(answer(path, query, limit), () => process.disconnect?.())
})

function answer(path: string, query: string, limit: number): SqlReply {
  try {
    return { result: read(path, query, limit) }
  } catch (error) {
    const known = refusalOf(error, path)
    if (known instanceof StoreRefusal) {
      return { refusal: { reason: known.reason, message: known.message, hint: known.hint } }
    }
    const message = error instanceof Error ? error.message : String(error)
    return {
      refusal: { reason: 'unsupported', message, hint: `tables to query: ${VIEWS.join(', ')}; see docs/sql.md` },
    }
  }
}

function read(path: string, query: string, limit: number): SqlResult {
  refuseWriting(!READING.has(firstWord(query)))
  const db = openReadable(path)
  createViews(db)
  db.pragma(`hard_heap_limit = ${SQLITE_MEMORY_BYTES}`)
  db.pragma('query_only = ON')
  const statement = db.prepare<[], (string | number | bigint | Buffer | null)[]>(query)
  refuseWriting(!statement.readonly || !statement.reader)
  refuseOwnTables(db, query)
  const columns = statement.columns().map((column) => column.name)
  const rows: SqlResult['rows'] = []
  let bytes = 0
  let truncated = false
  for (const row of statement.raw().safeIntegers().iterate()) {
    if (rows.length >= limit || bytes > RESULT_BYTES) {
      truncated = true
      break
    }
    const values = row.map(toValue)
    for (const value of values) bytes += typeof value === 'string' ? value.length : 8
    rows.push(values)
  }
  db.close()
  return { columns, rows, truncated }
}

function toValue(value: string | number | bigint | Buffer | null): string | number | bigint | null {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value
  return Buffer.isBuffer(value) ? `x'${value.toString('hex')}'` : value
}

function firstWord(query: string): string {
  let rest = query
  for (let match = LEADING.exec(rest); match; match = LEADING.exec(rest)) rest = rest.slice(match[0].length)
  return /^\w*/.exec(rest)![0].toUpperCase()
}

function refuseWriting(writes: boolean): void {
  if (!writes) return
  throw new StoreRefusal(
    'read_only',
    'only queries that read are allowed here',
    'use SELECT, WITH … SELECT, VALUES or EXPLAIN',
  )
}

/** What is the store's own: its fingerprint key, and notices on their way with what their receivers are to know. */
const OWN_TABLES = ['meta', 'alert_state', 'outbox']

/**
 * SQLite's authorizer is not to be had through better-sqlite3; what a statement will open is in its program, whatever views,
 * subqueries and aliases it takes to get there.
 */
function refuseOwnTables(db: Database.Database, query: string): void {
  if (firstWord(query) === 'EXPLAIN') return
  const own = db
    .prepare<[], [rootpage: number, table: string]>(
      'SELECT rootpage, tbl_name FROM main.sqlite_schema WHERE rootpage > 0',
    )
    .raw()
    .all()
  const pages = new Map(own.filter(([, table]) => OWN_TABLES.includes(table)))
  const program = db.prepare<[], { opcode: string; p2: number; p3: number }>(`EXPLAIN ${query}`).all()
  for (const { opcode, p2, p3 } of program) {
    const table = /^(?:Open|Reopen)/.test(opcode) && p3 === MAIN ? pages.get(p2) : undefined
    if (table === undefined) continue
    throw new StoreRefusal('unsupported', `${table} is the store's own`, `tables to query: ${VIEWS.join(', ')}`)
  }
}

/** Number of the store among a connection's databases; 1 is that of the views. */
const MAIN = 0
