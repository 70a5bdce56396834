/** The last deliveries of push sources, oldest first; older ones make room. */
import type Database from 'better-sqlite3'
import { DELIVERIES_KEPT } from '../../core/ports/push-source.ts'

export class DeliveryTable {
  readonly #add: Database.Statement<[Buffer]>
  readonly #trim: Database.Statement<[number]>
  readonly #all: Database.Statement<[], Buffer>

  constructor(db: Database.Database) {
    this.#add = db.prepare('INSERT INTO delivery (digest) VALUES (?)')
    this.#trim = db.prepare('DELETE FROM delivery WHERE id <= ?')
    this.#all = db.prepare<[], Buffer>('SELECT digest FROM delivery ORDER BY id').pluck()
  }

  /** @param digests SHA-256, hex. */
  add(digests: readonly string[]): void {
    let last: number | bigint = 0
    for (const digest of digests) last = this.#add.run(Buffer.from(digest, 'hex')).lastInsertRowid
    if (digests.length > 0) this.#trim.run(Number(last) - DELIVERIES_KEPT)
  }

  all(): string[] {
    return this.#all.all().map((digest) => digest.toString('hex'))
  }
}
