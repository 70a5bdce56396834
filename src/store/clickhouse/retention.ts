/**
 * Keeps what is too old out of sight at once and off the disk soon: marks say from when on detail and hours are read, partitions
 * before them are dropped as files, and TTLs do the same where no collector comes any more.
 * The longest policy of all collectors holds: one that keeps a week must not take away another's month.
 */
import type { RetentionPolicy } from '../../core/ports/store.ts'
import { DAY_MS, floorTo, HOUR_MS } from '../time-grain.ts'
import type { DocumentChange, Documents } from './documents.ts'
import type { Marks, Meta } from './meta.ts'
import type { Schema } from './migrations/schema-options.ts'
import type { ClickhouseServer } from './server.ts'
import { Sql, sql } from './sql.ts'

/** Tables partitioned by days of detail, with the column of their instant. */
const DETAIL: Readonly<Record<string, string>> = {
  incident: 'time_ms',
  count_minute: 'start_ms',
  tally: 'start_ms',
  affected: 'start_ms',
  unrecognised_quarter: 'start_ms',
  clock_reading: 'time_ms',
  success: 'time_ms',
}

/** Kept longer than detail. */
const COUNTED: Readonly<Record<string, string>> = { count_hour: 'start_ms', count_day: 'start_ms' }

/** Days of one partition of hours (migrations/0001). */
const HOURS_PARTITION_MS = 30 * DAY_MS
/** … and of days (migrations/0003). */
const DAYS_PARTITION_MS = 360 * DAY_MS
/** A fact of a refused token is kept this much longer than it says (history-life.ts); ms. */
const HISTORY_MARGIN_MS = 36 * DAY_MS
/** Documents of steps that were watched and of alerts that are over go with the detail and the hours; looked at once a day. */
const SWEEP_EVERY_MS = DAY_MS

/** DateTime ends in 2106; instants beyond it are nonsense of log lines and go at once. */
const asTime = (column: string) => `toDateTime(greatest(0, least(intDiv(${column}, 1000), 4200000000)))`

export class Retention {
  readonly #server: ClickhouseServer
  readonly #meta: Meta
  readonly #schema: Schema
  /** What was done last, so that a minute later nothing is asked. */
  #done = ''
  #swept_ms = -Infinity

  constructor(server: ClickhouseServer, meta: Meta, schema: Schema) {
    this.#server = server
    this.#meta = meta
    this.#schema = schema
  }

  /** The collector's own policy, where it is new. */
  policyChange(documents: Documents, policy: RetentionPolicy): DocumentChange[] {
    const body = JSON.stringify(policy)
    return documents.get('policy', '') === body ? [] : [{ kind: 'policy', key: '', body }]
  }

  /** @param last_ms instant of the last event this collector knows. */
  async keep(now_ms: number, last_ms: number): Promise<void> {
    const policy = await this.#longest()
    const rollups_ms = floorTo(now_ms - policy.rollup_days * DAY_MS, DAY_MS)
    const detail_ms = Math.max(floorTo(now_ms - policy.detail_days * DAY_MS, HOUR_MS), rollups_ms)
    // By the clock of the data: in an archive of last month the tokens of its last day are as young as ever.
    const history_ms = floorTo(Math.min(now_ms, last_ms), HOUR_MS)
    const done = `${detail_ms} ${rollups_ms} ${history_ms}`
    if (done === this.#done) return
    const marks = await this.#meta.marks()
    await this.#mark(marks, 'detail_from_ms', detail_ms)
    await this.#mark(marks, 'rollups_from_ms', rollups_ms)
    if (Number.isFinite(history_ms)) await this.#mark(marks, 'history_from_ms', history_ms)
    await this.#dropPartitions(detail_ms, rollups_ms)
    if (now_ms - this.#swept_ms >= SWEEP_EVERY_MS) {
      await this.#sweep(detail_ms, rollups_ms, history_ms)
      await this.#setLives(policy)
      this.#swept_ms = now_ms
    }
    this.#done = done
  }

  async #longest(): Promise<RetentionPolicy> {
    const [row] = await this.#server.rows<[number, number]>(
      sql`SELECT max(JSONExtractInt(body, 'detail_days')), max(JSONExtractInt(body, 'rollup_days'))
            FROM document FINAL WHERE kind = 'policy'`,
    )
    return { detail_days: row![0], rollup_days: row![1] }
  }

  async #mark(marks: Marks, key: keyof Marks, value: number): Promise<void> {
    if ((marks[key] ?? -Infinity) < value) await this.#meta.mark(key, value)
  }

  async #dropPartitions(detail_ms: number, rollups_ms: number): Promise<void> {
    const drops = [
      ...Object.keys(DETAIL).map((table) => ({ table, before: Math.floor(detail_ms / DAY_MS) })),
      { table: 'count_hour', before: Math.floor(rollups_ms / HOURS_PARTITION_MS) },
      { table: 'count_day', before: Math.floor(rollups_ms / DAYS_PARTITION_MS) },
    ]
    for (const { table, before } of drops) {
      const local = this.#schema.local(table)
      const rows = await this.#server.rows<[string]>(
        sql`SELECT DISTINCT partition FROM ${new Sql(this.#schema.everyHost('system.parts'))}
             WHERE database = ${this.#schema.database} AND table = ${local} AND active AND toInt64OrZero(partition) < ${before}`,
      )
      for (const [partition] of rows)
        await this.#server.run(`ALTER TABLE ${local}${this.#schema.everywhere} DROP PARTITION ${Number(partition)}`)
    }
  }

  async #sweep(detail_ms: number, rollups_ms: number, history_ms: number): Promise<void> {
    const drop = (table: string, where: { text: string }) => this.#server.run(this.#schema.deletion(table, where.text))
    await this.#meta.dropRetiredKeys(detail_ms, (where) => drop('meta', where))
    if (Number.isFinite(history_ms)) await drop('history', sql`keep_ms < ${history_ms - HISTORY_MARGIN_MS}`)
    await drop('unrecognised', sql`last_ms < ${detail_ms}`)
    await drop(
      'document',
      sql`(kind = 'watch' AND toInt64OrZero(key) < ${detail_ms})
          OR (kind = 'alert' AND JSONExtractString(body, 'state') = 'resolved' AND JSONExtractInt(body, 'started_ms') < ${rollups_ms})
          OR (kind = 'stream' AND JSONExtractInt(body, 'updated_ms') < ${rollups_ms})`,
    )
  }

  /** TTLs as the policy says; merges then drop whole parts, and nobody has to ask. */
  async #setLives({ detail_days, rollup_days }: RetentionPolicy): Promise<void> {
    const lives = Object.entries({ ...DETAIL, ...COUNTED }).map(([table, column]) => ({
      table: this.#schema.local(table),
      life: `${asTime(column)} + toIntervalDay(${table in COUNTED ? rollup_days : detail_days})`,
    }))
    const made = await this.#server.rows<[string, string]>(
      sql`SELECT name, create_table_query FROM system.tables
           WHERE database = ${this.#schema.database} AND name IN ${lives.map(({ table }) => table)}`,
    )
    const texts = new Map(made)
    for (const { table, life } of lives) {
      if (texts.get(table)?.includes(life)) continue
      await this.#server.run(
        `ALTER TABLE ${table}${this.#schema.everywhere} MODIFY TTL ${life} SETTINGS materialize_ttl_after_modify = 0`,
      )
    }
  }
}
