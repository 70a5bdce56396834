/**
 * Reads counts: any range, any filter, grouped by verdict and what else is asked for. Minutes where the range or the step needs them,
 * hours for all the rest, added up by the server.
 */
import type { Cause, Subcause } from '../../core/cause.ts'
import { FILTER_FIELDS, type Filter, type TimeRange } from '../../core/filter.ts'
import type { Kind, Outcome } from '../../core/kind.ts'
import type { Dimension, GroupCount } from '../../core/ports/store.ts'
import { byGroup } from '../answer-order.ts'
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
  days_from_ms: number | null
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
  return { groups: groups.sort(byGroup), more }
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

/** From the day to the hour and from the hour to the minute, as far back as there are minutes. */
async function narrow(server: ClickhouseServer, scope: CountScope, groups: GroupCount[]): Promise<void> {
  await narrowTo(server, scope, groups, {
    table: 'count_hour',
    within_ms: DAY_MS,
    length_ms: HOUR_MS,
    from_ms: -Infinity,
  })
  const from_ms = scope.detail_from_ms ?? -Infinity
  await narrowTo(server, scope, groups, { table: 'count_minute', within_ms: HOUR_MS, length_ms: MINUTE_MS, from_ms })
}

/** A finer table within the coarser buckets that are known. */
interface Finer {
  table: 'count_minute' | 'count_hour'
  within_ms: number
  length_ms: number
  /** There is nothing finer before. */
  from_ms: number
}

const KEYS = ['kind', 'outcome', 'cause', 'subcause', ...DIMENSIONS] as const

/** Groups by what is looked for in one statement. */
const GROUPS_AT_ONCE = 2_000

async function narrowTo(server: ClickhouseServer, scope: CountScope, all: GroupCount[], finer: Finer): Promise<void> {
  const { table, within_ms, length_ms } = finer
  for (let at = 0; at < all.length; at += GROUPS_AT_ONCE) {
    const groups = all.slice(at, at + GROUPS_AT_ONCE)
    const buckets = new Set<number>()
    const wanted = new Map<string, GroupCount>()
    for (const group of groups) {
      const ends = [group.from_ms % within_ms === 0, group.to_ms % within_ms === 0]
      if (ends[0]) buckets.add(group.from_ms / within_ms)
      if (ends[1]) buckets.add(group.to_ms / within_ms - 1)
      if (ends[0] || ends[1]) wanted.set(nameOf(group), group)
    }
    const known = [...buckets].filter((bucket) => bucket * within_ms >= finer.from_ms)
    if (known.length === 0) continue
    const keys = new Sql(KEYS.join(', '))
    const named = [...wanted.values()].map(
      (group) =>
        sql`(${join(
          KEYS.map((key) => sql`${group[key] ?? ''}`),
          ', ',
        )})`,
    )
    const conditions = [
      // The primary key is searched by both: a quotient keeps the order.
      sql`start_ms >= ${Math.min(...known) * within_ms} AND start_ms < ${(Math.max(...known) + 1) * within_ms}`,
      // It rounds towards zero; what that lets in besides is told apart by its bucket.
      sql`intDiv(start_ms, ${within_ms}) IN ${known.flatMap((bucket) => (bucket < 0 ? [bucket, bucket + 1] : bucket))}`,
      sql`start_ms >= ${Math.floor(scope.range.from_ms / length_ms) * length_ms} AND start_ms < ${Math.ceil(scope.range.to_ms)}`,
      sql`(${keys}) IN (${join(named, ', ')})`,
      ...filterConditions(scope.filter),
      ...whose(scope),
    ]
    // A table's own names come before the aliases of a query: the bucket is not called start_ms.
    const rows = await server.rows<Row>(
      sql`SELECT ${keys}, bucket, min(start_ms), max(start_ms) FROM (
            SELECT ${keys}, start_ms - positiveModulo(start_ms, ${within_ms}) AS bucket, start_ms, sum(count) AS counted
              FROM ${new Sql(table)} WHERE ${join(conditions, ' AND ')} GROUP BY ${keys}, bucket, start_ms HAVING counted > 0)
           GROUP BY ${keys}, bucket`,
    )
    const found = new Map(rows.map((row) => [row.slice(0, KEYS.length + 1).join('\u001f'), row]))
    for (const group of groups) {
      const name = nameOf(group)
      const first = found.get(`${name}\u001f${group.from_ms}`)
      const last = found.get(`${name}\u001f${group.to_ms - within_ms}`)
      if (first !== undefined) group.from_ms = first[KEYS.length + 1] as number
      if (last !== undefined) group.to_ms = (last[KEYS.length + 2] as number) + length_ms
    }
  }
}

function nameOf(group: GroupCount): string {
  return KEYS.map((key) => group[key] ?? '').join('\u001f')
}

/** Rows of minutes, hours and days that cover the range; null: it is empty. */
function sourceOf(scope: CountScope, step_ms: number): Sql | null {
  const { filter, detail_from_ms, rollups_from_ms, days_from_ms } = scope
  const range = { ...scope.range, from_ms: Math.max(scope.range.from_ms, rollups_from_ms ?? -Infinity) }
  if (!(range.from_ms < range.to_ms)) return null
  const spans: Record<keyof typeof LENGTH_MS, Sql[]> = { count_minute: [], count_hour: [], count_day: [] }
  const detail_ms = detail_from_ms ?? Number.MIN_SAFE_INTEGER
  for (const { grain, from, to } of coverRange(finite(range), detail_ms, step_ms)) {
    const days = grain === GRAIN.day && from * DAY_MS >= (days_from_ms ?? -Infinity)
    const table = grain === GRAIN.minute ? 'count_minute' : days ? 'count_day' : 'count_hour'
    spans[table].push(sql`(start_ms >= ${from * GRAIN_MS[grain]} AND start_ms < ${to * GRAIN_MS[grain]})`)
  }
  const conditions = [...filterConditions(filter), ...whose(scope)]
  const parts = Object.entries(spans)
    .filter(([, ranges]) => ranges.length > 0)
    .map(([table, ranges]) => {
      const length = LENGTH_MS[table as keyof typeof LENGTH_MS]
      return sql`SELECT *, ${length} AS length FROM ${new Sql(table)} WHERE ${join([sql`(${join(ranges, ' OR ')})`, ...conditions], ' AND ')}`
    })
  return parts.length === 0 ? null : join(parts, ' UNION ALL ')
}

const LENGTH_MS = { count_minute: MINUTE_MS, count_hour: HOUR_MS, count_day: DAY_MS } as const

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
