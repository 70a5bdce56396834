/**
 * A span or log record as one line of text, for the same redaction, decoding and recognition that lines of files go
 * through; ../formats/otlp-span.yaml and otlp-log.yaml read it. The same record gives the same text in every encoding.
 * Times stand in the envelope: a span's is its end, its start and length stay readable beside it; nothing is corrected.
 */
import type { Envelope } from '../../src/core/log-record.ts'
import type { PushedRecord } from '../../src/core/ports/push-source.ts'
import { identityOf } from '../push/identity.ts'
import { RECORD_LIMIT_CHARS, TEXT_LIMIT_CHARS } from './limits.ts'
import type { Origin } from './origin.ts'
import type { Attributes, LogEntry, Scope, Span, Value } from './telemetry.ts'

export const SPAN_KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'] as const
const STATUSES = ['unset', 'ok', 'error'] as const

export function renderSpan(span: Span, scope: Scope, origin: Origin): PushedRecord {
  const exceptions: Attributes[] = []
  const events: Attributes[] = []
  for (const event of span.events) {
    const {
      'exception.type': type,
      'exception.message': message,
      'exception.stacktrace': stack,
      ...rest
    } = event.attributes
    if (type === undefined && message === undefined) events.push({ name: event.name, ...event.attributes })
    else
      exceptions.push({
        ...(type !== undefined && { type }),
        ...(message !== undefined && { message }),
        ...(stack !== undefined && { stacktrace: stack }),
        ...rest,
      })
  }
  const status = STATUSES[span.status_code] ?? 'unset'
  const { 'error.type': error, ...attributes } = span.attributes
  const code = attributes['http.response.status_code'] ?? attributes['http.status_code']
  // HTTP instrumentation repeats the status code here (semconv: error.type); only a name of an error says more.
  const named = error !== undefined && String(error) !== String(code)
  const record = {
    otlp: 'span',
    ...names(origin),
    trace_id: span.trace_id,
    span_id: span.span_id,
    ...(span.parent_span_id !== undefined && { parent_span_id: span.parent_span_id }),
    span_name: span.name,
    span_kind: SPAN_KINDS[span.kind] ?? 'unspecified',
    span_status: status,
    ...(span.status_message !== '' && { status_message: span.status_message }),
    summary: summaryOf(span, exceptions, code),
    ...(scope.name !== '' && { scope_name: scope.name }),
    ...(span.start_ms !== undefined && span.end_ms !== undefined && { duration_ms: span.end_ms - span.start_ms }),
    ...(exceptions.length > 0 && { exception: exceptions }),
    ...(named && { 'error.type': error }),
    ...attributes,
    ...(events.length > 0 && { span_events: events }),
  }
  const envelope = envelopeOf(origin, span.end_ms ?? span.start_ms)
  envelope.severity = status === 'error' ? 17 : 9
  return limited(JSON.stringify(record, bounded), envelope, identityOf(`span ${span.trace_id} ${span.span_id}`))
}

export function renderLog(entry: LogEntry, scope: Scope, origin: Origin): PushedRecord {
  const envelope = envelopeOf(origin, entry.time_ms ?? entry.observed_ms)
  if (entry.severity !== undefined) envelope.severity = entry.severity
  if (entry.trace_id !== undefined) envelope.trace_id = entry.trace_id
  if (entry.span_id !== undefined) envelope.span_id = entry.span_id
  const text = isPlain(entry) ? plainText(entry.body) : structuredText(entry, scope, origin)
  const { time_nanos, trace_id = '', span_id = '' } = entry
  const identity = identityOf(`log ${time_nanos} ${trace_id} ${span_id} ${origin.service} ${origin.host} ${text}`)
  return limited(text, envelope, identity)
}

/** A line that an agent read from a file and passed on: its own layout says more than a wrapper could. */
function isPlain({ attributes, event_name }: LogEntry): boolean {
  return event_name === '' && Object.keys(attributes).every((name) => name.startsWith('log.') || name === 'logtag')
}

function plainText(body: Value): string {
  return typeof body === 'string' ? body.slice(0, RECORD_LIMIT_CHARS) : JSON.stringify(body, bounded)
}

function structuredText(entry: LogEntry, scope: Scope, origin: Origin): string {
  return JSON.stringify(
    {
      otlp: 'log',
      ...names(origin),
      ...(entry.trace_id !== undefined && { trace_id: entry.trace_id }),
      ...(entry.span_id !== undefined && { span_id: entry.span_id }),
      ...(entry.event_name !== '' && { event_name: entry.event_name }),
      ...(scope.name !== '' && { scope_name: scope.name }),
      message: entry.body,
      ...entry.attributes,
    },
    bounded,
  )
}

function names({ service, host }: Origin) {
  return { ...(service !== undefined && { 'service.name': service }), ...(host !== undefined && { 'host.name': host }) }
}

function envelopeOf({ service, host }: Origin, time_ms: number | undefined): Envelope {
  return {
    wrapper: 'otlp',
    ...(time_ms !== undefined && { logged_writer_ms: time_ms, logged_resolution_ms: 1 }),
    ...(host !== undefined && { host }),
    ...(service !== undefined && { service }),
  }
}

/** What a person reads first: the error, else what the span was for and how it ended. */
function summaryOf(span: Span, exceptions: readonly Attributes[], code: Value | undefined): string {
  const error = exceptions[0]
  if (error !== undefined) return [error.type, error.message].filter((part) => part !== undefined).join(': ')
  if (span.status_message !== '') return span.status_message
  return code === undefined ? span.name : `${span.name} ${String(code)}`
}

/** JSON.stringify's replacer: long texts are cut, numbers that JSON lacks become text. */
function bounded(_: string, value: unknown): unknown {
  if (typeof value === 'string') return value.length > TEXT_LIMIT_CHARS ? value.slice(0, TEXT_LIMIT_CHARS) : value
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value)
  return value
}

function limited(text: string, envelope: Envelope, identity: number): PushedRecord {
  return text.length <= RECORD_LIMIT_CHARS
    ? { text, envelope, identity }
    : { text: text.slice(0, RECORD_LIMIT_CHARS), envelope, identity, cut: true }
}
