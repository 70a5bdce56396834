/**
 * Makes the rollups agree with the failures that were saved, and finds incidents again by their ids.
 * Failures of the time that is kept one by one are counted anew; successes, and what is older, are taken from the grain that
 * knows most of them. Everything that follows from the cube is made again from it.
 */
import type Database from 'better-sqlite3'
import { DAY_MS, GRAIN, HOUR_MS, MINUTE_MS } from '../../time-grain.ts'
import { INCIDENT_COLUMNS, type IncidentRow } from '../incident-row.ts'
import { incidentKeys } from '../incident-table.ts'
import { DIMENSIONS, FIRST_DIMENSION, Lexicon } from '../lexicon.ts'
import { MetaTable } from '../meta-table.ts'
import { ReportTallies } from '../report-tallies.ts'
import { NO_DIMENSION } from '../rollup-delta.ts'
import { RowBatch } from '../row-batch.ts'
import { EMPTY_NAME } from '../text-dictionary.ts'
import { FAILURE_SERIES } from './mend.ts'

/** Whole buckets below zero count downwards, as Math.floor does. */
const bucketOf = (length_ms: number) => `time_ms / ${length_ms} - (time_ms % ${length_ms} < 0)`
const coarser = (factor: number) => `bucket / ${factor} - (bucket % ${factor} < 0)`

/** Failures that the rollups counted one by one and that are gone; count. */
export function recount(db: Database.Database): number {
  const detail_from_ms = new MetaTable(db).get('detail_from_ms') ?? null
  const lost = lostFailures(db, detail_from_ms)
  countFailures(db, detail_from_ms)
  takeTheMost(db, GRAIN.minute, GRAIN.hour, HOUR_MS / MINUTE_MS)
  takeTheMost(db, GRAIN.hour, GRAIN.day, DAY_MS / HOUR_MS)
  makeFacets(db)
  lookThrough(db)
  return lost
}

function lostFailures(db: Database.Database, detail_from_ms: number | null): number {
  // Minutes before the detail begins are on their way out, some with their incidents gone.
  const first = detail_from_ms === null ? -Number.MAX_SAFE_INTEGER : Math.ceil(detail_from_ms / MINUTE_MS)
  const counted = db
    .prepare<[number], number>(
      `SELECT ifnull(sum(max(c.count - ifnull(i.count, 0), 0)), 0)
         FROM (SELECT bucket, sum(count) AS count FROM cube WHERE grain = ${GRAIN.minute} AND bucket >= ? AND series IN ${FAILURE_SERIES} GROUP BY 1) c
         LEFT JOIN (SELECT ${bucketOf(MINUTE_MS)} AS bucket, count(*) AS count FROM incident GROUP BY 1) i USING (bucket)`,
    )
    .pluck()
    .get(first)
  return counted ?? 0
}

/** Hours and days before the first one that is kept whole stay as they were. */
function countFailures(db: Database.Database, detail_from_ms: number | null): void {
  const from = (length_ms: number) =>
    detail_from_ms === null ? -Number.MAX_SAFE_INTEGER : Math.ceil(detail_from_ms / length_ms)
  for (const [grain, length_ms] of [
    [GRAIN.minute, MINUTE_MS],
    [GRAIN.hour, HOUR_MS],
    [GRAIN.day, DAY_MS],
  ] as const) {
    const first = grain === GRAIN.minute ? -Number.MAX_SAFE_INTEGER : from(length_ms)
    db.prepare(`DELETE FROM cube WHERE grain = ? AND bucket >= ? AND series IN ${FAILURE_SERIES}`).run(grain, first)
    db.prepare(
      `INSERT INTO cube (grain, bucket, series, count)
         SELECT ?, ${bucketOf(length_ms)} AS bucket, series, count(*) FROM incident
          GROUP BY 2, 3 HAVING bucket >= ?`,
    ).run(grain, first)
  }
}

/** A count of the finer grain that the coarser one has less of was lost there. */
function takeTheMost(db: Database.Database, fine: number, coarse: number, factor: number): void {
  db.prepare(
    `INSERT INTO cube (grain, bucket, series, count)
       SELECT ?, ${coarser(factor)}, series, sum(count) FROM cube WHERE grain = ? GROUP BY 2, 3
     ON CONFLICT DO UPDATE SET count = max(count, excluded.count)`,
  ).run(coarse, fine)
}

function makeFacets(db: Database.Database): void {
  db.exec('DELETE FROM facet')
  const insert = (dimension: number, value: string, grains: string): void => {
    db.exec(
      `INSERT INTO facet (grain, dimension, bucket, value, verdict, count)
         SELECT c.grain, ${dimension}, c.bucket, ${value}, s.verdict, sum(c.count)
           FROM cube c JOIN series s ON s.id = c.series WHERE c.grain IN (${grains}) GROUP BY 1, 3, 4, 5`,
    )
  }
  insert(NO_DIMENSION, String(EMPTY_NAME), `${GRAIN.minute}, ${GRAIN.hour}, ${GRAIN.day}`)
  for (const [place, column] of DIMENSIONS.entries())
    insert(place + FIRST_DIMENSION, `s.${column}`, `${GRAIN.hour}, ${GRAIN.day}`)
}

/** One pass over the incidents for what is made of each. */
function lookThrough(db: Database.Database): void {
  const { seed } = new Lexicon(db)
  const tallies = new ReportTallies(db, seed, () => {})
  const keys = new RowBatch(db, 'INSERT INTO incident_key (hour, hash, incident)', 3, 'ON CONFLICT DO NOTHING')
  const some = db
    .prepare<[number], IncidentRow>(
      `SELECT ${INCIDENT_COLUMNS.join(', ')} FROM incident WHERE id > ? ORDER BY id LIMIT 10000`,
    )
    .raw()
  db.exec('DELETE FROM tally')
  for (let rows = some.all(-Number.MAX_SAFE_INTEGER); rows.length > 0; rows = some.all(rows.at(-1)![0])) {
    for (const row of rows) {
      tallies.count(row, 1)
      for (const key of incidentKeys(row, seed)) keys.add(key)
    }
    tallies.flush()
  }
  keys.flush()
}
