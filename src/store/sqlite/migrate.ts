/**
 * Brings a store to the schema this version knows; each migration in its own transaction together with its number.
 * Leaves refusing newer and foreign files to connection.ts, which has looked before.
 */
import { randomBytes } from 'node:crypto'
import type Database from 'better-sqlite3'
import { StoreRefusal } from '../../core/ports/store.ts'
import { APPLICATION_ID } from './connection.ts'
import { KNOWN_VERSION, MIGRATIONS } from './migrations/index.ts'

/** Bytes of the fingerprint key: the block HMAC-SHA-256 keeps as it is, RFC 2104 §3. */
const FINGERPRINT_KEY_BYTES = 32

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

/** Hex from the environment, so that applications that report fingerprints (docs/instrumentation.md) and the store say the same. */
export function newFingerprintKey(given = ''): Buffer {
  if (given === '') return randomBytes(FINGERPRINT_KEY_BYTES)
  const key = Buffer.from(given, 'hex')
  if (key.length === FINGERPRINT_KEY_BYTES && given.length === 2 * FINGERPRINT_KEY_BYTES) return key
  throw new StoreRefusal(
    'unsupported',
    `AUTHTOP_FINGERPRINT_KEY must be ${2 * FINGERPRINT_KEY_BYTES} hex digits`,
    'make one with: openssl rand -hex 32',
  )
}

/** What belongs to this one store for its whole life. */
function makeIdentity(db: Database.Database): void {
  db.pragma(`application_id = ${APPLICATION_ID}`)
  const put = db.prepare('INSERT INTO meta (key, value) VALUES (?, ?)')
  put.run('fingerprint_key', newFingerprintKey(process.env.AUTHTOP_FINGERPRINT_KEY))
  put.run('hash_seed', randomBytes(4).readInt32LE())
  put.run('next_incident', 1)
}
