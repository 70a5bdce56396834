/** Streams with their committed position and counters; also numbers streams for the observations. */
import type Database from 'better-sqlite3'
import type { SourceStatus, StreamState } from '../../core/source-status.ts'

/** Names of streams remembered as numbers. */
const CACHE_LIMIT = 50_000

interface StreamRow {
  stream: string
  name: string
  offset: number
  head: string | null
  head_bytes: number
  tail: string
  tail_bytes: number
  cursor: string | null
  device: string | null
  inode: string | null
  host: string | null
  service: string | null
  lines: number
  records: number
  recognised: number
  cut_records: number
  cut_bytes: number
  format: string | null
  zone: string | null
  last_record_ms: number | null
  size: number | null
  error: string | null
  sample: string | null
  updated_ms: number
}

const STATE_COLUMNS = [
  'stream',
  'name',
  'offset',
  'head',
  'head_bytes',
  'tail',
  'tail_bytes',
  'cursor',
  'device',
  'inode',
  'host',
  'service',
  'lines',
  'records',
  'recognised',
  'cut_records',
  'cut_bytes',
  'format',
  'zone',
  'last_record_ms',
  'size',
  'error',
  'sample',
  'updated_ms',
] as const satisfies readonly (keyof StreamRow)[]

/** Every stream with a committed position, in the order they were first met. */
export function readStreams(db: Database.Database): SourceStatus[] {
  const sql = `SELECT ${STATE_COLUMNS.join(', ')} FROM stream WHERE offset IS NOT NULL ORDER BY id`
  return db.prepare<[], StreamRow>(sql).all().map(toStatus)
}

export class StreamTable {
  readonly #put: Database.Statement<unknown[]>
  readonly #find: Database.Statement<[string], number>
  readonly #add: Database.Statement<[string, string, number]>
  readonly #numbers = new Map<string, number>()

  constructor(db: Database.Database) {
    const [, ...changing] = STATE_COLUMNS
    this.#put = db.prepare(
      `INSERT INTO stream (${STATE_COLUMNS.join(', ')}) VALUES (${STATE_COLUMNS.map(() => '?').join(', ')})
       ON CONFLICT (stream) DO UPDATE SET ${changing.map((column) => `${column} = excluded.${column}`).join(', ')}`,
    )
    this.#find = db.prepare<[string], number>('SELECT id FROM stream WHERE stream = ?').pluck()
    this.#add = db.prepare('INSERT INTO stream (stream, name, updated_ms) VALUES (?, ?, ?)')
  }

  put(state: StreamState, now_ms: number): void {
    const { identity, counters } = state
    this.#put.run(
      state.stream,
      state.name,
      state.offset,
      identity?.head ?? null,
      identity?.head_bytes ?? null,
      identity?.tail ?? null,
      identity?.tail_bytes ?? null,
      state.cursor ?? null,
      state.device ?? null,
      state.inode ?? null,
      state.host ?? null,
      state.service ?? null,
      counters.lines,
      counters.records,
      counters.recognised,
      counters.cut_records,
      counters.cut_bytes,
      state.format ?? null,
      state.zone ?? null,
      state.last_record_ms ?? null,
      state.size ?? null,
      state.error ?? null,
      state.sample ? JSON.stringify(state.sample) : null,
      now_ms,
    )
  }

  /** The stream's number; a stream that is only spoken of gets one too, under the name given. */
  number(stream: string, name: string, now_ms: number): number {
    let number = this.#numbers.get(stream)
    if (number === undefined) {
      number = this.#find.get(stream) ?? Number(this.#add.run(stream, name, now_ms).lastInsertRowid)
      if (this.#numbers.size >= CACHE_LIMIT) this.#numbers.clear()
      this.#numbers.set(stream, number)
    }
    return number
  }

  forget(): void {
    this.#numbers.clear()
  }
}

function toStatus(row: StreamRow): SourceStatus {
  const { stream, name, offset, updated_ms, lines, records, recognised, cut_records, cut_bytes } = row
  const status: SourceStatus = {
    stream,
    name,
    identity:
      row.head === null
        ? null
        : { head: row.head, head_bytes: row.head_bytes, tail: row.tail, tail_bytes: row.tail_bytes },
    offset,
    counters: { lines, records, recognised, cut_records, cut_bytes },
    updated_ms,
  }
  for (const field of ['cursor', 'device', 'inode', 'host', 'service', 'format', 'zone', 'error'] as const) {
    if (row[field] !== null) status[field] = row[field]
  }
  if (row.last_record_ms !== null) status.last_record_ms = row.last_record_ms
  if (row.size !== null) status.size = row.size
  if (row.sample !== null) status.sample = JSON.parse(row.sample)
  return status
}
