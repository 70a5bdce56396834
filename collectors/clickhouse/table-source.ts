/**
 * One table of the OpenTelemetry Collector in ClickHouse as a log source: pages in order of time, each handed out as a message of OTLP.
 * Delivery guarantee: exactly once for rows that are in the table once they have settled. The position is the instant and hash of the last row,
 * kept with what its records taught; rows that share both are read together. Rows that come later than that are counted and told.
 */
import type { ClickHouseClient } from '@clickhouse/client'
import type { ByteBatch, LogSource, SourceNotice, SourceOptions, StreamInfo } from '../../src/core/ports/source.ts'
import { PREFIX_BYTES } from '../file/framing.ts'
import { Wake } from '../file/wake.ts'
import { streamId } from '../push/identity.ts'
import type { AskedTables } from './asked-tables.ts'
import { logsRequest, type TableRow, tracesRequest } from './otlp-of-rows.ts'

export type TableKind = 'logs' | 'traces'

/** Rows of one page: some 1 MB of logs. */
const PAGE_ROWS = 1_000
/** Length of what is sorted for one page: adapts between these, ns. */
const WINDOW_MIN_NS = 100_000_000n
const WINDOW_MAX_NS = 86_400_000_000_000n
/** How often it is looked for new rows; ms. */
const POLL_MS = 1_000
/** After an error; ms. */
const RETRY_MS = 2_000
/** Late rows are looked for this often, and so far back; ms. */
const LATE_EVERY_MS = 60_000
const LATE_NS = 600_000_000_000n

/** Of the last row that was handed out. */
interface Place {
  ns: bigint
  hash: string
}

export class TableSource implements LogSource {
  readonly #client: ClickHouseClient
  readonly #asked: AskedTables
  readonly #kind: TableKind
  readonly #options: SourceOptions
  readonly #name: string
  readonly #stream: string
  readonly #columns: readonly string[]
  readonly #wake = new Wake()
  #place: Place
  #end: number
  /** Places by the end of their batches, until they are committed. */
  #places: { end: number; place: Place }[] = []
  #window_ns = 60_000_000_000n
  #trouble = ''
  #late_ms = 0
  /** Rows behind the place when late ones were last looked for. */
  #read = 0
  #behind: { from_ns: bigint; rows: number } | null = null
  rested = false
  #closed = false

  constructor(
    client: ClickHouseClient,
    asked: AskedTables,
    kind: TableKind,
    columns: readonly string[],
    options: SourceOptions,
  ) {
    this.#client = client
    this.#asked = asked
    this.#kind = kind
    this.#columns = columns
    this.#options = options
    this.#name = `${asked.name}/${asked[kind]}`
    this.#stream = streamId('clickhouse', this.#name)
    const before = options.known.find(({ stream }) => stream === this.#stream)
    this.#end = before?.offset ?? 0
    this.#place = placeOf(before?.cursor)
    if (before?.cursor === undefined) this.#tell('opened', 'reading the table')
    else this.#tell('resumed', 'goes on behind the last row that was read')
  }

  async *batches(signal: AbortSignal): AsyncGenerator<ByteBatch> {
    while (!signal.aborted && !this.#closed) {
      let batch: ByteBatch | null = null
      let settled = false
      try {
        const turn = await this.#turn()
        batch = turn.batch
        settled = turn.settled
        if (this.#trouble !== '') this.#tell('readable_again', 'is read again')
        this.#trouble = ''
      } catch (error) {
        this.#hear(error as Error)
        if (!this.#options.follow) break
        await this.#wake.sleep(RETRY_MS, signal)
        continue
      }
      if (batch !== null) yield batch
      if (!settled) continue
      this.rested = true
      if (!this.#options.follow) break
      await this.#lookForLate()
      await this.#wake.sleep(POLL_MS, signal)
    }
    const at = this.#end
    yield { stream: this.#stream, bytes: new Uint8Array(), offset: at, end: at, cut_bytes: 0, more: false, ended: true }
  }

  async checkpoint(stream: string, offset: number): Promise<StreamInfo> {
    if (stream !== this.#stream) throw new RangeError(`unknown stream ${stream}`)
    // The last batch that ends at or before it; earlier ones are not asked for again.
    while (this.#places.length > 1 && this.#places[1]!.end <= offset) this.#places.shift()
    const known = this.#places[0]
    const place = known !== undefined && known.end <= offset ? known.place : this.#place
    const info: StreamInfo = { stream, name: this.#name, identity: null, cursor: `${place.ns} ${place.hash}` }
    if (this.#trouble !== '') info.error = this.#trouble
    return info
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#wake.up()
  }

  /** The next page; `settled`: there is nothing more for now. */
  async #turn(): Promise<{ batch: ByteBatch | null; settled: boolean }> {
    const until = await this.#settledUntil()
    let to = this.#place.ns + this.#window_ns
    if (to > until) to = until
    if (this.#place.ns >= until) return { batch: null, settled: true }
    const rows = await this.#page(to)
    if (rows.length === 0) {
      if (to === until) return { batch: null, settled: true }
      const next = await this.#next(until)
      if (next === null) return { batch: null, settled: true }
      // Just before the first row behind the gap.
      this.#place = { ns: next - 1n, hash: '18446744073709551615' }
      return { batch: null, settled: false }
    }
    if (rows.length >= PAGE_ROWS && this.#window_ns > WINDOW_MIN_NS) this.#window_ns /= 2n
    else if (rows.length < PAGE_ROWS / 4 && this.#window_ns < WINDOW_MAX_NS) this.#window_ns *= 2n
    const last = rows.at(-1)!
    this.#place = { ns: BigInt(String(last.ns)), hash: String(last.hash) }
    this.#read += rows.length
    return { batch: this.#batchOf(rows), settled: false }
  }

  #batchOf(rows: readonly TableRow[]): ByteBatch {
    const text = Buffer.from(this.#kind === 'logs' ? logsRequest(rows) : tracesRequest(rows))
    const bytes = Buffer.alloc(PREFIX_BYTES + text.length)
    bytes.writeUInt32BE(text.length)
    text.copy(bytes, PREFIX_BYTES)
    const offset = this.#end
    this.#end = offset + bytes.length
    this.#places.push({ end: this.#end, place: this.#place })
    return {
      stream: this.#stream,
      unit: 'message',
      bytes,
      offset,
      end: this.#end,
      cut_bytes: 0,
      more: false,
      ended: false,
    }
  }

  /** Rows behind the place, up to `to`; all that share the last one's place with it. */
  #page(to: bigint): Promise<TableRow[]> {
    const { ns, hash } = this.#place
    const columns = this.#columns.map((column) => `\`${column}\``).join(', ')
    // Maps and lists have no order of their own in a hash of a row: their texts have.
    const hashed = this.#columns.map((column) => `toString(\`${column}\`)`).join(', ')
    return this.#ask(
      `SELECT toString(toUnixTimestamp64Nano(Timestamp)) AS ns, toString(cityHash64(${hashed})) AS hash, ${columns} FROM ${this.#table}
        WHERE ${this.#within(ns, to)} AND (toUnixTimestamp64Nano(Timestamp), cityHash64(${hashed})) > (${ns}, toUInt64(${hash}))
        ORDER BY Timestamp, cityHash64(${hashed}) LIMIT ${PAGE_ROWS} WITH TIES`,
    )
  }

  async #next(until: bigint): Promise<bigint | null> {
    const rows = await this.#ask(
      `SELECT toString(toUnixTimestamp64Nano(min(Timestamp))) AS ns, count() AS n FROM ${this.#table}
        WHERE ${this.#within(this.#place.ns + 1n, until)}`,
    )
    return Number(rows[0]?.n ?? 0) === 0 ? null : BigInt(String(rows[0]!.ns))
  }

  /** By the server's clock, which the exporter's rows are compared with anyway. */
  async #settledUntil(): Promise<bigint> {
    const rows = await this.#ask(
      `SELECT toString(toUnixTimestamp64Nano(now64(9)) - ${BigInt(Math.round(this.#asked.settle_ms)) * 1_000_000n}) AS ns`,
    )
    return BigInt(String(rows[0]!.ns))
  }

  /** Rows that came behind the place meanwhile: they are not read any more, and that is told. */
  async #lookForLate(): Promise<void> {
    const now_ms = performance.now()
    if (now_ms - this.#late_ms < LATE_EVERY_MS) return
    this.#late_ms = now_ms
    const count = async (from_ns: bigint) => {
      const rows = await this.#ask(
        `SELECT count() AS n FROM ${this.#table} WHERE ${this.#within(from_ns, this.#place.ns)}`,
      )
      return Number(rows[0]!.n)
    }
    try {
      if (this.#behind !== null) {
        const late = (await count(this.#behind.from_ns)) - this.#behind.rows - this.#read
        if (late > 0) this.#tell('dropped', `${late} rows came later than settle_s allows for and are not read`)
      }
      const from_ns = this.#place.ns - LATE_NS
      this.#behind = { from_ns, rows: await count(from_ns) }
      this.#read = 0
    } catch (error) {
      this.#hear(error as Error)
    }
  }

  /** Conditions that partitions and keys understand, in old and new layouts of the tables. */
  #within(from: bigint, to: bigint): string {
    const instant = (ns: bigint) => `fromUnixTimestamp64Nano(toInt64(${ns}))`
    const seconds = this.#columns.includes('TimestampTime')
      ? ` AND TimestampTime >= toDateTime(${from / 1_000_000_000n}) AND TimestampTime <= toDateTime(${to / 1_000_000_000n + 1n})`
      : ''
    return `Timestamp >= ${instant(from)} AND Timestamp <= ${instant(to)}${seconds}`
  }

  get #table(): string {
    return `${this.#asked.database}.${this.#asked[this.#kind]}`
  }

  async #ask(query: string): Promise<TableRow[]> {
    const result = await this.#client.query({
      query,
      format: 'JSONEachRow',
      clickhouse_settings: { output_format_json_quote_64bit_integers: 1, wait_end_of_query: 1 },
    })
    return result.json<TableRow>()
  }

  #hear(error: Error): void {
    const said = error.message.split('\n', 1)[0]!.slice(0, 300)
    if (said === this.#trouble) return
    this.#trouble = said
    this.#tell('unreadable', said)
  }

  #tell(kind: SourceNotice['kind'], text: string): void {
    this.#options.notice({ kind, name: this.#name, text })
  }
}

/** From the beginning where there is none, or one that nobody understands. */
function placeOf(cursor: string | undefined): Place {
  const [, ns, hash] = /^(\d{1,19}) (\d{1,20})$/.exec(cursor ?? '') ?? []
  return ns === undefined || hash === undefined ? { ns: 0n, hash: '0' } : { ns: BigInt(ns), hash }
}
