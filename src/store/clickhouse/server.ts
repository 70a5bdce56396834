/**
 * One ClickHouse server over its HTTP interface: asks, inserts, runs DDL. Knows nothing of what is stored.
 * Inserts carry a deduplication token: the same token again changes nothing, also in the tables behind materialised views, so
 * that whoever is unsure whether an insert arrived sends it again.
 */
import { type ClickHouseClient, ClickHouseLogLevel, type ClickHouseSettings, createClient } from '@clickhouse/client'
import type { ClickhouseLocation } from './location.ts'
import { type Sql, sql } from './sql.ts'

/** One row of values in the order of the columns asked for. */
export type Row = readonly (string | number | null | readonly (string | number)[])[]

/** Rows of one table as JSON, one a line. */
export interface Insert {
  table: string
  rows: string
  token: string
}

/** A batch asks for hundreds of ids at once; bytes. */
const MAX_QUERY_BYTES = 64 * 1024 * 1024
/** The server's keep-alive is 10 s (config keep_alive_timeout, 3 s in old versions): a socket idle for longer may be half closed. */
const IDLE_SOCKET_MS = 2_500
const SOCKETS = 16

const READING: ClickHouseSettings = {
  // Numbers and not texts: all of ours are below 2^53.
  output_format_json_quote_64bit_integers: 0,
  // An error in the middle of an answer is an error and no cut answer.
  wait_end_of_query: 1,
  max_query_size: String(MAX_QUERY_BYTES),
}

export class ClickhouseServer {
  readonly shown: string
  readonly database: string
  readonly #client: ClickHouseClient
  /** Without a database: for what is asked before there is one. */
  readonly #outside: ClickHouseClient
  readonly #inserting: ClickHouseSettings

  constructor(location: ClickhouseLocation) {
    this.shown = location.shown
    this.database = location.database
    const options = {
      url: location.url,
      username: location.user,
      password: location.password,
      application: 'authtop',
      // What goes wrong is told by whoever asked.
      log: { level: ClickHouseLogLevel.OFF },
      request_timeout: location.timeout_ms,
      max_open_connections: SOCKETS,
      keep_alive: { enabled: true, idle_socket_ttl: IDLE_SOCKET_MS },
      ...(location.authority === null ? {} : { tls: { ca_cert: location.authority } }),
      compression: { request: false, response: false },
    }
    this.#client = createClient({ ...options, database: location.database })
    this.#outside = createClient(options)
    this.#inserting = {
      insert_deduplicate: 1,
      deduplicate_blocks_in_dependent_materialized_views: 1,
      // History of any age comes in one batch.
      max_partitions_per_insert_block: 0 as never,
      // Blocks are cut the same way whenever the same is sent again: the token counts them.
      input_format_parallel_parsing: 0,
      async_insert: location.async_insert ? 1 : 0,
      wait_for_async_insert: 1,
      // On a cluster: acknowledged when the shard has it.
      distributed_foreground_insert: 1,
      async_insert_deduplicate: location.async_insert ? 1 : 0,
    }
  }

  async rows<T extends Row>(query: Sql, settings: ClickHouseSettings = {}): Promise<T[]> {
    const ask = async () => {
      const result = await this.#client.query({
        query: query.text,
        format: 'JSONCompactEachRow',
        clickhouse_settings: { ...READING, ...settings },
      })
      return (await result.json()) as T[]
    }
    try {
      return await ask()
    } catch (error) {
      // A server closes sockets when it likes, also just as one is written to; whoever reads may ask again.
      if ((error as NodeJS.ErrnoException).code !== 'ECONNRESET') throw error
      return await ask()
    }
  }

  /** Names and types of the columns, then the rows: for queries that are not ours. */
  async table(
    query: string,
    settings: ClickHouseSettings,
  ): Promise<{ names: string[]; types: string[]; rows: unknown[][] }> {
    const result = await this.#client.query({
      query,
      format: 'JSONCompactEachRowWithNamesAndTypes',
      clickhouse_settings: { ...READING, output_format_json_quote_64bit_integers: 1, ...settings },
    })
    const [names, types, ...rows] = (await result.json()) as unknown as unknown[][]
    return { names: (names ?? []) as string[], types: (types ?? []) as string[], rows }
  }

  async insert({ table, rows, token }: Insert): Promise<void> {
    await this.#client.command({
      query: `INSERT INTO ${table} FORMAT JSONEachRow\n${rows}`,
      clickhouse_settings: {
        ...this.#inserting,
        insert_deduplication_token: token,
        max_query_size: String(MAX_QUERY_BYTES),
      },
    })
  }

  /** What a query of the server's own answers, as one insert. */
  async fill(table: string, columns: readonly string[], select: Sql, token: string): Promise<void> {
    await this.#client.command({
      query: `INSERT INTO ${table} (${columns.join(', ')}) ${select.text}`,
      clickhouse_settings: { ...this.#inserting, async_insert: 0, insert_deduplication_token: token },
    })
  }

  async run(statement: string, settings: ClickHouseSettings = {}): Promise<void> {
    await this.#client.command({ query: statement, clickhouse_settings: { wait_end_of_query: 1, ...settings } })
  }

  /** Tables and views of the database; none also where there is no such database. */
  async tables(): Promise<string[]> {
    const result = await this.#outside.query({
      query: sql`SELECT name FROM system.tables WHERE database = ${this.database}`.text,
      format: 'JSONCompactEachRow',
      clickhouse_settings: READING,
    })
    return ((await result.json()) as [string][]).map(([name]) => name)
  }

  /** A statement that may be run where the database is not there yet. */
  async createDatabase(statement: string): Promise<void> {
    await this.#outside.command({ query: statement })
  }

  async close(): Promise<void> {
    await Promise.all([this.#client.close(), this.#outside.close()])
  }
}
