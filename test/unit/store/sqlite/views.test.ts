import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { openReader, openWriter } from '../../../../src/store/index.ts'
import { VIEWS } from '../../../../src/store/view-names.ts'
import { DOCUMENTED_TABLES, MANUAL } from '../documented-tables.ts'

const directory = mkdtempSync(join(tmpdir(), 'authtop-views-'))
const location = join(directory, 'store.db')
await (await openWriter(location)).close()
const reader = await openReader(location)

afterAll(async () => {
  await reader.close()
  rmSync(directory, { recursive: true })
})

describe('docs/sql.md', () => {
  it('lists every table there is to query', () => {
    expect(DOCUMENTED_TABLES.map(({ table }) => table)).toEqual(VIEWS)
  })

  it.each(DOCUMENTED_TABLES)('lists the columns of $table in their order', async ({ table, columns }) => {
    expect((await reader.sql(`SELECT * FROM ${table}`, 1, 20_000)).columns).toEqual(columns)
  })

  it.each([...MANUAL.matchAll(/^SELECT[^;]*;/gm)].map(([query]) => query))(
    'has an example that runs: %s',
    async (query) => {
      expect((await reader.sql(query, 10, 20_000)).columns).not.toHaveLength(0)
    },
  )
}, 30_000)
