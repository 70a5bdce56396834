/**
 * Writes incidents, their observations and the keys they are found by; reports every change of place to the rollups.
 * Runs inside the caller's transaction. Invariant: an incident is counted in the rollups exactly once, at the minute and
 * series its row says.
 */
import type Database from 'better-sqlite3'
import { MESSAGE_LIMIT } from '../../core/auth-event.ts'
import type { Observation } from '../../core/incident.ts'
import type { IncidentChange } from '../../core/ports/store.ts'
import { cleanText, NAME_LIMIT } from '../clean-text.ts'
import { keyedHash } from '../keyed-hash.ts'
import type { LimitName } from '../limits.ts'
import { DAY_MS, instant } from '../time-grain.ts'
import {
  dimensionsOf,
  type GivenIncident,
  INCIDENT_COLUMNS,
  type IncidentRow,
  packIncident,
  unpackIncident,
} from './incident-row.ts'
import { decodeKey } from './key-code.ts'
import { hourOf, type KeyHours } from './key-hours.ts'
import type { Lexicon } from './lexicon.ts'
import { toPhrase } from './phrase.ts'
import type { ReportTallies } from './report-tallies.ts'
import type { RollupDelta } from './rollup-delta.ts'
import { RowBatch } from './row-batch.ts'
import type { SeriesBook } from './series-book.ts'
import type { StreamTable } from './stream-table.ts'

/** Ids that incidents are found by; the letter keeps a request id and a trace id of the same spelling apart. */
export const KEY_FIELDS = { request_id: 'r', trace_id: 't', token: 'k', token_id: 'j' } as const
export type KeyField = keyof typeof KEY_FIELDS

/** Value of the `hash` column of incident_key. */
export function keyHash(field: KeyField, key: string, seed: number): number {
  return keyedHash(KEY_FIELDS[field] + key, seed)
}

/** What the table needs from its neighbours in the same transaction. */
export interface IncidentTableParts {
  lexicon: Lexicon
  series: SeriesBook
  rollups: RollupDelta
  tallies: ReportTallies
  streams: StreamTable
  keyHours: KeyHours
  limited(name: LimitName, by: number): void
  seen(time_ms: number): void
}

export class IncidentTable {
  readonly #parts: IncidentTableParts
  readonly #insert: Database.Statement<unknown[]>
  readonly #update: Database.Statement<unknown[]>
  readonly #select: Database.Statement<[number], IncidentRow>
  readonly #delete: Database.Statement<[number]>
  readonly #newKeys: RowBatch
  readonly #dropKey: Database.Statement<[number, number, number]>
  readonly #observe: Database.Statement<unknown[]>
  readonly #dropObservations: Database.Statement<[number]>
  readonly #moveObservations: Database.Statement<[number, number]>
  readonly #setCount: Database.Statement<[number, number]>
  readonly #fixTimes: Database.Statement<[number, number]>
  readonly #fixTexts: Database.Statement<[number, string | null, number]>
  readonly #restamp: Database.Statement<[number, number]>[]

  constructor(db: Database.Database, parts: IncidentTableParts) {
    this.#parts = parts
    const columns = INCIDENT_COLUMNS.join(', ')
    const values = INCIDENT_COLUMNS.map(() => '?').join(', ')
    const [, ...changing] = INCIDENT_COLUMNS
    this.#insert = db.prepare(`INSERT INTO incident (${columns}) VALUES (${values})`)
    this.#update = db.prepare(
      `UPDATE incident SET ${changing.map((column) => `${column} = ?`).join(', ')} WHERE id = ?`,
    )
    this.#select = db.prepare<[number], IncidentRow>(`SELECT ${columns} FROM incident WHERE id = ?`).raw()
    this.#delete = db.prepare('DELETE FROM incident WHERE id = ?')
    this.#newKeys = new RowBatch(db, 'INSERT INTO incident_key (hour, hash, incident)', 3, 'ON CONFLICT DO NOTHING')
    this.#dropKey = db.prepare('DELETE FROM incident_key WHERE hour = ? AND hash = ? AND incident = ?')
    this.#observe = db.prepare(
      `INSERT OR IGNORE INTO observation (incident, stream, offset, voice, host, service, line, time_ms, text, vars)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    this.#dropObservations = db.prepare('DELETE FROM observation WHERE incident = ?')
    this.#moveObservations = db.prepare('UPDATE OR IGNORE observation SET incident = ? WHERE incident = ?')
    this.#setCount = db.prepare('UPDATE incident SET observations = ? WHERE id = ?')
    this.#fixTimes = db.prepare('UPDATE observation SET time_ms = ? WHERE incident = ? AND time_ms IS NULL')
    this.#fixTexts = db.prepare('UPDATE observation SET text = ?, vars = ? WHERE incident = ? AND text IS NULL')
    const stamp = (table: string, column: string) =>
      db.prepare<[number, number]>(
        `UPDATE ${table} SET used_day = max(used_day, ?)
          WHERE id IN (SELECT ${column} FROM observation WHERE incident = ?)`,
      )
    this.#restamp = [stamp('phrase', 'text'), stamp('voice', 'voice'), stamp('name', 'host'), stamp('name', 'service')]
  }

  /** A new incident under `id`. `now_ms` stands in for a time that is no instant. */
  insert(id: number, change: IncidentChange, now_ms: number): void {
    const { incident, added } = change
    const row = this.#placed(id, incident, now_ms, 0)
    // Observations that repeat a place in a stream are one; the count is known once they are stored.
    row[5] = this.#observeAll(row, incident, added, now_ms)
    this.#insert.run(...row)
    this.#addKeys(row)
    this.#parts.rollups.add(row[2], row[1], 1)
    this.#parts.tallies.count(row, 1)
  }

  /** The stored incident `id` with a new verdict. One that retention has dropped stays as the rollups counted it. */
  revise(id: number, change: IncidentChange, now_ms: number): void {
    const old = this.#select.get(id)
    if (old === undefined) {
      this.#parts.limited('late_revisions', 1)
      return
    }
    const row = this.#placed(id, change.incident, now_ms, old[5])
    this.#keepObservations(old, row)
    row[5] += this.#observeAll(row, change.incident, change.added, now_ms)
    const [, ...changing] = row
    this.#update.run(...changing, id)
    this.#dropKeys(old)
    this.#addKeys(row)
    this.#parts.rollups.add(old[2], old[1], -1)
    this.#parts.rollups.add(row[2], row[1], 1)
    this.#parts.tallies.count(old, -1)
    this.#parts.tallies.count(row, 1)
  }

  /**
   * `other` turned out to be the same failed request as `id`: its observations move, it is gone and not counted any more.
   * One that retention has dropped stays as the rollups counted it.
   */
  absorb(id: number, other: number): void {
    const old = this.#select.get(other)
    const row = this.#select.get(id)
    if (old === undefined || row === undefined || id === other) {
      this.#parts.limited('late_revisions', 1)
      return
    }
    // Observations lean on their incident for time and text: those that move get their own first.
    const { lexicon } = this.#parts
    const phrase = toPhrase([unpackIncident(lexicon, old).message])
    this.#fixTimes.run(old[1], other)
    this.#fixTexts.run(lexicon.phrases.intern(phrase.template, Math.floor(row[1] / DAY_MS)), phrase.vars, other)
    for (const stamp of this.#restamp) stamp.run(Math.floor(row[1] / DAY_MS), other)
    const { changes } = this.#moveObservations.run(id, other)
    this.#setCount.run(row[5] + changes, id)
    this.drop(other)
    this.#parts.rollups.add(old[2], old[1], -1)
    this.#parts.tallies.count(old, -1)
  }

  /** Removes the detail of an incident; the rollups keep counting it. */
  drop(id: number): void {
    const row = this.#select.get(id)
    if (row === undefined) return
    this.#dropKeys(row)
    this.#dropObservations.run(id)
    this.#delete.run(id)
  }

  /** Writes what was gathered; to be called at the end of the transaction. */
  flush(): void {
    this.#newKeys.flush()
  }

  /** Forgets what was gathered: after a rollback. */
  discard(): void {
    this.#newKeys.discard()
  }

  #placed(id: number, given: GivenIncident, now_ms: number, observations: number): IncidentRow {
    const { lexicon, series, seen } = this.#parts
    const time_ms = instant(given.time_ms, now_ms)
    const verdict = lexicon.internVerdict({
      kind: given.kind,
      outcome: 'failure',
      cause: given.cause,
      subcause: given.subcause,
    })
    seen(time_ms)
    const placement = series.place(verdict, dimensionsOf(given), time_ms)
    return packIncident(lexicon, id, given, time_ms, observations, placement)
  }

  /** Number of observations that were new. */
  #observeAll(row: IncidentRow, incident: GivenIncident, added: readonly Observation[], now_ms: number): number {
    const { lexicon, streams } = this.#parts
    const day = Math.floor(row[1] / DAY_MS)
    let stored = 0
    for (const observation of added) {
      const time_ms = instant(observation.time_ms, row[1])
      const message = cleanText(observation.message, MESSAGE_LIMIT)
      const phrase = message === cleanText(incident.message, MESSAGE_LIMIT) ? null : toPhrase([message])
      const { changes } = this.#observe.run(
        row[0],
        streams.number(observation.stream, observation.source, now_ms),
        observation.offset,
        lexicon.internVoice({ ...observation, symptom: '' }, day),
        lexicon.names.intern(cleanText(observation.host ?? '', NAME_LIMIT), day),
        lexicon.names.intern(cleanText(observation.service ?? '', NAME_LIMIT), day),
        observation.line ?? null,
        time_ms === row[1] ? null : time_ms,
        phrase && lexicon.phrases.intern(phrase.template, day),
        phrase?.vars ?? null,
      )
      stored += changes
    }
    return stored
  }

  /** Observations lean on their incident for time and text; before those change, they get their own. */
  #keepObservations(old: IncidentRow, row: IncidentRow): void {
    const { lexicon } = this.#parts
    const day = Math.floor(row[1] / DAY_MS)
    if (old[1] !== row[1]) this.#fixTimes.run(old[1], old[0])
    if (old[6] !== row[6] || old[8] !== row[8]) {
      const phrase = toPhrase([unpackIncident(lexicon, old).message])
      this.#fixTexts.run(lexicon.phrases.intern(phrase.template, day), phrase.vars, old[0])
    }
    // Words of an incident that moves to a later day must live as long as it does.
    if (Math.floor(old[1] / DAY_MS) < day) for (const stamp of this.#restamp) stamp.run(day, old[0])
  }

  #addKeys(row: IncidentRow): void {
    for (const key of incidentKeys(row, this.#parts.lexicon.seed)) {
      this.#parts.keyHours.add(key[0], key[1])
      this.#newKeys.add(key)
    }
  }

  #dropKeys(row: IncidentRow): void {
    this.#newKeys.flush()
    for (const key of incidentKeys(row, this.#parts.lexicon.seed)) this.#dropKey.run(...key)
  }
}

/** Rows of incident_key that an incident is found by. */
export function incidentKeys(row: IncidentRow, seed: number): [hour: number, hash: number, incident: number][] {
  const hour = hourOf(row[1])
  const keys: [number, number, number][] = []
  const fields = [
    ['request_id', row[11]],
    ['trace_id', row[12]],
    ['token', row[13]],
    ['token_id', row[16]],
  ] as const
  for (const [field, code] of fields) {
    const key = decodeKey(code)
    if (key !== undefined) keys.push([hour, keyHash(field, key, seed), row[0]])
  }
  if (row[18] !== null)
    for (const id of JSON.parse(row[18]) as string[]) keys.push([hour, keyHash('request_id', id, seed), row[0]])
  return keys
}
