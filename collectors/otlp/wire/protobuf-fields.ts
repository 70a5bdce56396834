/**
 * Walks the fields of one protobuf message at a time, so that limits hold while reading and nothing is built that is not
 * wanted. Generated decoders build everything first: 16 MiB of empty spans become gigabytes (ADR 6).
 * https://protobuf.dev/programming-guides/encoding/
 */
import protobuf from 'protobufjs/minimal.js'
import { TEXT_LIMIT_CHARS } from '../limits.ts'
import { MalformedTelemetry } from '../telemetry.ts'
import { msOfHalves } from './nanos.ts'
import type { Range } from './range.ts'

export const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const

const ZERO = /^0+$/

export class ProtobufFields {
  readonly #bytes: Buffer
  readonly #reader: protobuf.Reader

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    this.#reader = protobuf.Reader.create(this.#bytes)
  }

  /** All of it, for {@link Range}s to be looked up in. */
  get buffer(): Buffer {
    return this.#bytes
  }

  /** All of it as one message. */
  whole(take: (field: number, wire: number) => boolean): void {
    this.#until(this.#reader.len, take)
  }

  /** The message whose length comes next. */
  message(take: (field: number, wire: number) => boolean): void {
    this.#until(this.#end(), take)
  }

  /** Where the message that comes next starts and ends; it is skipped. */
  range(): Range {
    const end = this.#end()
    const start = this.#reader.pos
    this.#reader.pos = end
    return { start, end }
  }

  /** Goes back to a range and reads it. */
  within({ start, end }: Range, take: (field: number, wire: number) => boolean): void {
    this.#reader.pos = start
    this.#until(end, take)
  }

  text(): string {
    const text = this.#reader.string()
    return text.length > TEXT_LIMIT_CHARS ? text.slice(0, TEXT_LIMIT_CHARS) : text
  }

  bytes(): Uint8Array {
    return this.#reader.bytes()
  }

  /** Hex of an id; empty where it is all zero, `?` and its length where that is wrong. */
  id(length: number): string {
    const { start, end } = this.range()
    if (start === end) return ''
    if (end - start !== length) return `?${end - start}`
    const hex = this.#bytes.toString('hex', start, end)
    return ZERO.test(hex) ? '' : hex
  }

  number(): number {
    return this.#reader.int32()
  }

  flag(): boolean {
    return this.#reader.bool()
  }

  /** What JSON has no number for (NaN, infinities) becomes its name. */
  double(): number | string {
    const value = this.#reader.double()
    return Number.isFinite(value) ? value : String(value)
  }

  /** An int64; beyond 2^53 it loses its last digits, as in JSON. */
  int64(): number {
    return Number(this.#reader.int64())
  }

  /** The same stamp as `nanos`, in ms. */
  ms(): number | undefined {
    const low = this.#reader.fixed32()
    return msOfHalves(this.#reader.fixed32(), low)
  }

  /** Nanoseconds since the epoch (fixed64). */
  nanos(): bigint {
    const low = this.#reader.fixed32()
    const high = this.#reader.fixed32()
    return (BigInt(high) << 32n) | BigInt(low)
  }

  #end(): number {
    const length = this.#reader.uint32()
    const end = this.#reader.pos + length
    if (end > this.#reader.len) throw new MalformedTelemetry('the body ends within a message')
    return end
  }

  #until(end: number, take: (field: number, wire: number) => boolean): void {
    const reader = this.#reader
    while (reader.pos < end) {
      const tag = reader.uint32()
      const wire = tag & 7
      if (tag < 8) throw new MalformedTelemetry('a field has the number 0')
      if (wire === 3 || wire === 4 || wire > 5) throw new MalformedTelemetry(`a field has wire type ${wire}`)
      if (!take(tag >>> 3, wire)) reader.skipType(wire)
    }
    if (reader.pos !== end) throw new MalformedTelemetry('a field reaches over the end of its message')
  }
}
