/** Subjects that failed, by hash and quarter of an hour; a limited number of each, so that a flood of made-up ones stays small. */
import { keyedHash } from '../keyed-hash.ts'
import { type LimitName, SUBJECTS_PER_QUARTER } from '../limits.ts'
import { floorTo, QUARTER_MS } from '../time-grain.ts'
import type { ClickhouseServer } from './server.ts'
import { sql } from './sql.ts'

/** Quarters whose subjects are kept in memory. */
const QUARTERS_HELD = 100

export class SubjectBook {
  readonly #seed: number
  readonly #quarters = new Map<number, Set<number>>()

  constructor(seed: number) {
    this.#seed = seed
  }

  async load(times_ms: Iterable<number>, server: ClickhouseServer | null): Promise<void> {
    const wanted = new Set<number>()
    for (const time_ms of times_ms) {
      const quarter = floorTo(time_ms, QUARTER_MS)
      if (!this.#quarters.has(quarter)) wanted.add(quarter)
    }
    if (wanted.size === 0) return
    if (this.#quarters.size + wanted.size > QUARTERS_HELD) this.#quarters.clear()
    for (const quarter of wanted) this.#quarters.set(quarter, new Set())
    if (server === null) return
    const rows = await server.rows<[number, number]>(
      sql`SELECT DISTINCT start_ms, hash FROM affected WHERE start_ms IN ${[...wanted]}`,
    )
    for (const [quarter, hash] of rows) this.#quarters.get(quarter)!.add(hash)
  }

  /** The hash to write; null: it is there, or there are too many. The quarter has been loaded. */
  meet(subject: string, time_ms: number, limited: (name: LimitName, by: number) => void): number | null {
    const known = this.#quarters.get(floorTo(time_ms, QUARTER_MS))!
    const hash = subjectHash(subject, this.#seed)
    if (known.has(hash)) return null
    if (known.size >= SUBJECTS_PER_QUARTER) {
      limited('affected_subjects', 1)
      return null
    }
    known.add(hash)
    return hash
  }
}

/** 52 bits: with 32 a hundred thousand users would already be counted as a few less. */
export function subjectHash(subject: string, seed: number): number {
  return (keyedHash(subject, seed) >>> 0) * 2 ** 20 + (keyedHash(`s${subject}`, seed) & 0xfffff)
}
