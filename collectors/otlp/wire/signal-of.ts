/**
 * Which of the export requests is this message? In a file the Collector writes traces, logs and metrics side by side, and in
 * protobuf nothing but the make of their records tells them apart: a span begins with ids, a log record has its time first.
 */
import type { Signal } from '../telemetry.ts'
import { ProtobufFields, WIRE } from './protobuf-fields.ts'
import type { Range } from './range.ts'

const TRACE_ID_BYTES = 16

/** Null for metrics, for a message without records, and for what is no such message. */
export function signalOf(message: Uint8Array): Signal | 'nothing' | null {
  try {
    return signalIn(new ProtobufFields(message))
  } catch {
    return null
  }
}

function signalIn(input: ProtobufFields): Signal | 'nothing' {
  let containers: Range[] = []
  input.whole((field, wire) => {
    if (field !== 1 || wire !== WIRE.bytes) return false
    containers.push(input.range())
    return true
  })
  // resource_spans -> scope_spans -> spans, and likewise for logs and metrics: field 2 each.
  for (let level = 0; level < 2; level++) {
    const inner: Range[] = []
    for (const container of containers)
      input.within(container, (field, wire) => {
        if (field !== 2 || wire !== WIRE.bytes) return false
        inner.push(input.range())
        return true
      })
    containers = inner
  }
  for (const record of containers) {
    const signal = recordSignal(input, record)
    if (signal !== null) return signal
  }
  return 'nothing'
}

/** A span's trace_id (1) is 16 bytes; a log record has fixed64 times (1, 11), a severity (2) or flags (8); metrics have a name (1). */
function recordSignal(input: ProtobufFields, record: Range): Signal | null {
  let signal: Signal | null = null
  input.within(record, (field, wire) => {
    if (field === 1 && wire === WIRE.bytes) {
      const { start, end } = input.range()
      if (end - start === TRACE_ID_BYTES) signal ??= 'traces'
      return true
    }
    const time = (field === 1 || field === 11) && wire === WIRE.fixed64
    if (time || (field === 2 && wire === WIRE.varint) || (field === 8 && wire === WIRE.fixed32)) signal ??= 'logs'
    return false
  })
  return signal
}
