/**
 * Drops what has grown too old, in slices short enough not to be noticed: incidents first (the rollups keep counting
 * them), then minutes and samples, then old hours and days, then words that nothing refers to any more and facts nobody
 * asks for.
 * Freed pages are used again by later data; only when much is free is the file made smaller, a few pages at a time.
 */
import type Database from 'better-sqlite3'
import type { RetentionPolicy } from '../../core/ports/store.ts'
import { DAY_MS, floorTo, GRAIN, HOUR_MS, MINUTE_MS, QUARTER_MS } from '../time-grain.ts'
import type { IncidentTable } from './incident-table.ts'
import type { MetaTable } from './meta-table.ts'
import { dropRetiredKeys } from './retired-keys.ts'

/** Deleting stops after this long, ms; the rest of the promised 50 ms is for the commit. */
const SLICE_MS = 15

/** Rows deleted between two looks at the clock: about 1 ms of work. */
const CHUNK = 50

/** Dictionary entries looked at between two looks at the clock; mostly they stay. */
const SWEEP_CHUNK = 2000

/** The file is made smaller when more than this share of its pages is free: a steady store keeps reusing its pages. */
const FREE_SHARE = 0.25

/** Pages moved per slice when it is, about 10 ms. */
const VACUUM_PAGES = 250

/** Dictionaries with what their entries serve: incidents only, or the rollups as well. */
const DICTIONARIES = [
  { table: 'phrase', serves: 'detail' },
  { table: 'voice', serves: 'detail' },
  { table: 'series', serves: 'rollups' },
  { table: 'name', serves: 'rollups' },
] as const

/** Rows of the history looked at between two looks at the clock. */
const HISTORY_CHUNK = 1000

/** Does up to {@link CHUNK} deletions; returns how many rows went. */
type Step = () => number

export class Retention {
  readonly #db: Database.Database
  readonly #meta: MetaTable
  readonly #incidents: IncidentTable
  readonly #forget: () => void
  /** Dictionaries are swept once per cutoff: which one was, and how far the present sweep is. */
  #swept = ''
  #sweeping: { key: string; dictionary: number; after: number } | undefined
  /** The same for the history: hour of the data up to which it was looked through, and where the present look is. */
  #pruned = -Infinity
  #pruning: { horizon_ms: number; after: [party: number, hash: number] } | undefined

  constructor(db: Database.Database, meta: MetaTable, incidents: IncidentTable, forget: () => void) {
    this.#db = db
    this.#meta = meta
    this.#incidents = incidents
    this.#forget = forget
  }

  /** One slice of work; true while there is more. */
  slice(policy: RetentionPolicy, now_ms: number): boolean {
    const rollups_ms = floorTo(now_ms - policy.rollup_days * DAY_MS, DAY_MS)
    const detail_ms = Math.max(floorTo(now_ms - policy.detail_days * DAY_MS, HOUR_MS), rollups_ms)
    const until = performance.now() + SLICE_MS
    let more = false
    if (this.#due(detail_ms, rollups_ms)) {
      this.#db
        .transaction(() => {
          if ((this.#meta.get('detail_from_ms') ?? -Infinity) < detail_ms) this.#meta.set('detail_from_ms', detail_ms)
          for (const step of this.#steps(detail_ms, rollups_ms)) {
            while (step() > 0) {
              if (performance.now() > until) {
                more = true
                return
              }
            }
          }
          this.#sweep(detail_ms, rollups_ms, until)
          more = this.#sweeping !== undefined
          if (!more) {
            this.#moveStart(rollups_ms)
            dropRetiredKeys(this.#meta, detail_ms)
          }
        })
        .immediate()
    }
    if (!more) more = this.#pruneHistory(now_ms, until)
    return more || this.#shrink()
  }

  #due(detail_ms: number, rollups_ms: number): boolean {
    if (this.#swept !== sweepKey(detail_ms, rollups_ms)) return true
    const exists = (sql: string, bound: number) => this.#db.prepare(`SELECT EXISTS (${sql})`).pluck().get(bound) === 1
    return (
      exists('SELECT 1 FROM incident WHERE time_ms < ?', detail_ms) ||
      exists(`SELECT 1 FROM cube WHERE grain = ${GRAIN.minute} AND bucket < ?`, detail_ms / MINUTE_MS) ||
      exists(`SELECT 1 FROM cube WHERE grain = ${GRAIN.day} AND bucket < ?`, rollups_ms / DAY_MS)
    )
  }

  /** In this order: a minute's counts stay until the last incident in it is gone, so that a revision finds them. */
  #steps(detail_ms: number, rollups_ms: number): Step[] {
    const old = this.#db
      .prepare<[number], number>(`SELECT id FROM incident WHERE time_ms < ? ORDER BY time_ms LIMIT ${CHUNK}`)
      .pluck()
    const facets = [0, 1, 2, 3, 4, 5]
    const coarse = [
      { grain: GRAIN.hour, before: rollups_ms / HOUR_MS },
      { grain: GRAIN.day, before: rollups_ms / DAY_MS },
    ]
    return [
      () => {
        const ids = old.all(detail_ms)
        for (const id of ids) this.#incidents.drop(id)
        return ids.length
      },
      this.#deletion('success', 'minute < ?', detail_ms / MINUTE_MS),
      this.#deletion('cube', `grain = ${GRAIN.minute} AND bucket < ?`, detail_ms / MINUTE_MS),
      this.#deletion('facet', `grain = ${GRAIN.minute} AND dimension = 0 AND bucket < ?`, detail_ms / MINUTE_MS),
      this.#deletion('unrecognised', 'last_ms < ?', detail_ms),
      ...['tally', 'affected', 'unrecognised_quarter'].map((table) =>
        this.#deletion(table, 'quarter < ?', detail_ms / QUARTER_MS),
      ),
      this.#deletion('clock_reading', 'at_ms < ?', detail_ms),
      this.#deletion('watch_step', 'start_ms < ?', detail_ms),
      ...coarse.flatMap(({ grain, before }) => [
        this.#deletion('cube', `grain = ${grain} AND bucket < ?`, before),
        ...facets.map((facet) =>
          this.#deletion('facet', `grain = ${grain} AND dimension = ${facet} AND bucket < ?`, before),
        ),
      ]),
      this.#deletion('stream', 'updated_ms < ?', rollups_ms),
    ]
  }

  #deletion(table: string, where: string, bound: number): Step {
    const statement = this.#db.prepare<[number]>(`DELETE FROM ${table} WHERE ${where} LIMIT ${CHUNK}`)
    return () => statement.run(bound).changes
  }

  #sweep(detail_ms: number, rollups_ms: number, until: number): void {
    const key = sweepKey(detail_ms, rollups_ms)
    if (this.#swept === key) return
    if (this.#sweeping?.key !== key) this.#sweeping = { key, dictionary: 0, after: 0 }
    const sweeping = this.#sweeping
    let dropped = 0
    while (performance.now() <= until) {
      const dictionary = DICTIONARIES[sweeping.dictionary]
      if (dictionary === undefined) {
        this.#sweeping = undefined
        this.#swept = key
        break
      }
      const { table, serves } = dictionary
      const last = this.#db
        .prepare<[number], number>(
          `SELECT max(id) FROM (SELECT id FROM ${table} WHERE id > ? ORDER BY id LIMIT ${SWEEP_CHUNK})`,
        )
        .pluck()
        .get(sweeping.after) as number | null
      if (last === null) {
        sweeping.dictionary++
        sweeping.after = 0
        continue
      }
      const oldest_day = Math.floor((serves === 'detail' ? detail_ms : rollups_ms) / DAY_MS)
      dropped += this.#db
        .prepare(`DELETE FROM ${table} WHERE id > ? AND id <= ? AND used_day < ?`)
        .run(sweeping.after, last, oldest_day).changes
      sweeping.after = last
    }
    if (dropped > 0) this.#forget()
  }

  /** After old hours went, the store begins later. */
  #moveStart(rollups_ms: number): void {
    const first_ms = this.#meta.get('first_ms')
    if (first_ms === undefined || first_ms >= rollups_ms) return
    const day = this.#db.prepare<[], number>(`SELECT min(bucket) FROM cube WHERE grain = ${GRAIN.day}`).pluck().get() as
      | number
      | null
    if (day === null) {
      this.#meta.delete('first_ms')
      this.#meta.delete('last_ms')
    } else {
      this.#meta.set('first_ms', day * DAY_MS)
    }
  }

  /** By the clock of the data: in an archive of last month the tokens of its last day are as young as ever. */
  #pruneHistory(now_ms: number, until: number): boolean {
    const horizon_ms = floorTo(Math.min(now_ms, this.#meta.get('last_ms') ?? -Infinity), HOUR_MS)
    if (this.#pruning === undefined && !(horizon_ms > this.#pruned)) return false
    this.#pruning ??= { horizon_ms, after: [-1, 0] }
    const pruning = this.#pruning
    const next = this.#db
      .prepare<number[], [party: number, hash: number]>(
        `SELECT party, hash FROM history WHERE (party, hash) > (?, ?) ORDER BY party, hash LIMIT 1 OFFSET ${HISTORY_CHUNK}`,
      )
      .raw()
    const range = 'keep_ms < ? AND (party, hash) > (?, ?)'
    const drop = this.#db.prepare(`DELETE FROM history WHERE ${range} AND (party, hash) <= (?, ?)`)
    const dropRest = this.#db.prepare(`DELETE FROM history WHERE ${range}`)
    return this.#db
      .transaction(() => {
        while (performance.now() <= until) {
          const last = next.get(...pruning.after)
          if (last === undefined) {
            dropRest.run(pruning.horizon_ms, ...pruning.after)
            this.#pruned = pruning.horizon_ms
            this.#pruning = undefined
            return false
          }
          drop.run(pruning.horizon_ms, ...pruning.after, ...last)
          pruning.after = last
        }
        return true
      })
      .immediate()
  }

  #shrink(): boolean {
    const pages = this.#db.pragma('page_count', { simple: true }) as number
    const free = this.#db.pragma('freelist_count', { simple: true }) as number
    if (free < VACUUM_PAGES || free < pages * FREE_SHARE) return false
    this.#db.pragma(`incremental_vacuum(${VACUUM_PAGES})`)
    return true
  }
}

/** Sweeping again makes sense once a day's words can have become free. */
function sweepKey(detail_ms: number, rollups_ms: number): string {
  return `${Math.floor(detail_ms / DAY_MS)}/${rollups_ms / DAY_MS}`
}
