/**
 * What is known of the clocks: rows that only the analysis can read, and readings over time for charts.
 * Invariant: a row is replaced as a whole and never merged.
 */
import type Database from 'better-sqlite3'
import type { ClockReading } from '../../core/clock-lookup.ts'
import type { TimeRange } from '../../core/filter.ts'
import { CLOCK_KEY_LIMIT, type ClockChanges, type ClockRow } from '../../core/ports/store.ts'
import { cleanText, NAME_LIMIT } from '../clean-text.ts'
import { DAY_MS } from '../time-grain.ts'
import type { Lexicon } from './lexicon.ts'

export class ClockTable {
  readonly #lexicon: Lexicon
  readonly #put: Database.Statement<[string, Uint8Array]>
  readonly #drop: Database.Statement<[string]>
  readonly #read: Database.Statement<unknown[]>

  constructor(db: Database.Database, lexicon: Lexicon) {
    this.#lexicon = lexicon
    this.#put = db.prepare(
      'INSERT INTO clock (key, state) VALUES (?, ?) ON CONFLICT DO UPDATE SET state = excluded.state',
    )
    this.#drop = db.prepare('DELETE FROM clock WHERE key = ?')
    this.#read = db.prepare(
      `INSERT OR REPLACE INTO clock_reading (at_ms, host, reference, offset_ms, low_ms, high_ms, drift_ppb)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    )
  }

  put({ rows, gone, readings }: ClockChanges): void {
    for (const key of gone) this.#drop.run(cleanText(key, CLOCK_KEY_LIMIT))
    for (const { key, state } of rows) this.#put.run(cleanText(key, CLOCK_KEY_LIMIT), state)
    for (const reading of readings) {
      const day = Math.floor(reading.at_ms / DAY_MS)
      const name = (text: string) => this.#lexicon.names.intern(cleanText(text, NAME_LIMIT), day)
      this.#read.run(
        Math.round(reading.at_ms),
        name(reading.host),
        name(reading.reference),
        thousandths(reading.offset_s),
        thousandths(reading.low_s),
        thousandths(reading.high_s),
        thousandths(reading.drift_ppm),
      )
    }
  }
}

export function readClockRows(db: Database.Database): ClockRow[] {
  return db.prepare<[], ClockRow>('SELECT key, state FROM clock').all()
}

type ReadingRow = [
  at_ms: number,
  host: number,
  reference: number,
  offset_ms: number | null,
  low_ms: number | null,
  high_ms: number | null,
  drift_ppb: number | null,
]

export function readClockReadings(
  db: Database.Database,
  lexicon: Lexicon,
  { from_ms, to_ms }: TimeRange,
  host?: string,
): ClockReading[] {
  const columns = 'at_ms, host, reference, offset_ms, low_ms, high_ms, drift_ppb'
  const sql = `SELECT ${columns} FROM clock_reading WHERE at_ms >= ? AND at_ms < ?`
  const id = host === undefined ? undefined : lexicon.names.find(cleanText(host, NAME_LIMIT))
  if (host !== undefined && id === undefined) return []
  // A month of many hosts has millions: each becomes one object, and no more.
  const rows =
    id === undefined
      ? db.prepare<[number, number], ReadingRow>(`${sql} ORDER BY at_ms, host`).raw().all(from_ms, to_ms)
      : db
          .prepare<[number, number, number], ReadingRow>(`${sql} AND host = ? ORDER BY at_ms`)
          .raw()
          .all(from_ms, to_ms, id)
  return rows.map(([at_ms, of, reference, offset_ms, low_ms, high_ms, drift_ppb]) => ({
    at_ms,
    host: lexicon.names.text(of),
    reference: lexicon.names.text(reference),
    offset_s: units(offset_ms),
    low_s: units(low_ms),
    high_s: units(high_ms),
    drift_ppm: units(drift_ppb),
  }))
}

function thousandths(value: number | null): number | null {
  return value === null || !Number.isFinite(value) ? null : Math.round(value * 1000)
}

function units(thousandth: number | null): number | null {
  return thousandth === null ? null : thousandth / 1000
}
