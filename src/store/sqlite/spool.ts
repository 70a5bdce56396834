/**
 * The disk that stands in while a distant store is away: batches in order, opaque, until they are taken off; and the documents of
 * the collector as they are after the last of them, so that it can start without the distant store.
 * One SQLite file per collector with the same lock as a store has. Invariant: a batch and the documents it changed are committed
 * together.
 */
import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import { StoreRefusal } from '../../core/ports/store.ts'
import { openWritable } from './connection.ts'
import { refusalOf } from './refusal-of.ts'
import { isWriteLocked, takeWriteLock, type WriteLock } from './write-lock.ts'

/** `asp1` in ASCII. */
const APPLICATION_ID = 0x61737031

const TABLES = `
  CREATE TABLE IF NOT EXISTS batch (n INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS document (
    kind TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, key)
  ) STRICT, WITHOUT ROWID;`

/** A document is known by kind and key; null: it is gone. */
export interface SpoolDocument {
  kind: string
  key: string
  body: string | null
}

export class Spool {
  readonly path: string
  readonly #db: Database.Database
  readonly #lock: WriteLock

  private constructor(path: string, db: Database.Database, lock: WriteLock) {
    this.path = path
    this.#db = db
    this.#lock = lock
  }

  /** Made when missing. Throws StoreRefusal, `second_writer` while another process has it. */
  static open(path: string): Spool {
    let lock: WriteLock | undefined
    let db: Database.Database | undefined
    try {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
      if (!existsSync(path)) closeSync(openSync(path, 'wx', 0o600))
      lock = takeWriteLock(path, () => writerOf(path))
      db = openWritable(path)
      const owner = db.pragma('application_id', { simple: true })
      if (owner !== APPLICATION_ID && owner !== 0)
        throw new StoreRefusal('not_a_database', `${path} is no spool`, 'choose another folder with ?spool=')
      db.pragma(`application_id = ${APPLICATION_ID}`)
      db.exec(TABLES)
      const spool = new Spool(path, db, lock)
      spool.setDocuments([{ kind: 'spool', key: 'writer', body: String(process.pid) }])
      return spool
    } catch (error) {
      db?.close()
      lock?.release()
      throw refusalOf(error, path)
    }
  }

  /** Process id of whoever has it open for writing; null: nobody has. */
  static heldBy(path: string): number | null {
    return existsSync(path) && isWriteLocked(path) ? (writerOf(path) ?? null) : null
  }

  /** For whoever keeps what must not get lost elsewhere. */
  static inMemory(): Spool {
    const db = new Database(':memory:')
    db.exec(TABLES)
    return new Spool(':memory:', db, { release: () => {} })
  }

  /** One transaction. Throws StoreRefusal `disk_full`; then nothing of it is there. */
  put(n: number, body: string, documents: readonly SpoolDocument[]): void {
    this.#refusing(() =>
      this.#db
        .transaction(() => {
          this.#db.prepare('INSERT INTO batch (n, body) VALUES (?, ?)').run(n, body)
          this.#write(documents)
        })
        .immediate(),
    )
  }

  /** The oldest batch. */
  first(): { n: number; body: string } | undefined {
    return this.#db.prepare<[], { n: number; body: string }>('SELECT n, body FROM batch ORDER BY n LIMIT 1').get()
  }

  takeOff(n: number): void {
    this.#refusing(() => this.#db.prepare('DELETE FROM batch WHERE n = ?').run(n))
  }

  /** Batches that wait, and about how many bytes. */
  waiting(): { batches: number; bytes: number } {
    return this.#db
      .prepare<[], { batches: number; bytes: number }>(
        'SELECT count(*) AS batches, ifnull(sum(length(body)), 0) AS bytes FROM batch',
      )
      .get()!
  }

  documents(): SpoolDocument[] {
    return this.#db.prepare<[], SpoolDocument>('SELECT kind, key, body FROM document').all()
  }

  setDocuments(documents: readonly SpoolDocument[]): void {
    this.#refusing(() => this.#db.transaction(() => this.#write(documents)).immediate())
  }

  close(): void {
    this.#db.close()
    this.#lock.release()
  }

  #write(documents: readonly SpoolDocument[]): void {
    const put = this.#db.prepare('INSERT OR REPLACE INTO document (kind, key, body) VALUES (?, ?, ?)')
    const drop = this.#db.prepare('DELETE FROM document WHERE kind = ? AND key = ?')
    for (const { kind, key, body } of documents) {
      if (body === null) drop.run(kind, key)
      else put.run(kind, key, body)
    }
  }

  #refusing<T>(work: () => T): T {
    try {
      return work()
    } catch (error) {
      throw refusalOf(error, this.path)
    }
  }
}

function writerOf(path: string): number | undefined {
  try {
    const db = openWritable(path)
    try {
      const pid = db
        .prepare<[], string>("SELECT body FROM document WHERE kind = 'spool' AND key = 'writer'")
        .pluck()
        .get()
      return pid === undefined ? undefined : Number(pid)
    } finally {
      db.close()
    }
  } catch {
    return undefined
  }
}
