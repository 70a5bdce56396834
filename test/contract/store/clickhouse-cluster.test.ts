/**
 * The statements of a cluster, as far as one engine can tell: it parses them, and makes the tables of a cluster of one host with a stand-in for
 * Keeper. They were never run on a cluster, and docs/clickhouse.md says so.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MIGRATIONS } from '../../../src/store/clickhouse/migrations/index.ts'
import { Schema } from '../../../src/store/clickhouse/migrations/schema-options.ts'
import { ENGINE_MISSING, type Engine, startEngine } from './clickhouse/engine.ts'

const ON_A_CLUSTER = { database: 'authtop', cluster: 'main', replicated: true }

/** The engine's own stand-in for Keeper makes tables and leaves them unwritable: a replica starts with the server. */
const CLUSTER_OF_ONE = `<tcp_port>9000</tcp_port><zookeeper><implementation>testkeeper</implementation></zookeeper>
<macros><shard>1</shard><replica>a</replica></macros><remote_servers><main><shard>
<internal_replication>true</internal_replication><replica><host>localhost</host><port>9000</port></replica>
</shard></main></remote_servers>`

describe('the tables of a ClickHouse store on a cluster', () => {
  const statements = MIGRATIONS.flatMap((migration) => migration(new Schema(ON_A_CLUSTER)))

  it('are made on every host, copied between replicas and seen as one', () => {
    for (const statement of statements) expect(statement).toContain(' ON CLUSTER main')
    const tables = statements.filter((statement) => statement.startsWith('CREATE TABLE'))
    const kept = tables.filter((statement) => /_local ON CLUSTER main \(/.test(statement))
    const over = tables.filter((statement) => statement.includes('ENGINE = Distributed(main, authtop, '))
    expect(kept.length).toBe(over.length)
    expect(kept.length + over.length).toBe(tables.length)
    for (const statement of kept) {
      expect(statement).toMatch(
        /ENGINE = Replicated\w*MergeTree\('\/clickhouse\/tables\/\{shard\}\/authtop\/\w+_local', '\{replica\}'/,
      )
      expect(statement).toContain('replicated_deduplication_window = ')
    }
  })

  it('are plain tables on one server', () => {
    const alone = MIGRATIONS.flatMap((migration) =>
      migration(new Schema({ ...ON_A_CLUSTER, cluster: null, replicated: false })),
    )
    for (const statement of alone) expect(statement).not.toMatch(/ON CLUSTER|Replicated|Distributed|_local/)
  })

  describe.skipIf(ENGINE_MISSING !== null)(ENGINE_MISSING ?? 'for a real engine', () => {
    let engine: Engine
    beforeAll(async () => {
      engine = await startEngine()
    }, 60_000)
    afterAll(() => engine.remove(), 60_000)

    it('are statements', async () => {
      for (const statement of statements)
        expect(await engine.ask(`EXPLAIN AST ${statement}`)).toMatch(/^(Create|Alter)Query/)
    })

    it('make the replicated tables, the Distributed ones over them and the views, on the one host of a cluster', async () => {
      await engine.kill()
      await engine.start({ config: CLUSTER_OF_ONE })
      await engine.ask('CREATE DATABASE authtop')
      const made = statements.filter((statement) => statement.startsWith('CREATE'))
      // The queue that hands a statement to every host is the server's, not the engine's.
      for (const statement of made) await engine.ask(statement.replace(' ON CLUSTER main', ''))
      const engines = await engine.ask(
        "SELECT countIf(engine LIKE 'Replicated%'), countIf(engine = 'Distributed'), countIf(engine LIKE '%View') FROM system.tables WHERE database = 'authtop'",
      )
      const views = made.filter((statement) => /^CREATE (?:MATERIALIZED )?VIEW/.test(statement)).length
      const tables = (made.length - views) / 2
      expect(engines.trim().split('\t').map(Number)).toEqual([tables, tables, views])
      expect(await engine.ask('SELECT count() FROM authtop.incidents')).toBe('0\n')
    }, 60_000)
  })
})
