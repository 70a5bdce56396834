/** Writes alerts, rule state and the outbox, and reads what the collector needs back of them. */
import type Database from 'better-sqlite3'
import type { AlertChanges, Delivery, DeliveryEnd } from '../../core/ports/alert-store.ts'
import { writeWatchSteps } from './watch-table.ts'

/** Taken deliveries are remembered this long, ms: longer than any alert is repeated or replayed. */
const REMEMBERED_MS = 7 * 86_400_000
/** Resolved alerts are kept as long as hourly rollups; ms. */
const ALERTS_KEPT_MS = 400 * 86_400_000

export class AlertTable {
  readonly #db: Database.Database

  constructor(db: Database.Database) {
    this.#db = db
  }

  save({ alerts, state, deliveries, watched = [] }: AlertChanges): void {
    this.#db
      .transaction(() => {
        const put = this.#db.prepare(
          `INSERT OR REPLACE INTO alert (id, rule, state, severity, started_ms, fired_ms, resolved_ms, labels, peak, summary, why, fix, command)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        )
        for (const a of alerts)
          put.run(
            a.id,
            a.rule,
            a.state,
            a.severity,
            Math.round(a.started_ms),
            a.fired_ms === null ? null : Math.round(a.fired_ms),
            a.resolved_ms === null ? null : Math.round(a.resolved_ms),
            JSON.stringify(a.labels),
            a.peak,
            a.summary,
            JSON.stringify(a.why),
            JSON.stringify(a.fix),
            a.command,
          )
        writeWatchSteps(this.#db, watched)
        const keep = this.#db.prepare('INSERT OR REPLACE INTO alert_state (name, body) VALUES (?, ?)')
        for (const [name, body] of Object.entries(state)) keep.run(name, body)
        const post = this.#db.prepare(
          'INSERT OR IGNORE INTO outbox (sink, dedupe, body, created_ms, next_ms) VALUES (?, ?, ?, ?, ?)',
        )
        for (const d of deliveries)
          post.run(d.sink, d.dedupe, d.body, Math.round(d.created_ms), Math.round(d.created_ms))
      })
      .immediate()
  }

  state(name: string): string | null {
    return this.#db.prepare<[string], string>('SELECT body FROM alert_state WHERE name = ?').pluck().get(name) ?? null
  }

  due(now_ms: number, limit: number): Delivery[] {
    return this.#db
      .prepare<{ now: number; limit: number }, Delivery>(
        // Behind one that waits for its retry the others of its sink wait too: an end must not overtake a beginning.
        `SELECT id, sink, dedupe, body, created_ms, attempts, next_ms, error FROM outbox o
          WHERE done = 0 AND next_ms <= @now
            AND NOT EXISTS (SELECT 1 FROM outbox e WHERE e.done = 0 AND e.sink = o.sink AND e.id < o.id AND e.next_ms > @now)
          ORDER BY id LIMIT @limit`,
      )
      .all({ now: Math.round(now_ms), limit })
  }

  settle(ends: readonly DeliveryEnd[]): void {
    this.#db
      .transaction(() => {
        const done = this.#db.prepare(
          "UPDATE outbox SET done = 1, body = '', attempts = attempts + 1, error = NULL WHERE id = ?",
        )
        const again = this.#db.prepare('UPDATE outbox SET attempts = attempts + 1, next_ms = ?, error = ? WHERE id = ?')
        for (const end of ends) {
          if (end.done) done.run(end.id)
          else again.run(Math.round(end.next_ms), end.error, end.id)
        }
      })
      .immediate()
  }

  /** Drops what nobody asks for any more; a few rows at a time. Returns how many went. */
  retain(now_ms: number, limit: number): number {
    const drop = (table: string, condition: string, before_ms: number) =>
      this.#db
        .prepare(`DELETE FROM ${table} WHERE id IN (SELECT id FROM ${table} WHERE ${condition} LIMIT ${limit})`)
        .run(before_ms).changes
    return (
      drop('outbox', 'done = 1 AND created_ms < ?', now_ms - REMEMBERED_MS) +
      drop('alert', "state = 'resolved' AND started_ms < ?", now_ms - ALERTS_KEPT_MS)
    )
  }
}
