/**
 * Combinations of numbers that repeat (verdict, series, voice), stored once and referred to by one number.
 * Same invariant on `used_day` as text-dictionary.ts; the caller notes the use of the parts.
 */
import type Database from 'better-sqlite3'

/** Cached entries per dictionary; beyond it the cache starts anew. */
const CACHE_LIMIT = 50_000

export class TupleDictionary {
  readonly #db: Database.Database
  readonly #table: string
  readonly #columns: readonly string[]
  readonly #byKey = new Map<string, { id: number; day: number }>()
  readonly #byId = new Map<number, readonly number[]>()
  readonly #select: Database.Statement<number[], { id: number; day: number }>
  readonly #parts: Database.Statement<[number], number[]>
  #many: Database.Statement<[string], number[]> | undefined
  #insert: Database.Statement<number[]> | undefined
  #touch: Database.Statement<[number, number]> | undefined

  constructor(db: Database.Database, table: 'verdict' | 'series' | 'voice', columns: readonly string[]) {
    this.#db = db
    this.#table = table
    this.#columns = columns
    const where = columns.map((column) => `${column} = ?`).join(' AND ')
    this.#select = db.prepare(`SELECT id, used_day AS day FROM ${table} WHERE ${where}`)
    this.#parts = db.prepare<[number], number[]>(`SELECT ${columns.join(', ')} FROM ${table} WHERE id = ?`).raw()
  }

  /** Number of the combination, added if it is new; notes its use by a row of `day`. */
  intern(parts: readonly number[], day: number): number {
    const key = parts.join()
    let entry = this.#byKey.get(key)
    if (entry === undefined) {
      entry = this.#select.get(...parts)
      if (entry === undefined) {
        this.#insert ??= this.#db.prepare(
          `INSERT INTO ${this.#table} (${this.#columns.join(', ')}, used_day) VALUES (${'?, '.repeat(this.#columns.length)}?)`,
        )
        entry = { id: Number(this.#insert.run(...parts, day).lastInsertRowid), day }
      }
      if (this.#byKey.size >= CACHE_LIMIT) this.#byKey.clear()
      this.#byKey.set(key, entry)
    }
    if (entry.day < day) {
      this.#touch ??= this.#db.prepare(`UPDATE ${this.#table} SET used_day = ? WHERE id = ?`)
      this.#touch.run(day, entry.id)
      entry.day = day
    }
    return entry.id
  }

  /** Number of the combination, or undefined when it was never stored. */
  find(parts: readonly number[]): number | undefined {
    return this.#byKey.get(parts.join())?.id ?? this.#select.get(...parts)?.id
  }

  /** The parts of a number, in the order of the columns; undefined once retention has dropped it. */
  parts(id: number): readonly number[] | undefined {
    const cached = this.#byId.get(id)
    if (cached !== undefined) return cached
    const parts = this.#parts.get(id)
    if (parts === undefined) return undefined
    if (this.#byId.size >= CACHE_LIMIT) this.#byId.clear()
    this.#byId.set(id, parts)
    return parts
  }

  /** Reads the parts of many numbers at once, so that {@link parts} need not ask for each. */
  learn(ids: readonly number[]): void {
    const unknown = ids.filter((id) => !this.#byId.has(id))
    if (unknown.length === 0) return
    this.#many ??= this.#db
      .prepare<[string], number[]>(
        `SELECT id, ${this.#columns.join(', ')} FROM ${this.#table} WHERE id IN (SELECT value FROM json_each(?))`,
      )
      .raw()
    if (this.#byId.size + unknown.length > CACHE_LIMIT) this.#byId.clear()
    for (const [id, ...parts] of this.#many.iterate(JSON.stringify(unknown))) this.#byId.set(id!, parts)
  }

  forget(): void {
    this.#byKey.clear()
    this.#byId.clear()
  }
}
