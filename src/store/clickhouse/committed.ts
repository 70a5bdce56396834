/** How far a collector has come, from its last batch that arrived whole. */
import type { ClickhouseServer } from './server.ts'
import { sql } from './sql.ts'

export interface Committed {
  /** Number of the last batch. */
  n: number
  /** Running number of the next incident. */
  next_incident: number
  /** Running number before which everything is handed over to the steward. */
  released: number
  first_ms: number | null
  last_ms: number | null
}

export async function readCommitted(server: ClickhouseServer, collector: number): Promise<Committed> {
  const [row] = await server.rows<[number, number, number, number | null, number | null]>(
    sql`SELECT max(n), max(next_incident), max(released), min(first_ms), max(last_ms) FROM committed WHERE collector = ${collector}`,
  )
  const [n, next_incident, released, first_ms, last_ms] = row ?? [0, 1, 0, null, null]
  // What was cut off before its commit marker has a newer version of its documents already. Two kinds count by clocks.
  const [newest] = await server.rows<[number]>(
    sql`SELECT max(version) FROM document WHERE collector = ${collector} AND kind NOT IN ${['collector', 'steward']}`,
  )
  return { n: Math.max(n, newest?.[0] ?? 0), next_incident: Math.max(1, next_incident), released, first_ms, last_ms }
}
