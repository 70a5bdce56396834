/**
 * OTLP in files, as the Collector's file exporter writes it: a whole export request as one line of JSON, or as one message of
 * protobuf or compressed JSON behind its length (../file/framing.ts). Every span and log record of it becomes a record.
 * A record's place is that of its line or message and its number therein; the next one begins far behind.
 * https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/exporter/fileexporter
 */
import zlib from 'node:zlib'
import type { Exchange } from '../../src/core/exchange.ts'
import type { RawRecord, RecordPosition } from '../../src/core/log-record.ts'
import type { ByteBatch } from '../../src/core/ports/source.ts'
import { MESSAGE_LIMIT_BYTES, messageLength, OTLP_LINE, PREFIX_BYTES } from '../file/framing.ts'
import { type Encoding, type ReadBy, type ReadRequest, readRequest } from './read-request.ts'
import { MalformedTelemetry, type Signal } from './telemetry.ts'
import { signalOf } from './wire/signal-of.ts'

export interface FileTelemetry {
  records: RawRecord[]
  /** Records in which no signature can match. */
  passed: number
  exchanges: Exchange[]
  /** Messages that are no OTLP, and their bytes. */
  broken: number
  broken_bytes: number
}

const SIGNALS: Readonly<Record<string, Signal>> = { Spans: 'traces', Logs: 'logs' }
const ZSTD_MAGIC = 0x28b52ffd
const OPEN_BRACE = 123

/** What a stream's records become: those that are lines of OTLP are replaced by what is in them. */
export async function readLines(records: readonly RawRecord[], by: ReadBy): Promise<FileTelemetry> {
  const found: FileTelemetry = { records: [], passed: 0, exchanges: [], broken: 0, broken_bytes: 0 }
  for (const record of records) {
    const kind = OTLP_LINE.exec(record.text)?.[1]
    if (kind === undefined) found.records.push(record)
    else if (!(await readMessage(Buffer.from(record.text), SIGNALS[kind] ?? null, 'json', record, by, found)))
      // A line that was cut, say: what can be made of it is the formats' business.
      found.records.push(record)
  }
  return found
}

/** The records in a batch of messages behind their lengths. */
export async function readMessages(batch: ByteBatch, by: ReadBy): Promise<FileTelemetry> {
  const found: FileTelemetry = { records: [], passed: 0, exchanges: [], broken: 0, broken_bytes: 0 }
  const { bytes, stream, received_collector_ms } = batch
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  for (let at = 0; at + PREFIX_BYTES <= buffer.length; ) {
    const end = at + PREFIX_BYTES + messageLength(buffer, at)
    const place: Place = { position: { stream, offset: batch.offset + at, end: batch.offset + end } }
    if (received_collector_ms !== undefined) place.received_collector_ms = received_collector_ms
    const message = uncompressed(buffer.subarray(at + PREFIX_BYTES, end))
    const encoding = message?.[0] === OPEN_BRACE ? 'json' : 'protobuf'
    const signal = message === null ? null : encoding === 'json' ? jsonSignal(message) : signalOf(message)
    const read = message !== null && signal !== null && (await readMessage(message, signal, encoding, place, by, found))
    if (!read) {
      found.broken++
      found.broken_bytes += end - at
    }
    at = end
  }
  return found
}

type Place = Pick<RawRecord, 'position' | 'received_collector_ms'>

/** False: it is no OTLP. */
async function readMessage(
  message: Uint8Array,
  signal: Signal | 'nothing' | null,
  encoding: Encoding,
  place: Place,
  by: ReadBy,
  into: FileTelemetry,
): Promise<boolean> {
  // Metrics, or nothing at all: it says nothing of failures.
  if (signal === null || signal === 'nothing') {
    into.passed++
    return true
  }
  let request: ReadRequest
  try {
    request = await readRequest(message, encoding, signal, by)
  } catch (error) {
    if (error instanceof MalformedTelemetry) return false
    throw error
  }
  const { position, received_collector_ms } = place
  let nth = 0
  for (const { info, records, passed, exchanges } of request.parts) {
    for (const record of records) {
      const raw: RawRecord = { ...record, position: nthOf(position, nth++), source: info.name }
      if (received_collector_ms !== undefined) raw.received_collector_ms = received_collector_ms
      into.records.push(raw)
    }
    into.passed += passed
    into.exchanges.push(...exchanges)
  }
  into.passed += request.rejected
  return true
}

function nthOf({ stream, offset, end }: RecordPosition, nth: number): RecordPosition {
  return { stream, offset: offset + nth, end }
}

/** Null where it is not what it claims to be, or grows beyond the limit. */
function uncompressed(message: Buffer): Buffer | null {
  if (message.length < 4 || message.readUInt32BE(0) !== ZSTD_MAGIC) return message
  try {
    return zlib.zstdDecompressSync(message, { maxOutputLength: MESSAGE_LIMIT_BYTES })
  } catch {
    return null
  }
}

function jsonSignal(message: Buffer): Signal | 'nothing' | null {
  const kind = OTLP_LINE.exec(message.toString('latin1', 0, 40))?.[1]
  return kind === undefined ? null : (SIGNALS[kind] ?? 'nothing')
}
