/**
 * ExportTraceServiceRequest and ExportLogsServiceRequest in protobuf, told to a sink record by record.
 * Field numbers are those of opentelemetry-proto v1; unknown fields are skipped, as protobuf demands of receivers.
 * Invariant: throws MalformedTelemetry and nothing else, and calls the sink at most RECORDS_LIMIT times per kind of call.
 */
import { ATTRIBUTES_LIMIT, ELEMENTS_LIMIT, EVENTS_LIMIT, NESTING_LIMIT, RECORDS_LIMIT } from '../limits.ts'
import {
  type Attributes,
  type LogEntry,
  MalformedTelemetry,
  type Scope,
  type Signal,
  type Span,
  type SpanEvent,
  type TelemetrySink,
  type Value,
} from '../telemetry.ts'
import type { Glance } from './glance.ts'
import { msOfNanos } from './nanos.ts'
import { ProtobufFields, WIRE } from './protobuf-fields.ts'
import { ProtobufGlance } from './protobuf-glance.ts'
import type { Range } from './range.ts'

const TRACE_ID_BYTES = 16
const SPAN_ID_BYTES = 8

/**
 * Yields after each record, so that the caller may let others have a turn.
 * @param glance tells what need not be decoded. @throws MalformedTelemetry
 */
export function* decodeProtobuf(
  bytes: Uint8Array,
  signal: Signal,
  sink: TelemetrySink,
  glance?: Glance,
): Generator<void> {
  try {
    yield* new Decoding(bytes, signal, sink, glance).run()
  } catch (error) {
    if (error instanceof MalformedTelemetry) throw error
    // protobufjs throws RangeError past the end and Error for what cannot be skipped.
    throw new MalformedTelemetry(error instanceof Error ? error.message : String(error), { cause: error })
  }
}

class Decoding {
  readonly #in: ProtobufFields
  readonly #signal: Signal
  readonly #sink: TelemetrySink
  readonly #glance: ProtobufGlance | undefined
  #containers = 0
  #records = 0

  constructor(bytes: Uint8Array, signal: Signal, sink: TelemetrySink, glance: Glance | undefined) {
    this.#in = new ProtobufFields(bytes)
    this.#glance = glance && new ProtobufGlance(glance, this.#in.buffer)
    this.#signal = signal
    this.#sink = sink
  }

  /** resource_spans or resource_logs = 1. Fields may come in any order, so what stands for all the others is read first. */
  *run(): Generator<void> {
    const input = this.#in
    const resources: Range[] = []
    input.whole((field, wire) => {
      if (field !== 1 || wire !== WIRE.bytes) return false
      this.#container()
      resources.push(input.range())
      return true
    })
    for (const range of resources) yield* this.#resourceRecords(range)
  }

  /** resource = 1, scope_spans or scope_logs = 2. */
  *#resourceRecords(whole: Range): Generator<void> {
    const input = this.#in
    const scopes: Range[] = []
    let attributes: Attributes = {}
    input.within(whole, (field, wire) => {
      if (wire !== WIRE.bytes) return false
      if (field === 1) attributes = this.#resource()
      else if (field === 2) {
        this.#container()
        scopes.push(input.range())
      } else return false
      return true
    })
    this.#sink.resource(attributes)
    for (const range of scopes) yield* this.#scopeRecords(range)
  }

  #resource(): Attributes {
    const attributes: Attributes = {}
    const room = { left: ATTRIBUTES_LIMIT }
    this.#in.message((field, wire) => {
      if (field !== 1 || wire !== WIRE.bytes) return false
      this.#keyValue(attributes, room, 0)
      return true
    })
    return attributes
  }

  /** scope = 1, spans or log_records = 2. */
  *#scopeRecords(whole: Range): Generator<void> {
    const input = this.#in
    const records: Range[] = []
    const scope: Scope = { name: '', version: '' }
    input.within(whole, (field, wire) => {
      if (wire !== WIRE.bytes) return false
      if (field === 1)
        input.message((inner, innerWire) => {
          if (innerWire !== WIRE.bytes || (inner !== 1 && inner !== 2)) return false
          scope[inner === 1 ? 'name' : 'version'] = input.text()
          return true
        })
      else if (field === 2) {
        if (++this.#records > RECORDS_LIMIT) throw new MalformedTelemetry(`more than ${RECORDS_LIMIT} records`)
        records.push(input.range())
      } else return false
      return true
    })
    this.#sink.scope(scope)
    for (const range of records) {
      if (this.#signal === 'traces') this.#span(range)
      else this.#log(range)
      yield
    }
  }

  #span(range: Range): void {
    const input = this.#in
    const passed = this.#glance?.span(range) ?? null
    if (passed !== null && this.#sink.pass(passed)) return
    const span: Span = {
      trace_id: '',
      span_id: '',
      name: '',
      kind: 0,
      start_ms: undefined,
      end_ms: undefined,
      attributes: {},
      events: [],
      status_code: 0,
      status_message: '',
    }
    const room = { left: ATTRIBUTES_LIMIT }
    input.within(range, (field, wire) => {
      if (field === 1 && wire === WIRE.bytes) span.trace_id = input.id(TRACE_ID_BYTES)
      else if (field === 2 && wire === WIRE.bytes) span.span_id = input.id(SPAN_ID_BYTES)
      else if (field === 4 && wire === WIRE.bytes) {
        const parent = input.id(SPAN_ID_BYTES)
        if (parent !== '') span.parent_span_id = parent
      } else if (field === 5 && wire === WIRE.bytes) span.name = input.text()
      else if (field === 6 && wire === WIRE.varint) span.kind = input.number()
      else if (field === 7 && wire === WIRE.fixed64) span.start_ms = input.ms()
      else if (field === 8 && wire === WIRE.fixed64) span.end_ms = input.ms()
      else if (field === 9 && wire === WIRE.bytes) this.#keyValue(span.attributes, room, 0)
      else if (field === 11 && wire === WIRE.bytes && span.events.length < EVENTS_LIMIT) span.events.push(this.#event())
      else if (field === 15 && wire === WIRE.bytes)
        input.message((inner, innerWire) => {
          if (inner === 2 && innerWire === WIRE.bytes) span.status_message = input.text()
          else if (inner === 3 && innerWire === WIRE.varint) span.status_code = input.number()
          else return false
          return true
        })
      else return false
      return true
    })
    if (!isId(span.trace_id) || !isId(span.span_id)) this.#sink.invalid('a span has no valid trace and span id')
    else this.#sink.span(span)
  }

  #event(): SpanEvent {
    const event: SpanEvent = { name: '', attributes: {} }
    const room = { left: ATTRIBUTES_LIMIT }
    this.#in.message((field, wire) => {
      if (wire !== WIRE.bytes) return false
      if (field === 2) event.name = this.#in.text()
      else if (field === 3) this.#keyValue(event.attributes, room, 0)
      else return false
      return true
    })
    return event
  }

  #log(range: Range): void {
    const input = this.#in
    if (this.#glance?.isSilentLog(range) && this.#sink.pass(null)) return
    const entry: LogEntry = {
      time_ms: undefined,
      observed_ms: undefined,
      time_nanos: '0',
      severity_text: '',
      body: '',
      attributes: {},
      event_name: '',
    }
    const room = { left: ATTRIBUTES_LIMIT }
    input.within(range, (field, wire) => {
      if (field === 1 && wire === WIRE.fixed64) {
        const nanos = input.nanos()
        entry.time_nanos = String(nanos)
        entry.time_ms = msOfNanos(nanos)
      } else if (field === 11 && wire === WIRE.fixed64) entry.observed_ms = input.ms()
      else if (field === 2 && wire === WIRE.varint) {
        const severity = input.number()
        if (severity > 0) entry.severity = severity
      } else if (field === 3 && wire === WIRE.bytes) entry.severity_text = input.text()
      else if (field === 5 && wire === WIRE.bytes) entry.body = this.#value(0) ?? ''
      else if (field === 6 && wire === WIRE.bytes) this.#keyValue(entry.attributes, room, 0)
      else if (field === 9 && wire === WIRE.bytes) setId(entry, 'trace_id', input.id(TRACE_ID_BYTES))
      else if (field === 10 && wire === WIRE.bytes) setId(entry, 'span_id', input.id(SPAN_ID_BYTES))
      else if (field === 12 && wire === WIRE.bytes) entry.event_name = input.text()
      else return false
      return true
    })
    this.#sink.log(entry)
  }

  /** KeyValue: key = 1, value = 2. */
  #keyValue(into: Attributes, room: { left: number }, depth: number): void {
    let key = ''
    let value: Value | undefined
    this.#in.message((field, wire) => {
      if (wire !== WIRE.bytes) return false
      if (field === 1) key = this.#in.text()
      else if (field === 2) value = this.#value(depth)
      else return false
      return true
    })
    // A key named like this would change the prototype of what it is copied into.
    if (value === undefined || key === '__proto__') return
    if (Object.hasOwn(into, key) || room.left-- > 0) into[key] = value
  }

  /** AnyValue: string 1, bool 2, int 3, double 4, array 5, kvlist 6, bytes 7. */
  #value(depth: number): Value | undefined {
    if (depth > NESTING_LIMIT) throw new MalformedTelemetry(`values are nested more than ${NESTING_LIMIT} deep`)
    const input = this.#in
    let value: Value | undefined
    input.message((field, wire) => {
      if (field === 1 && wire === WIRE.bytes) value = input.text()
      else if (field === 2 && wire === WIRE.varint) value = input.flag()
      else if (field === 3 && wire === WIRE.varint) value = input.int64()
      else if (field === 4 && wire === WIRE.fixed64) value = input.double()
      else if (field === 5 && wire === WIRE.bytes) {
        const list: Value[] = []
        input.message((inner, innerWire) => {
          if (inner !== 1 || innerWire !== WIRE.bytes || list.length >= ELEMENTS_LIMIT) return false
          const element = this.#value(depth + 1)
          if (element !== undefined) list.push(element)
          return true
        })
        value = list
      } else if (field === 6 && wire === WIRE.bytes) {
        const map: Attributes = {}
        const room = { left: ELEMENTS_LIMIT }
        input.message((inner, innerWire) => {
          if (inner !== 1 || innerWire !== WIRE.bytes) return false
          this.#keyValue(map, room, depth + 1)
          return true
        })
        value = map
      } else if (field === 7 && wire === WIRE.bytes) value = Buffer.from(input.bytes()).toString('base64')
      else return false
      return true
    })
    return value
  }

  /** Resources and scopes are counted as well: an empty one is as cheap to send as an empty span. */
  #container(): void {
    if (++this.#containers > RECORDS_LIMIT)
      throw new MalformedTelemetry(`more than ${RECORDS_LIMIT} resources and scopes`)
  }
}

function setId(entry: LogEntry, key: 'trace_id' | 'span_id', id: string): void {
  if (isId(id)) entry[key] = id
}

function isId(id: string): boolean {
  return id !== '' && !id.startsWith('?')
}
