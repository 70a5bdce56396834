/**
 * What people write beside a running collector: silences and acknowledgements, each in one short transaction on a connection
 * of its own. SQLite serialises it with the collector's commits (WAL, busy timeout); the collector caches nothing of these
 * tables, so the one-writer lock, which guards its caches, need not be taken.
 */
import type Database from 'better-sqlite3'
import type { Silence } from '../../core/alert.ts'
import { COLLECTOR_STATE, type StoreDesk } from '../../core/ports/alert-store.ts'
import { cleanText } from '../clean-text.ts'
import { MetaTable } from './meta-table.ts'
import { refusalOf } from './refusal-of.ts'
import { isWriteLocked } from './write-lock.ts'

/** Longer comments and matchers help nobody; characters. */
const COMMENT_LIMIT = 500

export class SqliteDesk implements StoreDesk {
  readonly #db: Database.Database
  readonly #path: string

  /** Takes over an open connection to an up-to-date store. */
  constructor(db: Database.Database, path: string) {
    this.#db = db
    this.#path = path
  }

  async silence({ id, matchers, from_ms, to_ms, comment }: Silence): Promise<void> {
    this.#run(
      'INSERT OR REPLACE INTO silence (id, matchers, from_ms, to_ms, comment) VALUES (?, ?, ?, ?, ?)',
      id,
      JSON.stringify(matchers),
      Math.round(from_ms),
      Math.round(to_ms),
      cleanText(comment, COMMENT_LIMIT),
    )
  }

  async unsilence(id: string, now_ms: number): Promise<boolean> {
    return (
      this.#run('UPDATE silence SET to_ms = ? WHERE id = ? AND to_ms > ?', Math.round(now_ms), id, Math.round(now_ms)) >
      0
    )
  }

  async acknowledge(alert_id: string, now_ms: number): Promise<boolean> {
    return (
      this.#run(
        'INSERT OR REPLACE INTO acknowledgement (alert, at_ms) SELECT id, ? FROM alert WHERE id = ?',
        Math.round(now_ms),
        alert_id,
      ) > 0
    )
  }

  async collector(): Promise<number | null> {
    const body = this.#db
      .prepare<[string], string>('SELECT body FROM alert_state WHERE name = ?')
      .pluck()
      .get(COLLECTOR_STATE)
    // Whoever left it may be gone, and its number somebody else's: only who holds the lock is meant.
    const pid = Number(body)
    return pid > 0 && new MetaTable(this.#db).get('writer') === pid && isWriteLocked(this.#path) ? pid : null
  }

  async close(): Promise<void> {
    this.#db.close()
  }

  #run(sql: string, ...values: unknown[]): number {
    try {
      return this.#db.prepare(sql).run(...values).changes
    } catch (error) {
      throw refusalOf(error, this.#path)
    }
  }
}
