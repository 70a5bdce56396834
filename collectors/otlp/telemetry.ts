/**
 * Spans and log records as OTLP has them, once the encoding (protobuf, JSON) is off. What we do not read is left out.
 * Times are epoch ms with their fraction cut off; ids are lower-case hex, absent where all zero.
 * https://github.com/open-telemetry/opentelemetry-proto, messages of trace/v1, logs/v1, common/v1, resource/v1.
 */

export type Value = string | number | boolean | Value[] | { [key: string]: Value }
export type Attributes = Record<string, Value>

export interface Scope {
  name: string
  version: string
}

export interface SpanEvent {
  name: string
  attributes: Attributes
}

export interface Span {
  trace_id: string
  span_id: string
  parent_span_id?: string
  name: string
  /** SpanKind: 1 internal, 2 server, 3 client, 4 producer, 5 consumer; 0 unspecified. */
  kind: number
  start_ms: number | undefined
  end_ms: number | undefined
  attributes: Attributes
  events: SpanEvent[]
  /** 0 unset, 1 ok, 2 error. */
  status_code: number
  status_message: string
}

/** What is needed of every span, also of those in which no signature can match. */
export interface PassedSpan {
  kind: number
  /** The last 48 bits of the trace id, which all senders draw at random: to tell traces apart at little cost. */
  trace: number
  /** Says that something went wrong. */
  failed: boolean
  /** Hex, made when asked for. */
  trace_id(): string
  span_id(): string
  /** Empty where there is none. */
  parent_span_id(): string
  start_ms: number | undefined
  end_ms: number | undefined
}

export interface LogEntry {
  time_ms: number | undefined
  /** `time_unix_nano` as it stands on the wire: two records in one millisecond are still two. */
  time_nanos: string
  observed_ms: number | undefined
  severity?: number
  severity_text: string
  body: Value
  attributes: Attributes
  trace_id?: string
  span_id?: string
  event_name: string
}

/** Told what a request holds, in order. Resource and scope stand for all that follows until the next call. */
export interface TelemetrySink {
  resource(attributes: Attributes): void
  scope(scope: Scope): void
  span(span: Span): void
  log(entry: LogEntry): void
  /**
   * A span, or a log record (null), in which no signature can match. False: it is wanted all the same, for what it shows of
   * its stream.
   */
  pass(span: PassedSpan | null): boolean
  /** A span or record that breaks the protocol by itself (no ids); the rest is fine. */
  invalid(reason: string): void
}

export type Signal = 'traces' | 'logs'

/** The body is no OTLP: wrong bytes, too deep, too many. The sender must not repeat it. */
export class MalformedTelemetry extends Error {}
