/** How tables are made: on one server or on every host of a cluster, copied between hosts or not. */
export interface SchemaOptions {
  database: string
  /** Null: one server. */
  cluster: string | null
  replicated: boolean
}

/** Sent again within so many inserts of a table, an insert is still known; that of one that was cut off is sent first of all. */
const WINDOW = 50_000

export class Schema {
  readonly #options: SchemaOptions
  /** ` ON CLUSTER x`, or nothing. */
  readonly everywhere: string

  constructor(options: SchemaOptions) {
    this.#options = options
    this.everywhere = options.cluster === null ? '' : ` ON CLUSTER ${options.cluster}`
  }

  get database(): string {
    return this.#options.database
  }

  /** A system table as all hosts have it. */
  everyHost(table: string): string {
    return this.#options.cluster === null ? table : `clusterAllReplicas(${this.#options.cluster}, ${table})`
  }

  /** The name under which a host keeps its part of a table. */
  local(table: string): string {
    return this.#options.cluster === null ? table : `${table}_local`
  }

  /** Takes rows away wherever they are kept. */
  deletion(table: string, where: string): string {
    return `ALTER TABLE ${this.local(table)}${this.everywhere} DELETE WHERE ${where}`
  }

  /** Leaves the last version of each row and nothing of the others. */
  merge(table: string): string {
    return `OPTIMIZE TABLE ${this.local(table)}${this.everywhere} FINAL`
  }

  /** To a table of an earlier version; the Distributed one over it follows. */
  addColumn(table: string, column: string): string[] {
    const names = this.#options.cluster === null ? [table] : [this.local(table), table]
    return names.map(
      (name) => `ALTER TABLE ${this.database}.${name}${this.everywhere} ADD COLUMN IF NOT EXISTS ${column}`,
    )
  }

  /** `engine`: `Replacing`, `Summing` … with its arguments; `shard`: what keeps rows together that must meet. */
  table({ name, columns, engine, args = '', partition, order, indexes = [], shard }: TableSpec): string[] {
    const local = this.local(name)
    const family = this.#options.replicated
      ? `Replicated${engine}MergeTree('/clickhouse/tables/{shard}/${this.#options.database}/${local}', '{replica}'${args === '' ? '' : `, ${args}`})`
      : `${engine}MergeTree(${args})`
    const window = this.#options.replicated
      ? `replicated_deduplication_window = ${WINDOW}`
      : `non_replicated_deduplication_window = ${WINDOW}`
    const made = `CREATE TABLE IF NOT EXISTS ${this.database}.${local}${this.everywhere} (
  ${[...columns, ...indexes].join(',\n  ')}
) ENGINE = ${family}${partition === undefined ? '' : ` PARTITION BY ${partition}`} ORDER BY (${order})
SETTINGS ${window}, index_granularity = 8192`
    if (this.#options.cluster === null) return [made]
    const over = `Distributed(${this.#options.cluster}, ${this.database}, ${local}, ${shard})`
    return [
      made,
      `CREATE TABLE IF NOT EXISTS ${this.database}.${name}${this.everywhere} AS ${this.database}.${local} ENGINE = ${over}`,
    ]
  }
}

export interface TableSpec {
  name: string
  columns: readonly string[]
  engine: '' | 'Replacing' | 'Summing' | 'Aggregating'
  args?: string
  partition?: string
  order: string
  indexes?: readonly string[]
  /** Sharding expression of the Distributed table; only rows of one shard replace or add up with one another. */
  shard: string
}
