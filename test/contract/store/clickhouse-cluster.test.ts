/**
 * The statements of a cluster, as far as one engine without Keeper can tell: it parses them. They were never run on a cluster, and
 * docs/clickhouse.md says so.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MIGRATIONS } from '../../../src/store/clickhouse/migrations/index.ts'
import { Schema } from '../../../src/store/clickhouse/migrations/schema-options.ts'
import { ENGINE_MISSING, type Engine, startEngine } from './clickhouse/engine.ts'

const ON_A_CLUSTER = { database: 'authtop', cluster: 'main', replicated: true }

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
  })
})
