/** Reads alerts, silences, and the failures and counts that rules are fed with. */
import type Database from 'better-sqlite3'
import type { Alert, AlertState, Silence } from '../../core/alert.ts'
import type { TimeRange } from '../../core/filter.ts'
import type { Severity } from '../../core/finding.ts'
import type { ActivityPoint, FailureRow } from '../../core/ports/alert-store.ts'
import { coverRange, GRAIN_MS } from '../time-grain.ts'
import { CONFIDENCE_WORDS } from './incident-row.ts'
import { decodeKey, type KeyCode } from './key-code.ts'
import { DIMENSIONS, FIRST_DIMENSION, type Lexicon } from './lexicon.ts'
import { decodeNumbers } from './number-code.ts'
import { decodeProof } from './proof-code.ts'
import { NO_DIMENSION } from './rollup-delta.ts'

interface AlertRow {
  id: string
  rule: string
  state: AlertState
  severity: Severity
  started_ms: number
  fired_ms: number | null
  resolved_ms: number | null
  labels: string
  peak: number
  summary: string
  why: string
  fix: string
  command: string
  acknowledged_ms: number | null
}

export function readAlerts(db: Database.Database, range: TimeRange, limit: number): Alert[] {
  return db
    .prepare<[number, number, number], AlertRow>(
      `SELECT a.*, k.at_ms AS acknowledged_ms FROM alert a LEFT JOIN acknowledgement k ON k.alert = a.id
        WHERE a.started_ms < ? AND ifnull(a.resolved_ms, 1e18) >= ? ORDER BY a.started_ms DESC, a.id LIMIT ?`,
    )
    .all(range.to_ms, range.from_ms, limit)
    .map((row) => ({
      ...row,
      labels: JSON.parse(row.labels),
      why: JSON.parse(row.why),
      fix: JSON.parse(row.fix),
    }))
}

export function readSilences(db: Database.Database, now_ms: number): Silence[] {
  return db
    .prepare<[number], Omit<Silence, 'matchers'> & { matchers: string }>(
      'SELECT id, matchers, from_ms, to_ms, comment FROM silence WHERE to_ms > ? ORDER BY from_ms, id',
    )
    .all(now_ms)
    .map((row) => ({ ...row, matchers: JSON.parse(row.matchers) }))
}

type LeanRow = [
  id: number,
  time_ms: number,
  series: number,
  confidence: number,
  token: KeyCode | null,
  numbers: Buffer | null,
  proof: number | null,
  overflow: string | null,
]

const LEAN = 'id, time_ms, series, confidence, token, numbers, proof, overflow'

export function readFailureRows(
  db: Database.Database,
  lexicon: Lexicon,
  range: TimeRange,
  after: { time_ms: number; id: number } | null,
  limit: number,
): FailureRow[] {
  const from = after ?? { time_ms: range.from_ms, id: -1 }
  return db
    .prepare<[number, number, number, number], LeanRow>(
      `SELECT ${LEAN} FROM incident WHERE (time_ms, id) > (?, ?) AND time_ms < ? ORDER BY time_ms, id LIMIT ?`,
    )
    .raw()
    .all(from.time_ms, from.id, range.to_ms, limit)
    .map((row) => unpack(lexicon, row))
}

export function readFailureRowsSince(db: Database.Database, lexicon: Lexicon, id: number, limit: number): FailureRow[] {
  return db
    .prepare<[number, number], LeanRow>(`SELECT ${LEAN} FROM incident WHERE id > ? ORDER BY id LIMIT ?`)
    .raw()
    .all(id, limit)
    .map((row) => unpack(lexicon, row))
}

function unpack(lexicon: Lexicon, row: LeanRow): FailureRow {
  const [id, time_ms, seriesId, confidence, token, numbers, proof, overflow] = row
  const series = lexicon.series.parts(seriesId)!
  const verdict = lexicon.verdict(series[0]!)
  const failure: FailureRow = {
    id,
    time_ms,
    received_collector_ms: decodeNumbers(numbers, time_ms).received_collector_ms ?? null,
    cause: verdict.cause!,
    subcause: verdict.subcause!,
    confidence: CONFIDENCE_WORDS[confidence]!,
    proof: decodeProof(proof),
  }
  for (const [place, dimension] of DIMENSIONS.entries()) {
    if (dimension === 'system') continue
    const value = lexicon.names.text(series[place + FIRST_DIMENSION]!)
    if (value) failure[dimension] = value
  }
  if (overflow !== null) {
    const { system: _, ...truth } = JSON.parse(overflow)
    Object.assign(failure, truth)
  }
  const key = decodeKey(token)
  if (key !== undefined) failure.token = key
  return failure
}

export function readActivity(
  db: Database.Database,
  lexicon: Lexicon,
  range: TimeRange,
  detail_from_ms: number,
  step_ms: number,
): ActivityPoint[] {
  const points = new Map<number, ActivityPoint>()
  for (const segment of coverRange(range, detail_from_ms, step_ms)) {
    const rows = db
      .prepare<unknown[], [number, number, number]>(
        'SELECT bucket, verdict, sum(count) FROM facet WHERE grain = ? AND dimension = ? AND bucket >= ? AND bucket < ? GROUP BY 1, 2',
      )
      .raw()
      .all(segment.grain, NO_DIMENSION, segment.from, segment.to)
    for (const [bucket, verdict, count] of rows) {
      // A bucket wider than a step counts at its start.
      const start_ms = Math.floor((bucket * GRAIN_MS[segment.grain]) / step_ms) * step_ms
      let point = points.get(start_ms)
      if (point === undefined) {
        point = { start_ms, successes: 0, failures: 0 }
        points.set(start_ms, point)
      }
      point[lexicon.verdict(verdict).outcome === 'success' ? 'successes' : 'failures'] += count
    }
  }
  return [...points.values()].sort((a, b) => a.start_ms - b.start_ms)
}

export function readWaiting(db: Database.Database) {
  return db
    .prepare<[], { sink: string; count: number; oldest_ms: number; error: string | null }>(
      'SELECT sink, count(*) AS count, min(created_ms) AS oldest_ms, max(error) AS error FROM outbox WHERE done = 0 GROUP BY sink',
    )
    .all()
}
