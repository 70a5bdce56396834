/**
 * Brings a store to the schema this version knows; each migration in its own transaction together with its number.
 * Leaves refusing newer and foreign files to connection.ts, which has looked before.
 */
import { randomBytes } from 'node:crypto'
import type Database from 'better-sqlite3'
import { newFingerprintKey } from '../fingerprint-key.ts'
import { APPLICATION_ID } from './connection.ts'
import { KNOWN_VERSION, MIGRATIONS } from './migrations/index.ts'

/** `to`: the version to stop at. */
export function migrate(db: Database.Database, to = KNOWN_VERSION): void {
  for (let version = db.pragma('user_version', { simple: true }) as number; version < to; version++) {
    db.transaction(() => {
      db.exec(MIGRATIONS[version]!)
      if (version === 0) makeIdentity(db)
      db.pragma(`user_version = ${version + 1}`)
    }).immediate()
  }
}

/** What belongs to this one store for its whole life. */
function makeIdentity(db: Database.Database): void {
  db.pragma(`application_id = ${APPLICATION_ID}`)
  const put = db.prepare('INSERT INTO meta (key, value) VALUES (?, ?)')
  put.run('fingerprint_key', newFingerprintKey(process.env.AUTHTOP_FINGERPRINT_KEY))
  put.run('hash_seed', randomBytes(4).readInt32LE())
  put.run('next_incident', 1)
}
