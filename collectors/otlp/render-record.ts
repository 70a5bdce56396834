/**
 * A span or log record as one line of text, for the same redaction, decoding and recognition that lines of files go
 * through; ../formats/otlp-span.yaml and otlp-log.yaml read it. The same record gives the same text in every encoding.
 * What no signature looks at comes first, so that the prefilter need not read it.
 * Times stand in the envelope: a span's is its end, its start and length stay readable beside it; nothing is corrected.
 */
import type { Envelope } from '../../src/core/log-record.ts'
import type { PushedRecord } from '../../src/core/ports/push-source.ts'
import { identityOf } from '../push/identity.ts'
import { HTTP_STATUS } from './is-failed.ts'
import { RECORD_LIMIT_CHARS } from './limits.ts'
import type { Origin } from './origin.ts'
import { isSilent } from './silent-attributes.ts'
import type { Attributes, LogEntry, Scope, Span, Value } from './telemetry.ts'

export const SPAN_KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'] as const
/** What `error.type` repeats, in HTTP, RPC and databases. */
const STATUS_CODES = [...HTTP_STATUS, 'rpc.response.status_code', 'rpc.grpc.status_code', 'db.response.status_code']
const STATUSES = ['unset', 'ok', 'error'] as const

/** @param names those under which spans within one another tell of one failure; none where it did not fail. */
export function renderSpan(span: Span, scope: Scope, origin: Origin, names: readonly string[] = []): PushedRecord {
  const { attributes, start_ms, end_ms } = span
  const exceptions: Attributes[] = []
  const events: Attributes[] = []
  for (const event of span.events) sortEvent(event.name, event.attributes, exceptions, events)
  const status = STATUSES[span.status_code] ?? 'unset'
  const code = attributes['http.response.status_code'] ?? attributes['http.status_code']
  const silent: Attributes = { otlp: 'span' }
  name(silent, origin)
  silent.trace_id = span.trace_id
  silent.span_id = span.span_id
  if (span.parent_span_id !== undefined) silent.parent_span_id = span.parent_span_id
  if (names.length > 0) silent.entry_span_id = names.join(' ')
  silent.span_name = span.name
  silent.span_kind = SPAN_KINDS[span.kind] ?? 'unspecified'
  silent.span_status = status
  silent.summary = summaryOf(span, exceptions, code)
  if (scope.name !== '') silent.scope_name = scope.name
  if (start_ms !== undefined && end_ms !== undefined) silent.duration_ms = end_ms - start_ms
  const telling: Attributes = {}
  if (span.status_message !== '') telling.status_message = span.status_message
  if (exceptions.length > 0) telling.exception = exceptions
  for (const key in attributes) {
    const value = attributes[key]!
    if (isSilent(key, value)) silent[key] = value
    // Instrumentation repeats the status code here (semconv: error.type); only a name of an error says more.
    else if (key !== 'error.type' || !STATUS_CODES.some((name) => String(attributes[name]) === String(value)))
      telling[key] = value
  }
  if (events.length > 0) telling.span_events = events
  const envelope = envelopeOf(origin, end_ms ?? start_ms)
  envelope.severity = status === 'error' ? 17 : 9
  return joined(silent, telling, envelope, identityOf(`span ${span.trace_id} ${span.span_id}`))
}

export function renderLog(entry: LogEntry, scope: Scope, origin: Origin): PushedRecord {
  const { time_nanos, trace_id = '', span_id = '', body } = entry
  const envelope = envelopeOf(origin, entry.time_ms ?? entry.observed_ms)
  if (entry.severity !== undefined) envelope.severity = entry.severity
  if (trace_id !== '') envelope.trace_id = trace_id
  if (span_id !== '') envelope.span_id = span_id
  const key = `log ${time_nanos} ${trace_id} ${span_id} ${origin.service} ${origin.host}`
  if (isPlain(entry)) {
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    return limited({ text, envelope, identity: identityOf(`${key} ${text}`) })
  }
  const silent: Attributes = { otlp: 'log' }
  name(silent, origin)
  if (trace_id !== '') silent.trace_id = trace_id
  if (span_id !== '') silent.span_id = span_id
  if (scope.name !== '') silent.scope_name = scope.name
  const telling: Attributes = {}
  if (entry.event_name !== '') telling.event_name = entry.event_name
  telling.message = body
  for (const attribute in entry.attributes) {
    const value = entry.attributes[attribute]!
    ;(isSilent(attribute, value) ? silent : telling)[attribute] = value
  }
  // Our instrumentation tells each step as a span and as a log event: whichever comes first counts.
  const told = scope.name === 'authtop' && entry.event_name.startsWith('auth.token.') && span_id !== ''
  const record = joined(silent, telling, envelope, 0)
  return { ...record, identity: identityOf(told ? `span ${trace_id} ${span_id}` : `${key} ${record.text}`) }
}

/** A line that an agent read from a file and passed on: its own layout says more than a wrapper could. */
function isPlain({ attributes, event_name }: LogEntry): boolean {
  return event_name === '' && Object.keys(attributes).every((key) => key.startsWith('log.') || key === 'logtag')
}

/** Exceptions, with what else their event says, apart from other events. */
function sortEvent(event: string, attributes: Attributes, exceptions: Attributes[], others: Attributes[]): void {
  const {
    'exception.type': type,
    'exception.message': message,
    'exception.stacktrace': stacktrace,
    ...rest
  } = attributes
  if (type === undefined && message === undefined) {
    others.push({ name: event, ...attributes })
    return
  }
  const exception: Attributes = {}
  if (type !== undefined) exception.type = type
  if (message !== undefined) exception.message = message
  if (stacktrace !== undefined) exception.stacktrace = stacktrace
  exceptions.push(Object.assign(exception, rest))
}

function name(record: Attributes, { service, host }: Origin): void {
  if (service !== undefined) record['service.name'] = service
  if (host !== undefined) record['host.name'] = host
}

function envelopeOf({ service, host }: Origin, time_ms: number | undefined): Envelope {
  const envelope: Envelope = { wrapper: 'otlp' }
  if (time_ms !== undefined) {
    envelope.logged_writer_ms = time_ms
    envelope.logged_resolution_ms = 1
  }
  if (host !== undefined) envelope.host = host
  if (service !== undefined) envelope.service = service
  return envelope
}

/** What a person reads first: the error, else what the span was for and how it ended. */
function summaryOf(span: Span, exceptions: readonly Attributes[], code: Value | undefined): string {
  const error = exceptions[0]
  if (error !== undefined) return [error.type, error.message].filter((part) => part !== undefined).join(': ')
  if (span.status_message !== '') return span.status_message
  return code === undefined ? span.name : `${span.name} ${String(code)}`
}

/** One JSON object of both; `silent` is never empty. */
function joined(silent: Attributes, telling: Attributes, envelope: Envelope, identity: number): PushedRecord {
  const head = JSON.stringify(silent)
  const tail = JSON.stringify(telling)
  if (tail === '{}') return limited({ text: head, envelope, identity, telling_from: head.length })
  return limited({
    text: `${head.slice(0, -1)},${tail.slice(1)}`,
    envelope,
    identity,
    telling_from: head.length,
  })
}

function limited(record: PushedRecord): PushedRecord {
  return record.text.length <= RECORD_LIMIT_CHARS
    ? record
    : { ...record, text: record.text.slice(0, RECORD_LIMIT_CHARS), cut: true }
}
