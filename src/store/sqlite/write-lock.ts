/**
 * Makes sure that one process writes: an EXCLUSIVE SQLite lock on the empty sidecar `<store>.lock`.
 * The kernel drops it with the process, so `kill -9` leaves nothing behind that a person would have to remove; the file stays.
 * Who holds it is written in the store itself (meta `writer`), readable by whoever is turned away.
 */
import { closeSync, existsSync, openSync } from 'node:fs'
import Database from 'better-sqlite3'
import { StoreRefusal } from '../../core/ports/store.ts'

/** How long to wait for a writer that is just being stopped, ms. */
const WAIT_MS = 500

export interface WriteLock {
  release(): void
}

/** Takes the lock or throws `second_writer`. `holder` reads the process id of the present writer, if it is known. */
export function takeWriteLock(path: string, holder: () => number | undefined): WriteLock {
  const file = `${path}.lock`
  if (!existsSync(file)) createQuietly(file)
  const db = new Database(file, { timeout: WAIT_MS })
  try {
    db.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    db.close()
    if (!(error instanceof Database.SqliteError) || !error.code.startsWith('SQLITE_BUSY')) throw error
    const pid = holder()
    const who = pid === undefined ? 'another process' : `process ${pid}`
    const hint = 'use "authtop dash" to look at it, or --db with another file to collect separately'
    throw new StoreRefusal('second_writer', `${path} is being written by ${who}`, hint)
  }
  return { release: () => void db.close() }
}

/** Whether some process writes at this moment. */
export function isWriteLocked(path: string): boolean {
  const file = `${path}.lock`
  if (!existsSync(file)) return false
  const db = new Database(file, { timeout: 0 })
  try {
    db.exec('BEGIN EXCLUSIVE')
    db.exec('ROLLBACK')
    return false
  } catch {
    return true
  } finally {
    db.close()
  }
}

function createQuietly(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}
