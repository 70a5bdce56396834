/**
 * A history in which the n-th batch is always the same, so that a store that was killed can be checked against what it
 * must hold: everything up to the position it remembers, and nothing else.
 */
import type { AppendBatch, StoreWriter } from '../../../src/core/ports/store.ts'
import { NO_COUNTS } from '../../../src/core/source-status.ts'
import { batch, incident, MINUTE_MS, observation, START_MS, stream, success } from './made-up.ts'

export const STREAM = '00000000000000c1'

/** When the n-th batch happened, ms. */
function timeOf(n: number): number {
  return START_MS + n * (MINUTE_MS / 4)
}

function successesIn(n: number): number {
  return 20 + (n % 30)
}

function failuresIn(n: number): number {
  return 5 + (n % 7)
}

/** What batches 1 to n add up to. From the second on, each also turns the first incident of the one before into skew. */
export function totalsAfter(n: number): { successes: number; failures: number; skew: number; observations: number } {
  const totals = { successes: 0, failures: 0, skew: Math.max(0, n - 1), observations: 0 }
  for (let i = 1; i <= n; i++) {
    totals.successes += successesIn(i)
    totals.failures += failuresIn(i)
  }
  totals.observations = totals.failures + totals.skew
  return totals
}

export async function nthBatch(writer: StoreWriter, n: number): Promise<AppendBatch> {
  const time_ms = timeOf(n)
  const at = (i: number) => n * 1000 + i
  const incidents = Array.from({ length: failuresIn(n) }, (_, i) => ({
    incident: incident({ time_ms, host: `host-${i}`, request_id: `request-${n}-${i}` }),
    added: [observation({ time_ms, stream: STREAM, offset: at(i) })],
  }))
  const before_ms = timeOf(n - 1)
  const [found] = await writer.neighbours([
    { request_id: `request-${n - 1}-0`, from_ms: before_ms - 1000, to_ms: before_ms + 1000, by_time: false },
  ])
  const revisions = found!.map(({ incident: { id, observations: _, ...known } }) => ({
    id,
    incident: { ...known, cause: 'skew' as const, subcause: 'fresh_token_expired' as const, host: `moved-${n % 5}` },
    added: [observation({ time_ms: before_ms, stream: STREAM, offset: at(999) })],
  }))
  return batch({
    successes: Array.from({ length: successesIn(n) }, (_, i) =>
      success({ time_ms: time_ms + i, host: `host-${i % 3}` }),
    ),
    incidents: [...incidents, ...revisions],
    unrecognised: [{ template: `odd ${n % 4}`, system: 'app', sample: 'odd', time_ms, stream: STREAM }],
    streams: [stream({ stream: STREAM, offset: n, counters: { ...NO_COUNTS, lines: n } })],
  })
}
