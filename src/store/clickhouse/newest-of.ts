/**
 * The newest incidents of each of several groups in one pass: asked one by one, thirty groups would read the same hours thirty times.
 * Invariant: each group's answer is what the list alone would give.
 */
import type { TimeRange } from '../../core/filter.ts'
import type { Incident } from '../../core/incident.ts'
import type { GroupWish } from '../../core/ports/store.ts'
import { filterConditions } from './count-query.ts'
import { BY_DAYS, readPlaces, windows } from './incident-query.ts'
import type { ClickhouseServer } from './server.ts'
import { join, Sql, sql } from './sql.ts'

interface Group {
  limit: number
  /** On the table `incident`. */
  passes: Sql
  found: [time_ms: number, id: number][]
}

export async function newestOf(
  server: ClickhouseServer,
  range: TimeRange,
  wanted: readonly GroupWish[],
  detail_from_ms: number | null,
): Promise<Incident[][]> {
  const from_ms = Math.ceil(Math.max(range.from_ms, detail_from_ms ?? -Infinity, -Number.MAX_SAFE_INTEGER))
  const to_ms = Math.ceil(Math.min(range.to_ms, Number.MAX_SAFE_INTEGER))
  const groups = wanted.map(({ filter, limit }): Group => {
    return { limit: Math.max(0, Math.floor(limit)), passes: conditionOf(filterConditions(filter)), found: [] }
  })
  let open = groups.filter(({ limit }) => limit > 0)
  if (open.length > 0 && from_ms < to_ms) {
    for await (const [start_ms, end_ms] of windows(server, from_ms, to_ms, false)) {
      await gather(server, open, sql`time_ms >= ${start_ms} AND time_ms < ${end_ms}`)
      open = open.filter(({ limit, found }) => found.length < limit)
      if (open.length === 0) break
    }
  }
  const places = new Map(groups.flatMap(({ found }) => found.map((place) => [place[1], place] as const)))
  const incidents = await readPlaces(server, [...places.values()])
  return groups.map(({ found }) =>
    found.map(([, id]) => incidents.get(id)).filter((incident) => incident !== undefined),
  )
}

/** Adds to each group what it still lacks of a window, newest first. */
async function gather(server: ClickhouseServer, groups: readonly Group[], within: Sql): Promise<void> {
  const numbers = groups.map(({ passes }, i) => sql`if(${passes}, ${i + 1}, 0)`)
  const most = Math.max(...groups.map(({ limit, found }) => limit - found.length))
  const rows = await server.rows<[group: number, time_ms: number, id: number]>(
    sql`SELECT arrayJoin(arrayFilter(one -> one > 0, [${join(numbers, ', ')}])) AS wanting, time_ms, id FROM incident FINAL
         WHERE ${within} ORDER BY time_ms DESC, id DESC LIMIT ${most} BY wanting ${BY_DAYS}`,
  )
  for (const [number, time_ms, id] of rows) {
    const { limit, found } = groups[number - 1]!
    if (found.length < limit) found.push([time_ms, id])
  }
}

function conditionOf(conditions: readonly Sql[]): Sql {
  return conditions.length === 0 ? new Sql('1') : sql`(${join(conditions, ' AND ')})`
}
