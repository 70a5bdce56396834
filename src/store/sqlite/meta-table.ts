/** Single facts about the store (`meta`) and counts of what was limited (`counter`). */
import type Database from 'better-sqlite3'
import type { LimitName } from '../limits.ts'

export interface MetaValues {
  fingerprint_key: Buffer
  /** Keys that were in use before, JSON: see retired-keys.ts. */
  retired_keys: string
  hash_seed: number
  /** Id the next incident gets; ids are never used twice. */
  next_incident: number
  /** Writer's clock of the first and last event, ms. */
  first_ms: number
  last_ms: number
  /** Incidents and minutes before this were dropped; ms, start of an hour. */
  detail_from_ms: number
  /** Process id of the present or last writer. */
  writer: number
}

export class MetaTable {
  readonly #get: Database.Statement<[string], unknown>
  readonly #db: Database.Database

  constructor(db: Database.Database) {
    this.#db = db
    this.#get = db.prepare<[string], unknown>('SELECT value FROM meta WHERE key = ?').pluck()
  }

  get<K extends keyof MetaValues>(key: K): MetaValues[K] | undefined {
    return this.#get.get(key) as MetaValues[K] | undefined
  }

  set<K extends keyof MetaValues>(key: K, value: MetaValues[K]): void {
    this.#db
      .prepare('INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value')
      .run(key, value)
  }

  delete(key: keyof MetaValues): void {
    this.#db.prepare('DELETE FROM meta WHERE key = ?').run(key)
  }

  count(name: LimitName, by: number): void {
    this.#db
      .prepare(
        'INSERT INTO counter (name, count) VALUES (?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count',
      )
      .run(name, by)
  }
}
