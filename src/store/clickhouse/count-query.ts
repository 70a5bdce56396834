/**
 * Reads counts: any range, any filter, grouped by verdict and what else is asked for. Minutes where the range or the step needs them,
 * hours for all the rest, added up by the server.
 */
import { randomInt } from 'node:crypto'
import type { Cause, Subcause } from '../../core/cause.ts'
import { FILTER_FIELDS, type Filter, type TimeRange } from '../../core/filter.ts'
import type { Kind, Outcome } from '../../core/kind.ts'
import type { Dimension, GroupCount } from '../../core/ports/store.ts'
import { byGroup } from '../answer-order.ts'
import { coverRange, DAY_MS, GRAIN, GRAIN_MS, HOUR_MS, MINUTE_MS } from '../time-grain.ts'
import { DIMENSIONS } from './incident-row.ts'
import type { ClickhouseServer } from './server.ts'
import { join, Sql, sql } from './sql.ts'

/** What a verdict is made of. */
const VERDICT = ['kind', 'outcome', 'cause', 'subcause'] as const
export type VerdictPart = (typeof VERDICT)[number]

/** One count with what was asked for of the verdict it belongs to. */
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

export interface Grouping<Part extends VerdictPart = VerdictPart> {
  /** What of the verdict is told apart: the server has the fewer groups to make, and to send. */
  by: readonly Part[]
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

export async function readCounts<Part extends VerdictPart>(
  server: ClickhouseServer,
  scope: CountScope,
  { by, dimension, step_ms }: Grouping<Part>,
): Promise<Pick<Counted, Part | 'value' | 'start_ms' | 'count'>[]> {
  const from = sourceOf(scope, step_ms ?? DAY_MS)
  if (from === null) return []
  const keys: Sql[] = VERDICT.filter((part) => (by as readonly VerdictPart[]).includes(part)).map(
    (part) => new Sql(part),
  )
  if (dimension !== undefined) keys.push(new Sql(dimension))
  if (step_ms !== undefined) keys.push(START)
  const parts = VERDICT.map((part) => ((by as readonly VerdictPart[]).includes(part) ? new Sql(part) : sql`''`))
  const rows = await server.rows<CountRow>(
    sql`SELECT ${join(parts, ', ')}, ${dimension === undefined ? sql`''` : new Sql(dimension)}, ${
      step_ms === undefined ? sql`0` : sql`${startOf(step_ms)} AS ${START}`
    }, sum(count) AS counted
          FROM (${from}) ${keys.length === 0 ? sql`` : sql`GROUP BY ${join(keys, ', ')}`} HAVING counted > 0`,
  )
  return rows.map(([kind, outcome, cause, subcause, of, start_ms, count]) => ({
    ...verdict(kind, outcome, cause, subcause),
    value: of,
    start_ms,
    count,
  }))
}

const START = sql`step_start`
const startOf = (step_ms: number) => sql`start_ms - positiveModulo(start_ms, ${step_ms})`

/** Per value and outcome the start of the last step in which it was counted. */
export async function readLast(
  server: ClickhouseServer,
  scope: CountScope,
  dimension: Dimension,
  step_ms: number,
): Promise<{ value: string; outcome: Outcome; start_ms: number }[]> {
  const from = sourceOf(scope, step_ms)
  if (from === null) return []
  const value = new Sql(dimension)
  const rows = await server.rows<[string, Outcome, number]>(
    sql`SELECT ${value}, outcome, max(${START})
          FROM (SELECT ${value}, outcome, ${startOf(step_ms)} AS ${START}, sum(count) AS counted
                  FROM (${from}) GROUP BY ${value}, outcome, ${START} HAVING counted > 0)
         GROUP BY ${value}, outcome`,
  )
  return rows.map(([of, outcome, start_ms]) => ({ value: of, outcome, start_ms }))
}

const KEYS = new Sql([...VERDICT, ...DIMENSIONS].join(', '))

/**
 * The largest groups of successes and as many of failures, with the first and last minute of the largest of them and the first and
 * last hour or day of the others.
 */
export async function readGroups(
  server: ClickhouseServer,
  scope: CountScope,
  limit: number,
): Promise<{ groups: GroupCount[]; more: boolean }> {
  const from = sourceOf(scope, DAY_MS)
  if (from === null) return { groups: [], more: false }
  const of = groupNumber()
  const rows = await server.rows<GroupRow>(
    sql`SELECT ${KEYS}, sum(count) AS counted, minIf(start_ms, count != 0), maxIf(start_ms + length, count != 0), ${of}
          FROM (SELECT ${KEYS}, start_ms, length, sum(count) AS count FROM (${from}) GROUP BY ALL)
         GROUP BY ${KEYS} HAVING counted > 0 ORDER BY counted DESC, ${KEYS} LIMIT ${limit + 1} BY outcome`,
  )
  const taken = { success: 0, failure: 0 }
  const found: NumberedGroup[] = []
  for (const row of rows) {
    const one = toGroup(row)
    if (taken[one.group.outcome]++ < limit) found.push(one)
  }
  await narrow(server, scope, of, found.toSorted((a, b) => b.group.count - a.group.count).slice(0, NARROWED))
  return { groups: found.map(({ group }) => group).sort(byGroup), more: found.length < rows.length }
}

/** Groups whose first and last minute are looked up where the rollups gave an hour or a day: the largest. */
const NARROWED = 2_000

/** Below 2^50, so that a number of a bucket can be added to it in a double. */
const GROUP_NUMBERS = 2 ** 50

/**
 * A number for each group, so that thousands of them are asked for in a few bytes each. Keyed anew for each reading, because what
 * is hashed was written by strangers; two groups of one number tell each other's first and last minute, once in a million readings.
 */
function groupNumber(): Sql {
  const key = () => sql`toUInt64(${randomInt(2 ** 47)})`
  return sql`bitAnd(sipHash64Keyed((${key()}, ${key()}), ${KEYS}), ${GROUP_NUMBERS - 1})`
}

interface NumberedGroup {
  number: number
  group: GroupCount
}

type GroupRow = [...string[], number, number, number, number]

function toGroup(row: GroupRow): NumberedGroup {
  const [kind, outcome, cause, subcause, host, service, client_id, issuer, system] = row as unknown as string[]
  const [count, from_ms, to_ms, number] = row.slice(-4) as [number, number, number, number]
  const places = { host: host!, service: service!, client_id: client_id!, issuer: issuer!, system: system! }
  return { number, group: { ...verdict(kind!, outcome!, cause!, subcause!), ...places, count, from_ms, to_ms } }
}

/** From the day to the hour and from the hour to the minute, as far back as there are minutes. */
async function narrow(server: ClickhouseServer, scope: CountScope, of: Sql, groups: NumberedGroup[]): Promise<void> {
  await narrowTo(server, scope, of, groups, {
    table: 'count_hour',
    within_ms: DAY_MS,
    length_ms: HOUR_MS,
    from_ms: -Infinity,
  })
  const from_ms = scope.detail_from_ms ?? -Infinity
  await narrowTo(server, scope, of, groups, {
    table: 'count_minute',
    within_ms: HOUR_MS,
    length_ms: MINUTE_MS,
    from_ms,
  })
}

/** A finer table within the coarser buckets that are known. */
interface Finer {
  table: 'count_minute' | 'count_hour'
  within_ms: number
  length_ms: number
  /** There is nothing finer before. */
  from_ms: number
}

async function narrowTo(
  server: ClickhouseServer,
  scope: CountScope,
  of: Sql,
  groups: readonly NumberedGroup[],
  { table, within_ms, length_ms, from_ms }: Finer,
): Promise<void> {
  const buckets = new Set<number>()
  // A group in the bucket where it begins or ends: one number for both.
  const edges = new Set<number>()
  for (const { number, group } of groups) {
    for (const bucket of [group.from_ms / within_ms, group.to_ms / within_ms - 1]) {
      if (!Number.isInteger(bucket) || bucket * within_ms < from_ms) continue
      buckets.add(bucket)
      edges.add(number + bucket)
    }
  }
  if (buckets.size === 0) return
  const known = [...buckets].sort((a, b) => a - b)
  const conditions = [
    // The primary key is searched by both: a quotient keeps the order.
    sql`start_ms >= ${known[0]! * within_ms} AND start_ms < ${(known.at(-1)! + 1) * within_ms}`,
    // It rounds towards zero; what that lets in besides is told apart by its bucket.
    sql`intDiv(start_ms, ${within_ms}) IN ${known.flatMap((bucket) => (bucket < 0 ? [bucket, bucket + 1] : bucket))}`,
    sql`start_ms >= ${Math.floor(scope.range.from_ms / length_ms) * length_ms} AND start_ms < ${Math.ceil(scope.range.to_ms)}`,
    ...filterConditions(scope.filter),
    ...whose(scope),
    sql`of + bucket IN ${[...edges]}`,
  ]
  // A table's own names come before the aliases of a query: the bucket is not called start_ms.
  const rows = await server.rows<[of: number, bucket: number, first_ms: number, last_ms: number]>(
    sql`SELECT of, bucket, min(start_ms), max(start_ms) FROM (
          SELECT toInt64(${of}) AS of, intDiv(start_ms - positiveModulo(start_ms, ${within_ms}), ${within_ms}) AS bucket,
                 start_ms, sum(count) AS counted
            FROM ${new Sql(table)} WHERE ${join(conditions, ' AND ')} GROUP BY of, bucket, start_ms HAVING counted > 0)
         GROUP BY of, bucket`,
  )
  const found = new Map(
    rows.map(([number, bucket, first_ms, last_ms]) => [`${number} ${bucket}`, { first_ms, last_ms }]),
  )
  for (const { number, group } of groups) {
    const first = found.get(`${number} ${group.from_ms / within_ms}`)
    const last = found.get(`${number} ${group.to_ms / within_ms - 1}`)
    if (first !== undefined) group.from_ms = first.first_ms
    if (last !== undefined) group.to_ms = last.last_ms + length_ms
  }
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
