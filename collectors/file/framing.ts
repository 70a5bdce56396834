/**
 * How records are told apart in a file: by newlines, or by a length in front of each, as the OpenTelemetry Collector's file
 * exporter writes messages that are protobuf or compressed one by one (4 bytes, big-endian, then the message).
 * https://github.com/open-telemetry/opentelemetry-collector-contrib/blob/main/exporter/fileexporter/file_writer.go
 * Told by the first bytes, never by a name.
 */

import { beginsAsList } from '../assemble/wrapper/event-list.ts'

/** Longest message of a file, as of a request: larger ones are skipped and counted. A line of JSON that holds many records may be as long. */
export const MESSAGE_LIMIT_BYTES = 16 * 1024 * 1024
/** Bytes of the length in front of a message. */
export const PREFIX_BYTES = 4
/** Bytes that tell. */
export const TELLING_FRAME_BYTES = 9

const ZSTD = [0x28, 0xb5, 0x2f, 0xfd]
/** First field of each of the export requests: a length-delimited field 1. */
const FIRST_FIELD = 0x0a
/** Begins a line that is an export request in JSON; the Collector writes no spaces. */
export const OTLP_LINE = /^\{"resource(Spans|Logs|Metrics)":/
/** Bytes that such a line is told by. */
const OTLP_LINE_BYTES = 20
/** …and a list of events. */
const LIST_BYTES = 4096

/** Does a stream begin with a message behind its length? A text begins with no zero byte, a hole has nothing else. */
export function beginsWithMessage(beginning: Uint8Array): boolean {
  if (beginning.length < TELLING_FRAME_BYTES) return false
  const length = messageLength(beginning, 0)
  if (length === 0 || length > MESSAGE_LIMIT_BYTES) return false
  const message = beginning.subarray(PREFIX_BYTES)
  if (ZSTD.every((byte, at) => message[at] === byte)) return true
  if (message[0] !== FIRST_FIELD) return false
  const inner = varint(message, 1)
  return inner !== null && inner <= length
}

/** May a stream with so few bytes yet become one? */
export function mayBeginWithMessage(beginning: Uint8Array): boolean {
  return beginning.length < TELLING_FRAME_BYTES && beginning[0] === 0
}

export function messageLength(bytes: Uint8Array, at: number): number {
  return bytes[at]! * 0x1000000 + ((bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!)
}

/** Is this line an export request in JSON, with everything that a Collector gathered in it? */
export function beginsAsOtlp(line: Uint8Array): boolean {
  return isOtlpLine(Buffer.from(line.subarray(0, OTLP_LINE_BYTES)).toString('latin1'))
}

/** Does this line hold many records? CloudTrail's files are one line of some MiB. */
export function holdsMany(line: Uint8Array): boolean {
  return beginsAsOtlp(line) || beginsAsList(Buffer.from(line.subarray(0, LIST_BYTES)).toString('latin1'))
}

export function isOtlpLine(line: string): boolean {
  return OTLP_LINE.test(line)
}

function varint(bytes: Uint8Array, at: number): number | null {
  let value = 0
  for (let i = 0; i < 4; i++) {
    const byte = bytes[at + i]
    if (byte === undefined) return null
    value += (byte & 0x7f) * 0x80 ** i
    if (byte < 0x80) return value
  }
  return null
}
