/**
 * Takes everything that is one person's or one client's out of the store (GDPR article 17). Single rows go; the rollups keep
 * counting them, without the name. Runs inside the caller's transaction, with `secure_delete` on; afterwards the caller
 * vacuums, so that no byte of it is left in the file.
 * Invariant: afterwards no text column of any table says one of the texts as a word of its own, except where another thing
 * (a host, a service) bears the very same name.
 */
import type Database from 'better-sqlite3'
import { FORGOTTEN_NAME, type ForgetCounts, type Forgotten } from '../../core/ports/forget.ts'
import { saysOneOf } from '../says-one-of.ts'
import { INCIDENT_COLUMNS, type IncidentRow, unpackIncident } from './incident-row.ts'
import type { IncidentTable } from './incident-table.ts'
import { decodeKey, type KeyCode } from './key-code.ts'
import { DIMENSIONS, type Lexicon } from './lexicon.ts'
import { VarReader } from './phrase.ts'
import { subjectHash } from './report-tallies.ts'
import { FOREVER } from './text-dictionary.ts'

/** Rows read at a time: bounds memory, whatever the store's size. */
const PAGE = 1_000

/** What people and rules wrote about alerts: the name is struck out of their texts, the rest is theirs. */
const TOLD = ['alert', 'alert_state', 'outbox', 'silence', 'acknowledgement', 'watch_step', 'watch_source'] as const

/** Every column that refers to a name, apart from the clients' own. */
const OTHER_USES = [
  ...['host', 'service', 'issuer', 'system'].map((column) => ['series', column] as const),
  ...['kind', 'outcome', 'cause', 'subcause'].map((column) => ['verdict', column] as const),
  ...['system', 'signature', 'reported_cause', 'reported_subcause', 'symptom', 'format'].map(
    (column) => ['voice', column] as const,
  ),
  ...['host', 'service'].map((column) => ['observation', column] as const),
  ...['host', 'deed', 'detail'].map((column) => ['history', column] as const),
  ...['host', 'reference'].map((column) => ['clock_reading', column] as const),
  ['success', 'host'] as const,
]

const CLIENT_FACET = DIMENSIONS.indexOf('client_id') + 1

export interface ForgettingParts {
  db: Database.Database
  lexicon: Lexicon
  incidents: IncidentTable
}

export function forgetIn({ db, lexicon, incidents }: ForgettingParts, { whose, texts }: Forgotten): ForgetCounts {
  const says = saysOneOf(texts, whose === 'client')
  const owned = new Set(texts)
  const gone = incidentsOf(db, lexicon, says, whose === 'client' ? owned : null)
  // What was done with the same token, session or grant is theirs too, even where no record said whose it was.
  const keys = keysOf(db, gone)
  for (const id of incidentsWith(db, keys)) gone.add(id)
  for (const key of keysOf(db, gone)) keys.add(key)
  for (const id of gone) incidents.drop(id)
  const counts: ForgetCounts = {
    incidents: gone.size,
    history: dropHistory(db, says, new Set([...keys, ...owned])),
    successes: dropSuccesses(db, keys, whose === 'client' ? owned : new Set()),
    samples: dropSamples(db, says),
    alert_texts: strikeOut(db, says),
    names: renameClients(db, lexicon, owned),
  }
  dropSubjects(db, lexicon, texts)
  dropPhrases(db, says)
  return counts
}

type Says = ReturnType<typeof saysOneOf>

/** @param clients incidents of these clients go as well; null: nobody's */
function incidentsOf(
  db: Database.Database,
  lexicon: Lexicon,
  says: Says,
  clients: ReadonlySet<string> | null,
): Set<number> {
  const found = new Set<number>()
  const page = db
    .prepare<[number], IncidentRow>(
      `SELECT ${INCIDENT_COLUMNS.join(', ')} FROM incident WHERE id > ? ORDER BY id LIMIT ${PAGE}`,
    )
    .raw()
  for (let rows = page.all(0); rows.length > 0; rows = page.all(rows.at(-1)![0])) {
    for (const row of rows) {
      const incident = unpackIncident(lexicon, row)
      const { client_id, audience, message, http_path, client_address, subject, session, why, evidence } = incident
      const told = [
        subject,
        session,
        message,
        http_path,
        client_address,
        audience,
        evidence.expected,
        evidence.got,
        ...why,
      ]
      if ((client_id !== undefined && clients?.has(client_id)) || told.some((text) => text !== undefined && says(text)))
        found.add(row[0])
    }
  }
  const words = db.prepare<[], [number, string, string | null]>(
    'SELECT o.incident, p.text, o.vars FROM observation o JOIN phrase p ON p.id = o.text',
  )
  for (const [incident, template, vars] of words.raw().iterate())
    if (new VarReader(vars).fill(template).some(says)) found.add(incident)
  return found
}

/** Fingerprints of tokens, token ids and sessions in these incidents. */
function keysOf(db: Database.Database, ids: Iterable<number>): Set<string> {
  const row = db
    .prepare<[number], (KeyCode | null)[]>('SELECT token, token_id, session FROM incident WHERE id = ?')
    .raw()
  const keys = new Set<string>()
  for (const id of ids) for (const code of row.get(id) ?? []) addKey(keys, code)
  return keys
}

function addKey(keys: Set<string>, code: KeyCode | null): void {
  const key = decodeKey(code)
  if (key !== undefined) keys.add(key)
}

function incidentsWith(db: Database.Database, keys: ReadonlySet<string>): number[] {
  if (keys.size === 0) return []
  const rows = db
    .prepare<[], [number, ...(KeyCode | null)[]]>(
      'SELECT id, token, token_id, session FROM incident WHERE token IS NOT NULL OR token_id IS NOT NULL OR session IS NOT NULL',
    )
    .raw()
  const found: number[] = []
  for (const [id, ...codes] of rows.iterate())
    if (codes.some((code) => code !== null && keys.has(decodeKey(code)!))) found.push(id)
  return found
}

function dropHistory(db: Database.Database, says: Says, keys: ReadonlySet<string>): number {
  const all = db.prepare<[], [number, number, KeyCode]>('SELECT DISTINCT party, hash, key FROM history').raw().all()
  const drop = db.prepare('DELETE FROM history WHERE party = ? AND hash = ? AND key = ?')
  let dropped = 0
  for (const [party, hash, code] of all) {
    const key = decodeKey(code) ?? ''
    // A user's key names the client and the user; the parts are words of it.
    if (keys.has(key) || says(key) || key.split(/[\s\u001f]/).some((part) => keys.has(part)))
      dropped += drop.run(party, hash, code).changes
  }
  return dropped
}

function dropSuccesses(db: Database.Database, keys: ReadonlySet<string>, clients: ReadonlySet<string>): number {
  const rows = db
    .prepare<[], [number, number, number, KeyCode | null, string]>(
      `SELECT s.minute, s.host, s.slot, s.token, n.text FROM success s JOIN series r ON r.id = s.series JOIN name n ON n.id = r.client_id`,
    )
    .raw()
    .all()
  const drop = db.prepare('DELETE FROM success WHERE minute = ? AND host = ? AND slot = ?')
  let dropped = 0
  for (const [minute, host, slot, token, client] of rows)
    if (clients.has(client) || (token !== null && keys.has(decodeKey(token)!)))
      dropped += drop.run(minute, host, slot).changes
  return dropped
}

function dropSamples(db: Database.Database, says: Says): number {
  const groups = db
    .prepare<[], { system: string; template: string; sample: string }>(
      'SELECT system, template, sample FROM unrecognised',
    )
    .all()
  const drop = db.prepare('DELETE FROM unrecognised WHERE system = ? AND template = ?')
  let dropped = 0
  for (const { system, template, sample } of groups)
    if (says(template) || says(sample)) dropped += drop.run(system, template).changes
  const streams = db
    .prepare<[], { id: number; sample: string }>('SELECT id, sample FROM stream WHERE sample IS NOT NULL')
    .all()
  const clear = db.prepare('UPDATE stream SET sample = NULL WHERE id = ?')
  for (const { id, sample } of streams) if (says(sample)) dropped += clear.run(id).changes
  return dropped
}

function strikeOut(db: Database.Database, says: Says): number {
  let struck = 0
  for (const table of TOLD) {
    const columns = (db.pragma(`table_info(${table})`) as { name: string; type: string }[]).filter(
      ({ type }) => type === 'TEXT',
    )
    for (const { name } of columns) {
      const texts = db
        .prepare<[], string>(`SELECT DISTINCT ${name} FROM ${table} WHERE ${name} IS NOT NULL`)
        .pluck()
        .all()
      const update = db.prepare(`UPDATE OR REPLACE ${table} SET ${name} = ? WHERE ${name} = ?`)
      for (const text of texts) if (says(text)) struck += update.run(says.struckOut(text, FORGOTTEN_NAME), text).changes
    }
  }
  return struck
}

/** The counts stay, under a name that names nobody; the old name goes unless something else bears it. */
function renameClients(db: Database.Database, lexicon: Lexicon, owned: ReadonlySet<string>): number {
  let renamed = 0
  for (const text of owned) {
    const id = lexicon.names.find(text)
    if (id === undefined) continue
    const series = db.prepare('SELECT 1 FROM series WHERE client_id = ? LIMIT 1').get(id)
    const facet = db.prepare(`SELECT 1 FROM facet WHERE dimension = ${CLIENT_FACET} AND value = ? LIMIT 1`).get(id)
    if (series !== undefined || facet !== undefined) {
      const anonymous = lexicon.names.intern(unusedName(lexicon), FOREVER)
      db.prepare('UPDATE series SET client_id = ? WHERE client_id = ?').run(anonymous, id)
      db.prepare(`UPDATE facet SET value = ? WHERE dimension = ${CLIENT_FACET} AND value = ?`).run(anonymous, id)
      // What is remembered of hosts and issuers says for whom it was.
      db.prepare('UPDATE history SET detail = ? WHERE detail = ?').run(anonymous, id)
      renamed++
    }
    const used = OTHER_USES.some(
      ([table, column]) => db.prepare(`SELECT 1 FROM ${table} WHERE ${column} = ? LIMIT 1`).get(id) !== undefined,
    )
    const place = db.prepare(`SELECT 1 FROM facet WHERE dimension NOT IN (0, ${CLIENT_FACET}) AND value = ? LIMIT 1`)
    if (!used && place.get(id) === undefined) db.prepare('DELETE FROM name WHERE id = ?').run(id)
  }
  lexicon.forget()
  return renamed
}

function unusedName(lexicon: Lexicon): string {
  for (let n = 1; ; n++) {
    const name = n === 1 ? FORGOTTEN_NAME : `${FORGOTTEN_NAME} ${n}`
    if (lexicon.names.find(name) === undefined) return name
  }
}

/** How many were affected at the time is a count that shrinks: the hash of a name can be tested against the store's seed. */
function dropSubjects(db: Database.Database, lexicon: Lexicon, texts: readonly string[]): void {
  const drop = db.prepare('DELETE FROM affected WHERE hash = ?')
  for (const text of texts) drop.run(subjectHash(text, lexicon.seed))
}

/** Templates of messages that nothing refers to any more. */
function dropPhrases(db: Database.Database, says: Says): void {
  const named = db
    .prepare<[], { id: number; text: string }>('SELECT id, text FROM phrase')
    .all()
    .filter(({ text }) => says(text))
  const used = db.prepare<[number, number, number]>(
    'SELECT 1 WHERE EXISTS (SELECT 1 FROM incident WHERE text = ? OR request = ?) OR EXISTS (SELECT 1 FROM observation WHERE text = ?)',
  )
  const drop = db.prepare('DELETE FROM phrase WHERE id = ?')
  for (const { id } of named) if (used.get(id, id, id) === undefined) drop.run(id)
}
