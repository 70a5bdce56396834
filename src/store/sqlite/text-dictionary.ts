/**
 * Texts that repeat, stored once and referred to by number. Two instances: `name` (hosts, clients, signatures; lives as
 * long as the rollups) and `phrase` (messages and reasons; lives as long as the incidents).
 * Invariant: `used_day` of an entry is never older than the day of a row that refers to it, which is what lets
 * retention drop entries by age. The cache must be forgotten after a rollback.
 */
import type Database from 'better-sqlite3'
import { keyedHash } from '../keyed-hash.ts'

/** Cached entries per dictionary and direction; beyond it the cache starts anew. About 10 MB when full. */
const CACHE_LIMIT = 50_000

/** The entry for the empty text, "the record did not say". */
export const EMPTY_NAME = 1

/** A day that retention never reaches, for entries that are never dropped. */
export const FOREVER = 1_000_000_000

interface Entry {
  id: number
  day: number
}

export class TextDictionary {
  readonly #db: Database.Database
  readonly #table: 'name' | 'phrase'
  readonly #seed: number
  readonly #byText = new Map<string, Entry>()
  readonly #byId = new Map<number, string>()
  readonly #select: Database.Statement<[number, string], { id: number; used_day: number }>
  readonly #text: Database.Statement<[number], string>
  #insert: Database.Statement<[number, string, number]> | undefined
  #touch: Database.Statement<[number, number]> | undefined

  constructor(db: Database.Database, table: 'name' | 'phrase', seed: number) {
    this.#db = db
    this.#table = table
    this.#seed = seed
    this.#select = db.prepare(`SELECT id, used_day FROM ${table} WHERE hash = ? AND text = ?`)
    this.#text = db.prepare<[number], string>(`SELECT text FROM ${table} WHERE id = ?`).pluck()
  }

  /** Number of `text`, added if it is new; notes that a row of `day` (days since the epoch) refers to it. */
  intern(text: string, day: number): number {
    if (text === '' && this.#table === 'name') return EMPTY_NAME
    const cached = this.#byText.get(text)
    if (cached !== undefined && cached.day >= day) return cached.id
    const entry = cached ?? this.#stored(text) ?? this.#added(text, day)
    if (entry.day < day) {
      this.#touch ??= this.#db.prepare(`UPDATE ${this.#table} SET used_day = ? WHERE id = ?`)
      this.#touch.run(day, entry.id)
      entry.day = day
    }
    if (cached === undefined) {
      if (this.#byText.size >= CACHE_LIMIT) this.#byText.clear()
      this.#byText.set(text, entry)
    }
    return entry.id
  }

  /** Number of `text`, or undefined when nothing stored ever said it. */
  find(text: string): number | undefined {
    if (text === '' && this.#table === 'name') return EMPTY_NAME
    return this.#byText.get(text)?.id ?? this.#stored(text)?.id
  }

  /** Text of a number; empty for an entry that retention dropped in between. */
  text(id: number): string {
    const cached = this.#byId.get(id)
    if (cached !== undefined) return cached
    const text = this.#text.get(id)
    if (text === undefined) return ''
    if (this.#byId.size >= CACHE_LIMIT) this.#byId.clear()
    this.#byId.set(id, text)
    return text
  }

  forget(): void {
    this.#byText.clear()
    this.#byId.clear()
  }

  #stored(text: string): Entry | undefined {
    const row = this.#select.get(keyedHash(text, this.#seed), text)
    return row && { id: row.id, day: row.used_day }
  }

  #added(text: string, day: number): Entry {
    this.#insert ??= this.#db.prepare(`INSERT INTO ${this.#table} (hash, text, used_day) VALUES (?, ?, ?)`)
    const { lastInsertRowid } = this.#insert.run(keyedHash(text, this.#seed), text, day)
    return { id: Number(lastInsertRowid), day }
  }
}
