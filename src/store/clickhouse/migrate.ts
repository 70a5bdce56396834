/**
 * Looks whose a database is and brings its tables up to date. Invariant: nothing is made or changed in a database that holds
 * anything of somebody else's.
 */
import { StoreRefusal } from '../../core/ports/store.ts'
import { ceilTo, DAY_MS } from '../time-grain.ts'
import type { ClickhouseLocation } from './location.ts'
import { Meta } from './meta.ts'
import { KNOWN_VERSION, MIGRATIONS } from './migrations/index.ts'
import { Schema } from './migrations/schema-options.ts'
import type { ClickhouseServer } from './server.ts'
import { sql } from './sql.ts'

/** Schema version of the store; 0: there is none yet. Throws StoreRefusal where the database is another's or newer. */
export async function versionOf(server: ClickhouseServer): Promise<number> {
  const tables = await server.tables()
  if (tables.length === 0) return 0
  const ours = tables.includes('meta') && (await isOurs(server))
  if (!ours) {
    throw new StoreRefusal(
      'not_a_database',
      `${server.shown} is a database of something else, not an authtop store`,
      'name a database of its own in the URL; it is made when missing',
    )
  }
  const [row] = await server.rows<[number]>(sql`SELECT max(toUInt32OrZero(value)) FROM meta WHERE key = 'schema'`)
  const version = row?.[0] ?? 0
  if (version > KNOWN_VERSION) {
    throw new StoreRefusal(
      'newer_version',
      `${server.shown} was written by a newer authtop (schema ${version}; this one knows ${KNOWN_VERSION})`,
      'update authtop on this machine, or name another database',
    )
  }
  return version
}

/** Makes what is missing; a user without the rights for it can go on where all is there. */
export async function migrate(server: ClickhouseServer, location: ClickhouseLocation): Promise<void> {
  const version = await versionOf(server)
  if (version === KNOWN_VERSION) return
  const schema = new Schema(location)
  const meta = new Meta(server)
  if (version === 0) {
    await server.createDatabase(`CREATE DATABASE IF NOT EXISTS ${location.database}${schema.everywhere}`)
    for (const statement of schema.table({
      name: 'meta',
      columns: ['key String', 'value String', 'at_ms Int64 DEFAULT toUnixTimestamp64Milli(now64(3))'],
      engine: '',
      order: 'key',
      // All on one shard: the first claim must be the only one.
      shard: '0 * length(key)',
    }))
      await server.run(statement)
    await meta.claim('program', 'authtop')
  }
  // Where there was nothing before, every day is counted.
  if (version > 0 && version < COUNTS_DAYS) await meta.mark('days_from_ms', ceilTo(Date.now() + DAY_MS, DAY_MS))
  for (const [from, statements] of MIGRATIONS.entries()) {
    if (from < version) continue
    for (const statement of statements(schema)) await server.run(statement)
    await meta.mark('schema', from + 1)
  }
}

/** The version from which on days are counted. */
const COUNTS_DAYS = 3

async function isOurs(server: ClickhouseServer): Promise<boolean> {
  const columns = await server.rows<[string]>(
    sql`SELECT name FROM system.columns WHERE database = ${server.database} AND table = 'meta' AND name IN ('key', 'value')`,
  )
  if (columns.length < 2) return false
  const rows = await server.rows<[string]>(
    sql`SELECT value FROM meta WHERE key = 'program' AND value = 'authtop' LIMIT 1`,
  )
  return rows.length > 0
}
