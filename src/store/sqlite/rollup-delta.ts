/**
 * What one batch changes in the rollups: gathered in memory, written once per row at the end of its transaction.
 * Failures are counted under their present verdict: a revision subtracts where the incident was and adds where it is.
 * Minutes are kept per series and per verdict; hours and days also along each single dimension.
 */
import type Database from 'better-sqlite3'
import { GRAIN, GRAIN_MS, type Grain, MINUTE_MS } from '../time-grain.ts'
import { DIMENSIONS, FIRST_DIMENSION, type Lexicon } from './lexicon.ts'
import { RowBatch } from './row-batch.ts'
import { EMPTY_NAME } from './text-dictionary.ts'

/** Facet dimension 0: no dimension, only the verdict. */
export const NO_DIMENSION = 0

type Counts = Map<number, number>

export class RollupDelta {
  readonly #lexicon: Lexicon
  readonly #minutes = new Map<number, Counts>()
  readonly #cube: RowBatch
  readonly #facet: RowBatch
  readonly #emptyCube: Database.Statement<number[]>
  readonly #emptyFacet: Database.Statement<number[]>
  /** Keys of rows that may have come down to nothing. */
  #lessened: Record<'cube' | 'facet', number[][]> = { cube: [], facet: [] }
  #minute = Number.NaN
  #counts: Counts = new Map()

  constructor(db: Database.Database, lexicon: Lexicon) {
    this.#lexicon = lexicon
    const adding = 'ON CONFLICT DO UPDATE SET count = count + excluded.count'
    this.#cube = new RowBatch(db, 'INSERT INTO cube (grain, bucket, series, count)', 4, adding)
    this.#facet = new RowBatch(db, 'INSERT INTO facet (grain, dimension, bucket, value, verdict, count)', 6, adding)
    this.#emptyCube = db.prepare('DELETE FROM cube WHERE grain = ? AND bucket = ? AND series = ? AND count <= 0')
    this.#emptyFacet = db.prepare(
      'DELETE FROM facet WHERE grain = ? AND dimension = ? AND bucket = ? AND value = ? AND verdict = ? AND count <= 0',
    )
  }

  add(series: number, time_ms: number, by: number): void {
    const minute = Math.floor(time_ms / MINUTE_MS)
    if (minute !== this.#minute) {
      this.#minute = minute
      this.#counts = gather(this.#minutes, minute)
    }
    this.#counts.set(series, (this.#counts.get(series) ?? 0) + by)
  }

  /** Writes everything gathered, in key order, and starts anew. */
  flush(): void {
    let counts: Map<number, Counts> = this.#minutes
    for (const grain of [GRAIN.minute, GRAIN.hour, GRAIN.day]) {
      if (grain !== GRAIN.minute) counts = coarser(counts, GRAIN_MS[grain] / GRAIN_MS[(grain - 1) as Grain])
      for (const bucket of sorted(counts.keys())) this.#write(grain, bucket, counts.get(bucket)!)
    }
    this.#cube.flush()
    this.#facet.flush()
    for (const key of this.#lessened.cube) this.#emptyCube.run(...key)
    for (const key of this.#lessened.facet) this.#emptyFacet.run(...key)
    this.discard()
  }

  /** Forgets what was gathered: after a rollback. */
  discard(): void {
    this.#cube.discard()
    this.#facet.discard()
    this.#lessened = { cube: [], facet: [] }
    this.#minutes.clear()
    this.#minute = Number.NaN
  }

  #write(grain: Grain, bucket: number, counts: Counts): void {
    const dimensions =
      grain === GRAIN.minute ? [NO_DIMENSION] : [NO_DIMENSION, ...DIMENSIONS.map((_, place) => place + 1)]
    const facets = dimensions.map(() => new Map<number, Counts>())
    for (const series of sorted(counts.keys())) {
      const by = counts.get(series)!
      if (by === 0) continue
      this.#cube.add([grain, bucket, series, by])
      if (by < 0) this.#lessened.cube.push([grain, bucket, series])
      const parts = this.#lexicon.series.parts(series)!
      for (const dimension of dimensions) {
        const value = dimension === NO_DIMENSION ? EMPTY_NAME : parts[dimension - 1 + FIRST_DIMENSION]!
        const verdicts = gather(facets[dimension]!, value)
        verdicts.set(parts[0]!, (verdicts.get(parts[0]!) ?? 0) + by)
      }
    }
    facets.forEach((values, dimension) => {
      for (const value of sorted(values.keys())) {
        for (const [verdict, by] of values.get(value)!) {
          if (by === 0) continue
          this.#facet.add([grain, dimension, bucket, value, verdict, by])
          if (by < 0) this.#lessened.facet.push([grain, dimension, bucket, value, verdict])
        }
      }
    })
  }
}

function coarser(counts: ReadonlyMap<number, Counts>, factor: number): Map<number, Counts> {
  const result = new Map<number, Counts>()
  for (const [bucket, series] of counts) {
    const into = gather(result, Math.floor(bucket / factor))
    for (const [id, by] of series) into.set(id, (into.get(id) ?? 0) + by)
  }
  return result
}

function gather(counts: Map<number, Counts>, key: number): Counts {
  let found = counts.get(key)
  if (found === undefined) {
    found = new Map()
    counts.set(key, found)
  }
  return found
}

function sorted(keys: Iterable<number>): number[] {
  return [...keys].sort((a, b) => a - b)
}
