/**
 * The one writer of an SQLite store: every batch is one transaction over incidents, rollups, sample and positions.
 * Leaves what each table does to its own file. Invariant: after any failure the store is as before the batch, the caches
 * hold nothing of it, and the same batch can be appended again.
 */
import { statSync } from 'node:fs'
import Database from 'better-sqlite3'
import type { AuthEvent } from '../../core/auth-event.ts'
import type { HistoryFact, HistoryQuestion } from '../../core/history.ts'
import type { AlertChanges, Delivery, DeliveryEnd } from '../../core/ports/alert-store.ts'
import type { ForgetCounts, Forgotten } from '../../core/ports/forget.ts'
import {
  type AppendBatch,
  type ClockRow,
  type IncidentChange,
  type Neighbour,
  type NeighbourQuery,
  type PageQuery,
  type RetentionPolicy,
  StoreRefusal,
  type StoreWriter,
} from '../../core/ports/store.ts'
import type { StreamState } from '../../core/source-status.ts'
import { newFingerprintKey } from '../fingerprint-key.ts'
import type { LimitName } from '../limits.ts'
import { instant } from '../time-grain.ts'
import { AlertTable } from './alert-table.ts'
import { ClockTable, readClockRows } from './clock-table.ts'
import { WAL_LIMIT_BYTES } from './connection.ts'
import { DeliveryTable } from './delivery-table.ts'
import { forgetIn } from './forgetting.ts'
import { HistoryTable } from './history-table.ts'
import { dimensionsOf } from './incident-row.ts'
import { IncidentTable } from './incident-table.ts'
import { KeyHours } from './key-hours.ts'
import { Lexicon } from './lexicon.ts'
import { MetaTable } from './meta-table.ts'
import { NeighbourSearch } from './neighbour-search.ts'
import { refusalOf } from './refusal-of.ts'
import { ReportTallies } from './report-tallies.ts'
import { Retention } from './retention.ts'
import { retiredKeys, retireKey } from './retired-keys.ts'
import { RollupDelta } from './rollup-delta.ts'
import { SeriesBook } from './series-book.ts'
import { readStreams, StreamTable } from './stream-table.ts'
import { SuccessSample } from './success-sample.ts'
import { UnrecognisedTable } from './unrecognised-table.ts'
import type { WriteLock } from './write-lock.ts'

/** Old alerts and notices dropped per slice of retention: about 1 ms of work. */
const ALERTS_PER_SLICE = 50

/** Rolls a rehearsal back. */
const REHEARSED = Symbol('rehearsed')

export class SqliteWriter implements StoreWriter {
  readonly #db: Database.Database
  readonly #path: string
  readonly #lock: WriteLock
  readonly #meta: MetaTable
  readonly #lexicon: Lexicon
  readonly #series: SeriesBook
  readonly #rollups: RollupDelta
  readonly #tallies: ReportTallies
  readonly #streams: StreamTable
  readonly #deliveries: DeliveryTable
  readonly #incidents: IncidentTable
  readonly #unrecognised: UnrecognisedTable
  readonly #sample: SuccessSample
  readonly #clocks: ClockTable
  readonly #search: NeighbourSearch
  readonly #history: HistoryTable
  readonly #retention: Retention
  readonly #alerts: AlertTable
  /** Of the batch in hand, written at its end. */
  readonly #limits = new Map<LimitName, number>()
  #nextIncident: number
  #first_ms: number
  #last_ms: number
  /** Size of the WAL at which it is cut back, bytes. */
  #truncateAt = WAL_LIMIT_BYTES

  /** Takes over an open, migrated connection and the lock on it. */
  constructor(db: Database.Database, path: string, lock: WriteLock) {
    this.#db = db
    this.#path = path
    this.#lock = lock
    const limited = (name: LimitName, by: number) => void this.#limits.set(name, (this.#limits.get(name) ?? 0) + by)
    this.#meta = new MetaTable(db)
    this.#lexicon = new Lexicon(db)
    this.#series = new SeriesBook(db, this.#lexicon, limited)
    this.#rollups = new RollupDelta(db, this.#lexicon)
    this.#tallies = new ReportTallies(db, this.#lexicon.seed, limited)
    this.#streams = new StreamTable(db)
    const keyHours = new KeyHours(db)
    this.#deliveries = new DeliveryTable(db)
    this.#incidents = new IncidentTable(db, {
      lexicon: this.#lexicon,
      series: this.#series,
      rollups: this.#rollups,
      tallies: this.#tallies,
      streams: this.#streams,
      keyHours,
      limited,
      seen: (time_ms) => this.#seen(time_ms),
    })
    this.#unrecognised = new UnrecognisedTable(db, (count) => limited('unrecognised_evicted', count))
    this.#sample = new SuccessSample(db, this.#lexicon)
    this.#search = new NeighbourSearch(db, this.#lexicon, keyHours)
    this.#history = new HistoryTable(db, this.#lexicon)
    this.#clocks = new ClockTable(db, this.#lexicon)
    this.#retention = new Retention(db, this.#meta, this.#incidents, () => this.#forget())
    this.#alerts = new AlertTable(db)
    this.#nextIncident = this.#meta.get('next_incident')!
    this.#first_ms = this.#meta.get('first_ms') ?? Infinity
    this.#last_ms = this.#meta.get('last_ms') ?? -Infinity
  }

  async append(batch: AppendBatch): Promise<void> {
    this.#refusing(() => this.#db.transaction(() => this.#apply(batch)).immediate())
    this.#boundWal()
  }

  async neighbours(queries: readonly NeighbourQuery[]): Promise<Neighbour[][]> {
    const extent = this.#first_ms <= this.#last_ms ? { first_ms: this.#first_ms, last_ms: this.#last_ms } : null
    return this.#refusing(() => queries.map((query) => this.#search.search(query, extent)))
  }

  async history(questions: readonly HistoryQuestion[]): Promise<HistoryFact[][]> {
    return this.#refusing(() => this.#history.answers(questions))
  }

  async page(query: PageQuery): Promise<Neighbour[]> {
    return this.#refusing(() => this.#search.page(query))
  }

  async streams(): Promise<StreamState[]> {
    return this.#refusing(() => readStreams(this.#db).map(({ updated_ms: _, ...state }) => state))
  }

  async deliveries(): Promise<string[]> {
    return this.#refusing(() => this.#deliveries.all())
  }

  async clockRows(): Promise<ClockRow[]> {
    return this.#refusing(() => readClockRows(this.#db))
  }

  async fingerprintKey(): Promise<Uint8Array> {
    return new Uint8Array(this.#meta.get('fingerprint_key')!)
  }

  async retiredKeys(): Promise<Uint8Array[]> {
    return retiredKeys(this.#meta).map(({ key }) => new Uint8Array(Buffer.from(key, 'hex')))
  }

  async rotateKey(keepOld: boolean, now_ms: number): Promise<void> {
    this.#refusing(() => {
      const old = this.#meta.get('fingerprint_key')!
      const key = newFingerprintKey(process.env.AUTHTOP_FINGERPRINT_KEY)
      if (key.equals(old))
        throw new StoreRefusal('unsupported', 'AUTHTOP_FINGERPRINT_KEY holds the key in use', 'set it to a new one')
      this.#db.pragma('secure_delete = ON')
      this.#db
        .transaction(() => {
          if (keepOld) retireKey(this.#meta, old, now_ms)
          else this.#meta.delete('retired_keys')
          this.#meta.set('fingerprint_key', key)
        })
        .immediate()
      if (!keepOld) this.#rewrite()
    })
  }

  async forget(whom: Forgotten, rehearse: boolean): Promise<ForgetCounts> {
    return this.#refusing(() => {
      // Freed cells are overwritten at once; what is left of them in freed pages goes with the rewriting.
      this.#db.pragma('secure_delete = ON')
      let counts: ForgetCounts | undefined
      try {
        this.#db
          .transaction(() => {
            counts = forgetIn({ db: this.#db, lexicon: this.#lexicon, incidents: this.#incidents }, whom)
            if (rehearse) throw REHEARSED
          })
          .immediate()
      } catch (error) {
        if (error !== REHEARSED) throw error
      }
      this.#tallies.discard()
      this.#forget()
      if (!rehearse) this.#rewrite()
      return counts!
    })
  }

  async retain(policy: RetentionPolicy, now_ms: number): Promise<boolean> {
    const more = this.#refusing(() => {
      const alerts = this.#alerts.retain(now_ms, ALERTS_PER_SLICE)
      return this.#retention.slice(policy, now_ms) || alerts > 0
    })
    if (!more) this.#readExtent()
    this.#boundWal()
    return more
  }

  async saveAlerts(changes: AlertChanges): Promise<void> {
    this.#refusing(() => this.#alerts.save(changes))
  }

  async alertState(name: string): Promise<string | null> {
    return this.#refusing(() => this.#alerts.state(name))
  }

  async due(now_ms: number, limit: number): Promise<Delivery[]> {
    return this.#refusing(() => this.#alerts.due(now_ms, limit))
  }

  async settle(ends: readonly DeliveryEnd[]): Promise<void> {
    this.#refusing(() => this.#alerts.settle(ends))
  }

  async close(): Promise<void> {
    this.#db.close()
    this.#lock.release()
  }

  #apply(batch: AppendBatch): void {
    const next = this.#nextIncident
    const first = this.#first_ms
    const last = this.#last_ms
    for (const event of batch.successes) this.#count(event, batch.now_ms)
    for (const change of batch.incidents) this.#incident(change, batch.now_ms)
    this.#unrecognised.add(batch.unrecognised, batch.now_ms)
    for (const { time_ms } of batch.unrecognised) this.#tallies.unrecognised(instant(time_ms, batch.now_ms))
    this.#history.add(batch.history, batch.now_ms)
    for (const state of batch.streams) this.#streams.put(state, batch.now_ms)
    if (batch.deliveries !== undefined) this.#deliveries.add(batch.deliveries)
    if (batch.clocks !== undefined) this.#clocks.put(batch.clocks)
    this.#incidents.flush()
    this.#rollups.flush()
    this.#tallies.flush()
    this.#sample.flush()
    if (this.#nextIncident !== next) this.#meta.set('next_incident', this.#nextIncident)
    if (this.#first_ms !== first) this.#meta.set('first_ms', this.#first_ms)
    if (this.#last_ms !== last) this.#meta.set('last_ms', this.#last_ms)
    for (const [name, by] of this.#limits) this.#meta.count(name, by)
    this.#limits.clear()
  }

  #count(event: AuthEvent, now_ms: number): void {
    const time_ms = instant(event.time_ms ?? event.received_collector_ms, now_ms)
    this.#seen(time_ms)
    const verdict = this.#lexicon.internVerdict({ kind: event.kind, outcome: 'success', cause: null, subcause: null })
    const { series } = this.#series.place(verdict, dimensionsOf(event), time_ms)
    this.#rollups.add(series, time_ms, 1)
    this.#sample.consider(event, time_ms, series)
  }

  #incident(change: IncidentChange, now_ms: number): void {
    const id = change.id === undefined ? this.#nextIncident++ : Number(change.id)
    if (change.id === undefined) this.#incidents.insert(id, change, now_ms)
    else this.#incidents.revise(id, change, now_ms)
    for (const other of change.absorbs ?? []) this.#incidents.absorb(id, Number(other))
  }

  #seen(time_ms: number): void {
    if (time_ms < this.#first_ms) this.#first_ms = time_ms
    if (time_ms > this.#last_ms) this.#last_ms = time_ms
  }

  #readExtent(): void {
    this.#first_ms = this.#meta.get('first_ms') ?? Infinity
    this.#last_ms = this.#meta.get('last_ms') ?? -Infinity
  }

  #refusing<T>(work: () => T): T {
    const before = [this.#nextIncident, this.#first_ms, this.#last_ms] as const
    try {
      return work()
    } catch (error) {
      // better-sqlite3 has rolled back; what memory learned in the meantime is not in the store.
      this.#limits.clear()
      this.#incidents.discard()
      this.#rollups.discard()
      this.#tallies.discard()
      this.#sample.discard()
      this.#forget()
      ;[this.#nextIncident, this.#first_ms, this.#last_ms] = before
      throw refusalOf(error, this.#path)
    }
  }

  /** Every page anew, and nothing of the old ones left in the WAL. */
  #rewrite(): void {
    // Not in memory: a large store would not fit.
    this.#db.pragma('temp_store = FILE')
    this.#db.exec('VACUUM')
    this.#db.pragma('temp_store = MEMORY')
    const [result] = this.#db.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[]
    if (result?.busy === 0) return
    throw new StoreRefusal(
      'unreachable',
      `somebody is reading ${this.#path}: it is forgotten, but its bytes are not overwritten yet`,
      'close dashboards and queries and run the same again',
    )
  }

  #forget(): void {
    this.#lexicon.forget()
    this.#series.forget()
    this.#streams.forget()
    this.#history.forget()
  }

  /** A reader that stays long keeps the WAL from being reused; when it has grown large, cut it back if nobody reads. */
  #boundWal(): void {
    const size = statSync(`${this.#path}-wal`, { throwIfNoEntry: false })?.size ?? 0
    if (size < this.#truncateAt) return
    const timeout = this.#db.pragma('busy_timeout', { simple: true }) as number
    try {
      this.#db.pragma('busy_timeout = 0')
      const [result] = this.#db.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[]
      this.#truncateAt = result?.busy === 0 ? WAL_LIMIT_BYTES : size + WAL_LIMIT_BYTES
    } catch (error) {
      if (!(error instanceof Database.SqliteError)) throw error
      // Everything is committed; a checkpoint that has no room or no turn is tried again when the WAL has grown further.
      this.#truncateAt = size + WAL_LIMIT_BYTES
    } finally {
      this.#db.pragma(`busy_timeout = ${timeout}`)
    }
  }
}
