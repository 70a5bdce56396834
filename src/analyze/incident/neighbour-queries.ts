/** What to ask the store before joining: which stored incidents could records belong to? */
import type { TimeRange } from '../../core/filter.ts'
import type { NeighbourQuery } from '../../core/ports/store.ts'
import { STATUS_WINDOW_MS } from './distance.ts'
import type { HostShifts } from './host-shifts.ts'
import { UNIQUE_ID_WINDOW_MS } from './same-request.ts'
import type { Sighting } from './sighting.ts'

/** Access logs stamp whole seconds, offsets are rounded to them; ms. */
const COARSEST_STAMP_MS = 2_000

type Ids = Pick<Sighting['event'], 'request_id' | 'trace_id' | 'token' | 'token_id'>

/** By its ids, over a wide range; null for a record without any. */
export function idQuery({ event, time_ms }: { event: Ids; time_ms: number }): NeighbourQuery | null {
  const { request_id, trace_id, token, token_id } = event
  if (request_id === undefined && trace_id === undefined && token === undefined && token_id === undefined) return null
  return {
    ...(request_id === undefined ? {} : { request_id }),
    ...(trace_id === undefined ? {} : { trace_id }),
    ...(token === undefined ? {} : { token }),
    ...(token_id === undefined ? {} : { token_id }),
    from_ms: time_ms - UNIQUE_ID_WINDOW_MS,
    to_ms: time_ms + UNIQUE_ID_WINDOW_MS,
    by_time: false,
  }
}

/** Where by time alone a partner may be, [from, to): near each record, and as far off as its host's clock is from the others'. */
export function nearbyRanges(places: readonly { host?: string; time_ms: number }[], shifts: HostShifts): TimeRange[] {
  const near = STATUS_WINDOW_MS + COARSEST_STAMP_MS
  const ranges: TimeRange[] = []
  for (const { host, time_ms } of places) {
    ranges.push({ from_ms: time_ms - near, to_ms: time_ms + near })
    if (host === undefined) continue
    for (const shift_ms of shifts.of(host, time_ms))
      ranges.push({ from_ms: time_ms - shift_ms - near, to_ms: time_ms - shift_ms + near })
  }
  return united(ranges)
}

/** Overlapping ranges made one, in order of time. */
function united(ranges: TimeRange[]): TimeRange[] {
  ranges.sort((a, b) => a.from_ms - b.from_ms)
  const union: TimeRange[] = []
  for (const range of ranges) {
    const last = union.at(-1)
    if (last !== undefined && range.from_ms <= last.to_ms) last.to_ms = Math.max(last.to_ms, range.to_ms)
    else union.push({ ...range })
  }
  return union
}
