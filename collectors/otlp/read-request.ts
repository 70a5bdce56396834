/**
 * One export request, whichever way it came, as records grouped by the stream they are counted under.
 * Leaves answering to the receivers. Invariant: total but for MalformedTelemetry.
 */

import type { Exchange } from '../../src/core/exchange.ts'
import type { PushedRecord } from '../../src/core/ports/push-source.ts'
import type { StreamInfo } from '../../src/core/ports/source.ts'
import { EntrySpans, isFailed } from './entry-spans.ts'
import { exchangeOf } from './exchange-of.ts'
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

/**
 * @param glance where given, records in which no signature can match are only counted: all but the first of a stream.
 * @throws MalformedTelemetry when the body is no OTLP.
 */
export async function readRequest(
  body: Uint8Array,
  encoding: Encoding,
  signal: Signal,
  glance?: Glance,
): Promise<ReadRequest> {
  const gathering = new Gathering()
  let sliceEnd = performance.now() + SLICE_MS
  let count = 0
  const records =
    encoding === 'json' ? decodeJson(body, signal, gathering) : decodeProtobuf(body, signal, gathering, glance)
  for (const _ of records)
    if ((++count & 63) === 0 && performance.now() > sliceEnd) {
      await new Promise((resolve) => setImmediate(resolve))
      sliceEnd = performance.now() + SLICE_MS
    }
  return gathering.done()
}

/** A failed span, and where its record stands. */
interface Failed {
  span: Span
  scope: Scope
  origin: Origin
  part: ReadPart
  at: number
}

class Gathering implements TelemetrySink {
  readonly #parts = new Map<string, ReadPart>()
  #origin: Origin = {}
  /** Of the present resource, by what they hold. */
  #streams: Partial<Record<string, ReadPart>> = {}
  #scope: Scope = { name: '', version: '' }
  /** By trace. */
  readonly #failed = new Map<string, Failed[]>()
  readonly #seen: { span: PassedSpan; origin: Origin }[] = []
  #weight = 0
  #rejected = 0
  #reason = ''

  resource(attributes: Attributes): void {
    this.#origin = originOf(attributes)
    this.#streams = {}
  }

  scope(scope: Scope): void {
    this.#scope = scope
  }

  span(span: Span): void {
    const part = this.#part(spansOf(span.kind))
    this.#add(part, renderSpan(span, this.#scope, this.#origin))
    const { kind, start_ms, end_ms, trace_id, span_id, parent_span_id = '' } = span
    this.#see(part, {
      kind,
      start_ms,
      end_ms,
      trace_id: () => trace_id,
      span_id: () => span_id,
      parent_span_id: () => parent_span_id,
    })
    if (!isFailed(span)) return
    const failed = this.#failed.get(trace_id) ?? []
    failed.push({ span, scope: this.#scope, origin: this.#origin, part, at: part.records.length - 1 })
    this.#failed.set(trace_id, failed)
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
    this.#nameEntries()
    return { parts: [...this.#parts.values()], weight: this.#weight, rejected: this.#rejected, reason: this.#reason }
  }

  #add(part: ReadPart, record: PushedRecord): void {
    this.#weight += record.text.length
    part.records.push(record)
  }

  /** Failures within failures are told apart from failures beside failures; only where there are several in one trace. */
  #nameEntries(): void {
    const several = [...this.#failed.values()].filter(({ length }) => length > 1).flat()
    if (several.length === 0) return
    const traces = new Set(several.map(({ span }) => span.trace_id))
    const entries = new EntrySpans()
    for (const { span, origin } of this.#seen) {
      const trace_id = span.trace_id()
      if (traces.has(trace_id)) entries.add(trace_id, span.span_id(), span.parent_span_id(), origin)
    }
    for (const { span } of several) entries.failed(span)
    for (const { span, scope, origin, part, at } of several)
      part.records[at] = renderSpan(span, scope, origin, entries.entryOf(span))
  }

  #see(part: ReadPart, span: PassedSpan): void {
    this.#seen.push({ span, origin: this.#origin })
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

const SPANS = SPAN_KINDS.map((kind) => `${kind} spans`)

function spansOf(kind: number): string {
  return SPANS[kind] ?? SPANS[0]!
}
