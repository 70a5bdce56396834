/**
 * Reads counts: any range, any filter, grouped by verdict and what else is asked for. Minutes where the range or the step needs them,
 * hours for all the rest, added up by the server.
 */
import type { Cause, Subcause } from '../../core/cause.ts'
import { FILTER_FIELDS, type Filter, type TimeRange } from '../../core/filter.ts'
import type { Kind, Outcome } from '../../core/kind.ts'
import type { Dimension, GroupCount } from '../../core/ports/store.ts'
import { coverRange, DAY_MS, GRAIN, GRAIN_MS, HOUR_MS, MINUTE_MS } from '../time-grain.ts'
import { DIMENSIONS } from './incident-row.ts'
import type { ClickhouseServer, Row } from './server.ts'
import { join, Sql, sql } from './sql.ts'

/** One count with the verdict it belongs to. */
export interface Counted {
  kind: Kind
  outcome: Outcome
  /** Null for a success. */
  cause: Cause | null
  subcause: Subcause | null
  /** Value of the dimension; empty where none was asked for. */
  value: string
  /** Start of the step; 0 where none was asked for. */
  start_ms: number
  count: number
}

export interface Grouping {
  dimension?: Dimension
  step_ms?: number
}

/** What is looked at and from when on there is detail. */
export interface CountScope {
  range: TimeRange
  filter: Filter
  detail_from_ms: number | null
  rollups_from_ms: number | null
  /** Only what this collector counted; null: all. */
  collector: number | null
}

type CountRow = [string, string, string, string, string, number, number]

export async function readCounts(
  server: ClickhouseServer,
  scope: CountScope,
  { dimension, step_ms }: Grouping,
): Promise<Counted[]> {
  const value = dimension === undefined ? sql`''` : new Sql(dimension)
  const start = step_ms === undefined ? sql`0` : sql`start_ms - positiveModulo(start_ms, ${step_ms})`
  const from = sourceOf(scope, step_ms ?? DAY_MS)
  if (from === null) return []
  const rows = await server.rows<CountRow>(
    sql`SELECT kind, outcome, cause, subcause, ${value} AS value, ${start} AS start, sum(count) AS counted
          FROM (${from}) GROUP BY kind, outcome, cause, subcause, value, start HAVING counted > 0`,
  )
  return rows.map(([kind, outcome, cause, subcause, of, start_ms, count]) => ({
    ...verdict(kind, outcome, cause, subcause),
    value: of,
    start_ms,
    count,
  }))
}

/** The largest groups of successes and as many of failures, with the first and last minute of each. */
export async function readGroups(
  server: ClickhouseServer,
  scope: CountScope,
  limit: number,
): Promise<{ groups: GroupCount[]; more: boolean }> {
  const from = sourceOf(scope, DAY_MS)
  if (from === null) return { groups: [], more: false }
  const keys = new Sql(['kind', 'outcome', 'cause', 'subcause', ...DIMENSIONS].join(', '))
  const rows = await server.rows<GroupRow>(
    sql`SELECT ${keys}, sum(count) AS counted, minIf(start_ms, count != 0), maxIf(start_ms + length, count != 0)
          FROM (SELECT ${keys}, start_ms, length, sum(count) AS count FROM (${from}) GROUP BY ALL)
         GROUP BY ${keys} HAVING counted > 0 ORDER BY counted DESC, ${keys} LIMIT ${limit + 1} BY outcome`,
  )
  const taken = { success: 0, failure: 0 }
  let more = false
  const groups: GroupCount[] = []
  for (const row of rows) {
    const group = toGroup(row)
    if (taken[group.outcome] >= limit) {
      more = true
      continue
    }
    taken[group.outcome]++
    groups.push(group)
  }
  await narrow(server, scope, groups)
  return { groups, more }
}

type GroupRow = [...string[], number, number, number]

function toGroup(row: GroupRow): GroupCount {
  const [kind, outcome, cause, subcause, host, service, client_id, issuer, system] = row as unknown as string[]
  return {
    ...verdict(kind!, outcome!, cause!, subcause!),
    host: host!,
    service: service!,
    client_id: client_id!,
    issuer: issuer!,
    system: system!,
    count: row[9] as unknown as number,
    from_ms: row[10] as unknown as number,
    to_ms: row[11] as unknown as number,
  }
}

/** From the hour to the minute, as far back as there are minutes. */
async function narrow(server: ClickhouseServer, scope: CountScope, groups: GroupCount[]): Promise<void> {
  const hours = new Set<number>()
  for (const { from_ms, to_ms } of groups) {
    if (from_ms % HOUR_MS === 0) hours.add(from_ms)
    if (to_ms % HOUR_MS === 0) hours.add(to_ms - HOUR_MS)
  }
  const known = [...hours].filter((hour) => hour >= (scope.detail_from_ms ?? -Infinity))
  if (known.length === 0) return
  const keys = ['kind', 'outcome', 'cause', 'subcause', ...DIMENSIONS]
  const list = new Sql(keys.join(', '))
  const conditions = [...filterConditions(scope.filter), ...whose(scope)]
  const { from_ms, to_ms } = scope.range
  // A table's own names before the aliases of a query: the hour is not called start_ms.
  const rows = await server.rows<Row>(
    sql`SELECT ${list}, hour, min(start_ms), max(start_ms) FROM (
          SELECT ${list}, start_ms - positiveModulo(start_ms, ${HOUR_MS}) AS hour, start_ms, sum(count) AS counted
            FROM count_minute WHERE ${join([hourRanges(known), sql`start_ms >= ${Math.floor(from_ms / MINUTE_MS) * MINUTE_MS}`, sql`start_ms < ${Math.ceil(to_ms)}`, ...conditions], ' AND ')}
           GROUP BY ${list}, hour, start_ms HAVING counted > 0) GROUP BY ${list}, hour`,
  )
  const minutes = new Map(rows.map((row) => [row.slice(0, keys.length + 1).join('\u001f'), row]))
  for (const group of groups) {
    const name = keys.map((key) => group[key as keyof GroupCount] ?? '')
    const first = minutes.get([...name, group.from_ms].join('\u001f'))
    const last = minutes.get([...name, group.to_ms - HOUR_MS].join('\u001f'))
    if (first !== undefined) group.from_ms = first[keys.length + 1] as number
    if (last !== undefined) group.to_ms = (last[keys.length + 2] as number) + MINUTE_MS
  }
}

/** Ranges of the primary key and not a condition on each row. */
function hourRanges(hours: readonly number[]): Sql {
  if (hours.length > 400) return sql`start_ms BETWEEN ${Math.min(...hours)} AND ${Math.max(...hours) + HOUR_MS}`
  return sql`(${join(
    hours.map((hour) => sql`(start_ms >= ${hour} AND start_ms < ${hour + HOUR_MS})`),
    ' OR ',
  )})`
}

/** Rows of minutes and hours that cover the range; null: it is empty. */
function sourceOf(scope: CountScope, step_ms: number): Sql | null {
  const { filter, detail_from_ms, rollups_from_ms } = scope
  const range = { ...scope.range, from_ms: Math.max(scope.range.from_ms, rollups_from_ms ?? -Infinity) }
  if (!(range.from_ms < range.to_ms)) return null
  const spans: Record<'count_minute' | 'count_hour', Sql[]> = { count_minute: [], count_hour: [] }
  for (const { grain, from, to } of coverRange(finite(range), detail_from_ms ?? Number.MIN_SAFE_INTEGER, step_ms)) {
    const table = grain === GRAIN.minute ? 'count_minute' : 'count_hour'
    spans[table].push(sql`(start_ms >= ${from * GRAIN_MS[grain]} AND start_ms < ${to * GRAIN_MS[grain]})`)
  }
  const conditions = [...filterConditions(filter), ...whose(scope)]
  const parts = Object.entries(spans)
    .filter(([, ranges]) => ranges.length > 0)
    .map(([table, ranges]) => {
      const length = table === 'count_minute' ? MINUTE_MS : HOUR_MS
      return sql`SELECT *, ${length} AS length FROM ${new Sql(table)} WHERE ${join([sql`(${join(ranges, ' OR ')})`, ...conditions], ' AND ')}`
    })
  return parts.length === 0 ? null : join(parts, ' UNION ALL ')
}

export function filterConditions({ include, exclude }: Filter): Sql[] {
  const conditions: Sql[] = []
  for (const field of FILTER_FIELDS) {
    const column = new Sql(field)
    if (include[field] !== undefined) conditions.push(sql`${column} IN ${include[field]}`)
    if (exclude[field] !== undefined && exclude[field].length > 0)
      conditions.push(sql`${column} NOT IN ${exclude[field]}`)
  }
  return conditions
}

function whose({ collector }: CountScope): Sql[] {
  return collector === null ? [] : [sql`collector = ${collector}`]
}

/** Whole days within what a double holds exactly, so that rounding to buckets stays exact. */
function finite({ from_ms, to_ms }: TimeRange): TimeRange {
  const most = Math.floor(Number.MAX_SAFE_INTEGER / DAY_MS) * DAY_MS - DAY_MS
  return { from_ms: Math.max(from_ms, -most), to_ms: Math.min(to_ms, most) }
}

function verdict(kind: string, outcome: string, cause: string, subcause: string) {
  return {
    kind: kind as Kind,
    outcome: outcome as Outcome,
    cause: (cause || null) as Cause | null,
    subcause: (subcause || null) as Subcause | null,
  }
}
