/**
 * Writes the figures that only reports ask for, per quarter of an hour: failures per signature, affected subjects, unrecognised records.
 * Gathered per batch, written at the end of its transaction. Invariant: an incident is tallied once, at the quarter of its
 * present time; a subject counted in an quarter stays counted there, even if its incident moves.
 */
import type Database from 'better-sqlite3'
import { keyedHash } from '../keyed-hash.ts'
import { type LimitName, SUBJECTS_PER_QUARTER } from '../limits.ts'
import { QUARTER_MS } from '../time-grain.ts'
import type { IncidentRow } from './incident-row.ts'
import { decodeKey } from './key-code.ts'

/** Quarters whose subjects are kept in memory: history of many files is read side by side. */
const QUARTERS_CACHED = 24

export class ReportTallies {
  readonly #seed: number
  readonly #limited: (name: LimitName, by: number) => void
  readonly #addTally: Database.Statement<number[]>
  readonly #emptyTally: Database.Statement<number[]>
  readonly #subjectsOf: Database.Statement<[number], number>
  readonly #addSubject: Database.Statement<[number, number]>
  readonly #addUnrecognised: Database.Statement<[number, number]>
  readonly #tallies = new Map<string, { key: [number, number, number]; by: number }>()
  readonly #subjects = new Map<number, Set<number>>()
  readonly #unrecognised = new Map<number, number>()

  constructor(db: Database.Database, seed: number, limited: (name: LimitName, by: number) => void) {
    this.#seed = seed
    this.#limited = limited
    this.#addTally = db.prepare(
      `INSERT INTO tally (quarter, voice, confidence, count) VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET count = count + excluded.count`,
    )
    this.#emptyTally = db.prepare('DELETE FROM tally WHERE quarter = ? AND voice = ? AND confidence = ? AND count <= 0')
    this.#subjectsOf = db.prepare<[number], number>('SELECT hash FROM affected WHERE quarter = ?').pluck()
    this.#addSubject = db.prepare('INSERT OR IGNORE INTO affected (quarter, hash) VALUES (?, ?)')
    this.#addUnrecognised = db.prepare(
      `INSERT INTO unrecognised_quarter (quarter, count) VALUES (?, ?)
       ON CONFLICT DO UPDATE SET count = count + excluded.count`,
    )
  }

  /** An incident came (`by` 1) or went from where its row says (`by` -1). */
  count(row: IncidentRow, by: 1 | -1): void {
    const quarter = Math.floor(row[1] / QUARTER_MS)
    const key: [number, number, number] = [quarter, row[3], row[4]]
    const entry = this.#tallies.get(key.join())
    if (entry === undefined) this.#tallies.set(key.join(), { key, by })
    else entry.by += by
    const subject = by > 0 ? decodeKey(row[14]) : undefined
    if (subject !== undefined) this.#subject(quarter, subjectHash(subject, this.#seed))
  }

  unrecognised(time_ms: number): void {
    const quarter = Math.floor(time_ms / QUARTER_MS)
    this.#unrecognised.set(quarter, (this.#unrecognised.get(quarter) ?? 0) + 1)
  }

  /** Writes everything gathered and starts anew. */
  flush(): void {
    for (const { key, by } of this.#tallies.values()) {
      if (by === 0) continue
      this.#addTally.run(...key, by)
      if (by < 0) this.#emptyTally.run(...key)
    }
    for (const [quarter, count] of this.#unrecognised) this.#addUnrecognised.run(quarter, count)
    this.#tallies.clear()
    this.#unrecognised.clear()
  }

  /** After a rollback: what memory learned is not in the store. */
  discard(): void {
    this.#tallies.clear()
    this.#unrecognised.clear()
    this.#subjects.clear()
  }

  #subject(quarter: number, hash: number): void {
    let known = this.#subjects.get(quarter)
    if (known === undefined) {
      if (this.#subjects.size >= QUARTERS_CACHED) this.#subjects.delete(this.#subjects.keys().next().value!)
      known = new Set(this.#subjectsOf.all(quarter))
      this.#subjects.set(quarter, known)
    }
    if (known.has(hash)) return
    if (known.size >= SUBJECTS_PER_QUARTER) {
      this.#limited('affected_subjects', 1)
      return
    }
    known.add(hash)
    this.#addSubject.run(quarter, hash)
  }
}

/** 52 bits: with 32 a hundred thousand users would already be counted as a few less. */
export function subjectHash(subject: string, seed: number): number {
  return keyedHash(subject, seed) * 2 ** 20 + (keyedHash(`s${subject}`, seed) & 0xfffff)
}
