/**
 * The same messages in OTLP's JSON (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding): ids in hex, 64-bit
 * numbers as text or number, enums as numbers (names are taken too), names in lowerCamelCase (protobuf's own are taken too).
 * Invariant: as decode-protobuf.ts. What has the wrong type is malformed where protobuf could not have carried it.
 */
import {
  ATTRIBUTES_LIMIT,
  ELEMENTS_LIMIT,
  EVENTS_LIMIT,
  JSON_NODES_LIMIT,
  NESTING_LIMIT,
  RECORDS_LIMIT,
  TEXT_LIMIT_CHARS,
} from '../limits.ts'
import {
  type Attributes,
  type LogEntry,
  MalformedTelemetry,
  type Signal,
  type Span,
  type TelemetrySink,
  type Value,
} from '../telemetry.ts'
import type { Glance } from './glance.ts'
import { JsonGlance } from './json-glance.ts'
import { msOfNanos } from './nanos.ts'
import type { Range } from './range.ts'
import { type SplitBody, splitJson } from './split-json.ts'

/** OTLP's own levels (resource, scope, span, event, attribute, value), each an array and an object, on top of the values'. */
const JSON_LIMITS = { nodes: JSON_NODES_LIMIT, depth: 2 * NESTING_LIMIT }

type Json = Readonly<Record<string, unknown>>

/**
 * Yields after each record. @param glance tells what need not be decoded.
 * @throws MalformedTelemetry when it is no JSON, or no OTLP.
 */
export function* decodeJson(bytes: Uint8Array, signal: Signal, sink: TelemetrySink, glance?: Glance): Generator<void> {
  const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const split = splitJson(body, JSON_LIMITS)
  if (split === null) yield* decodeParsed(parse(body, 0, body.length), signal, sink, (record) => record)
  else yield* decodeSplit(body, split, signal, sink, glance)
}

/** Each record is looked at by itself; those that may tell something are parsed by themselves. */
function* decodeSplit(
  body: Buffer,
  { records, rest }: SplitBody,
  signal: Signal,
  sink: TelemetrySink,
  glance: Glance | undefined,
): Generator<void> {
  const look = glance && new JsonGlance(glance, body)
  const unread = new Set(records)
  const passes = (range: Range): boolean => {
    if (look === undefined) return false
    if (signal === 'logs') return look.isSilentLog(range) && sink.pass(null)
    const span = look.span(range)
    return span !== null && sink.pass(span)
  }
  yield* decodeParsed(parseText(rest), signal, sink, (index) => {
    const range = records[index as number]!
    unread.delete(range)
    return passes(range) ? null : parse(body, range.start, range.end)
  })
  // What stands elsewhere is of no use, but has to be JSON.
  for (const { start, end } of unread) {
    parse(body, start, end)
    yield
  }
}

function parse(body: Buffer, start: number, end: number): unknown {
  return parseText(body.toString('utf8', start, end))
}

function parseText(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new MalformedTelemetry('the body is no JSON')
  }
}

/** @param recordOf what stands for a record in the lists of them, as a record; null: it is passed over */
function* decodeParsed(
  body: unknown,
  signal: Signal,
  sink: TelemetrySink,
  recordOf: (element: unknown) => unknown,
): Generator<void> {
  const count = { left: RECORDS_LIMIT }
  const resources = list(object(body, 'the body'), signal === 'traces' ? 'resourceSpans' : 'resourceLogs')
  for (const resource of resources) {
    spend(count)
    const of = object(resource, 'a resource')
    sink.resource(attributesOf(optional(of, 'resource'), 0))
    for (const scoped of list(of, signal === 'traces' ? 'scopeSpans' : 'scopeLogs')) {
      spend(count)
      const own = object(scoped, 'a scope')
      const scope = optional(own, 'scope')
      sink.scope({ name: text(scope, 'name'), version: text(scope, 'version') })
      for (const element of list(own, signal === 'traces' ? 'spans' : 'logRecords')) {
        spend(count)
        const record = recordOf(element)
        if (record !== null || element === null) {
          if (signal === 'traces') readSpan(object(record, 'a span'), sink)
          else sink.log(readLog(object(record, 'a log record')))
        }
        yield
      }
    }
  }
}

function spend(count: { left: number }): void {
  if (count.left-- <= 0) throw new MalformedTelemetry(`more than ${RECORDS_LIMIT} records, resources and scopes`)
}

function readSpan(of: Json, sink: TelemetrySink): void {
  const status = optional(of, 'status')
  const span: Span = {
    trace_id: id(of, 'traceId', 32),
    span_id: id(of, 'spanId', 16),
    name: text(of, 'name'),
    kind: enumeration(of, 'kind', KINDS),
    start_ms: msOfNanos(nanos(of, 'startTimeUnixNano')),
    end_ms: msOfNanos(nanos(of, 'endTimeUnixNano')),
    attributes: attributesOf(of, 0),
    events: list(of, 'events')
      .slice(0, EVENTS_LIMIT)
      .map((event) => {
        const own = object(event, 'an event')
        return { name: text(own, 'name'), attributes: attributesOf(own, 0) }
      }),
    status_code: enumeration(status, 'code', STATUS_CODES),
    status_message: text(status, 'message'),
  }
  const parent = id(of, 'parentSpanId', 16)
  if (parent !== '') span.parent_span_id = parent
  if (span.trace_id === '' || span.span_id === '') sink.invalid('a span has no valid trace and span id')
  else sink.span(span)
}

function readLog(of: Json): LogEntry {
  const stamp = nanos(of, 'timeUnixNano')
  const body = field(of, 'body')
  const entry: LogEntry = {
    time_ms: msOfNanos(stamp),
    observed_ms: msOfNanos(nanos(of, 'observedTimeUnixNano')),
    time_nanos: String(stamp),
    severity_text: text(of, 'severityText'),
    body: body === undefined || body === null ? '' : (value(object(body, 'a body'), 0) ?? ''),
    attributes: attributesOf(of, 0),
    event_name: text(of, 'eventName'),
  }
  const severity = enumeration(of, 'severityNumber', [])
  if (severity > 0) entry.severity = severity
  const trace = id(of, 'traceId', 32)
  if (trace !== '') entry.trace_id = trace
  const span = id(of, 'spanId', 16)
  if (span !== '') entry.span_id = span
  return entry
}

const KINDS = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER']
const STATUS_CODES = ['UNSET', 'OK', 'ERROR']

function attributesOf(of: Json, depth: number, name = 'attributes'): Attributes {
  const attributes: Attributes = {}
  let kept = 0
  for (const entry of list(of, name)) {
    const pair = object(entry, 'an attribute')
    const key = text(pair, 'key')
    const raw = field(pair, 'value')
    // A key named like this would change the prototype of what it is copied into.
    if (raw === undefined || raw === null || key === '__proto__') continue
    const own = value(object(raw, 'a value'), depth)
    if (own === undefined || (!Object.hasOwn(attributes, key) && kept >= ATTRIBUTES_LIMIT)) continue
    if (!Object.hasOwn(attributes, key)) kept++
    attributes[key] = own
  }
  return attributes
}

function value(of: Json, depth: number): Value | undefined {
  if (depth > NESTING_LIMIT) throw new MalformedTelemetry(`values are nested more than ${NESTING_LIMIT} deep`)
  const string = field(of, 'stringValue')
  if (string !== undefined) return scalarText(string, 'stringValue')
  const flag = field(of, 'boolValue')
  if (flag !== undefined) return flag === true || flag === 'true'
  const int = field(of, 'intValue')
  if (int !== undefined) return numeric(int)
  const double = field(of, 'doubleValue')
  if (double !== undefined) return numeric(double)
  const bytes = field(of, 'bytesValue')
  if (bytes !== undefined) return scalarText(bytes, 'bytesValue')
  const array = field(of, 'arrayValue')
  if (array !== undefined && array !== null)
    return list(object(array, 'an array'), 'values')
      .slice(0, ELEMENTS_LIMIT)
      .map((element) => value(object(element, 'a value'), depth + 1))
      .filter((element) => element !== undefined)
  const map = field(of, 'kvlistValue')
  if (map !== undefined && map !== null) return attributesOf(object(map, 'a map'), depth + 1, 'values')
  return undefined
}

/** What JSON has no number for (NaN, infinities) stays its name. */
function numeric(own: unknown): number | string {
  const value = Number(own)
  return Number.isFinite(value) ? value : String(value)
}

/** By its JSON name or protobuf's. */
function field(of: Json, name: string): unknown {
  return of[name] ?? of[snake(name)]
}

const SNAKES = new Map<string, string>()
function snake(name: string): string {
  let known = SNAKES.get(name)
  if (known === undefined) {
    known = name.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`)
    SNAKES.set(name, known)
  }
  return known
}

function object(json: unknown, what: string): Json {
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw new MalformedTelemetry(`${what} is no object`)
  return json as Json
}

function optional(of: Json, name: string): Json {
  const own = field(of, name)
  return own === undefined || own === null ? {} : object(own, name)
}

function list(of: Json, name: string): readonly unknown[] {
  const own = field(of, name)
  if (own === undefined || own === null) return []
  if (!Array.isArray(own)) throw new MalformedTelemetry(`${name} is no array`)
  return own
}

function text(of: Json, name: string): string {
  const own = field(of, name)
  return own === undefined || own === null ? '' : scalarText(own, name)
}

function scalarText(own: unknown, name: string): string {
  if (typeof own !== 'string') throw new MalformedTelemetry(`${name} is no text`)
  return own.length > TEXT_LIMIT_CHARS ? own.slice(0, TEXT_LIMIT_CHARS) : own
}

/** Lower-case hex, empty where it is absent, all zero or of another length. */
function id(of: Json, name: string, length: number): string {
  const own = text(of, name).toLowerCase()
  return own.length === length && /^[0-9a-f]+$/.test(own) && !/^0+$/.test(own) ? own : ''
}

function nanos(of: Json, name: string): bigint {
  const own = field(of, name)
  if (own === undefined || own === null || own === '') return 0n
  if (
    (typeof own === 'string' && /^\d{1,20}$/.test(own)) ||
    (typeof own === 'number' && Number.isSafeInteger(own) && own >= 0)
  )
    return BigInt(own)
  // Larger than 2^53 and written without quotes: exact to a microsecond, which is more than is used.
  if (typeof own === 'number' && own > 0 && own < 2 ** 64) return BigInt(Math.floor(own))
  throw new MalformedTelemetry(`${name} is no time`)
}

function enumeration(of: Json, name: string, names: readonly string[]): number {
  const own = field(of, name)
  if (own === undefined || own === null) return 0
  if (typeof own === 'number') return own | 0
  const at = typeof own === 'string' ? names.findIndex((known) => own.endsWith(known)) : -1
  if (at < 0) throw new MalformedTelemetry(`${name} is no ${name}`)
  return at
}
