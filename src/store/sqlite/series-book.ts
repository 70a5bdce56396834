/**
 * Decides under which series an event or incident is counted.
 * Log lines are written by strangers: a flood of made-up client ids must not blow up the rollups, so per hour each
 * dimension has a limited number of distinct values and there is a limited number of combinations; the rest is counted
 * under {@link OTHER}. Totals stay exact, and every limited count is told in the counter table.
 */
import type Database from 'better-sqlite3'
import { cleanText, NAME_LIMIT } from '../clean-text.ts'
import { type LimitName, OTHER, SERIES_PER_HOUR, VALUES_PER_HOUR } from '../limits.ts'
import { DAY_MS, GRAIN, HOUR_MS } from '../time-grain.ts'
import { DIMENSIONS, FIRST_DIMENSION, type Lexicon } from './lexicon.ts'

/** Hours kept in memory at a time: history of many files is read side by side, each at its own hour. */
const HOURS_CACHED = 48

/** Combinations remembered over all cached hours; about 40 MB at worst. */
const COMBINATIONS_CACHED = 200_000

/** Longer raw values than this are not used as cache keys; characters. */
const CACHE_KEY_LIMIT = 2000

/** One value per dimension, in the order of DIMENSIONS; empty = the record did not say. */
export type DimensionValues = readonly [
  host: string,
  service: string,
  client_id: string,
  issuer: string,
  system: string,
]

export interface Placement {
  series: number
  /** The values it is counted under, where they differ from the given ones; null = as given. */
  capped: readonly string[] | null
}

interface Hour {
  placements: Map<string, Placement>
  values: Set<string>[]
  series: Set<number>
}

export class SeriesBook {
  readonly #lexicon: Lexicon
  readonly #hours = new Map<number, Hour>()
  readonly #valuesOfHour: Database.Statement<[number, number], string>
  readonly #seriesOfHour: Database.Statement<[number], number>
  readonly #limited: (name: LimitName, by: number) => void
  #combinations = 0

  constructor(db: Database.Database, lexicon: Lexicon, limited: (name: LimitName, by: number) => void) {
    this.#lexicon = lexicon
    this.#limited = limited
    this.#valuesOfHour = db
      .prepare<[number, number], string>(
        `SELECT DISTINCT n.text FROM facet f JOIN name n ON n.id = f.value
          WHERE f.grain = ${GRAIN.hour} AND f.dimension = ? AND f.bucket = ?`,
      )
      .pluck()
    this.#seriesOfHour = db
      .prepare<[number], number>(`SELECT series FROM cube WHERE grain = ${GRAIN.hour} AND bucket = ?`)
      .pluck()
  }

  /** The series for a verdict and its dimensions at a time; adds it where it is new and within the limits. */
  place(verdict: number, given: DimensionValues, time_ms: number): Placement {
    const number = Math.floor(time_ms / HOUR_MS)
    const hour = this.#hours.get(number) ?? this.#load(number)
    const key = `${verdict}\u001f${given[0]}\u001f${given[1]}\u001f${given[2]}\u001f${given[3]}\u001f${given[4]}`
    const known = hour.placements.get(key)
    if (known !== undefined) return known
    const placement = this.#decide(hour, verdict, given, Math.floor(time_ms / DAY_MS))
    if (placement.capped === null && key.length <= CACHE_KEY_LIMIT && hour.placements.size < 2 * SERIES_PER_HOUR) {
      hour.placements.set(key, placement)
      this.#combinations++
    }
    return placement
  }

  forget(): void {
    this.#hours.clear()
    this.#combinations = 0
  }

  #decide(hour: Hour, verdict: number, given: DimensionValues, day: number): Placement {
    let values = given.map((value, place) => {
      const clean = cleanText(value, NAME_LIMIT)
      if (clean === '' || admits(hour.values[place]!, clean)) return clean
      this.#limited(`other_${DIMENSIONS[place]!}`, 1)
      return OTHER
    })
    let capped = values.some((value, place) => value === OTHER && given[place] !== OTHER)
    let series = this.#within(hour, verdict, values, day)
    if (series === undefined) {
      this.#limited('other_series', 1)
      values = values.map((value) => (value === '' ? '' : OTHER))
      capped = true
      series = this.#intern(verdict, values, day)
    }
    hour.series.add(series)
    return { series, capped: capped ? values : null }
  }

  /** The series of these values, unless it is new to an hour that has enough of them. */
  #within(hour: Hour, verdict: number, values: readonly string[], day: number): number | undefined {
    if (hour.series.size >= SERIES_PER_HOUR) {
      const ids = values.map((value) => this.#lexicon.names.find(value))
      if (ids.includes(undefined)) return undefined
      const known = this.#lexicon.series.find([verdict, ...(ids as number[])])
      if (known === undefined || !hour.series.has(known)) return undefined
    }
    return this.#intern(verdict, values, day)
  }

  #intern(verdict: number, values: readonly string[], day: number): number {
    const { names, series } = this.#lexicon
    return series.intern([verdict, ...values.map((value) => names.intern(value, day))], day)
  }

  #load(number: number): Hour {
    if (this.#combinations > COMBINATIONS_CACHED) this.forget()
    if (this.#hours.size >= HOURS_CACHED) {
      const [oldest, dropped] = this.#hours.entries().next().value!
      this.#combinations -= dropped.placements.size
      this.#hours.delete(oldest)
    }
    const hour: Hour = {
      placements: new Map(),
      values: DIMENSIONS.map((_, place) => new Set(this.#valuesOfHour.all(place + FIRST_DIMENSION, number))),
      series: new Set(this.#seriesOfHour.all(number)),
    }
    this.#hours.set(number, hour)
    return hour
  }
}

function admits(values: Set<string>, value: string): boolean {
  if (values.has(value)) return true
  if (value !== OTHER && values.size >= VALUES_PER_HOUR) return false
  values.add(value)
  return true
}
