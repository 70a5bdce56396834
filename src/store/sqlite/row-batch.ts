/**
 * Gathers small rows of one table and writes many with one statement: for rows of a few integers most of the cost is the
 * call into SQLite, and 64 rows a call halve it.
 */
import type Database from 'better-sqlite3'

/** Rows per statement; beyond it the gain is lost in preparing. */
const ROWS = 64

export class RowBatch {
  readonly #many: Database.Statement<[readonly number[]]>
  readonly #one: Database.Statement<[readonly number[]]>
  readonly #width: number
  readonly #values: number[]
  #used = 0

  /** `head` ends before VALUES, `tail` follows the rows. */
  constructor(db: Database.Database, head: string, width: number, tail: string) {
    const row = `(${Array(width).fill('?').join(', ')})`
    this.#many = db.prepare(`${head} VALUES ${Array(ROWS).fill(row).join(', ')} ${tail}`)
    this.#one = db.prepare(`${head} VALUES ${row} ${tail}`)
    this.#width = width
    this.#values = Array(ROWS * width).fill(0)
  }

  add(row: readonly number[]): void {
    for (let column = 0; column < this.#width; column++) this.#values[this.#used++] = row[column]!
    if (this.#used < this.#values.length) return
    this.#many.run(this.#values)
    this.#used = 0
  }

  flush(): void {
    for (let at = 0; at < this.#used; at += this.#width) this.#one.run(this.#values.slice(at, at + this.#width))
    this.#used = 0
  }

  /** Forgets what was gathered: after a rollback. */
  discard(): void {
    this.#used = 0
  }
}
