/** What collectors have handed over to the steward, by their running numbers (core/ports/shared-store.ts). */
import type { Arrived } from '../../core/ports/shared-store.ts'
import { COLLECTOR_BITS } from './meta.ts'
import type { ClickhouseServer } from './server.ts'
import { join, Sql, sql } from './sql.ts'

/** For each collector the running number before which everything is handed over. */
export async function readReleased(server: ClickhouseServer): Promise<Map<number, number>> {
  return new Map(
    await server.rows<[number, number]>(
      sql`SELECT collector, max(released) AS handed FROM committed GROUP BY collector HAVING handed > 0`,
    ),
  )
}

/** Condition on the table `incident`: handed over by whoever wrote it. */
export function isReleased(released: ReadonlyMap<number, number>): Sql {
  if (released.size === 0) return sql`0`
  const collectors = [...released.keys()]
  const limits = [...released].map(([collector, number]) => idOf(collector, number))
  return sql`id < transform(collector, ${list(collectors, 'UInt16')}, ${list(limits, 'UInt64')}, toUInt64(0))`
}

/** The next so many running numbers of each collector; null: there are none. */
export function nextIds(
  after: Arrived,
  released: ReadonlyMap<number, number>,
  limit: number,
): { of: Sql; arrived: Arrived } | null {
  const arrived: Record<string, number> = { ...after }
  const spans: Sql[] = []
  let left = limit
  for (const [collector, end] of released) {
    const from = after[collector] ?? 1
    const to = Math.min(end, from + left)
    if (to <= from) continue
    spans.push(sql`(collector = ${collector} AND id >= ${idOf(collector, from)} AND id < ${idOf(collector, to)})`)
    arrived[collector] = to
    left -= to - from
  }
  return spans.length === 0 ? null : { of: sql`(${join(spans, ' OR ')})`, arrived }
}

function idOf(collector: number, number: number): number {
  return collector * 2 ** COLLECTOR_BITS + number
}

function list(numbers: readonly number[], type: string): Sql {
  return new Sql(`[${sql`${numbers}`.text.slice(1, -1)}]::Array(${type})`)
}
