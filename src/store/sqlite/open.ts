/** Opens SQLite stores: the order in which file, lock, schema and identity are checked. */

import { existsSync, realpathSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import type Database from 'better-sqlite3'
import type { StoreDesk } from '../../core/ports/alert-store.ts'
import type { StoreReader, StoreWriter } from '../../core/ports/store.ts'
import { openReadable, openWritable, prepareFile } from './connection.ts'
import { SqliteDesk } from './desk.ts'
import { MetaTable } from './meta-table.ts'
import { migrate } from './migrate.ts'
import { SqliteReader } from './reader.ts'
import { refusalOf } from './refusal-of.ts'
import { takeWriteLock } from './write-lock.ts'
import { SqliteWriter } from './writer.ts'

/** The one writer of the store at `file`, made when missing. Throws StoreRefusal. */
export async function openSqliteWriter(file: string): Promise<StoreWriter> {
  const path = canonical(file)
  let db: Database.Database | undefined
  let lock: ReturnType<typeof takeWriteLock> | undefined
  try {
    prepareFile(path)
    lock = takeWriteLock(path, () => writerOf(path))
    db = openWritable(path)
    migrate(db)
    new MetaTable(db).set('writer', process.pid)
    return new SqliteWriter(db, path, lock)
  } catch (error) {
    db?.close()
    lock?.release()
    throw refusalOf(error, path)
  }
}

/** One of any number of readers of an existing store. Throws StoreRefusal. */
export async function openSqliteReader(file: string): Promise<StoreReader> {
  const path = canonical(file)
  const db = openReadable(path)
  try {
    return new SqliteReader(db, path)
  } catch (error) {
    db.close()
    throw refusalOf(error, path)
  }
}

/** For silences and acknowledgements, beside a collector or without one. Throws StoreRefusal. */
export async function openSqliteDesk(file: string): Promise<StoreDesk> {
  const path = canonical(file)
  // Looks whether it is a store of ours and up to date, which a writable connection does not.
  openReadable(path).close()
  try {
    return new SqliteDesk(openWritable(path), path)
  } catch (error) {
    throw refusalOf(error, path)
  }
}

/** One spelling per file, so that two writers coming by different links meet at the same lock. */
export function canonical(file: string): string {
  const path = resolve(file)
  if (existsSync(path)) return realpathSync(path)
  const directory = dirname(path)
  return existsSync(directory) ? join(realpathSync(directory), basename(path)) : path
}

function writerOf(path: string): number | undefined {
  try {
    const db = openReadable(path)
    try {
      return new MetaTable(db).get('writer')
    } finally {
      db.close()
    }
  } catch {
    // The other writer may be making the store this very moment; the refusal then comes without a number.
    return undefined
  }
}
