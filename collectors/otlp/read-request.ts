/**
 * One export request, whichever way it came, as records grouped by the stream they are counted under.
 * Leaves answering to the receivers. Invariant: total but for MalformedTelemetry.
 */

import type { Exchange } from '../../src/core/exchange.ts'
import type { PushedRecord } from '../../src/core/ports/push-source.ts'
import type { StreamInfo } from '../../src/core/ports/source.ts'
import { EntrySpans } from './entry-spans.ts'
import { exchangeOf } from './exchange-of.ts'
import { isFailed } from './is-failed.ts'
import { type Origin, originOf, streamOf } from './origin.ts'
import { renderLog, renderSpan, SPAN_KINDS } from './render-record.ts'
import type { Attributes, LogEntry, PassedSpan, Scope, Signal, Span, TelemetrySink } from './telemetry.ts'
import { decodeJson } from './wire/decode-json.ts'
import { decodeProtobuf } from './wire/decode-protobuf.ts'
import type { Glance } from './wire/glance.ts'

export type Encoding = 'protobuf' | 'json'

export interface ReadPart {
  info: StreamInfo
  records: PushedRecord[]
  /** Those besides them in which no signature can match. */
  passed: number
  exchanges: Exchange[]
}

export interface ReadRequest {
  parts: ReadPart[]
  /** Characters of all records: what they weigh in memory. */
  weight: number
  /** Records that broke the protocol by themselves, and why the first did. */
  rejected: number
  reason: string
}

/** Others get a turn after this long; ms. */
const SLICE_MS = 20

/** What is known beyond a request, of all that this run reads. */
export interface ReadBy {
  /** Where given, records in which no signature can match are only counted: all but the first of a stream. */
  glance?: Glance
  /** Failed spans of earlier requests; where absent, a request is all there is. */
  entries?: EntrySpans
}

/** @throws MalformedTelemetry when the body is no OTLP. */
export async function readRequest(
  body: Uint8Array,
  encoding: Encoding,
  signal: Signal,
  { glance, entries = new EntrySpans() }: ReadBy = {},
): Promise<ReadRequest> {
  const gathering = new Gathering(entries)
  let sliceEnd = performance.now() + SLICE_MS
  let count = 0
  const decode = encoding === 'json' ? decodeJson : decodeProtobuf
  const records = decode(body, signal, gathering, glance)
  for (const _ of records)
    if ((++count & 63) === 0 && performance.now() > sliceEnd) {
      await new Promise((resolve) => setImmediate(resolve))
      sliceEnd = performance.now() + SLICE_MS
    }
  return gathering.done()
}

/** A failed span, and where its record is to stand: it is named when all of the request is known. */
interface Failed {
  span: Span
  trace: number
  scope: Scope
  origin: Origin
  part: ReadPart
  at: number
}

class Gathering implements TelemetrySink {
  readonly #entries: EntrySpans
  readonly #parts = new Map<string, ReadPart>()
  #origin: Origin = {}
  /** The same in one text. */
  #place = ''
  /** Of the present resource, by what they hold. */
  #streams: Partial<Record<string, ReadPart>> = {}
  #scope: Scope = { name: '', version: '' }
  readonly #failed: Failed[] = []
  readonly #seen: { span: PassedSpan; place: string }[] = []
  #weight = 0
  #rejected = 0
  #reason = ''

  constructor(entries: EntrySpans) {
    this.#entries = entries
  }

  resource(attributes: Attributes): void {
    this.#origin = originOf(attributes)
    this.#place = `${this.#origin.service}\n${this.#origin.host}`
    this.#streams = {}
  }

  scope(scope: Scope): void {
    this.#scope = scope
  }

  span(span: Span): void {
    const part = this.#part(spansOf(span.kind))
    const { kind, start_ms, end_ms, trace_id, span_id, parent_span_id = '' } = span
    const failed = isFailed(span)
    const trace = traceOf(trace_id)
    if (failed) {
      this.#failed.push({ span, trace, scope: this.#scope, origin: this.#origin, part, at: part.records.length })
      part.records.push(UNNAMED)
    } else this.#add(part, renderSpan(span, this.#scope, this.#origin))
    this.#see(part, {
      kind,
      trace,
      failed,
      start_ms,
      end_ms,
      trace_id: () => trace_id,
      span_id: () => span_id,
      parent_span_id: () => parent_span_id,
    })
  }

  log(entry: LogEntry): void {
    this.#add(this.#part('logs'), renderLog(entry, this.#scope, this.#origin))
  }

  pass(span: PassedSpan | null): boolean {
    const part = this.#part(span === null ? 'logs' : spansOf(span.kind))
    if (part.records.length === 0) return false
    part.passed++
    if (span !== null) this.#see(part, span)
    return true
  }

  invalid(reason: string): void {
    if (this.#rejected++ === 0) this.#reason = reason
  }

  done(): ReadRequest {
    this.#nameFailed()
    return { parts: [...this.#parts.values()], weight: this.#weight, rejected: this.#rejected, reason: this.#reason }
  }

  #add(part: ReadPart, record: PushedRecord): void {
    this.#weight += record.text.length
    part.records.push(record)
  }

  /** Failures within failures are told apart from failures beside failures. */
  #nameFailed(): void {
    const traces = new Set(this.#failed.map(({ trace }) => trace))
    for (const { span, place } of this.#seen)
      if (traces.has(span.trace) || this.#entries.knows(span.trace))
        this.#entries.add(span.trace, {
          span_id: span.span_id(),
          parent_span_id: span.parent_span_id(),
          place,
          failed: span.failed,
        })
    const named = new Map([...traces].map((trace) => [trace, this.#entries.name(trace)]))
    for (const { span, trace, scope, origin, part, at } of this.#failed) {
      const record = renderSpan(span, scope, origin, named.get(trace)?.get(span.span_id))
      this.#weight += record.text.length
      part.records[at] = record
    }
  }

  #see(part: ReadPart, span: PassedSpan): void {
    this.#seen.push({ span, place: this.#place })
    const exchange = exchangeOf(span, this.#origin.host)
    if (exchange !== null) part.exchanges.push(exchange)
  }

  #part(what: string): ReadPart {
    let part = this.#streams[what]
    if (part === undefined) {
      const info = streamOf(what, this.#origin)
      part = this.#parts.get(info.stream) ?? { info, records: [], passed: 0, exchanges: [] }
      this.#parts.set(info.stream, part)
      this.#streams[what] = part
    }
    return part
  }
}

/** Holds the place of a record until it is rendered. */
const UNNAMED: PushedRecord = { text: '', identity: 0 }

/** See PassedSpan. */
function traceOf(trace_id: string): number {
  return Number.parseInt(trace_id.slice(-12), 16)
}

const SPANS = SPAN_KINDS.map((kind) => `${kind} spans`)

function spansOf(kind: number): string {
  return SPANS[kind] ?? SPANS[0]!
}
