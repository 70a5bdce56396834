/**
 * Makes what was saved whole again: what an index or a neighbour still knows of a lost row is put back, what refers to a lost row
 * is given something to refer to, and nothing is left that a reader would trip over.
 * Invariant: a saved failure stays a failure; where its verdict is lost, it gets the cause that the software reported.
 */
import type Database from 'better-sqlite3'
import { CAUSES, type Cause, type Subcause } from '../../../core/cause.ts'
import { KINDS } from '../../../core/kind.ts'
import { keyedHash } from '../../keyed-hash.ts'
import { DAY_MS, FURTHEST_MS, floorTo, HOUR_MS } from '../../time-grain.ts'
import { Lexicon } from '../lexicon.ts'
import { MetaTable } from '../meta-table.ts'
import { EMPTY_NAME, FOREVER } from '../text-dictionary.ts'
import type { Salvage } from './salvage.ts'

/** Dictionaries of which an index holds everything but the day of use. */
const DOUBLED = ['verdict', 'series', 'voice'] as const

/** Every column that refers to a name. */
const NAME_REFERENCES: Readonly<Record<string, readonly string[]>> = {
  verdict: ['kind', 'outcome', 'cause', 'subcause'],
  series: ['host', 'service', 'client_id', 'issuer', 'system'],
  voice: ['system', 'signature', 'reported_cause', 'reported_subcause', 'symptom', 'format'],
  observation: ['host', 'service'],
  history: ['deed', 'host', 'detail'],
  clock_reading: ['host', 'reference'],
}

/** Words that a store uses whatever was read into it. */
const WORDS = [...KINDS, 'success', 'failure', ...Object.entries(CAUSES).flat(2), 'issued', 'refreshed', 'accepted']

/** Series of failures whose verdict is known. */
export const FAILURE_SERIES = `(SELECT s.id FROM series s JOIN verdict v ON v.id = s.verdict JOIN name n ON n.id = v.outcome WHERE n.text = 'failure')`

const LOST_TEXT = '(text lost)'
/** Code of `possible`; incident-row.ts. */
const POSSIBLE = 2

export interface Mended {
  /** Rows put back, by table. */
  rebuilt: ReadonlyMap<string, number>
  /** Rows that had to go, because nobody can say what they are of; by table. */
  dropped: ReadonlyMap<string, number>
  /** Sources whose reading position is lost. */
  positions: number
  /** Failures whose decided cause is lost and was replaced by the reported one. */
  verdicts: number
  /** Failures whose texts are lost. */
  texts: number
}

/** `unsure`: facts about the store itself are among what is lost. */
export function mend(db: Database.Database, salvage: Salvage, unsure: boolean, now_ms: number): Mended {
  const rebuilt = new Map<string, number>()
  const dropped = new Map<string, number>()
  const run = (sql: string, ...params: unknown[]) => db.prepare(sql).run(...params).changes
  const drop = (table: string, where: string) => void dropped.set(table, run(`DELETE FROM ${table} WHERE ${where}`))
  const day =
    (db.prepare('SELECT max(time_ms) FROM incident').pluck().get() as number | null) ?? new MetaTable(db).get('last_ms')
  const today = Math.floor((day ?? now_ms) / DAY_MS)

  keepNumbers(db)
  for (const table of DOUBLED) rebuilt.set(table, fromIndex(db, salvage, table, table === 'verdict' ? FOREVER : today))
  const streams = streamsFromIndex(db, salvage, now_ms)
  rebuilt.set('stream', streams)
  rebuilt.set('name', knownWords(db, salvage))
  rebuilt.set('incident', lostIncidents(db, salvage))
  nameTheLost(db, today)

  // A verdict of a lost word says nothing, nor does a series of a lost verdict.
  drop(
    'verdict',
    `EXISTS (SELECT 1 FROM name n WHERE n.id IN (kind, outcome, cause, subcause) AND n.text GLOB '(lost *)')`,
  )
  drop('history', `deed IN (SELECT id FROM name WHERE text GLOB '(lost *)')`)
  drop('observation', 'incident NOT IN (SELECT id FROM incident)')
  const verdicts = asReported(db, today)
  const unsound = 'NOT IN (SELECT s.id FROM series s JOIN verdict v ON v.id = s.verdict)'
  drop('success', `series ${unsound}`)
  drop('cube', `series ${unsound}`)
  drop('series', 'verdict NOT IN (SELECT id FROM verdict)')

  const texts = withoutTexts(db, today)
  withoutVoices(db)
  keepInstants(db, unsure)
  return { rebuilt, dropped, positions: streams, verdicts, texts }
}

/** Numbers that lost rows had are not given again. */
function keepNumbers(db: Database.Database): void {
  const references: Readonly<Record<string, readonly [table: string, column: string][]>> = {
    name: Object.entries(NAME_REFERENCES).flatMap(([table, columns]) =>
      columns.map((c): [string, string] => [table, c]),
    ),
    phrase: [
      ['incident', 'text'],
      ['incident', 'request'],
      ['observation', 'text'],
    ],
    verdict: [['series', 'verdict']],
    series: [
      ['incident', 'series'],
      ['cube', 'series'],
      ['success', 'series'],
    ],
    voice: [
      ['incident', 'voice'],
      ['observation', 'voice'],
    ],
    stream: [['observation', 'stream']],
  }
  for (const [dictionary, columns] of Object.entries(references)) {
    const highest = [[dictionary, 'id'], ...columns].map(
      ([table, column]) => `SELECT max(${column}) AS n FROM ${table}`,
    )
    const { n } = db
      .prepare<[], { n: number | null }>(`SELECT max(n) AS n FROM (${highest.join(' UNION ALL ')})`)
      .get()!
    if (n === null) continue
    db.prepare('DELETE FROM sqlite_sequence WHERE name = ?').run(dictionary)
    db.prepare('INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)').run(dictionary, n)
  }
}

function fromIndex(db: Database.Database, salvage: Salvage, table: string, day: number): number {
  const index = salvage.layout.indexes.find(({ name }) => name === `sqlite_autoindex_${table}_1`)!
  const columns = [...index.columns, 'id', 'used_day']
  const insert = db.prepare(
    `INSERT OR IGNORE INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
  )
  let count = 0
  for (const entry of salvage.entries(index))
    if (entry.every((value) => typeof value === 'number')) count += insert.run(...entry, day).changes
  return count
}

/** Known by name only: the source is read again from its beginning, and its observations say where they were. */
function streamsFromIndex(db: Database.Database, salvage: Salvage, now_ms: number): number {
  const insert = db.prepare('INSERT OR IGNORE INTO stream (id, stream, name, updated_ms) VALUES (?, ?, ?, ?)')
  let count = 0
  for (const [stream, id] of salvage.entries(salvage.layout.indexes.find(({ table }) => table === 'stream')!))
    if (typeof stream === 'string') count += insert.run(id, stream, '(lost)', now_ms).changes
  return count
}

/** Words of the closed lists, told by their hashes. */
function knownWords(db: Database.Database, salvage: Salvage): number {
  const seed = new MetaTable(db).get('hash_seed')!
  const words = new Map(WORDS.map((word) => [keyedHash(word, seed), word]))
  const insert = db.prepare('INSERT OR IGNORE INTO name (id, hash, text, used_day) VALUES (?, ?, ?, ?)')
  let count = 0
  for (const [hash, id] of salvage.entries(salvage.layout.indexes.find(({ name }) => name === 'name_hash')!)) {
    const word = words.get(hash as number)
    if (word !== undefined) count += insert.run(id, hash, word, FOREVER).changes
  }
  return count
}

/** Time and series are in the index of incidents by time, the rest in what the records said. */
function lostIncidents(db: Database.Database, salvage: Salvage): number {
  const index = salvage.layout.indexes.find(({ name }) => name === 'incident_time')!
  const best = db.prepare<[number], { voice: number; text: number | null; vars: string | null; observations: number }>(
    `SELECT o.voice, o.text, o.vars, count(*) OVER () AS observations
       FROM observation o LEFT JOIN voice v ON v.id = o.voice WHERE o.incident = ? ORDER BY v.specificity DESC LIMIT 1`,
  )
  const known = db.prepare<[number], number>('SELECT time_ms FROM incident WHERE id = ?').pluck()
  const move = db.prepare('UPDATE incident SET time_ms = ? WHERE id = ?')
  const [first_ms, last_ms] = extentOf(db)
  const within = (ms: number) => first_ms <= ms && ms <= last_ms
  const insert = db.prepare(
    `INSERT INTO incident (id, time_ms, series, voice, confidence, observations, text, vars) VALUES (?, ?, ?, ?, ${POSSIBLE}, ?, ?, ?)`,
  )
  let count = 0
  for (const entry of salvage.entries(index)) {
    const id = entry.at(-1) as number
    const [time_ms, series] = entry.length === 3 ? entry : [entry[0], 0]
    if (typeof time_ms !== 'number' || typeof series !== 'number' || !within(time_ms)) continue
    const stored_ms = known.get(id)
    if (stored_ms !== undefined) {
      if (!within(stored_ms)) move.run(time_ms, id)
      continue
    }
    const said = best.get(id)
    // An entry that no record speaks of may be of an incident that was joined to another.
    if (said === undefined) continue
    count += insert.run(id, time_ms, series, said.voice, said.observations, said.text ?? 0, said.vars).changes
  }
  return count
}

/** A lost name gets one that tells it from other lost ones. */
function nameTheLost(db: Database.Database, day: number): void {
  const columns = Object.entries(NAME_REFERENCES).flatMap(([table, names]) =>
    names.map((column) => `SELECT ${column} AS id FROM ${table}`),
  )
  const lost = db
    .prepare<[], number>(`SELECT id FROM (${columns.join(' UNION ')}) WHERE id NOT IN (SELECT id FROM name)`)
    .pluck()
    .all()
  const seed = new MetaTable(db).get('hash_seed')!
  const insert = db.prepare('INSERT INTO name (id, hash, text, used_day) VALUES (?, ?, ?, ?)')
  for (const id of lost) insert.run(id, keyedHash(`(lost ${id})`, seed), `(lost ${id})`, day)
}

/** Failures without a sound series are placed by what was reported of them. */
function asReported(db: Database.Database, day: number): number {
  const lexicon = new Lexicon(db)
  const rows = db
    .prepare<[], { id: number; voice: number; series: number }>(
      `SELECT id, voice, series FROM incident WHERE series NOT IN ${FAILURE_SERIES}`,
    )
    .all()
  const place = db.prepare('UPDATE incident SET series = ? WHERE id = ?')
  const seen = db.prepare<[number], { host: number; service: number }>(
    'SELECT host, service FROM observation WHERE incident = ? LIMIT 1',
  )
  for (const { id, voice, series } of rows) {
    const said = lexicon.voice(voice)
    const verdict = lexicon.internVerdict({ kind: 'validation', outcome: 'failure', ...reported(said) })
    const at = seen.get(id)
    const parts = lexicon.series.parts(series)?.slice(1) ?? [
      at?.host ?? EMPTY_NAME,
      at?.service ?? EMPTY_NAME,
      EMPTY_NAME,
      EMPTY_NAME,
      lexicon.names.intern(said.system, day),
    ]
    place.run(lexicon.series.intern([verdict, ...parts], day), id)
  }
  return rows.length
}

function reported({ reported_cause, reported_subcause }: { reported_cause: Cause; reported_subcause: Subcause }): {
  cause: Cause
  subcause: Subcause
} {
  const known = CAUSES[reported_cause] as readonly string[] | undefined
  return known?.includes(reported_subcause)
    ? { cause: reported_cause, subcause: reported_subcause }
    : { cause: 'unknown', subcause: 'unspecified' }
}

/** Without its template nothing of a text can be told, nor of what shares its words. */
function withoutTexts(db: Database.Database, day: number): number {
  const lost = 'NOT IN (SELECT id FROM phrase)'
  if (!exists(db, `SELECT 1 FROM incident WHERE text ${lost} UNION ALL SELECT 1 FROM observation WHERE text ${lost}`))
    return 0
  const text = new Lexicon(db).phrases.intern(LOST_TEXT, day)
  const { changes } = db
    .prepare(`UPDATE incident SET text = ?, request = NULL, vars = NULL WHERE text ${lost}`)
    .run(text)
  db.prepare(`UPDATE observation SET text = ?, vars = NULL WHERE text ${lost}`).run(text)
  db.prepare(`UPDATE incident SET request = NULL WHERE request ${lost}`).run()
  return changes
}

/** What was said by a lost signature was said by none that is known. */
function withoutVoices(db: Database.Database): void {
  const lost = 'NOT IN (SELECT id FROM voice)'
  if (!exists(db, `SELECT 1 FROM incident WHERE voice ${lost} UNION ALL SELECT 1 FROM observation WHERE voice ${lost}`))
    return
  const none = new Lexicon(db).voices.intern([EMPTY_NAME, EMPTY_NAME, 0, ...Array(4).fill(EMPTY_NAME)], FOREVER)
  for (const table of ['incident', 'observation'])
    db.prepare(`UPDATE ${table} SET voice = ? WHERE voice ${lost}`).run(none)
}

function exists(db: Database.Database, sql: string): boolean {
  return db.prepare<[], number>(`SELECT EXISTS (${sql})`).pluck().get() === 1
}

/** Of everything stored, as far as the store itself knows. */
function extentOf(db: Database.Database): [first_ms: number, last_ms: number] {
  const meta = new MetaTable(db)
  return [meta.get('first_ms') ?? -FURTHEST_MS, meta.get('last_ms') ?? FURTHEST_MS]
}

/** Facts about the store that a lost table of facts would have said. */
function keepInstants(db: Database.Database, unsure: boolean): void {
  const meta = new MetaTable(db)
  const [next, first_ms, last_ms] = db
    .prepare<[], [next: number | null, first_ms: number | null, last_ms: number | null]>(
      'SELECT (SELECT max(id) + 1 FROM incident), min(ms), max(ms) FROM (SELECT time_ms AS ms FROM incident UNION ALL SELECT bucket * 86400000 FROM cube WHERE grain = 2)',
    )
    .raw()
    .get()!
  if (next !== null && next > (meta.get('next_incident') ?? 1)) meta.set('next_incident', next)
  if (first_ms !== null && meta.get('first_ms') === undefined) meta.set('first_ms', first_ms)
  if (last_ms !== null && meta.get('last_ms') === undefined) meta.set('last_ms', last_ms)
  // Readers look for incidents nowhere else.
  const [oldest, newest] = db
    .prepare<[], [number | null, number | null]>('SELECT min(time_ms), max(time_ms) FROM incident')
    .raw()
    .get()!
  const [from_ms, to_ms] = extentOf(db)
  if (oldest !== null && oldest < from_ms) meta.set('first_ms', oldest)
  if (newest !== null && newest > to_ms) meta.set('last_ms', newest)
  // Older failures may be known as hourly figures only, which must stay.
  if (unsure && meta.get('detail_from_ms') === undefined && oldest !== null)
    meta.set('detail_from_ms', floorTo(oldest, HOUR_MS))
}
