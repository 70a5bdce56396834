/** Reads the figures that report-tallies.ts writes. Ranges are widened to whole quarters of an hour. */
import type Database from 'better-sqlite3'
import type { TimeRange } from '../../core/filter.ts'
import type { DistinctCount, SignatureCount } from '../../core/ports/store.ts'
import { bySignature } from '../answer-order.ts'
import { SUBJECTS_PER_QUARTER } from '../limits.ts'
import { QUARTER_MS } from '../time-grain.ts'
import { CONFIDENCE_WORDS } from './incident-row.ts'
import type { Lexicon } from './lexicon.ts'

export function countSignatures(db: Database.Database, lexicon: Lexicon, range: TimeRange): SignatureCount[] {
  const rows = db
    .prepare<number[], [voice: number, confidence: number, count: number]>(
      'SELECT voice, confidence, sum(count) FROM tally WHERE quarter >= ? AND quarter < ? GROUP BY voice, confidence',
    )
    .raw()
    .all(...quarters(range)) as [number, number, number][]
  // Two voices may differ in nothing that is asked for here.
  const counts = new Map<string, SignatureCount>()
  for (const [voice, code, count] of rows) {
    const { signature, system, symptom } = lexicon.voice(voice)
    const confidence = CONFIDENCE_WORDS[code]!
    const key = `${signature}\u001f${system}\u001f${confidence}`
    const found = counts.get(key)
    if (found === undefined) counts.set(key, { signature, system, symptom, confidence, count })
    else {
      found.count += count
      if (symptom < found.symptom) found.symptom = symptom
    }
  }
  return [...counts.values()].sort(bySignature)
}

export function countFailedSubjects(db: Database.Database, range: TimeRange): DistinctCount {
  const count = db
    .prepare<number[], number>('SELECT count(DISTINCT hash) FROM affected WHERE quarter >= ? AND quarter < ?')
    .pluck()
    .get(...quarters(range)) as number
  const full = db
    .prepare<number[], number>(
      `SELECT EXISTS (SELECT 1 FROM affected WHERE quarter >= ? AND quarter < ? GROUP BY quarter HAVING count(*) >= ${SUBJECTS_PER_QUARTER})`,
    )
    .pluck()
    .get(...quarters(range)) as number
  return { count, at_least: full === 1 }
}

export function countUnrecognised(db: Database.Database, range: TimeRange): number {
  return db
    .prepare<number[], number>(
      'SELECT ifnull(sum(count), 0) FROM unrecognised_quarter WHERE quarter >= ? AND quarter < ?',
    )
    .pluck()
    .get(...quarters(range)) as number
}

function quarters({ from_ms, to_ms }: TimeRange): [number, number] {
  return [Math.floor(from_ms / QUARTER_MS), Math.ceil(to_ms / QUARTER_MS)]
}
