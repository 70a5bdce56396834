/**
 * One export request, whichever way it came, as records grouped by the stream they are counted under.
 * Leaves answering to the receivers. Invariant: total but for MalformedTelemetry.
 */

import type { Exchange } from '../../src/core/exchange.ts'
import type { PushedRecord } from '../../src/core/ports/push-source.ts'
import type { StreamInfo } from '../../src/core/ports/source.ts'
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

class Gathering implements TelemetrySink {
  readonly #parts = new Map<string, ReadPart>()
  #origin: Origin = {}
  /** Of the present resource, by what they hold. */
  #streams: Partial<Record<string, ReadPart>> = {}
  #scope: Scope = { name: '', version: '' }
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
    this.#exchange(part, {
      kind,
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
    if (span !== null) this.#exchange(part, span)
    return true
  }

  invalid(reason: string): void {
    if (this.#rejected++ === 0) this.#reason = reason
  }

  done(): ReadRequest {
    return { parts: [...this.#parts.values()], weight: this.#weight, rejected: this.#rejected, reason: this.#reason }
  }

  #add(part: ReadPart, record: PushedRecord): void {
    this.#weight += record.text.length
    part.records.push(record)
  }

  #exchange(part: ReadPart, span: PassedSpan): void {
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
