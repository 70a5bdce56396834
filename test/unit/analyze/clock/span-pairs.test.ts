import { expect, test } from 'vitest'
import { SpanPairs } from '../../../../src/analyze/clock/span-pairs.ts'
import type { Exchange } from '../../../../src/core/exchange.ts'

const call = { trace_id: 'ab'.repeat(16), call_span_id: 'cd'.repeat(8) }
const client: Exchange = { ...call, side: 'client', host: 'gateway-1', start_ms: 1_000, end_ms: 1_100 }
/** Five seconds ahead of the gateway. */
const server: Exchange = { ...call, side: 'server', host: 'orders-1', start_ms: 6_020, end_ms: 6_080 }

test('a client and a server span of one call make a pair, whichever comes first', () => {
  const pair = {
    source: 'pair',
    outer_host: 'gateway-1',
    inner_host: 'orders-1',
    outer_start_ms: 1_000,
    outer_end_ms: 1_100,
    inner_start_ms: 6_020,
    inner_end_ms: 6_080,
  }
  const pairs = new SpanPairs()
  expect(pairs.take(client)).toBeNull()
  expect(pairs.take(server)).toMatchObject(pair)
  expect(pairs.take(server)).toBeNull()
  expect(pairs.take(client)).toMatchObject(pair)
})

test('spans of other calls, and both sides on one host, make none', () => {
  const pairs = new SpanPairs()
  pairs.take(client)
  expect(pairs.take({ ...server, call_span_id: 'ef'.repeat(8) })).toBeNull()
  expect(pairs.take({ ...server, trace_id: 'ef'.repeat(16) })).toBeNull()
  expect(pairs.take({ ...server, host: 'gateway-1' })).toBeNull()
})

test('what waits is bounded', () => {
  const pairs = new SpanPairs()
  pairs.take(client)
  for (let n = 0; n < 40_000; n++) pairs.take({ ...client, call_span_id: n.toString(16).padStart(16, '0') })
  expect(pairs.take(server)).toBeNull()
})
