/**
 * The writer of one collector, or of the steward of all. A batch is decided, put into the spool, and taken to the server before `append`
 * returns. A collector's spool is on its disk: while the server is away that is enough, and collecting goes on with what this collector
 * knows by itself. The steward does nothing while the server is away.
 * A collector revises only what it wrote and has not handed over; the steward only what was handed over.
 */
import type { HistoryFact, HistoryQuestion } from '../../core/history.ts'
import type { AlertChanges, Delivery, DeliveryEnd } from '../../core/ports/alert-store.ts'
import type { ForgetCounts, Forgotten } from '../../core/ports/forget.ts'
import type { SharedStore } from '../../core/ports/shared-store.ts'
import {
  type AppendBatch,
  type ClockRow,
  type Neighbour,
  type NeighbourQuery,
  type PageQuery,
  type RetentionPolicy,
  type StoreAway,
  StoreRefusal,
  type StoreWriter,
} from '../../core/ports/store.ts'
import type { StreamState } from '../../core/source-status.ts'
import { LatelyAccepted } from '../history-life.ts'
import type { Spool } from '../sqlite/spool.ts'
import { alertChanges, dueNotices, oldNotices, settledNotices } from './alert-documents.ts'
import { type BatchPlan, Planner, timesOf } from './batch-plan.ts'
import { RowsByTable, type SpooledBatch } from './batch-rows.ts'
import { DeliveryRing } from './delivery-ring.ts'
import { type DocumentChange, type Documents, documentRows } from './documents.ts'
import { forgetIn } from './forgetting.ts'
import { isReleased, readReleased } from './handed-over.ts'
import { readHistory, WaitingFacts } from './history-rows.ts'
import type { StoredIncident } from './incident-row.ts'
import { COLLECTOR_BITS, type Meta } from './meta.ts'
import type { Schema } from './migrations/schema-options.ts'
import { NeighbourSearch } from './neighbour-search.ts'
import { PlaceBook } from './place-book.ts'
import { RecentIncidents } from './recent-incidents.ts'
import { isForNow, refusalOf } from './refusal-of.ts'
import type { Retention } from './retention.ts'
import type { ClickhouseServer } from './server.ts'
import { Shipper } from './shipper.ts'
import { type Sql, sql } from './sql.ts'
import { SubjectBook } from './subject-book.ts'
import { TemplateGate } from './template-gate.ts'

export interface WriterParts {
  server: ClickhouseServer
  meta: Meta
  spool: Spool
  spoolId: string
  spool_bytes: number
  documents: Documents
  collector: number
  /** For the steward: before a batch is sent. Null: a collector. */
  claim: ((n: number, batch: SpooledBatch) => Promise<void>) | null
  key: Uint8Array
  seed: number
  /** Number of the last batch, and running number of the next incident. */
  n: number
  next_incident: number
  /** Running number before which everything is handed over. */
  released: number
  first_ms: number | null
  last_ms: number | null
  retention: Retention
  schema: Schema
  /** The server did not answer when this was opened. */
  away: Error | null
}

/** A mutation is waited for, on all replicas. */
const SYNC = { mutations_sync: '2' } as const
/** Notices dropped per slice of retention. */
const NOTICES_PER_SLICE = 50

export class ClickhouseWriter implements StoreWriter {
  shared?: SharedStore
  readonly #parts: WriterParts
  readonly #shipper: Shipper
  readonly #search: NeighbourSearch
  readonly #places = new PlaceBook()
  readonly #subjects: SubjectBook
  readonly #templates = new TemplateGate()
  readonly #lately = new LatelyAccepted()
  readonly #recent = new RecentIncidents()
  readonly #waiting = new WaitingFacts()
  readonly #delivered: DeliveryRing
  #n: number
  #key: Uint8Array
  #nextIncident: number
  #released: number
  #first_ms: number
  #last_ms: number
  /** Alerting and ingest write at the same time; their batches take turns. */
  #turn: Promise<unknown> = Promise.resolve()

  constructor(parts: WriterParts) {
    this.#parts = parts
    this.#n = parts.n
    this.#key = parts.key
    this.#nextIncident = parts.next_incident
    this.#released = parts.released
    this.#first_ms = parts.first_ms ?? Infinity
    this.#last_ms = parts.last_ms ?? -Infinity
    this.#subjects = new SubjectBook(parts.seed)
    this.#delivered = new DeliveryRing(parts.documents)
    this.#search = new NeighbourSearch(parts.server, () => this.#own())
    this.#shipper = new Shipper(
      parts.server,
      parts.spool,
      parts.spoolId,
      () => this.#waiting.clear(),
      parts.claim ?? undefined,
    )
    if (parts.away !== null) this.#shipper.lost(parts.away)
  }

  append(batch: AppendBatch): Promise<void> {
    return this.#inTurn(async () => {
      const plan = await this.#plan(batch)
      await this.#commit(plan, batch.deliveries ?? [], batch.now_ms)
    })
  }

  /** Hands over what was appended so far (core/ports/shared-store.ts). */
  async release(): Promise<void> {
    if (this.#shipper.away !== null) return
    await this.#inTurn(async () => {
      const before = this.#released
      if (before === this.#nextIncident) return
      this.#released = this.#nextIncident
      try {
        await this.#spool(new RowsByTable(), [], this.#state(Date.now()))
      } catch (error) {
        this.#released = before
        throw error
      }
      this.#recent.clear()
      await this.#ship()
    })
  }

  neighbours(queries: readonly NeighbourQuery[]): Promise<Neighbour[][]> {
    return this.#asking(
      () => this.#search.search(queries),
      () => this.#recent.neighbours(queries),
    )
  }

  history(questions: readonly HistoryQuestion[]): Promise<HistoryFact[][]> {
    if (questions.length === 0) return Promise.resolve([])
    const { server, meta } = this.#parts
    return this.#asking(
      async () => readHistory(server, questions, (await meta.marks()).history_from_ms),
      () => questions.map((question) => this.#waiting.answer(question)),
    )
  }

  page(query: PageQuery): Promise<Neighbour[]> {
    return this.#asking(
      () => this.#search.page(query),
      () => this.#recent.page(query),
    )
  }

  async streams(): Promise<StreamState[]> {
    return this.#parts.documents
      .all('stream')
      .map(([, body]) => JSON.parse(body) as StreamState & { updated_ms: number; met: number })
      .sort((a, b) => a.met - b.met)
      .map(({ updated_ms: _, met: __, ...state }) => state)
  }

  async deliveries(): Promise<string[]> {
    return this.#parts.documents.all('delivery').map(([, digest]) => digest)
  }

  async clockRows(): Promise<ClockRow[]> {
    return this.#parts.documents.all('clock').map(([key, body]) => ({ key, state: fromBase64(body) }))
  }

  async fingerprintKey(): Promise<Uint8Array> {
    return this.#key
  }

  async retiredKeys(): Promise<Uint8Array[]> {
    return this.#refusing(() => this.#parts.meta.retiredKeys())
  }

  async rotateKey(keepOld: boolean): Promise<void> {
    await this.#refusing(async () => {
      const { meta, server, schema } = this.#parts
      this.#key = await meta.nextFingerprintKey()
      if (!keepOld) await meta.dropRetiredKeys(null, (where) => server.run(schema.deletion('meta', where.text), SYNC))
    })
  }

  async forget(whom: Forgotten, rehearse: boolean): Promise<ForgetCounts> {
    return this.#refusing(async () => {
      const { server, seed, schema } = this.#parts
      const counts = await forgetIn({ server, schema, seed }, whom, rehearse)
      if (!rehearse) this.#recent.clear()
      return counts
    })
  }

  async retain(policy: RetentionPolicy, now_ms: number): Promise<boolean> {
    if (this.#shipper.away !== null) return false
    const { retention, documents } = this.#parts
    try {
      await this.#inTurn(async () => {
        const changes = [
          ...retention.policyChange(documents, policy),
          ...oldNotices(documents, now_ms, NOTICES_PER_SLICE),
        ]
        if (changes.length > 0) await this.#commitDocuments(changes, now_ms)
      })
      await retention.keep(now_ms, this.#last_ms)
      return false
    } catch (error) {
      // Old data goes later; a server that is away or says no to it is no reason to stop collecting.
      if (error instanceof StoreRefusal || isForNow(error)) return false
      throw error
    }
  }

  saveAlerts(changes: AlertChanges): Promise<void> {
    return this.#inTurn(() => this.#commitDocuments(alertChanges(this.#parts.documents, changes), Date.now()))
  }

  async alertState(name: string): Promise<string | null> {
    return this.#parts.documents.get('alert_state', name) ?? null
  }

  async due(now_ms: number, limit: number): Promise<Delivery[]> {
    return dueNotices(this.#parts.documents, now_ms, limit)
  }

  settle(ends: readonly DeliveryEnd[]): Promise<void> {
    return this.#inTurn(() => this.#commitDocuments(settledNotices(this.#parts.documents, ends), Date.now()))
  }

  away(): StoreAway | null {
    const { batches } = this.#parts.spool.waiting()
    const { away } = this.#shipper
    if (away === null || batches === 0) return null
    return { why: (refusalOf(away, this.#parts.server.shown) as Error).message, batches }
  }

  async close(): Promise<void> {
    await this.#turn.catch(() => {})
    await this.#shipper.close()
    await this.#parts.server.close()
    this.#parts.spool.close()
  }

  /** Decides what a batch changes; asks the server for what memory does not know, as far as it answers. */
  async #plan(batch: AppendBatch): Promise<BatchPlan> {
    const times = timesOf(batch)
    const ids = batch.incidents.flatMap(({ id, absorbs = [] }) => (id === undefined ? absorbs : [id, ...absorbs]))
    const stored = await this.#asking(
      async () => {
        await this.#places.load(times, this.#parts.server)
        await this.#subjects.load(times, this.#parts.server)
        return this.#stored(ids)
      },
      async () => {
        await this.#places.load(times, null)
        await this.#subjects.load(times, null)
        return new Map(ids.flatMap((id) => (this.#recent.get(id) === undefined ? [] : [[id, this.#recent.get(id)!]])))
      },
    )
    const { collector, seed } = this.#parts
    const planner = new Planner(batch, {
      collector,
      seed,
      n: this.#n + 1,
      next_incident: this.#nextIncident,
      places: this.#places,
      subjects: this.#subjects,
      templates: this.#templates,
      stored,
      lately: this.#lately,
    })
    return planner.plan()
  }

  async #stored(ids: readonly string[]): Promise<Map<string, StoredIncident>> {
    const found = new Map<string, StoredIncident>()
    const asked: string[] = []
    for (const id of ids) {
      const known = this.#parts.claim === null ? this.#recent.get(id) : undefined
      if (known === undefined) asked.push(id)
      else found.set(id, known)
    }
    for (const stored of await this.#search.byIds(asked)) found.set(stored.incident.id, stored)
    return found
  }

  /** Into the spool, into memory, and to the server. */
  async #commit(plan: BatchPlan, digests: readonly string[], now_ms: number): Promise<void> {
    const changes = [...plan.documents.map((change) => this.#numbered(change)), ...this.#delivered.add(digests)]
    const first_ms = Math.min(this.#first_ms, plan.first_ms)
    const last_ms = Math.max(this.#last_ms, plan.last_ms)
    await this.#spool(plan.rows, changes, { next_incident: plan.next_incident, first_ms, last_ms, now_ms })
    this.#nextIncident = plan.next_incident
    this.#first_ms = first_ms
    this.#last_ms = last_ms
    for (const stored of plan.written) this.#recent.put(stored)
    for (const id of plan.gone) this.#recent.drop(id)
    this.#waiting.add(plan.facts)
    await this.#ship()
  }

  async #commitDocuments(changes: readonly DocumentChange[], now_ms: number): Promise<void> {
    if (changes.length === 0) return
    await this.#spool(new RowsByTable(), changes, this.#state(now_ms))
    await this.#ship()
  }

  #state(now_ms: number) {
    return { next_incident: this.#nextIncident, first_ms: this.#first_ms, last_ms: this.#last_ms, now_ms }
  }

  /** What this writer finds and revises. */
  async #own(): Promise<Sql> {
    const { server, collector, claim } = this.#parts
    if (claim !== null) return isReleased(await readReleased(server))
    return sql`collector = ${collector} AND id >= ${collector * 2 ** COLLECTOR_BITS + this.#released}`
  }

  async #spool(
    rows: RowsByTable,
    changes: readonly DocumentChange[],
    state: { next_incident: number; first_ms: number; last_ms: number; now_ms: number },
  ): Promise<void> {
    const { spool, spool_bytes, collector, documents } = this.#parts
    if (this.#shipper.away !== null && spool.waiting().bytes >= spool_bytes) {
      // One more try: the wait for the next one may be long.
      await this.#shipper.ship()
      if (this.#shipper.away !== null)
        throw new StoreRefusal(
          'disk_full',
          `${this.#parts.server.shown} is away and its spool ${spool.path} is full`,
          'nothing is lost, the batch is tried again; ?spool_mib= makes the spool larger',
        )
    }
    const n = this.#n + 1
    const committed = {
      collector,
      n,
      at_ms: Math.round(state.now_ms),
      next_incident: state.next_incident,
      released: this.#released,
      first_ms: Number.isFinite(state.first_ms) ? state.first_ms : null,
      last_ms: Number.isFinite(state.last_ms) ? state.last_ms : null,
    }
    const body: SpooledBatch = {
      first: changes.length === 0 ? [] : [{ table: 'document', rows: documentRows(changes, collector, n) }],
      data: rows.tables(),
      last: [{ table: 'committed', rows: JSON.stringify(committed) }],
    }
    spool.put(n, JSON.stringify(body), [
      ...changes,
      { kind: 'spool', key: 'committed', body: JSON.stringify(committed) },
    ])
    this.#n = n
    documents.apply(changes)
  }

  async #ship(): Promise<void> {
    // While it is away the shipper tries by itself, ever more seldom.
    if (this.#shipper.away !== null) return
    try {
      await this.#shipper.ship()
    } catch (error) {
      throw refusalOf(error, this.#parts.server.shown)
    }
    const { away } = this.#shipper
    if (away === null) this.#waiting.clear()
    else if (this.#parts.claim !== null) throw refusalOf(away, this.#parts.server.shown)
  }

  /** Streams keep the order in which they were first met. */
  #numbered(change: DocumentChange): DocumentChange {
    if (change.kind !== 'stream' || change.body === null) return change
    const known = this.#parts.documents.get('stream', change.key)
    const met = known === undefined ? this.#met() : (JSON.parse(known) as { met: number }).met
    return { ...change, body: JSON.stringify({ ...(JSON.parse(change.body) as object), met }) }
  }

  #lastMet = 0
  #met(): number {
    if (this.#lastMet === 0)
      for (const [, body] of this.#parts.documents.all('stream'))
        this.#lastMet = Math.max(this.#lastMet, (JSON.parse(body) as { met: number }).met)
    return ++this.#lastMet
  }

  async #refusing<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      throw refusalOf(error, this.#parts.server.shown)
    }
  }

  /** From the server; while it is away, from memory. */
  async #asking<T>(server: () => Promise<T>, memory: () => T | Promise<T>): Promise<T> {
    if (this.#shipper.away !== null) return memory()
    try {
      return await server()
    } catch (error) {
      if (!isForNow(error) || this.#parts.claim !== null) throw refusalOf(error, this.#parts.server.shown)
      this.#shipper.lost(error as Error)
      return memory()
    }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work, work)
    this.#turn = done.catch(() => {})
    return done
  }
}

function fromBase64(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'base64'))
}
