/**
 * One export request, whichever way it came, as records grouped by the stream they are counted under.
 * Leaves answering to the receivers. Invariant: total but for MalformedTelemetry.
 */

import type { PushedRecord } from '../../src/core/ports/push-source.ts'
import type { StreamInfo } from '../../src/core/ports/source.ts'
import { type Origin, originOf, streamOf } from './origin.ts'
import { renderLog, renderSpan, SPAN_KINDS } from './render-record.ts'
import type { Attributes, LogEntry, Scope, Signal, Span, TelemetrySink } from './telemetry.ts'
import { decodeJson } from './wire/decode-json.ts'
import { decodeProtobuf } from './wire/decode-protobuf.ts'

export type Encoding = 'protobuf' | 'json'

export interface ReadRequest {
  parts: { info: StreamInfo; records: PushedRecord[] }[]
  /** Characters of all records: what they weigh in memory. */
  weight: number
  /** Records that broke the protocol by themselves, and why the first did. */
  rejected: number
  reason: string
}

/** Others get a turn after this long; ms. */
const SLICE_MS = 20

/** @throws MalformedTelemetry when the body is no OTLP. */
export async function readRequest(body: Uint8Array, encoding: Encoding, signal: Signal): Promise<ReadRequest> {
  const gathering = new Gathering()
  const decode = encoding === 'json' ? decodeJson : decodeProtobuf
  let sliceEnd = performance.now() + SLICE_MS
  let count = 0
  for (const _ of decode(body, signal, gathering))
    if ((++count & 63) === 0 && performance.now() > sliceEnd) {
      await new Promise((resolve) => setImmediate(resolve))
      sliceEnd = performance.now() + SLICE_MS
    }
  return gathering.done()
}

class Gathering implements TelemetrySink {
  readonly #parts = new Map<string, { info: StreamInfo; records: PushedRecord[] }>()
  #origin: Origin = {}
  #streams: Partial<Record<string, PushedRecord[]>> = {}
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
    this.#add(`${SPAN_KINDS[span.kind] ?? 'unspecified'} spans`, renderSpan(span, this.#scope, this.#origin))
  }

  log(entry: LogEntry): void {
    this.#add('logs', renderLog(entry, this.#scope, this.#origin))
  }

  invalid(reason: string): void {
    if (this.#rejected++ === 0) this.#reason = reason
  }

  done(): ReadRequest {
    return { parts: [...this.#parts.values()], weight: this.#weight, rejected: this.#rejected, reason: this.#reason }
  }

  #add(what: string, record: PushedRecord): void {
    this.#weight += record.text.length
    let records = this.#streams[what]
    if (records === undefined) {
      const info = streamOf(what, this.#origin)
      const known = this.#parts.get(info.stream) ?? { info, records: [] }
      this.#parts.set(info.stream, known)
      records = known.records
      this.#streams[what] = records
    }
    records.push(record)
  }
}
