/**
 * Counts of a stretch of the cube where nearly every series is wanted: each bucket comes as two lists out of the database and is added up
 * here, where the parts of a series are known. Joining the counts with their series takes SQLite seven times as long.
 */
import type Database from 'better-sqlite3'
import { GRAIN_MS, type Segment } from '../time-grain.ts'
import type { CountRow, Grouping } from './count-query.ts'
import type { FilterIds } from './filter-ids.ts'
import { DIMENSIONS, FIRST_DIMENSION, type Lexicon } from './lexicon.ts'

/** Sum that a series belongs to; none: it does not pass. */
const NONE = -1

export class SeriesScan {
  readonly #lexicon: Lexicon
  readonly #buckets: Database.Statement<[number, number, number], [bucket: number, series: string, counts: string]>

  constructor(db: Database.Database, lexicon: Lexicon) {
    this.#lexicon = lexicon
    this.#buckets = db
      .prepare<[number, number, number], [number, string, string]>(
        `SELECT bucket, json_group_array(series), json_group_array(count) FROM cube
          WHERE grain = ? AND bucket >= ? AND bucket < ? GROUP BY bucket ORDER BY bucket`,
      )
      .raw()
  }

  /** Per verdict and what else is asked for; the bucket is one of its step. */
  rows(segment: Segment, ids: FilterIds, grouping: Grouping): CountRow[] {
    const rows: CountRow[] = []
    const kinds: { verdict: number; value: number }[] = []
    const sumOf = this.#placing(ids, grouping, kinds)
    /** By number of the series; looked up once for each, because a bucket may hold thousands. */
    const places: number[] = []
    let step = Number.NaN
    let first = 0
    let sums: number[] = []
    const finish = () => {
      for (const [at, { verdict, value }] of kinds.entries()) {
        const count = sums[at] ?? 0
        if (count === 0) continue
        rows.push([
          verdict,
          grouping.by === 'step' ? first : value,
          count,
          grouping.by === 'dimension_step' ? first : 0,
        ])
      }
      sums = []
    }
    for (const [bucket, list, amounts] of this.#buckets.iterate(segment.grain, segment.from, segment.to)) {
      const own = 'step_ms' in grouping ? Math.floor((bucket * GRAIN_MS[segment.grain]) / grouping.step_ms) : 0
      if (own !== step) {
        finish()
        step = own
        first = bucket
      }
      const series = JSON.parse(list) as number[]
      const counts = JSON.parse(amounts) as number[]
      const unknown = series.filter((id) => places[id] === undefined)
      if (unknown.length > 0) {
        this.#lexicon.series.learn(unknown)
        for (const id of unknown) places[id] = sumOf(id)
      }
      for (let i = 0; i < series.length; i++) {
        const at = places[series[i]!]!
        if (at !== NONE) sums[at] = (sums[at] ?? 0) + counts[i]!
      }
    }
    finish()
    return rows
  }

  /** Adds to `kinds` what is summed up. */
  #placing(
    ids: FilterIds,
    grouping: Grouping,
    kinds: { verdict: number; value: number }[],
  ): (series: number) => number {
    const at = (dimension: (typeof DIMENSIONS)[number]) => FIRST_DIMENSION + DIMENSIONS.indexOf(dimension)
    const conditions = ids.dimensions.map(({ dimension, include, exclude }) => ({
      place: at(dimension),
      include: include && new Set(include),
      exclude: new Set(exclude),
    }))
    const asked = 'dimension' in grouping ? at(grouping.dimension) : null
    const known = new Map<string, number>()
    return (series) => {
      // Retention may just have dropped it.
      const parts = this.#lexicon.series.parts(series)
      if (parts === undefined || !ids.verdicts.has(parts[0]!)) return NONE
      const passes = conditions.every(({ place, include, exclude }) => {
        const name = parts[place]!
        return (include === null || include.has(name)) && !exclude.has(name)
      })
      if (!passes) return NONE
      const kind = { verdict: parts[0]!, value: asked === null ? 0 : parts[asked]! }
      const name = `${kind.verdict} ${kind.value}`
      let place = known.get(name)
      if (place === undefined) {
        place = kinds.push(kind) - 1
        known.set(name, place)
      }
      return place
    }
  }
}
