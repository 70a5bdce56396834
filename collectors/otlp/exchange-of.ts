/** What a span says about the clocks of two hosts, where it is one side of a call between them. */
import type { Exchange } from '../../src/core/exchange.ts'
import type { PassedSpan } from './telemetry.ts'

/** SpanKind of the two sides of a synchronous call; producer and consumer may be hours apart. */
const SERVER = 2
const CLIENT = 3

/** Null where it is no such side, or does not say when and where it was. */
export function exchangeOf(span: PassedSpan, host: string | undefined): Exchange | null {
  const { kind, start_ms, end_ms } = span
  if (kind !== SERVER && kind !== CLIENT) return null
  if (host === undefined || start_ms === undefined || end_ms === undefined || end_ms < start_ms) return null
  const call_span_id = kind === CLIENT ? span.span_id() : span.parent_span_id()
  if (call_span_id === '') return null
  return {
    side: kind === CLIENT ? 'client' : 'server',
    host,
    trace_id: span.trace_id(),
    call_span_id,
    start_ms,
    end_ms,
  }
}
