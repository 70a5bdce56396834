/**
 * Records that look like ours but match no signature, grouped by template.
 * Bounded: when a new template comes and the table is full, the rarest and oldest one goes, and its count is added to the
 * counter `unrecognised_evicted`, so that the totals stay true.
 */
import type Database from 'better-sqlite3'
import { MESSAGE_LIMIT } from '../../core/auth-event.ts'
import type { UnrecognisedRecord } from '../../core/ports/store.ts'
import { cleanText, NAME_LIMIT } from '../clean-text.ts'
import { TEMPLATE_LIMIT } from '../limits.ts'
import { instant } from '../time-grain.ts'

interface Group {
  record: UnrecognisedRecord
  system: string
  template: string
  count: number
  first_ms: number
  last_ms: number
}

export class UnrecognisedTable {
  readonly #evicted: (count: number) => void
  readonly #count: Database.Statement<[], number>
  readonly #add: Database.Statement<[number, number, number, string, string]>
  readonly #insert: Database.Statement<unknown[]>
  readonly #rarest: Database.Statement<[], { system: string; template: string; count: number }>
  readonly #delete: Database.Statement<[string, string]>

  constructor(db: Database.Database, evicted: (count: number) => void) {
    this.#evicted = evicted
    this.#count = db.prepare<[], number>('SELECT count(*) FROM unrecognised').pluck()
    this.#add = db.prepare(
      `UPDATE unrecognised SET count = count + ?, first_ms = min(first_ms, ?), last_ms = max(last_ms, ?)
        WHERE system = ? AND template = ?`,
    )
    this.#insert = db.prepare(
      `INSERT INTO unrecognised (system, template, sample, stream, count, first_ms, last_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    )
    this.#rarest = db.prepare('SELECT system, template, count FROM unrecognised ORDER BY count, last_ms LIMIT 1')
    this.#delete = db.prepare('DELETE FROM unrecognised WHERE system = ? AND template = ?')
  }

  add(records: readonly UnrecognisedRecord[], now_ms: number): void {
    if (records.length === 0) return
    let stored = this.#count.get()!
    for (const { record, system, template, count, first_ms, last_ms } of grouped(records, now_ms)) {
      if (this.#add.run(count, first_ms, last_ms, system, template).changes > 0) continue
      if (stored >= TEMPLATE_LIMIT) {
        const rarest = this.#rarest.get()!
        this.#delete.run(rarest.system, rarest.template)
        this.#evicted(rarest.count)
        stored--
      }
      this.#insert.run(
        system,
        template,
        cleanText(record.sample, MESSAGE_LIMIT),
        record.stream,
        count,
        first_ms,
        last_ms,
      )
      stored++
    }
  }
}

function grouped(records: readonly UnrecognisedRecord[], now_ms: number): Iterable<Group> {
  const groups = new Map<string, Group>()
  for (const record of records) {
    const system = cleanText(record.system, NAME_LIMIT)
    const template = cleanText(record.template, MESSAGE_LIMIT)
    const time_ms = instant(record.time_ms, now_ms)
    const key = `${system}\u001f${template}`
    const group = groups.get(key)
    if (group === undefined) {
      groups.set(key, { record, system, template, count: 1, first_ms: time_ms, last_ms: time_ms })
    } else {
      group.count++
      group.first_ms = Math.min(group.first_ms, time_ms)
      group.last_ms = Math.max(group.last_ms, time_ms)
    }
  }
  return groups.values()
}
