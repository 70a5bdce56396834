/**
 * Says in which hours a key was never stored, from memory: most new failures have ids that nobody has met, and asking the
 * index for every hour in which they might have been met costs more than everything else that is done with a failure.
 * A Bloom filter per hour (Bloom 1970), read from the index when the hour is first asked about and added to while writing.
 * Invariant: "no" is proven; "maybe" is asked of the index. Entries of dropped or rolled-back rows only cost a question.
 */
import type Database from 'better-sqlite3'
import { HOUR_MS } from '../time-grain.ts'

/** Bits per hour: 64 KiB answer wrongly in 1 of 100 questions at 28,000 keys an hour; a fuller hour asks the index more often. */
const BITS = 1 << 19
/** Hours held, 64 KiB each: a question spans 26 h before and after (same-request.ts), and history is read from several ends. */
const HOURS_HELD = 256

/** Value of the `hour` column of incident_key. */
export function hourOf(time_ms: number): number {
  return Math.floor(time_ms / HOUR_MS)
}

export class KeyHours {
  /** Least recently asked first. */
  readonly #filters = new Map<number, Uint32Array>()
  readonly #read: Database.Statement<[number], number>

  constructor(db: Database.Database) {
    this.#read = db.prepare<[number], number>('SELECT hash FROM incident_key WHERE hour = ?').pluck()
  }

  /** To be told of every key before it is written. */
  add(hour: number, hash: number): void {
    const filter = this.#filters.get(hour)
    if (filter !== undefined) mark(filter, hash)
  }

  /** False: no key with this hash is stored under this hour. */
  mayHold(hour: number, hash: number): boolean {
    const filter = this.#filters.get(hour) ?? this.#load(hour)
    const [first, second] = placesOf(hash)
    return (filter[first >>> 5]! & (1 << (first & 31))) !== 0 && (filter[second >>> 5]! & (1 << (second & 31))) !== 0
  }

  #load(hour: number): Uint32Array {
    const filter = new Uint32Array(BITS / 32)
    for (const hash of this.#read.iterate(hour)) mark(filter, hash)
    if (this.#filters.size >= HOURS_HELD) this.#filters.delete(this.#filters.keys().next().value!)
    this.#filters.set(hour, filter)
    return filter
  }
}

function mark(filter: Uint32Array, hash: number): void {
  for (const place of placesOf(hash)) filter[place >>> 5]! |= 1 << (place & 31)
}

/** Two places from one 32-bit hash, by a second multiplication. */
function placesOf(hash: number): [number, number] {
  return [hash & (BITS - 1), (Math.imul(hash, 0x9e3779b1) >>> 7) & (BITS - 1)]
}
