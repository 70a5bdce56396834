/**
 * A look at a span or log record as it stands in JSON, value by value (see glance.ts). Knows the writing that senders use:
 * names in lowerCamelCase once each, an attribute's key before its value, numbers without frills. Whatever else JSON
 * and OTLP allow is left to the decoder.
 * Invariant (property-tested): what is passed over here is sound JSON, would have been decoded without a complaint, and would
 * be passed over as text as well.
 */
import { FIRST_ERROR, STATUS_ERROR } from '../is-failed.ts'
import { ATTRIBUTES_LIMIT } from '../limits.ts'
import type { PassedSpan } from '../telemetry.ts'
import { type Glance, LISTS_WITHIN } from './glance.ts'
import { msOfDigits } from './nanos.ts'
import type { Range } from './range.ts'

const QUOTE = 34
const COMMA = 44
const MINUS = 45
const DIGIT_0 = 48
const DIGIT_9 = 57
const COLON = 58
const OPEN_ARRAY = 91
const BACKSLASH = 92
const CLOSE_ARRAY = 93
const OPEN_OBJECT = 123
const CLOSE_OBJECT = 125

const TRACE_ID_CHARS = 32
const SPAN_ID_CHARS = 16
/** Of a trace id, its last: see PassedSpan. */
const TRACE_CHARS = 12
/** Integers with as many digits are exact. */
const EXACT_DIGITS = 15
/** `9223372036854775807` ns is the year 2262. */
const NANOS_DIGITS = 19
const INT32_MAX = 0x7fffffff
/** Longest writing of a double that anybody uses. */
const DOUBLE_CHARS = 40

const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/

/** It has to be decoded: it may tell something, or is not written as it mostly is, or no JSON. */
class Unclear extends Error {}
const UNCLEAR = new Unclear()

type Member = { bytes: Buffer; bit: number }

/** Names of an object's members, by length and first letter; each of them once. */
class Members {
  readonly #known = new Map<number, Member[]>()

  constructor(names: readonly string[]) {
    for (const [nth, name] of names.entries()) {
      const bytes = Buffer.from(name)
      const key = Members.#key(bytes[0]!, bytes.length)
      this.#known.set(key, [...(this.#known.get(key) ?? []), { bytes, bit: 1 << nth }])
    }
  }

  static #key(first: number, length: number): number {
    return (length << 8) | first
  }

  /** 0 where the name is none of them. */
  bitOf(bytes: Buffer, from: number, to: number): number {
    const candidates = this.#known.get(Members.#key(bytes[from] ?? 0, to - from))
    if (candidates === undefined) return 0
    for (const { bytes: wanted, bit } of candidates) {
      let i = 0
      while (i < wanted.length && bytes[from + i] === wanted[i]) i++
      if (i === wanted.length) return bit
    }
    return 0
  }
}

const SPAN = {
  traceId: 1,
  spanId: 2,
  parentSpanId: 4,
  name: 8,
  kind: 16,
  startTimeUnixNano: 32,
  endTimeUnixNano: 64,
  attributes: 128,
  events: 256,
  links: 512,
  status: 1024,
  traceState: 2048,
  flags: 4096,
  droppedAttributesCount: 8192,
  droppedEventsCount: 16384,
  droppedLinksCount: 32768,
}
const LOG = {
  timeUnixNano: 1,
  observedTimeUnixNano: 2,
  severityNumber: 4,
  severityText: 8,
  body: 16,
  attributes: 32,
  traceId: 64,
  spanId: 128,
  flags: 256,
  eventName: 512,
  droppedAttributesCount: 1024,
}
const STATUS = { code: 1, message: 2 }
const VALUE = { stringValue: 1, intValue: 2, doubleValue: 4, boolValue: 8, arrayValue: 16 }
const SPAN_MEMBERS = new Members(Object.keys(SPAN))
const LOG_MEMBERS = new Members(Object.keys(LOG))
const STATUS_MEMBERS = new Members(Object.keys(STATUS))
const VALUE_MEMBERS = new Members(Object.keys(VALUE))

export class JsonGlance {
  readonly #glance: Glance
  readonly #bytes: Buffer
  #at = 0
  /** The text read last, without its quotes; and whether it stands as it is, without escapes. */
  #from = 0
  #to = 0
  #asIs = true
  /** The number read last. */
  #number = 0
  /** What the span in hand says. */
  #seen = 0
  #failed = false
  #statuses = 0
  #kind = 0
  #trace = -1
  #own = -1
  #parent = -1
  #start: number | undefined
  #end: number | undefined

  constructor(glance: Glance, bytes: Buffer) {
    this.#glance = glance
    this.#bytes = bytes
  }

  /** Null: it has to be decoded. */
  span(range: Range): PassedSpan | null {
    this.#failed = false
    this.#statuses = 0
    this.#kind = 0
    this.#trace = this.#own = this.#parent = -1
    this.#start = this.#end = undefined
    if (!this.#isClear(range, SPAN_MEMBERS, this.#spanMember) || this.#trace < 0 || this.#own < 0) return null
    const bytes = this.#bytes
    const own = this.#own
    const trace = this.#trace
    const parent = this.#parent
    const hex = (at: number, length: number) => bytes.toString('latin1', at, at + length).toLowerCase()
    return {
      kind: this.#kind,
      trace: this.#hexNumber(trace + TRACE_ID_CHARS - TRACE_CHARS, TRACE_CHARS),
      failed: this.#failed,
      trace_id: () => hex(trace, TRACE_ID_CHARS),
      span_id: () => hex(own, SPAN_ID_CHARS),
      parent_span_id: () => (parent < 0 ? '' : hex(parent, SPAN_ID_CHARS)),
      start_ms: this.#start,
      end_ms: this.#end,
    }
  }

  /** Does no signature match in this log record? */
  isSilentLog(range: Range): boolean {
    return this.#isClear(range, LOG_MEMBERS, this.#logMember)
  }

  #isClear({ start, end }: Range, members: Members, member: (bit: number) => void): boolean {
    this.#at = start
    try {
      this.#object(members, member)
      return this.#at === end
    } catch (error) {
      if (error === UNCLEAR) return false
      throw error
    }
  }

  readonly #spanMember = (bit: number): void => {
    switch (bit) {
      case SPAN.traceId:
        this.#trace = this.#id(TRACE_ID_CHARS)
        break
      case SPAN.spanId:
        this.#own = this.#id(SPAN_ID_CHARS)
        break
      case SPAN.parentSpanId:
        this.#parent = this.#id(SPAN_ID_CHARS)
        break
      case SPAN.kind:
        this.#kind = this.#integer()
        break
      case SPAN.startTimeUnixNano:
        this.#start = this.#ms()
        break
      case SPAN.endTimeUnixNano:
        this.#end = this.#ms()
        break
      case SPAN.attributes:
        this.#attributes()
        break
      case SPAN.events: // mostly an exception, which is what is looked for
      case SPAN.links:
        this.#take(OPEN_ARRAY)
        this.#take(CLOSE_ARRAY)
        break
      case SPAN.status:
        this.#within(STATUS_MEMBERS, this.#statusMember)
        break
      case SPAN.name:
      case SPAN.traceState:
        this.#soundText()
        break
      default:
        this.#integer()
    }
  }

  readonly #logMember = (bit: number): void => {
    switch (bit) {
      case LOG.timeUnixNano:
      case LOG.observedTimeUnixNano:
        this.#ms()
        break
      case LOG.body:
        this.#value(true, 0)
        break
      case LOG.attributes:
        this.#attributes()
        break
      case LOG.eventName:
        // A named event is said by software that means to be understood.
        this.#emptyText()
        break
      case LOG.severityText:
      case LOG.traceId:
      case LOG.spanId:
        this.#soundText()
        break
      default:
        this.#integer()
    }
  }

  /** Status: a message says something, the code alone nothing but that it failed. */
  readonly #statusMember = (bit: number): void => {
    if (bit === STATUS.code) this.#failed ||= this.#integer() === STATUS_ERROR
    else this.#emptyText()
  }

  #attributes(): void {
    this.#take(OPEN_ARRAY)
    if (this.#skipTo(CLOSE_ARRAY)) return
    let count = 0
    do {
      if (++count > ATTRIBUTES_LIMIT) throw UNCLEAR
      this.#attribute()
    } while (this.#goesOn(CLOSE_ARRAY))
  }

  /** `{"key":"…","value":{…}}` */
  #attribute(): void {
    this.#take(OPEN_OBJECT)
    this.#name('key')
    this.#plainText()
    const meaning = this.#glance.meaningOf(this.#bytes, this.#from, this.#to)
    if (meaning === 'tells') throw UNCLEAR
    this.#take(COMMA)
    this.#name('value')
    this.#number = Number.NaN
    this.#value(meaning === 'its value counts' || meaning === 'http status', 0)
    if (meaning === 'silent at zero' && this.#number !== 0) throw UNCLEAR
    if (meaning === 'http status') {
      // Of two only the last counts.
      if (++this.#statuses > 1) throw UNCLEAR
      this.#failed ||= this.#number >= FIRST_ERROR
    }
    this.#take(CLOSE_OBJECT)
  }

  /** AnyValue: one of text, number, flag, list; maps and bytes are left to the decoder. @param counts whether a signature looks at it */
  #value(counts: boolean, depth: number): void {
    this.#take(OPEN_OBJECT)
    this.#string()
    const bit = VALUE_MEMBERS.bitOf(this.#bytes, this.#from, this.#to)
    this.#take(COLON)
    switch (bit) {
      case VALUE.stringValue:
        this.#string()
        if (
          this.#asIs ? counts && this.#glance.textTells(this.#bytes, this.#from, this.#to) : this.#escapedTells(counts)
        )
          throw UNCLEAR
        break
      case VALUE.intValue: {
        const quoted = this.#next() === QUOTE
        if (quoted) this.#at++
        this.#number = this.#exactInteger()
        if (quoted) this.#take(QUOTE)
        if (counts && this.#glance.numberTells(this.#number)) throw UNCLEAR
        break
      }
      case VALUE.doubleValue:
        this.#number = this.#double()
        if (counts && this.#glance.numberTells(this.#number)) throw UNCLEAR
        break
      case VALUE.boolValue:
        this.#flag()
        if (counts && this.#glance.flagsTell) throw UNCLEAR
        break
      case VALUE.arrayValue:
        this.#list(counts, depth)
        this.#number = Number.NaN
        break
      default:
        throw UNCLEAR
    }
    this.#take(CLOSE_OBJECT)
  }

  /** `{"values":[…]}` */
  #list(counts: boolean, depth: number): void {
    if (depth >= LISTS_WITHIN) throw UNCLEAR
    this.#take(OPEN_OBJECT)
    this.#name('values')
    this.#take(OPEN_ARRAY)
    if (!this.#skipTo(CLOSE_ARRAY))
      do this.#value(counts, depth + 1)
      while (this.#goesOn(CLOSE_ARRAY))
    this.#take(CLOSE_OBJECT)
  }

  /** The object that comes next, with known members only and each of them once. */
  #object(members: Members, member: (bit: number) => void): void {
    this.#take(OPEN_OBJECT)
    this.#seen = 0
    if (this.#skipTo(CLOSE_OBJECT)) return
    do {
      this.#string()
      const bit = members.bitOf(this.#bytes, this.#from, this.#to)
      if (bit === 0 || (this.#seen & bit) !== 0) throw UNCLEAR
      this.#seen |= bit
      this.#take(COLON)
      member(bit)
    } while (this.#goesOn(CLOSE_OBJECT))
  }

  #within(members: Members, member: (bit: number) => void): void {
    const seen = this.#seen
    this.#object(members, member)
    this.#seen = seen
  }

  #name(wanted: string): void {
    this.#string()
    if (this.#to - this.#from !== wanted.length) throw UNCLEAR
    for (let i = 0; i < wanted.length; i++) if (this.#bytes[this.#from + i] !== wanted.charCodeAt(i)) throw UNCLEAR
    this.#take(COLON)
  }

  #string(): void {
    this.#take(QUOTE)
    const bytes = this.#bytes
    let i = this.#at
    this.#from = i
    this.#asIs = true
    for (let c = bytes[i]; c !== QUOTE; c = bytes[i]) {
      if (c === BACKSLASH) {
        this.#asIs = false
        i += 2
      } else if (c! >= 32) i++
      else throw UNCLEAR
    }
    this.#to = i
    this.#at = i + 1
  }

  #plainText(): void {
    this.#string()
    if (!this.#asIs) throw UNCLEAR
  }

  #emptyText(): void {
    this.#string()
    if (this.#to !== this.#from) throw UNCLEAR
  }

  /** A text of which nothing matters but that it is one. */
  #soundText(): void {
    this.#string()
    if (!this.#asIs) this.#unescaped()
  }

  #escapedTells(counts: boolean): boolean {
    const text = this.#unescaped()
    return counts && this.#glance.wordTells(text)
  }

  #unescaped(): string {
    try {
      return JSON.parse(this.#bytes.toString('utf8', this.#from - 1, this.#to + 1)) as string
    } catch {
      throw UNCLEAR
    }
  }

  /** Where the id begins that comes next; -1 where it is none: empty, all zero, of another length. */
  #id(length: number): number {
    this.#plainText()
    if (this.#to - this.#from !== length) return -1
    let zero = true
    for (let i = this.#from; i < this.#to; i++) {
      const digit = HEX[this.#bytes[i]!]!
      if (digit > 15) return -1
      if (digit > 0) zero = false
    }
    return zero ? -1 : this.#from
  }

  #hexNumber(at: number, length: number): number {
    let number = 0
    for (let i = at; i < at + length; i++) number = number * 16 + HEX[this.#bytes[i]!]!
    return number
  }

  /** `"1727000000123456789"` */
  #ms(): number | undefined {
    this.#take(QUOTE)
    const from = this.#at
    this.#digits(NANOS_DIGITS)
    const ms = msOfDigits(this.#bytes, from, this.#at)
    this.#take(QUOTE)
    return ms
  }

  /** An int32 that is not negative. */
  #integer(): number {
    const value = this.#exactInteger()
    if (value < 0 || value > INT32_MAX) throw UNCLEAR
    return value
  }

  #exactInteger(): number {
    const negative = this.#next() === MINUS
    if (negative) this.#at++
    const from = this.#at
    const value = this.#digits(EXACT_DIGITS)
    // JSON knows no leading zeros, and no rendering -0.
    if (this.#bytes[from] === DIGIT_0 && (negative || this.#at > from + 1)) throw UNCLEAR
    return negative ? -value : value
  }

  #digits(most: number): number {
    const bytes = this.#bytes
    const from = this.#at
    let value = 0
    for (let c = bytes[this.#at]!; c >= DIGIT_0 && c <= DIGIT_9; c = bytes[++this.#at]!)
      value = value * 10 + c - DIGIT_0
    if (this.#at === from || this.#at - from > most) throw UNCLEAR
    return value
  }

  #double(): number {
    this.#next()
    const from = this.#at
    const bytes = this.#bytes
    while (bytes[this.#at] !== CLOSE_OBJECT && this.#at - from < DOUBLE_CHARS) this.#at++
    const text = bytes.toString('latin1', from, this.#at).trimEnd()
    if (!NUMBER.test(text)) throw UNCLEAR
    return Number(text)
  }

  #flag(): void {
    const word = this.#next() === 116 ? 'true' : 'false'
    if (this.#bytes.toString('latin1', this.#at, this.#at + word.length) !== word) throw UNCLEAR
    this.#at += word.length
  }

  /** The byte that comes next, white space passed over. */
  #next(): number {
    const bytes = this.#bytes
    let c = bytes[this.#at]!
    while (c === 32 || c === 10 || c === 13 || c === 9) c = bytes[++this.#at]!
    return c
  }

  #take(wanted: number): void {
    if (this.#next() !== wanted) throw UNCLEAR
    this.#at++
  }

  #skipTo(wanted: number): boolean {
    if (this.#next() !== wanted) return false
    this.#at++
    return true
  }

  /** A comma: true; the end: false. */
  #goesOn(end: number): boolean {
    if (this.#skipTo(COMMA)) return true
    this.#take(end)
    return false
  }
}

/** Values of hexadecimal digits; 255 for all else. */
const HEX = Uint8Array.from({ length: 256 }, (_, c) => {
  const digit = '0123456789abcdef'.indexOf(String.fromCharCode(c).toLowerCase())
  return digit < 0 ? 255 : digit
})
