/** What to ask the store before joining: which stored incidents could a record belong to? */
import type { NeighbourQuery } from '../../core/ports/store.ts'
import { STATUS_WINDOW_MS, UNIQUE_ID_WINDOW_MS } from './same-request.ts'
import type { Sighting } from './sighting.ts'

/** Access logs stamp whole seconds; ms. */
const COARSEST_STAMP_MS = 1_000

/** One or two queries per sighting: by its ids over a wide range, by time alone over a narrow one. */
export function neighbourQueries({ event, time_ms }: Sighting): NeighbourQuery[] {
  const queries: NeighbourQuery[] = []
  const { request_id, trace_id, token } = event
  if (request_id !== undefined || trace_id !== undefined || token !== undefined)
    queries.push({
      ...(request_id === undefined ? {} : { request_id }),
      ...(trace_id === undefined ? {} : { trace_id }),
      ...(token === undefined ? {} : { token }),
      from_ms: time_ms - UNIQUE_ID_WINDOW_MS,
      to_ms: time_ms + UNIQUE_ID_WINDOW_MS,
      by_time: false,
    })
  const near = STATUS_WINDOW_MS + COARSEST_STAMP_MS
  queries.push({ from_ms: time_ms - near, to_ms: time_ms + near + 1, by_time: true })
  return queries
}
