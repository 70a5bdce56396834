/**
 * The rollups of a range by verdict and place, with the first and last bucket of each: one pass over the cube, whatever
 * the number of incidents. Leaves totals to count-query.ts.
 */
import type Database from 'better-sqlite3'
import type { Filter, TimeRange } from '../../core/filter.ts'
import type { GroupCount } from '../../core/ports/store.ts'
import { byGroup } from '../answer-order.ts'
import { coverRange, GRAIN, GRAIN_MS, type Grain } from '../time-grain.ts'
import { addCondition, filterIds } from './filter-ids.ts'
import { DIMENSIONS, FIRST_DIMENSION, type Lexicon } from './lexicon.ts'

/** Series whose first and last minute are looked up where the rollups gave an hour or a day: the largest. */
const NARROWED = 2_000

interface Sum {
  /** Verdict and dimensions of the series; undefined once retention has dropped it. */
  parts: readonly number[] | undefined
  count: number
  from_ms: number
  to_ms: number
}

export function readGroups(
  db: Database.Database,
  lexicon: Lexicon,
  range: TimeRange,
  detail_from_ms: number,
  filter: Filter,
  limit: number,
): { groups: GroupCount[]; more: boolean } {
  const ids = filterIds(db, lexicon, filter)
  const sums = new Map<number, Sum>()
  const conditions = ['r.grain = ?', 'r.bucket >= ?', 'r.bucket < ?']
  const params: unknown[] = []
  const series = ids.series()
  if (series !== null) addCondition(conditions, params, 'r.series', { include: series, exclude: [] })
  const statement = db
    .prepare<unknown[], [number, number, number, number, ...(number | null)[]]>(
      `SELECT g.*, s.verdict, ${DIMENSIONS.map((dimension) => `s.${dimension}`).join(', ')}
         FROM (SELECT r.series AS id, sum(r.count) AS count, min(r.bucket), max(r.bucket) FROM cube r
                WHERE ${conditions.join(' AND ')} GROUP BY 1) g
         LEFT JOIN series s ON s.id = g.id
        WHERE g.count > 0`,
    )
    .raw()
  for (const { grain, from, to } of range.from_ms < range.to_ms ? coverRange(range, detail_from_ms) : [])
    for (const [id, count, first, last, ...parts] of statement.all(grain, from, to, ...params)) {
      const sum = sums.get(id)
      const from_ms = first * GRAIN_MS[grain]
      const to_ms = (last + 1) * GRAIN_MS[grain]
      if (sum === undefined) {
        sums.set(id, { parts: parts[0] === null ? undefined : (parts as number[]), count, from_ms, to_ms })
      } else {
        sum.count += count
        sum.from_ms = Math.min(sum.from_ms, from_ms)
        sum.to_ms = Math.max(sum.to_ms, to_ms)
      }
    }
  narrowEdges(db, sums, detail_from_ms)
  const passes = (parts: readonly number[]) =>
    ids.verdicts.has(parts[0]!) &&
    ids.dimensions.every(({ dimension, include, exclude }) => {
      const value = parts[FIRST_DIMENSION + DIMENSIONS.indexOf(dimension)]!
      return (include === null || include.includes(value)) && !exclude.includes(value)
    })
  const all: GroupCount[] = []
  for (const { parts, ...sum } of sums.values()) {
    if (parts === undefined || !passes(parts)) continue
    const [host, service, client_id, issuer, system] = DIMENSIONS.map((_, i) =>
      lexicon.names.text(parts[FIRST_DIMENSION + i]!),
    ) as [string, string, string, string, string]
    all.push({ ...ids.verdicts.get(parts[0]!)!, host, service, client_id, issuer, system, ...sum })
  }
  const taken = { success: 0, failure: 0 }
  const groups = all.sort(byGroup).filter(({ outcome }) => taken[outcome]++ < limit)
  return { groups, more: groups.length < all.length }
}

/** A minute holds few rows: beyond this many wanted series all of them are read sooner than each is sought. */
const SOUGHT_PER_MINUTE = 100

/**
 * From the day to the hour to the minute. Large groups are at work nearly all the time, so they are sought bucket by bucket
 * from the edge inwards, and nearly all are found in the first.
 */
function narrowEdges(db: Database.Database, sums: ReadonlyMap<number, Sum>, detail_from_ms: number): void {
  const largest = [...sums].sort(([, a], [, b]) => b.count - a.count).slice(0, NARROWED)
  const present = db
    .prepare<unknown[], number>(
      `SELECT w.value FROM json_each(?) w CROSS JOIN cube r
           ON r.grain = ? AND r.bucket = ? AND r.series = w.value WHERE r.count > 0`,
    )
    .pluck()
  const all = db
    .prepare<unknown[], number>('SELECT series FROM cube WHERE grain = ? AND bucket = ? AND count > 0')
    .pluck()
  for (const coarse of [GRAIN.day, GRAIN.hour] as const) {
    const fine = (coarse - 1) as Grain
    const size = GRAIN_MS[fine]
    for (const edge of ['from_ms', 'to_ms'] as const) {
      const byBucket = new Map<number, Set<number>>()
      for (const [id, sum] of largest) {
        // An edge on the border of a coarse bucket may come from a finer one: looking again does no harm.
        const start = edge === 'from_ms' ? sum.from_ms : sum.to_ms - GRAIN_MS[coarse]
        if (start % GRAIN_MS[coarse] !== 0 || start < detail_from_ms) continue
        const list = byBucket.get(start)
        if (list === undefined) byBucket.set(start, new Set([id]))
        else list.add(id)
      }
      for (const [start, wanted] of byBucket) {
        const [from, to] = [start / size, (start + GRAIN_MS[coarse]) / size]
        for (let step = 0; step < to - from && wanted.size > 0; step++) {
          const bucket = edge === 'from_ms' ? from + step : to - 1 - step
          const there =
            fine === GRAIN.minute && wanted.size > SOUGHT_PER_MINUTE
              ? all.all(fine, bucket)
              : present.all(JSON.stringify([...wanted]), fine, bucket)
          for (const id of there) {
            if (!wanted.delete(id)) continue
            const sum = sums.get(id)!
            if (edge === 'from_ms') sum.from_ms = Math.max(sum.from_ms, bucket * size)
            else sum.to_ms = Math.min(sum.to_ms, (bucket + 1) * size)
          }
        }
      }
    }
  }
}
