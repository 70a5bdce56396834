/**
 * Step 3, decode: a redacted record becomes fields. Finds the format that fits, lets its field plan say what each field
 * means, and states time, severity, body, speech, attributes and resource.
 * Knows kinds of layout (JSON, logfmt, text), never a particular one: those are data in ../formats.
 * Invariant: total; any text gives a record, at worst of format `text`. `speech` never holds what a remote party fills in.
 */
import type { AttributeValue, Envelope, LogRecord } from '../../src/core/log-record.ts'
import { stripAnsi } from '../assemble/ansi.ts'
import type { Format, FormatSet } from '../formats/format-set.ts'
import type { MessageShape } from '../formats/message-shapes.ts'
import { Draft, MAX_SPEECH } from './draft.ts'
import type { FormatMemory } from './format-memory.ts'
import { parsePairs, typed } from './logfmt.ts'
import { renderTemplate } from './message-template.ts'
import type { Stamp } from './stamp.ts'
import { tracedError } from './trace.ts'
import { type ZoneOffset, zoneOffset } from './zone-offset.ts'

export interface Decodable {
  /** Already redacted. */
  text: string
  envelope?: Envelope
  received_collector_ms?: number
}

/** A naive stamp this close to its wrapper's (after whole quarter hours) is the same moment in another zone; ms. */
const ZONE_EVIDENCE_MS = 120_000
const QUARTER_HOUR_MS = 900_000
/** Zones reach from −12 to +14 hours. */
const MAX_ZONE_MS = 14 * 3_600_000
/** Places at which a JSON object may begin at the end of a message. */
const MAX_JSON_TRIES = 4
/** What may follow a quoted message: nothing, or a pair. */
const BEHIND_QUOTED = /^\s*$|^ {1,4}[\w.@/-]{1,60}=/
/** A message longer than this is not searched for shapes; characters. */
const MAX_SHAPED = 16_384

export class Decoder {
  readonly #formats: FormatSet
  readonly #zone: ZoneOffset
  readonly #now: () => number

  /** `zone`: IANA name for stamps without one. `now`: about the present, ms, for stamps without a year. */
  constructor(formats: FormatSet, zone: string, now: () => number = Date.now) {
    this.#formats = formats
    this.#zone = zoneOffset(zone)
    this.#now = now
  }

  decode(record: Decodable, memory: FormatMemory): LogRecord {
    const text = stripAnsi(record.text)
    const first = firstChar(text)
    if (first === 123) {
      const object = parseObject(text)
      if (object !== null) {
        const format = this.#formats.json.find((one) => one.fits(object))
        if (format !== undefined) return this.#fromObject(format, object, record, memory)
      }
    }
    const line = text.indexOf('\n')
    const head = line < 0 ? text : text.slice(0, line)
    const rest = line < 0 ? '' : text.slice(line + 1)
    const pairs = looksLikePairs(head) ? this.#pairs(text, record, memory) : null
    if (pairs !== null) return pairs
    for (const format of this.#formats.text) {
      const done = this.#fromText(format, head, rest, record, memory)
      if (done !== null) return done
    }
    const draft = new Draft(this.#formats.plain.plan)
    draft.message = head
    return this.#finish(this.#formats.plain, draft, rest, record, memory)
  }

  #fromObject(
    format: Format,
    object: Readonly<Record<string, unknown>>,
    record: Decodable,
    memory: FormatMemory,
  ): LogRecord {
    const draft = new Draft(format.plan)
    draft.object(object)
    return this.#finish(format, draft, '', record, memory)
  }

  #pairs(text: string, record: Decodable, memory: FormatMemory): LogRecord | null {
    const pairs = parsePairs(text, 'space')
    if (pairs.length < 2) return null
    const object: Record<string, unknown> = {}
    for (const [key, value] of pairs) if (!Object.hasOwn(object, key) && key !== '__proto__') object[key] = typed(value)
    for (const format of this.#formats.logfmt)
      if (format.fits(object)) return this.#fromObject(format, object, record, memory)
    return null
  }

  #fromText(format: Format, head: string, rest: string, record: Decodable, memory: FormatMemory): LogRecord | null {
    if (format.headLines > 1) [head, rest] = moreHead(head, rest, format.headLines)
    for (const pattern of format.patterns) {
      const groups = pattern.exec(head)?.groups
      if (groups === undefined) continue
      const draft = new Draft(format.plan)
      for (const name in groups) {
        const value = groups[name]
        if (value === undefined || value === '' || value === '-') continue
        draft.named(name, typed(value))
      }
      return this.#finish(format, draft, rest, record, memory)
    }
    return null
  }

  #finish(format: Format, draft: Draft, rest: string, record: Decodable, memory: FormatMemory): LogRecord {
    if (rest !== '') this.#continue(draft, rest)
    if (draft.message === undefined && draft.template !== undefined) this.#render(format, draft)
    let { message } = draft
    if (message?.includes('\x1b')) message = stripAnsi(message)
    if (message !== undefined && format.tail !== null) message = cutTail(format.tail, draft, message)
    if (message !== undefined && format.trailing !== 'none') message = this.#trailing(format, draft, message)
    draft.message = message
    draft.close()

    let says = format.silent ? undefined : draft.spoken(message)
    if (message !== undefined && message.length <= MAX_SHAPED && this.#formats.messages.mayHave(message))
      says = this.#shaped(draft, message, says)
    if (message !== undefined && !format.silent && message.length <= MAX_SHAPED) draft.ids(message)

    let body = message
    if (body === undefined && format.body !== null) body = fill(format.body, draft.attributes)
    const decoded: LogRecord = {
      format: format.name,
      body: body ?? draft.speech[0] ?? '',
      speech: speechOf(says, draft.speech),
      attributes: draft.attributes,
      resource: draft.resource,
    }
    const { envelope } = record
    this.#time(decoded, format, draft.time, record, memory)
    const severity = draft.severity === undefined ? undefined : format.scale(draft.severity)
    if (severity !== undefined) decoded.severity = severity
    else if (envelope?.severity !== undefined) decoded.severity = envelope.severity
    if (draft.trace_id !== undefined) decoded.trace_id = draft.trace_id
    if (draft.span_id !== undefined) decoded.span_id = draft.span_id
    if (envelope !== undefined) {
      if (envelope.host !== undefined) draft.resource['host.name'] ??= envelope.host
      if (envelope.service !== undefined) draft.resource['service.name'] ??= envelope.service
      if (envelope.trace_id !== undefined) decoded.trace_id ??= envelope.trace_id
      if (envelope.span_id !== undefined) decoded.span_id ??= envelope.span_id
    }
    return decoded
  }

  #time(decoded: LogRecord, format: Format, value: unknown, record: Decodable, memory: FormatMemory): void {
    const { envelope } = record
    let stamp: Stamp | null = null
    if (value !== undefined) {
      const reference = record.received_collector_ms ?? envelope?.logged_writer_ms ?? this.#now()
      for (const layout of format.times) {
        stamp = layout(value, this.#zone, reference)
        if (stamp !== null) break
      }
    }
    memory.naive = stamp?.naive ?? false
    if (stamp !== null) {
      decoded.logged_writer_ms = stamp.naive ? placed(stamp.ms, envelope) : stamp.ms
      decoded.logged_resolution_ms = stamp.resolution
    } else if (envelope?.logged_writer_ms !== undefined) {
      decoded.logged_writer_ms = envelope.logged_writer_ms
      if (envelope.logged_resolution_ms !== undefined) decoded.logged_resolution_ms = envelope.logged_resolution_ms
    }
  }

  /** Lines after the first: a stack trace, or a message of several lines. */
  #continue(draft: Draft, rest: string): void {
    if (draft.message === undefined) {
      // The layout puts the message on the next line, indented (ASP.NET's console).
      const lines = rest.split('\n')
      const indent = /^[ \t]*/.exec(lines[0]!)![0].length
      const plain = lines.map((l) => (/^[ \t]*$/.test(l.slice(0, indent)) ? l.slice(indent) : l))
      draft.message = plain[0]!
      if (plain.length > 1) this.#continue(draft, plain.slice(1).join('\n'))
      return
    }
    const error = tracedError([draft.message, ...rest.split('\n', 1000)])
    if (error !== null) draft.exception(error.type, error.message, rest)
    if (error !== null || /^\s+at |^\s+File "|^\s+from |^#\d|^goroutine /m.test(rest)) {
      if (error === null) draft.exception(undefined, undefined, rest)
      draft.speech.push(rest)
    } else draft.message = `${draft.message}\n${rest}`
  }

  /** The message is written as a template: the body gets every value, the speech only those the software itself states. */
  #render(format: Format, draft: Draft): void {
    const template = draft.template!
    draft.message = renderTemplate(template, (name) => draft.valueOf(name))
    draft.quiet = renderTemplate(template, (name) => (format.plan.speaks(name) ? draft.valueOf(name) : undefined))
  }

  /** Structure behind the message: `message {"json":1}` or `"message" key="value"`. */
  #trailing(format: Format, draft: Draft, message: string): string {
    if (format.trailing === 'pairs') return this.#trailingPairs(draft, message)
    if (!message.endsWith('}')) return message
    let at = message.indexOf('{"')
    for (let tries = 0; at >= 0 && tries < MAX_JSON_TRIES; tries++) {
      if (draft.json(message.slice(at))) return message.slice(0, at).trimEnd()
      at = message.indexOf('{"', at + 1)
    }
    return message
  }

  #trailingPairs(draft: Draft, message: string): string {
    let from = 0
    let text = message
    if (message.startsWith('"')) {
      const close = closing(message)
      // A sentence may begin with a quoted word; a quoted message has nothing behind it but pairs.
      if (close < 0 || !BEHIND_QUOTED.test(message.slice(close + 1, close + 80))) return message
      from = close + 1
      try {
        text = JSON.parse(message.slice(0, close + 1)) as string
      } catch {
        text = message.slice(1, close)
      }
    } else {
      const first = /(?:^|\s)[\w.@/-]{1,60}=/.exec(message)
      if (first === null) return message
      // Written without quotes it is a sentence of its own, in which pairs may stand; they are read and left in it.
      from = first.index
    }
    for (const [key, value] of parsePairs(message, 'space', from)) draft.named(key, typed(value))
    return text === '' ? message : text
  }

  /** Applies the first message shape that fits; gives what the message says then. */
  #shaped(draft: Draft, message: string, says: string | undefined): string | undefined {
    for (const shape of this.#formats.messages.shapes) {
      if (!shape.contains.some((literal) => message.includes(literal))) continue
      const fitted = readShape(shape, message)
      if (fitted === null) continue
      draft.adopt(shape.plan, fitted.fields)
      if (shape.speech === 'all') continue
      return shape.speech === 'none' || says === undefined ? undefined : fitted.speech
    }
    return says
  }
}

/** Layouts whose head spans several lines: moves lines from the rest to the head. */
function moreHead(head: string, rest: string, lines: number): [string, string] {
  const following = rest === '' ? [] : rest.split('\n')
  return [[head, ...following.slice(0, lines - 1)].join('\n'), following.slice(lines - 1).join('\n')]
}

/** nginx: `, client: 10.0.0.7, server: x, request: "GET / HTTP/1.1"`; Apache: `, referer: …`. */
function cutTail(tail: NonNullable<Format['tail']>, draft: Draft, message: string): string {
  const at = message.indexOf(tail.at)
  if (at < 0) return message
  if (tail.field !== null) draft.named(tail.field, message.slice(at + tail.at.length))
  else
    for (const [, key, quoted, plain] of message
      .slice(at)
      .matchAll(/, ([a-z]{1,20}): (?:"([^"]{0,8192})"|([^,"]{0,512}))/g))
      draft.named(key!, quoted ?? plain!)
  return message.slice(0, at)
}

interface Fitted {
  fields: readonly (readonly [string, AttributeValue])[]
  speech: string | undefined
}

function readShape(shape: MessageShape, message: string): Fitted | null {
  if (shape.starts !== null && !message.startsWith(shape.starts)) return null
  if (shape.pattern !== null) {
    const line = message.indexOf('\n')
    const found = shape.pattern.exec(line < 0 ? message : message.slice(0, line))
    if (found === null) return null
    const groups: Readonly<Record<string, string | undefined>> = found.groups ?? {}
    const fields: [string, AttributeValue][] = []
    for (const [name, value] of Object.entries(groups))
      if (name !== 'says' && value !== undefined && value !== '' && value !== '-') fields.push([name, typed(value)])
    return { fields, speech: groups.says }
  }
  const pairs = parsePairs(message, shape.pairs!)
  if (pairs.length < 2) return null
  const spoken = pairs.filter(([key]) => shape.says.has(key.toLowerCase())).map(([key, value]) => `${key}=${value}`)
  return { fields: pairs.map(([key, value]) => [key, typed(value)]), speech: spoken.join(', ') }
}

/** Naive stamps: when the wrapper knows the moment, only whole quarter hours may lie between, and they are the zone. */
function placed(ms: number, envelope: Envelope | undefined): number {
  const stated = envelope?.logged_writer_ms
  if (stated === undefined || envelope?.wrapper.includes('syslog3164')) return ms
  const shift = Math.round((stated - ms) / QUARTER_HOUR_MS) * QUARTER_HOUR_MS
  return shift !== 0 && Math.abs(shift) <= MAX_ZONE_MS && Math.abs(stated - ms - shift) <= ZONE_EVIDENCE_MS
    ? ms + shift
    : ms
}

function speechOf(says: string | undefined, parts: readonly string[]): string {
  let speech = says ?? ''
  for (const part of parts) {
    if (speech.length >= MAX_SPEECH) break
    speech = speech === '' ? part : `${speech}\n${part}`
  }
  return speech.length > MAX_SPEECH ? speech.slice(0, MAX_SPEECH) : speech
}

function fill(body: NonNullable<Format['body']>, attributes: Readonly<Record<string, AttributeValue>>): string {
  return body
    .map((part) => (typeof part === 'string' ? part : String(attributes[part.attribute] ?? '')))
    .join('')
    .trim()
}

/** Code of the first character that is no blank, or -1. */
function firstChar(text: string): number {
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c > 32 && c !== 0xfeff) return c
  }
  return -1
}

/** Deep nesting makes V8's parser throw a RangeError: a value like any other text that is no JSON. */
function parseObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null
  } catch {
    return null
  }
}

function looksLikePairs(line: string): boolean {
  return /^[A-Za-z_@][\w.@/-]{0,60}=/.test(line)
}

function closing(text: string): number {
  for (let i = 1; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c === 92) i++
    else if (c === 34) return i
  }
  return -1
}
