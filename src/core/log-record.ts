/**
 * A record on its way from bytes to fields: `RawRecord` as a collector read it, `LogRecord` as a format decoded it.
 * `LogRecord` follows the OpenTelemetry log data model; attribute names are OpenTelemetry semantic conventions
 * (`service.name`, `http.response.status_code`, `exception.message` …), so spans and OTLP logs fit the same type.
 * Invariant: a `LogRecord` is made from redacted text only.
 */

/** Where a record came from, precise enough to read it again: the n-th byte of one stream. */
export interface RecordPosition {
  /** Identity of the content stream (survives renames), as the store numbers it; see ADR 0004. */
  stream: string
  /** Offset of the record's first byte in the decompressed stream, bytes. */
  offset: number
  /** Offset just behind the record's last byte (newline included), bytes. */
  end: number
}

/** Time and origin that a wrapper around the record stated. */
export interface Envelope {
  /** Wrapper name, e.g. `cri`, `docker`, `syslog5424`; outermost first, joined by `+`. */
  wrapper: string
  logged_writer_ms?: number
  logged_resolution_ms?: number
  severity?: number
  host?: string
  /** Program, unit or container name. */
  service?: string
  /** Trace and span the record belongs to, lower-case hex; OTLP states them beside a log record's text. */
  trace_id?: string
  span_id?: string
}

export interface RawRecord {
  /** The record's text, without the final newline; lines inside are separated by `\n`. Not yet redacted. */
  text: string
  position: RecordPosition
  /** What wrappers (CRI, Docker, syslog, journald …) around the lines said; peeled off while assembling. */
  envelope?: Envelope
  /** Characters at the start of `text` that no signature can match in; 0 where absent. */
  telling_from?: number
  /** True when the record was cut at a limit; the rest is counted, not kept. */
  cut?: boolean
  /** Equal for the same record however it came (53 bits); where absent its position tells. */
  identity?: number
  /** What it came from, where several sources share a stream: OTLP in a file. */
  source?: string
  /** When the collector read it, ms, collector's clock; absent for history, where it says nothing about the writer's. */
  received_collector_ms?: number
}

export type AttributeValue = string | number | boolean

export interface LogRecord {
  /** Name of the format that decoded it (`pino`, `nginx-access` …); `text` where none fits. */
  format: string
  /** When the writer says it happened, ms, writer's clock; absent where the record has no time. */
  logged_writer_ms?: number
  /** Resolution of that stamp, ms (1, 1000 …). */
  logged_resolution_ms?: number
  /** OpenTelemetry severity number, 1–24 (9 INFO, 13 WARN, 17 ERROR). */
  severity?: number
  /** The log message proper. */
  body: string
  /**
   * All the text the software itself *said* about the outcome: message, exception type, message and stack, error and
   * error_description fields. Signatures match on this and never on fields a remote party fills in (path, user agent, user name).
   */
  speech: string
  attributes: Readonly<Record<string, AttributeValue>>
  /** `service.name`, `host.name`, `k8s.pod.name` … from the record itself; path labels are added by the source. */
  resource: Readonly<Record<string, string>>
  trace_id?: string
  span_id?: string
}
