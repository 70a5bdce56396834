/** Prepared statements by their SQL, for queries whose text depends on the question; bounded by the shapes there are. */
import type Database from 'better-sqlite3'

export class Statements {
  readonly #db: Database.Database
  readonly #bySql = new Map<string, Database.Statement<unknown[], unknown>>()

  constructor(db: Database.Database) {
    this.#db = db
  }

  /** All rows as arrays. */
  rows<R extends unknown[]>(sql: string, params: readonly unknown[]): R[] {
    let statement = this.#bySql.get(sql)
    if (statement === undefined) {
      statement = this.#db.prepare<unknown[], unknown>(sql).raw()
      this.#bySql.set(sql, statement)
    }
    return statement.all(...params) as R[]
  }
}
