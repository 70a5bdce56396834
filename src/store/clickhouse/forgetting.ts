/**
 * Takes everything that is one person's or one client's out of a ClickHouse store (GDPR article 17), of all collectors. The server finds
 * who may be meant, we decide, the server deletes: whole rows by mutations that are waited for, counts by the same counts under no name.
 * Invariant: cut off at any point, the same once more finishes it and counts nothing twice, as long as nobody collects meanwhile.
 */
import { createHash } from 'node:crypto'
import { FORGOTTEN_NAME, type ForgetCounts, type Forgotten } from '../../core/ports/forget.ts'
import { type SaysOneOf, saysOneOf } from '../says-one-of.ts'
import { documentRows } from './documents.ts'
import { fromRow, STORED_COLUMNS, type StoredIncident } from './incident-row.ts'
import type { Schema } from './migrations/schema-options.ts'
import type { ClickhouseServer } from './server.ts'
import { join, Sql, sql } from './sql.ts'
import { subjectHash } from './subject-book.ts'

/** Rows read at a time, and ids in one statement; bounds memory. */
const PAGE = 5_000
/** Texts in one search: the server looks for at most 255 at once. */
const NEEDLES = 200

/** Texts of an incident and of its records in which somebody may be named. */
const TOLD = ['subject', 'session', 'message', 'http_path', 'client_address', 'audience', 'expected', 'got'] as const
const TOLD_LISTS = ['why', 'spoken_message'] as const
/** What belongs to somebody through these is theirs also where no record said whose it was. */
const KEYS = ['token', 'token_id', 'session'] as const
/** Documents in which the name is struck out; what the steward wrote down to do is done by then and goes. */
const TEXTS = ['alert', 'alert_state', 'notice', 'silence', 'acknowledgement', 'watch'] as const

const PLACE = ['start_ms', 'outcome', 'kind', 'cause', 'subcause', 'system', 'service', 'host', 'issuer']

const COUNTED = [...PLACE, 'client_id', 'collector', 'count']
const FACT = [
  ...['party', 'key', 'slot', 'deed', 'host', 'detail', 'first_ms', 'last_ms', 'count', 'iat_ms', 'exp_ms', 'keep_ms'],
]

export interface ForgettingParts {
  server: ClickhouseServer
  schema: Schema
  seed: number
}

export async function forgetIn(
  parts: ForgettingParts,
  { whose, texts }: Forgotten,
  rehearse: boolean,
): Promise<ForgetCounts> {
  return new Forgetting(parts, texts, whose === 'client', rehearse).run()
}

class Forgetting {
  readonly #server: ClickhouseServer
  readonly #schema: Schema
  readonly #seed: number
  readonly #texts: readonly string[]
  readonly #says: SaysOneOf
  /** Names of the clients to forget; none where it is a person. */
  readonly #clients: readonly string[]
  readonly #rehearse: boolean

  constructor(
    { server, schema, seed }: ForgettingParts,
    texts: readonly string[],
    ofClient: boolean,
    rehearse: boolean,
  ) {
    this.#server = server
    this.#schema = schema
    this.#seed = seed
    this.#texts = texts
    this.#says = saysOneOf(texts, ofClient)
    this.#clients = ofClient ? texts : []
    this.#rehearse = rehearse
  }

  async run(): Promise<ForgetCounts> {
    const gone = new Set<string>()
    const keys = new Set<string>()
    await this.#incidents(gone, keys)
    await this.#incidentsWith(gone, keys)
    const ids = [...gone].map(Number)
    const counts: ForgetCounts = {
      incidents: gone.size,
      history: await this.#history(keys),
      successes: await this.#successes(keys),
      samples: await this.#samples(),
      alert_texts: await this.#alertTexts(),
      names: await this.#renameClients(),
    }
    for (let at = 0; at < ids.length; at += PAGE) await this.#drop('incident', sql`id IN ${ids.slice(at, at + PAGE)}`)
    await this.#drop('affected', sql`hash IN ${this.#texts.map((text) => subjectHash(text, this.#seed))}`)
    await this.#drop('document', sql`kind = 'intent'`)
    return counts
  }

  /** Those whose own texts name them, with the keys of their tokens and sessions. */
  async #incidents(gone: Set<string>, keys: Set<string>): Promise<void> {
    const all = [
      ...TOLD.map((name) => new Sql(name)),
      ...TOLD_LISTS.map((name) => new Sql(`arrayStringConcat(${name}, '\\n')`)),
    ]
    const mentioned = this.#mentions(sql`concat(${join(all, ", '\\n', ")})`)
    const clients = this.#clients.length === 0 ? sql`0` : sql`client_id IN ${this.#clients}`
    for await (const stored of this.#pages(sql`(${mentioned} OR ${clients})`)) {
      const { incident, spoken } = stored
      const { evidence, why } = incident
      const told = [
        ...[incident.subject, incident.session, incident.message, incident.http_path, incident.client_address],
        ...[incident.audience, evidence.expected, evidence.got, ...why, ...spoken.map(({ message }) => message)],
      ]
      const theirs = incident.client_id !== undefined && this.#clients.includes(incident.client_id)
      if (theirs || told.some((text) => text !== undefined && this.#says(text))) take(stored, gone, keys)
    }
  }

  async #incidentsWith(gone: Set<string>, keys: Set<string>): Promise<void> {
    const known = [...keys]
    for (let at = 0; at < known.length; at += PAGE) {
      const some = known.slice(at, at + PAGE)
      const with_ = join(
        KEYS.map((key) => sql`${new Sql(key)} IN ${some}`),
        ' OR ',
      )
      for await (const stored of this.#pages(sql`(${with_})`)) take(stored, gone, keys)
    }
  }

  async #history(keys: ReadonlySet<string>): Promise<number> {
    const known = [...keys, ...this.#texts]
    const found = new Set<string>()
    // A user's key names the client and the user; the parts are words of it.
    const mentioned = this.#mentions(sql`key`)
    const named = await this.#server.rows<[string]>(sql`SELECT DISTINCT key FROM history WHERE ${mentioned}`)
    for (const [key] of named)
      if (this.#says(key) || key.split(/[\s\u001f]/).some((part) => this.#texts.includes(part))) found.add(key)
    for (let at = 0; at < known.length; at += PAGE) {
      const some = known.slice(at, at + PAGE)
      const rows = await this.#server.rows<[string]>(
        sql`SELECT DISTINCT key FROM history WHERE key IN ${some} OR hasAny(splitByRegexp('[\\\\s\\\\x1f]', key), ${list(some)})`,
      )
      for (const [key] of rows) found.add(key)
    }
    let facts = 0
    const all = [...found]
    for (let at = 0; at < all.length; at += PAGE) {
      const where = sql`key IN ${all.slice(at, at + PAGE)}`
      facts += await this.#count(
        sql`SELECT uniqExact(party, key, slot, deed, host, detail) FROM history WHERE ${where}`,
      )
      await this.#drop('history', where)
    }
    return facts
  }

  async #successes(keys: ReadonlySet<string>): Promise<number> {
    let dropped = 0
    const known = [...keys]
    const conditions = this.#clients.length === 0 ? [] : [sql`client_id IN ${this.#clients}`]
    for (let at = 0; at < known.length; at += PAGE) conditions.push(sql`token IN ${known.slice(at, at + PAGE)}`)
    for (const where of conditions) {
      dropped += await this.#count(sql`SELECT count() FROM success FINAL WHERE ${where}`)
      await this.#drop('success', where)
    }
    return dropped
  }

  async #samples(): Promise<number> {
    let dropped = 0
    const groups = await this.#server.rows<[string, string, string]>(
      sql`SELECT system, template, sample FROM unrecognised FINAL WHERE ${this.#mentions(sql`concat(template, '\\n', sample)`)}`,
    )
    for (const [system, template, sample] of groups) {
      if (!this.#says(template) && !this.#says(sample)) continue
      dropped++
      await this.#drop('unrecognised', sql`system = ${system} AND template = ${template}`)
    }
    return dropped + (await this.#rewrite(['stream'], (body) => withoutSample(body, this.#says)))
  }

  #alertTexts(): Promise<number> {
    return this.#rewrite(TEXTS, (body) => (this.#says(body) ? this.#says.struckOut(body, FORGOTTEN_NAME) : body))
  }

  /** Newer versions of documents; the older ones are merged away at once. */
  async #rewrite(kinds: readonly string[], change: (body: string) => string): Promise<number> {
    const rows = await this.#server.rows<[number, string, string, number, string]>(
      sql`SELECT collector, kind, key, version, body FROM document FINAL WHERE kind IN ${kinds} AND ${this.#mentions(sql`body`)}`,
    )
    let changed = 0
    for (const [collector, kind, key, version, body] of rows) {
      const after = change(body)
      if (after === body) continue
      changed++
      if (this.#rehearse) continue
      const document = documentRows([{ kind, key, body: after }], collector, version + 1)
      await this.#server.insert({
        table: 'document',
        rows: document,
        token: `forget ${collector} ${kind} ${key} ${version}`,
      })
    }
    if (changed > 0 && !this.#rehearse) await this.#server.run(this.#schema.merge('document'))
    return changed
  }

  /** The counts stay, under a name that names nobody. */
  async #renameClients(): Promise<number> {
    if (this.#clients.length === 0) return 0
    const clients = sql`client_id IN ${this.#clients}`
    const known = await this.#server.rows<[string]>(sql`SELECT DISTINCT client_id FROM count_hour WHERE ${clients}`)
    if (known.length === 0 || this.#rehearse) return known.length
    const name = await this.#unusedName()
    const place = new Sql(PLACE.join(', '))
    const state = await this.#state()
    const insert = (table: string, columns: readonly string[], select: Sql) =>
      this.#server.fill(table, columns, select, `forget ${state} ${this.#clients.join(' ')} ${table}`)
    // Hours follow from the minutes that are inserted, so only what the hours have beyond their minutes is added to them.
    await insert(
      'count_hour',
      COUNTED,
      sql`SELECT hour, ${new Sql(PLACE.slice(1).join(', '))}, ${name} AS anybody, collector, sum(n) AS counted FROM (
            SELECT start_ms AS hour, ${new Sql(PLACE.slice(1).join(', '))}, collector, count AS n FROM count_hour WHERE ${clients}
            UNION ALL
            SELECT start_ms - positiveModulo(start_ms, 3600000) AS hour, ${new Sql(PLACE.slice(1).join(', '))}, collector, -count AS n FROM count_minute WHERE ${clients})
           GROUP BY ALL HAVING counted != 0`,
    )
    await insert(
      'count_minute',
      COUNTED,
      sql`SELECT ${place}, ${name} AS anybody, collector, sum(count) AS counted FROM count_minute WHERE ${clients} GROUP BY ALL HAVING counted != 0`,
    )
    // What is remembered of hosts and issuers says for whom it was.
    await insert(
      'history',
      FACT,
      sql`SELECT party, key, slot, deed, host, ${name} AS anybody, first_ms, last_ms, count, iat_ms, exp_ms, keep_ms FROM history FINAL WHERE detail IN ${this.#clients}`,
    )
    await this.#drop('count_minute', clients)
    await this.#drop('count_hour', clients)
    await this.#drop('count_day', clients)
    await this.#drop('history', sql`detail IN ${this.#clients}`)
    return known.length
  }

  async #unusedName(): Promise<string> {
    const rows = await this.#server.rows<[string]>(
      sql`SELECT DISTINCT client_id FROM count_hour WHERE startsWith(client_id, ${FORGOTTEN_NAME})`,
    )
    const used = new Set(rows.map(([name]) => name))
    for (let n = 1; ; n++) {
      const name = n === 1 ? FORGOTTEN_NAME : `${FORGOTTEN_NAME} ${n}`
      if (!used.has(name)) return name
    }
  }

  /** Changes with every batch of any collector, and not by forgetting. */
  async #state(): Promise<string> {
    const rows = await this.#server.rows<[number, number]>(
      sql`SELECT collector, max(n) FROM committed GROUP BY collector ORDER BY collector`,
    )
    return createHash('sha256').update(JSON.stringify(rows)).digest('hex').slice(0, 16)
  }

  async *#pages(where: Sql): AsyncGenerator<StoredIncident> {
    let after = sql`1`
    for (;;) {
      const rows = await this.#server.rows(
        sql`SELECT ${new Sql(STORED_COLUMNS)} FROM incident FINAL WHERE ${where} AND ${after} ORDER BY time_ms, id LIMIT ${PAGE}`,
      )
      const page = rows.map(fromRow)
      yield* page
      const last = page.at(-1)?.incident
      if (last === undefined || page.length < PAGE) return
      after = sql`(time_ms, id) > (${last.time_ms}, ${Number(last.id)})`
    }
  }

  /** Holds one of the texts, however it is spelt; whether as a word of its own is ours to say. */
  #mentions(haystack: Sql): Sql {
    const spellings = [
      ...new Set(this.#texts.flatMap((text) => [text, JSON.stringify(text).slice(1, -1), encodeURIComponent(text)])),
    ]
    const parts: Sql[] = []
    for (let at = 0; at < spellings.length; at += NEEDLES)
      parts.push(sql`multiSearchAny(${haystack}, ${list(spellings.slice(at, at + NEEDLES))})`)
    return sql`(${join(parts, ' OR ')})`
  }

  async #count(query: Sql): Promise<number> {
    const [row] = await this.#server.rows<[number]>(query)
    return row?.[0] ?? 0
  }

  async #drop(table: string, where: Sql): Promise<void> {
    if (!this.#rehearse) await this.#server.run(this.#schema.deletion(table, where.text), { mutations_sync: '2' })
  }
}

function take({ incident }: StoredIncident, gone: Set<string>, keys: Set<string>): void {
  gone.add(incident.id)
  for (const key of KEYS) if (incident[key] !== undefined) keys.add(incident[key])
}

/** A stream's body without the sample that names somebody. */
function withoutSample(body: string, says: SaysOneOf): string {
  const { sample, ...rest } = JSON.parse(body) as { sample?: readonly string[] }
  return sample?.some(says) ? JSON.stringify(rest) : body
}

function list(texts: readonly string[]): Sql {
  return new Sql(`[${sql`${texts}`.text.slice(1, -1)}]`)
}
