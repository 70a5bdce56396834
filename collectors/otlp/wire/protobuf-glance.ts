/**
 * A look at a span or log record as it stands in protobuf, value by value (see glance.ts).
 * Invariant (property-tested): what is passed over here would be passed over as text as well. In doubt it is looked at.
 */
import { FIRST_ERROR, STATUS_ERROR } from '../is-failed.ts'
import type { PassedSpan } from '../telemetry.ts'
import { type Glance, LISTS_WITHIN } from './glance.ts'
import { msOfHalves } from './nanos.ts'
import type { Range } from './range.ts'

const TRACE_ID_BYTES = 16
const SPAN_ID_BYTES = 8
/** Of a trace id, its last: see PassedSpan. */
const TRACE_BYTES = 6

/** The bytes are no protobuf; the decoder will say what is wrong with them. */
class Broken extends Error {}
const BROKEN = new Broken()

export class ProtobufGlance {
  readonly #glance: Glance
  readonly #bytes: Buffer
  #at = 0
  /** The span in hand says that it failed. */
  #failed = false

  constructor(glance: Glance, bytes: Buffer) {
    this.#glance = glance
    this.#bytes = bytes
  }

  /** Null: it has to be decoded, because it may tell something or is not as it should be. */
  span(range: Range): PassedSpan | null {
    return this.#unlessBroken(range, () => this.#span(range.end))
  }

  /** Does no signature match in this log record? */
  isSilentLog(range: Range): boolean {
    return this.#unlessBroken(range, () => (this.#log(range.end) ? true : null)) ?? false
  }

  #unlessBroken<T>(range: Range, look: () => T | null): T | null {
    this.#at = range.start
    this.#failed = false
    try {
      return look()
    } catch (error) {
      if (error === BROKEN) return null
      throw error
    }
  }

  #span(end: number): PassedSpan | null {
    const bytes = this.#bytes
    let trace = -1
    let own = -1
    let parent = -1
    let kind = 0
    let start_ms: number | undefined
    let end_ms: number | undefined
    while (this.#at < end) {
      const tag = this.#varint()
      switch (tag) {
        case 0x0a:
          trace = this.#id(end, TRACE_ID_BYTES)
          if (trace < 0) return null
          break
        case 0x12:
          own = this.#id(end, SPAN_ID_BYTES)
          if (own < 0) return null
          break
        case 0x22: {
          const stop = this.#length(end)
          if (stop - this.#at !== SPAN_ID_BYTES && stop !== this.#at) return null
          parent = stop === this.#at ? -1 : this.#at
          this.#at = stop
          break
        }
        case 0x30:
          kind = this.#varint()
          break
        case 0x39:
          start_ms = this.#ms(end)
          break
        case 0x41:
          end_ms = this.#ms(end)
          break
        case 0x4a:
          if (this.#attributeTells(this.#length(end))) return null
          break
        case 0x5a:
          // An event: mostly an exception, which is what is looked for.
          return null
        case 0x7a:
          if (this.#statusTells(this.#length(end))) return null
          break
        default:
          this.#skip(tag & 7, end)
      }
    }
    if (this.#at !== end || trace < 0 || own < 0 || isZero(bytes, trace, TRACE_ID_BYTES)) return null
    if (isZero(bytes, own, SPAN_ID_BYTES)) return null
    const hex = (at: number, length: number) => bytes.toString('hex', at, at + length)
    return {
      kind,
      trace: bytes.readUIntBE(trace + TRACE_ID_BYTES - TRACE_BYTES, TRACE_BYTES),
      failed: this.#failed,
      trace_id: () => hex(trace, TRACE_ID_BYTES),
      span_id: () => hex(own, SPAN_ID_BYTES),
      parent_span_id: () => (parent < 0 || isZero(bytes, parent, SPAN_ID_BYTES) ? '' : hex(parent, SPAN_ID_BYTES)),
      start_ms,
      end_ms,
    }
  }

  #log(end: number): boolean {
    while (this.#at < end) {
      const tag = this.#varint()
      if (tag === 0x2a) {
        if (this.#valueTells(this.#length(end), 0)) return false
      } else if (tag === 0x32) {
        if (this.#attributeTells(this.#length(end))) return false
      } else if (tag === 0x62) {
        // A named event is said by software that means to be understood.
        if (this.#length(end) !== this.#at) return false
      } else this.#skip(tag & 7, end)
    }
    return this.#at === end
  }

  /** Status: a message says something, the code alone nothing but that it failed. */
  #statusTells(end: number): boolean {
    while (this.#at < end) {
      const tag = this.#varint()
      if (tag === 0x18) this.#failed = this.#varint() === STATUS_ERROR
      else if (tag !== 0x12) this.#skip(tag & 7, end)
      else if (this.#length(end) !== this.#at) return true
    }
    return this.#at !== end
  }

  #attributeTells(end: number): boolean {
    // The key comes first from everybody; otherwise the value would have to be remembered.
    if (this.#varint() !== 0x0a) return true
    const stop = this.#length(end)
    const meaning = this.#glance.meaningOf(this.#bytes, this.#at, stop)
    if (meaning === 'tells') return true
    if (meaning === 'silent') {
      this.#at = end
      return false
    }
    if (meaning === 'silent at zero') return !this.#isZero(stop, end)
    this.#at = stop
    if (stop === end) return false
    if (this.#varint() !== 0x12) return true
    const last = this.#length(end)
    const value = this.#at
    if (last !== end || this.#valueTells(last, 0)) return true
    if (meaning === 'http status') this.#failed ||= this.#numberAt(value) >= FIRST_ERROR
    this.#at = end
    return false
  }

  /** Is the value behind the key the integer 0, and nothing else? */
  #isZero(at: number, end: number): boolean {
    const bytes = this.#bytes
    this.#at = end
    return end - at === 4 && bytes[at] === 0x12 && bytes[at + 1] === 2 && bytes[at + 2] === 0x18 && bytes[at + 3] === 0
  }

  /** What a value is worth as a number; NaN for all others. */
  #numberAt(at: number): number {
    this.#at = at
    const tag = this.#varint()
    if (tag === 0x18) return this.#varint()
    return tag === 0x21 ? this.#bytes.readDoubleLE(this.#at) : Number.NaN
  }

  /** AnyValue: string 1, bool 2, int 3, double 4, array 5; maps and bytes are left to the decoder. */
  #valueTells(end: number, depth: number): boolean {
    while (this.#at < end) {
      const tag = this.#varint()
      switch (tag) {
        case 0x0a: {
          const stop = this.#length(end)
          if (this.#glance.textTells(this.#bytes, this.#at, stop)) return true
          this.#at = stop
          break
        }
        case 0x10:
          if (this.#glance.flagsTell) return true
          this.#varint()
          break
        case 0x18:
          if (this.#glance.numberTells(this.#varint())) return true
          break
        case 0x21:
          if (this.#at + 8 > end) throw BROKEN
          if (this.#glance.numberTells(this.#bytes.readDoubleLE(this.#at))) return true
          this.#at += 8
          break
        case 0x2a: {
          const stop = this.#length(end)
          if (depth >= LISTS_WITHIN) return true
          while (this.#at < stop) {
            if (this.#varint() !== 0x0a) return true
            if (this.#valueTells(this.#length(stop), depth + 1)) return true
          }
          break
        }
        default:
          return true
      }
    }
    return this.#at !== end
  }

  /** Where the id begins that comes next; -1 where it has another length than it must. */
  #id(end: number, length: number): number {
    const stop = this.#length(end)
    const at = this.#at
    this.#at = stop
    return stop - at === length ? at : -1
  }

  /** Where the field ends whose length comes next. */
  #length(end: number): number {
    const stop = this.#varint() + this.#at
    if (!(stop <= end)) throw BROKEN
    return stop
  }

  #varint(): number {
    const bytes = this.#bytes
    let byte = bytes[this.#at++]!
    if (byte < 0x80) return byte
    let value = byte & 0x7f
    for (let scale = 0x80, i = 1; i < 10; i++, scale *= 0x80) {
      byte = bytes[this.#at++]!
      if (byte === undefined) throw BROKEN
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return Number.isSafeInteger(value) ? value : Number.NaN
    }
    throw BROKEN
  }

  #ms(end: number): number | undefined {
    const at = this.#at
    if (at + 8 > end) throw BROKEN
    this.#at = at + 8
    return msOfHalves(this.#bytes.readUInt32LE(at + 4), this.#bytes.readUInt32LE(at))
  }

  #skip(wire: number, end: number): void {
    if (wire === 0) this.#varint()
    else if (wire === 1) this.#at += 8
    else if (wire === 2) this.#at = this.#length(end)
    else if (wire === 5) this.#at += 4
    else throw BROKEN
    if (this.#at > end) throw BROKEN
  }
}

function isZero(bytes: Uint8Array, at: number, length: number): boolean {
  for (let i = at; i < at + length; i++) if (bytes[i] !== 0) return false
  return true
}
