/**
 * Takes over another store as what one collector brought. The collector must be new here; it then goes on where the old store was.
 * Chunks are inserted with tokens made of the source's identity and their names.
 */
import { StoreRefusal } from '../../core/ports/store.ts'
import type {
  ImportChunk,
  ImportedCount,
  ImportedState,
  ImportedTotals,
  ImportSource,
  StoreImport,
} from '../../core/ports/store-import.ts'
import { cleanText, KEY_LIMIT } from '../clean-text.ts'
import { keyedHash } from '../keyed-hash.ts'
import type { SpoolDocument } from '../sqlite/spool.ts'
import { floorTo, MINUTE_MS, QUARTER_MS } from '../time-grain.ts'
import { RowsByTable } from './batch-rows.ts'
import { documentRows } from './documents.ts'
import { cleanFact, factRow } from './history-rows.ts'
import { cleanIncident, cleanObservation, DIMENSIONS, SPOKEN_LIMIT, toRow, whole } from './incident-row.ts'
import { COLLECTOR_BITS, DESK, type Meta } from './meta.ts'
import type { ClickhouseServer } from './server.ts'
import { sql } from './sql.ts'
import { SubjectBook } from './subject-book.ts'

export class ClickhouseImport implements StoreImport {
  readonly same_key: boolean
  readonly #server: ClickhouseServer
  readonly #meta: Meta
  readonly #collector: number
  readonly #source: ImportSource
  readonly #subjects: SubjectBook
  readonly #seed: number

  private constructor(
    server: ClickhouseServer,
    meta: Meta,
    collector: number,
    source: ImportSource,
    seed: number,
    same_key: boolean,
  ) {
    this.#server = server
    this.#meta = meta
    this.#collector = collector
    this.#source = source
    this.#seed = seed
    this.#subjects = new SubjectBook(seed)
    this.same_key = same_key
  }

  /** On an up-to-date store. Throws StoreRefusal where the collector has brought something else. */
  static async begin(
    server: ClickhouseServer,
    meta: Meta,
    name: string,
    source: ImportSource,
  ): Promise<ClickhouseImport> {
    const proposed = Buffer.from(source.fingerprint_key).toString('hex')
    const key = await meta.claim('fingerprint_key', proposed)
    const seed = await meta.seed()
    const collector = await meta.collector(name)
    const rows = await server.rows<[string, string]>(
      sql`SELECT kind, body FROM document FINAL WHERE collector = ${collector} AND kind IN ${['import', 'stream']}`,
    )
    const begun = rows.find(([kind]) => kind === 'import')?.[1]
    if (begun !== undefined && begun !== source.identity)
      throw new StoreRefusal(
        'unsupported',
        `${server.shown} has taken over something else as collector ${name}, or the source has changed since`,
        'name another collector with ?collector=, or begin a new database',
      )
    if (begun === undefined && rows.length > 0)
      throw new StoreRefusal(
        'unsupported',
        `the collector ${name} has brought something to ${server.shown} already`,
        'name another collector with ?collector=',
      )
    const documents = [{ kind: 'import', key: '', body: source.identity }]
    await server.insert({
      table: 'document',
      rows: documentRows(documents, collector, 1),
      token: `import ${source.identity} begin`,
    })
    return new ClickhouseImport(server, meta, collector, source, seed, key === proposed)
  }

  async done(): Promise<Set<string>> {
    const rows = await this.#server.rows<[string]>(
      sql`SELECT key FROM document FINAL WHERE collector = ${this.#collector} AND kind = 'import_chunk'`,
    )
    return new Set(rows.map(([key]) => key))
  }

  async put(name: string, chunk: ImportChunk): Promise<void> {
    const rows = new RowsByTable()
    await this.#incidents(rows, chunk.incidents ?? [])
    this.#counts(rows, 'count_minute', chunk.minutes ?? [])
    this.#counts(rows, 'count_hour', chunk.hours ?? [])
    // Kept until is counted from the fact itself, as when it was new.
    for (const fact of chunk.history ?? []) rows.addText('history', factRow(cleanFact(fact, fact.first_ms)))
    this.#successes(rows, chunk.successes ?? [])
    for (const reading of chunk.readings ?? []) {
      const { at_ms, host, reference, offset_s, low_s, high_s, drift_ppm } = reading
      rows.add('clock_reading', {
        time_ms: at_ms,
        host,
        reference,
        offset_ms: thousandths(offset_s),
        low_ms: thousandths(low_s),
        high_ms: thousandths(high_s),
        drift_ppb: thousandths(drift_ppm),
        version: 0,
      })
    }
    for (const group of chunk.unrecognised ?? []) rows.add('unrecognised', { ...group })
    for (const quarter of chunk.unrecognised_quarters ?? []) rows.add('unrecognised_quarter', { ...quarter })
    for (const limit of chunk.limits ?? []) rows.add('limited', { ...limit })
    const token = (table: string) => `import ${this.#source.identity} ${name} ${table}`
    await Promise.all(
      rows.tables().map(({ table, rows: text }) => this.#server.insert({ table, rows: text, token: token(table) })),
    )
    const done = [{ kind: 'import_chunk', key: name, body: '' }]
    await this.#server.insert({
      table: 'document',
      rows: documentRows(done, this.#collector, 1),
      token: token('document'),
    })
  }

  async finish(state: ImportedState): Promise<void> {
    const changes: SpoolDocument[] = [
      ...state.sources.map((source, met) => ({
        kind: 'stream',
        key: source.stream,
        body: JSON.stringify({ ...source, met: met + 1 }),
      })),
      ...state.clocks.map(({ key, state: bytes }) => ({
        kind: 'clock',
        key,
        body: Buffer.from(bytes).toString('base64'),
      })),
      ...state.alerts.map(({ acknowledged_ms: _, ...alert }) => ({
        kind: 'alert',
        key: alert.id,
        body: JSON.stringify(alert),
      })),
      ...state.watched.map((step) => ({ kind: 'watch', key: String(step.start_ms), body: JSON.stringify(step) })),
    ]
    const desk = [
      ...state.silences.map((silence) => ({ kind: 'silence', key: silence.id, body: JSON.stringify(silence) })),
      ...state.alerts.flatMap(({ id, acknowledged_ms }) =>
        acknowledged_ms === null ? [] : [{ kind: 'acknowledgement', key: id, body: String(acknowledged_ms) }],
      ),
    ]
    const token = (table: string) => `import ${this.#source.identity} end ${table}`
    if (changes.length > 0)
      await this.#server.insert({
        table: 'document',
        rows: documentRows(changes, this.#collector, 1),
        token: token('document'),
      })
    if (desk.length > 0)
      await this.#server.insert({ table: 'document', rows: documentRows(desk, DESK, 1), token: token('desk') })
    if (state.detail_from_ms !== null) {
      const { detail_from_ms } = await this.#meta.marks()
      // Minutes before it are missing here; where others have them, hours answer for all.
      if ((detail_from_ms ?? -Infinity) < state.detail_from_ms)
        await this.#meta.mark('detail_from_ms', state.detail_from_ms)
    }
    const committed = {
      collector: this.#collector,
      n: 1,
      at_ms: Date.now(),
      next_incident: state.last_failure_id + 1,
      released: state.last_failure_id + 1,
      first_ms: state.first_ms,
      last_ms: state.last_ms,
    }
    await this.#server.insert({ table: 'committed', rows: JSON.stringify(committed), token: token('committed') })
  }

  async totals(): Promise<ImportedTotals> {
    const [incidents] = await this.#server.rows<[number]>(
      sql`SELECT count() FROM incident FINAL WHERE collector = ${this.#collector}`,
    )
    const counts = new Map(
      await this.#server.rows<[string, number]>(
        sql`SELECT outcome, sum(count) FROM count_hour WHERE collector = ${this.#collector} GROUP BY outcome`,
      ),
    )
    // Facts are nobody's in particular; in a store of several the number is theirs together.
    const [history] = await this.#server.rows<[number]>(sql`SELECT count() FROM history FINAL`)
    return {
      incidents: incidents?.[0] ?? 0,
      successes: counts.get('success') ?? 0,
      failures: counts.get('failure') ?? 0,
      history: history?.[0] ?? 0,
    }
  }

  async close(): Promise<void> {
    await this.#server.close()
  }

  /** Under the ids they had, in the numbers of this collector. */
  async #incidents(rows: RowsByTable, given: NonNullable<ImportChunk['incidents']>): Promise<void> {
    await this.#subjects.load(
      given.map(({ incident }) => incident.time_ms),
      this.#server,
    )
    const tallies = new Map<string, { row: Record<string, string | number>; count: number }>()
    for (const { incident, observations } of given) {
      const id = this.#collector * 2 ** COLLECTOR_BITS + Number(incident.id)
      const clean = cleanIncident(id, incident, incident.time_ms)
      clean.observations = observations.length
      const spoken = observations.slice(0, SPOKEN_LIMIT).map((one) => cleanObservation(one, incident.time_ms))
      const counted = DIMENSIONS.map((dimension) => clean[dimension] ?? '')
      rows.addText('incident', toRow({ version: 1, incident: clean, counted, spoken }, this.#collector))
      const start_ms = floorTo(clean.time_ms, QUARTER_MS)
      const { system, signature, symptom, confidence } = clean
      const key = [start_ms, system, signature, symptom, confidence].join('\u001f')
      const known = tallies.get(key)
      if (known === undefined) tallies.set(key, { row: { start_ms, system, signature, symptom, confidence }, count: 1 })
      else known.count++
      const hash = clean.subject === undefined ? null : this.#subjects.meet(clean.subject, clean.time_ms, () => {})
      if (hash !== null) rows.add('affected', { start_ms, hash })
    }
    for (const { row, count } of tallies.values()) rows.add('tally', { ...row, count })
  }

  #counts(rows: RowsByTable, table: string, counts: readonly ImportedCount[]): void {
    for (const count of counts) rows.add(table, { ...count, collector: this.#collector })
  }

  /** At most two of a minute and host: one that states token times goes first, as where they were chosen. */
  #successes(rows: RowsByTable, successes: NonNullable<ImportChunk['successes']>): void {
    const timed = new Set<string>()
    for (const success of successes) {
      const id = success.trace_id || success.request_id || success.token
      const minute = Math.floor(success.time_ms / MINUTE_MS)
      const place = `${minute} ${success.host}`
      const states = [success.exp_ms, success.nbf_ms, success.iat_ms, success.validator_ms].some((ms) => ms !== null)
      const slot = states && !timed.has(place) ? 0 : 1
      if (slot === 0) timed.add(place)
      const rank = 2 ** 32 - 1 - (keyedHash(cleanText(id, KEY_LIMIT), this.#seed) >>> 0)
      rows.add('success', { ...success, minute, slot, rank })
    }
  }
}

function thousandths(value: number | null): number | null {
  return value === null ? null : whole(value * 1000)
}
