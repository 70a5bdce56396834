/** docs/sql.md holds for a ClickHouse store too: the same tables with the same columns. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { StoreReader } from '../../../src/core/ports/store.ts'
import { openReader, openWriter } from '../../../src/store/index.ts'
import { DOCUMENTED_TABLES } from '../../unit/store/documented-tables.ts'
import { ENGINE_MISSING, type Engine, startEngine } from './clickhouse/engine.ts'

/** Which of several collectors reads a source. */
const BESIDES: Readonly<Record<string, readonly string[]>> = { sources: ['collector'] }

describe.skipIf(ENGINE_MISSING !== null)(ENGINE_MISSING ?? 'the tables of docs/sql.md in a ClickHouse store', () => {
  let engine: Engine
  let reader: StoreReader
  const spool = mkdtempSync(join(tmpdir(), 'authtop-views-'))
  beforeAll(async () => {
    engine = await startEngine()
    const location = `clickhouse://default@127.0.0.1:${engine.port}/views?spool=${spool}`
    await (await openWriter(location)).close()
    reader = await openReader(location)
  }, 60_000)
  afterAll(async () => {
    await reader.close()
    await engine.remove()
    rmSync(spool, { recursive: true, force: true })
  }, 60_000)

  it.each(DOCUMENTED_TABLES)('has the columns of $table in their order', async ({ table, columns }) => {
    const asked = await reader.sql(`SELECT * FROM ${table}`, 1, 20_000)
    expect(asked.columns).toEqual([...columns, ...(BESIDES[table] ?? [])])
  })
})
