/**
 * Takes the rows of a damaged store over into an empty one of the same schema version.
 * Hashes are made anew from what they are hashes of: the seed they were made with may be lost.
 */
import type Database from 'better-sqlite3'
import type { TableRepair } from '../../../core/ports/repair.ts'
import { keyedHash } from '../../keyed-hash.ts'
import { decodeKey, type KeyCode } from '../key-code.ts'
import { MetaTable } from '../meta-table.ts'
import type { Value } from './decode-record.ts'
import type { TableLayout } from './layout.ts'
import type { Salvage } from './salvage.ts'

/** Rows per transaction: some tens of MB in the log at most. */
const ROWS_PER_COMMIT = 20_000

/** Made again from the incidents, so that they agree with those that were saved. */
const DERIVED = new Set(['incident_key', 'facet', 'tally'])

/** Column whose text a row's `hash` is made of. */
const HASHED: Readonly<Record<string, string>> = { name: 'text', phrase: 'text', history: 'key' }

/** In the order of the schema; rows that are there already stay as they are, but `meta` is replaced. */
export function copyRows(db: Database.Database, salvage: Salvage): TableRepair[] {
  const seed = new MetaTable(db).get('hash_seed')
  const tables = salvage.layout.tables
    .filter(({ name }) => name !== 'sqlite_sequence' && !DERIVED.has(name))
    .sort((a, b) => Number(b.name === 'meta') - Number(a.name === 'meta'))
  return tables.map((table) => {
    // Subjects are kept as hashes only: under another seed they are nobody's.
    if (table.name === 'affected' && new MetaTable(db).get('hash_seed') === seed) return nothingOf(table)
    return copyTable(db, salvage, table)
  })
}

function copyTable(db: Database.Database, salvage: Salvage, table: TableLayout): TableRepair {
  const { name, columns } = table
  const names = columns.map((column) => `"${column.name}"`).join(', ')
  const insert = db.prepare<Value[]>(
    `INSERT OR ${name === 'meta' ? 'REPLACE' : 'IGNORE'} INTO "${name}" (${names}) VALUES (${columns.map(() => '?').join(', ')})`,
  )
  const rehash = rehashing(db, table)
  const damage = { pages: 0, records: 0, sound_pages: 0 }
  const rows = salvage.rows(table, damage)
  let saved = 0
  let next = rows.next()
  const some = db.transaction(() => {
    for (let i = 0; i < ROWS_PER_COMMIT && !next.done; i++, next = rows.next()) {
      rehash(next.value)
      saved += insert.run(...next.value).changes
    }
  })
  while (!next.done) some.immediate()
  return {
    table: name,
    saved,
    rebuilt: 0,
    lost_pages: damage.pages,
    lost_rows_about: damage.sound_pages === 0 ? null : Math.round((damage.pages * saved) / damage.sound_pages),
    lost_records: damage.records,
  }
}

function rehashing(db: Database.Database, { name, columns }: TableLayout): (row: Value[]) => void {
  const source = columns.findIndex((column) => column.name === HASHED[name])
  const hash = columns.findIndex((column) => column.name === 'hash')
  if (source < 0) return () => {}
  const seed = new MetaTable(db).get('hash_seed')!
  return (row) => {
    row[hash] = keyedHash(decodeKey(row[source] as KeyCode) ?? '', seed)
  }
}

function nothingOf({ name }: TableLayout): TableRepair {
  return { table: name, saved: 0, rebuilt: 0, lost_pages: 0, lost_rows_about: null, lost_records: 0 }
}
