/**
 * A record while its fields are being read: gathers attributes, resource, message, errors and speech in the order met.
 * The one place that decides what a field's role does with its value. Which field has which role is field-plan.ts's
 * business, when the draft is finished the decoder's.
 * Invariants: sizes are bounded; nothing a remote party fills in reaches `speech` through here.
 */
import type { AttributeValue } from '../../src/core/log-record.ts'
import type { FieldNode, FieldPlan } from './field-plan.ts'
import { OP, type Role } from './field-words.ts'
import { idsInText } from './ids-in-text.ts'
import { parsePairs } from './logfmt.ts'
import { tracedError } from './trace.ts'
import { pathOf, queryWorthKeeping } from './url.ts'

/** Attributes kept of one record; the rest is noise no signature reads. */
export const MAX_ATTRIBUTES = 160
/** Characters kept of one attribute; stack traces are the long ones. */
const MAX_ATTRIBUTE_LENGTH = 32_768
/** Objects inside objects that are looked into; real logs stay under six. */
const MAX_DEPTH = 10
/** Elements of an array that are looked into. */
const MAX_ELEMENTS = 16
/** Characters of speech kept: as much as signatures look at. */
export const MAX_SPEECH = 65_536

/** As W3C Trace Context and older tracers write it. */
const TRACE_ID = /^[0-9a-f]{16,32}$/

interface ErrorDraft {
  type: string | undefined
  message: string | undefined
  stack: string | undefined
  code: string | undefined
  more: string[]
}

export class Draft {
  readonly attributes: Record<string, AttributeValue> = {}
  readonly resource: Record<string, string> = {}
  message: string | undefined
  template: string | undefined
  /** The message without values from outside; set where it was made from a template. */
  quiet: string | undefined
  time: unknown
  severity: unknown
  trace_id: string | undefined
  span_id: string | undefined
  readonly speech: string[] = []
  #plan: FieldPlan
  #error: ErrorDraft | null = null
  #messageRank = 1e9
  #timeRank = 1e9
  #severityRank = 1e9
  #count = 0
  #exception = false

  constructor(plan: FieldPlan) {
    this.#plan = plan
  }

  /** Reads every field of an object (parsed JSON or pairs). */
  object(value: object, parent: FieldNode = this.#plan.root, depth = 0): void {
    for (const key in value) {
      // A key named like this would change the prototype of what it is copied into.
      if (key === '__proto__') continue
      this.field(this.#plan.child(parent, key), (value as Record<string, unknown>)[key], depth)
    }
  }

  named(name: string, value: unknown): void {
    this.field(this.#plan.child(this.#plan.root, name), value, 0)
  }

  field(node: FieldNode, value: unknown, depth: number): void {
    const { role } = node
    if (value === null || value === undefined || value === '' || role.op === OP.drop) return
    if (typeof value === 'object') {
      this.#nested(node, role, value, depth)
      return
    }
    switch (role.op) {
      case OP.rest:
      case OP.container:
        this.#rest(node, role, value as AttributeValue)
        return
      case OP.attribute:
        this.#attribute(node, role, value as AttributeValue)
        return
      case OP.time:
        if (role.rank >= this.#timeRank) return
        this.#timeRank = role.rank
        this.time = value
        return
      case OP.severity:
        if (role.rank >= this.#severityRank) return
        this.#severityRank = role.rank
        this.severity = value
        return
      case OP.message:
        if (role.rank < this.#messageRank) {
          if (this.message !== undefined) this.#say(this.message)
          this.#messageRank = role.rank
          this.message = String(value)
        } else this.#say(String(value))
        return
      case OP.template:
        this.template ??= String(value)
        return
      case OP.resource:
        if (this.resource[role.to] === undefined) this.resource[role.to] = String(value).slice(0, 256)
        else this.#keep(node.name, value as AttributeValue)
        return
      case OP.trace:
        this.trace_id ??= traceId(String(value))
        return
      case OP.span:
        this.span_id ??= String(value).slice(0, 64)
        return
      case OP.error:
      case OP.cause:
        this.#errorText(node, value as AttributeValue)
        return
      case OP.errorType:
        this.#open().type ??= String(value)
        return
      case OP.errorMessage:
        this.#open().message ??= String(value)
        return
      case OP.errorStack:
        this.#open().stack ??= String(value)
        return
      case OP.errorCode:
        this.#open().code ??= String(value)
        return
      case OP.speech:
        this.#sayNamed(node.key, value as AttributeValue)
        this.#keep(node.name, value as AttributeValue)
        return
    }
  }

  /** Finishes the error whose fields stood beside the record's other fields (`exception.message`, `stack`). */
  close(): void {
    if (this.#error !== null) this.#finish(this.#error, '')
    this.#error = null
  }

  /** An error found in text: first line and what followed it. */
  exception(type: string | undefined, message: string | undefined, stack: string): void {
    if (type !== undefined) this.attributes['exception.type'] ??= type
    if (message !== undefined) this.attributes['exception.message'] ??= message.slice(0, MAX_ATTRIBUTE_LENGTH)
    this.attributes['exception.stacktrace'] ??= stack.slice(0, MAX_ATTRIBUTE_LENGTH)
  }

  /** What the message says: all of it, or for a template only the values the software states itself. */
  spoken(message: string | undefined): string | undefined {
    return this.quiet ?? message
  }

  /** A field's value by the name it was written under, whatever attribute it became. */
  valueOf(key: string): AttributeValue | undefined {
    const { name, role } = this.#plan.child(this.#plan.root, key)
    if (role.op === OP.resource) return this.resource[role.to]
    return this.attributes[role.op === OP.attribute && this.has(role.to) ? role.to : name]
  }

  /** Fields found inside the message, read by the plan of the message's shape. */
  adopt(plan: FieldPlan, fields: readonly (readonly [string, AttributeValue])[]): void {
    const own = this.#plan
    const { length } = this.speech
    this.#plan = plan
    for (const [name, value] of fields) this.named(name, value)
    this.close()
    this.#plan = own
    // They stand in the message already: repeating them would let a remote party's part of it speak.
    this.speech.length = length
  }

  /** Ids named in the message, where no field of their own says them. */
  ids(message: string): void {
    for (const [name, value] of idsInText(message))
      if (name !== 'trace_id') this.#keep(name, value)
      else if (TRACE_ID.test(value)) this.trace_id ??= value
  }

  has(name: string): boolean {
    return Object.hasOwn(this.attributes, name)
  }

  #nested(node: FieldNode, role: Role, value: object, depth: number): void {
    if (depth >= MAX_DEPTH) return
    if (Array.isArray(value)) {
      this.#array(node, role, value, depth)
      return
    }
    if (role.op === OP.error || role.op === OP.cause) {
      const outer = this.#error
      const inner: ErrorDraft = { type: undefined, message: undefined, stack: undefined, code: undefined, more: [] }
      this.#error = inner
      this.object(value, node, depth + 1)
      this.#error = outer
      this.#finish(inner, outer === null ? '' : node.name)
      return
    }
    if (role.op === OP.message && (node.key === 'message' || node.key === 'msg')) {
      // `log.info({ message: {…} })`: the object's own words are the message's.
      this.object(value, this.#plan.root, depth + 1)
      return
    }
    this.object(value, node, depth + 1)
  }

  #array(node: FieldNode, role: Role, value: readonly unknown[], depth: number): void {
    const plain: string[] = []
    const count = Math.min(value.length, MAX_ELEMENTS)
    for (let i = 0; i < count; i++) {
      const element = value[i]
      if (element === null || element === undefined) continue
      if (typeof element !== 'object') plain.push(String(element))
      else if (isKeyValue(element))
        this.field(this.#plan.child(node, element.key), plainValue(element.value), depth + 1)
      else if (role.op === OP.error || role.op === OP.cause) this.field(node, element, depth + 1)
      else this.field(this.#plan.child(node, String(i)), element, depth + 1)
    }
    if (plain.length > 0) {
      // Stack traces and messages come as lists of lines from some emitters; audiences and header values as lists of words.
      const lines = role.op === OP.errorStack || role.op === OP.message || role.op === OP.errorMessage
      this.field(node, plain.join(lines ? '\n' : ' '), depth)
    }
  }

  #attribute(node: FieldNode, role: Role, value: AttributeValue): void {
    const { to } = role
    if (role.speech && (role.as !== 'constant' || isConstant(value))) this.#sayNamed(node.key, value)
    if (Object.hasOwn(this.attributes, to)) {
      if (this.attributes[to] !== value) this.#keep(node.name, value)
      return
    }
    switch (role.as) {
      case 'text':
      case 'constant':
        this.#keep(to, value)
        return
      case 'number': {
        const n = Number(value)
        this.#keep(Number.isFinite(n) ? to : node.name, Number.isFinite(n) ? n : value)
        return
      }
      case 'status': {
        const n = Number(value)
        const status = Number.isInteger(n) && n >= 100 && n <= 599
        this.#keep(status ? to : node.name, status ? n : value)
        return
      }
      case 'url':
        this.#url(String(value))
        return
      case 'request_line': {
        const parts = /^([A-Z]{3,16}) (\S{1,8192})(?: (HTTP\/[\d.]{1,4}))?$/.exec(String(value).slice(0, 8300))
        if (parts === null) this.#keep(node.name, value)
        else {
          this.#keep('http.request.method', parts[1]!)
          this.#url(parts[2]!)
          if (parts[3] !== undefined) this.#keep('network.protocol.version', parts[3].slice(5))
        }
        return
      }
      case 'host':
        this.#keep(to, withoutPort(String(value)))
        return
      case 'traceparent':
        this.#traceparent(String(value))
        return
      case 'error_code':
        this.#keep(/^[a-z][a-z0-9_]{2,60}$/.test(String(value)) ? to : node.name, value)
        return
      case 'json':
        this.#written(node, String(value))
        return
      case 'pairs':
        for (const [k, v] of parsePairs(String(value), 'space')) this.named(k, v)
    }
  }

  /** Fields of an object written as text; text that is none is kept out silently, the record's text still has it. */
  json(text: string): boolean {
    const value = objectIn(text)
    if (value === undefined) return false
    this.object(value)
    return true
  }

  /** An object written as text inside a field: its fields are that field's; nginx writes its quotes as `\\x22`. */
  #written(node: FieldNode, text: string): void {
    const bare = text.slice(0, text.lastIndexOf('}') + 1)
    const value = objectIn(bare) ?? (bare.includes('\\x22') ? objectIn(bare.replace(HEX_ESCAPE, unescaped)) : undefined)
    if (value === undefined) this.#keep(node.name, text)
    else this.object(value, node, 1)
  }

  #url(url: string): void {
    this.#keep('url.path', pathOf(url))
    const query = queryWorthKeeping(url)
    if (query !== undefined) this.#keep('url.query', query)
  }

  /** `00-<trace id>-<parent id>-<flags>`, W3C Trace Context §3.2. */
  #traceparent(value: string): void {
    const parts = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-/.exec(value)
    if (parts === null) return
    this.trace_id ??= parts[1]!
    // The header's span is the caller's; it must not pass for this record's own.
    this.#keep('parent.span_id', parts[2]!)
  }

  /** An error given as text: a code such as `invalid_grant`, a message, or a whole trace. */
  #errorText(node: FieldNode, value: AttributeValue): void {
    const text = String(value)
    if (typeof value === 'boolean') {
      this.#keep(node.name, value)
      return
    }
    this.#sayNamed(node.key, value)
    if (/^[a-z][a-z0-9]{1,30}(?:_[a-z0-9]{1,30}){1,6}$/.test(text)) this.#keep('oauth.error', text)
    else if (!this.has('exception.message') && !this.#exception) {
      const end = text.indexOf('\n')
      if (end >= 0) {
        this.#typeFromStack(text)
        this.#keep('exception.stacktrace', text)
      }
      this.#keep('exception.message', end < 0 ? text : text.slice(0, end))
    } else this.#keep(node.name, value)
  }

  #open(): ErrorDraft {
    this.#error ??= { type: undefined, message: undefined, stack: undefined, code: undefined, more: [] }
    return this.#error
  }

  /** `prefix`: dotted name of an error inside an error, whose parts keep their own names; empty for the outermost. */
  #finish(error: ErrorDraft, prefix: string): void {
    const { type, message, stack, code } = error
    const first = prefix === '' && !this.#exception
    if (type !== undefined) this.#keep(first ? 'exception.type' : `${prefix || 'error'}.type`, type)
    if (message !== undefined) this.#keep(first ? 'exception.message' : `${prefix || 'error'}.message`, message)
    if (stack !== undefined && first) this.#keep('exception.stacktrace', stack)
    if (code !== undefined) this.#keep(first ? 'error.code' : `${prefix || 'error'}.code`, code)
    if (first) this.#exception = true
    const head = type !== undefined && message !== undefined ? `${type}: ${message}` : (message ?? type)
    const headInStack = stack !== undefined && message !== undefined && stack.startsWith(head ?? '')
    if (head !== undefined && !headInStack && head !== this.message) this.#say(head)
    if (stack !== undefined) {
      this.#say(stack)
      if (first && type === undefined) this.#typeFromStack(stack)
    }
    if (code !== undefined) this.#say(`code=${code}`)
    for (const line of error.more) this.#say(line)
  }

  #typeFromStack(stack: string): void {
    const error = tracedError(stack.slice(0, MAX_ATTRIBUTE_LENGTH).split('\n'))
    if (error === null) return
    this.#keep('exception.type', error.type)
    if (error.message !== '') this.#keep('exception.message', error.message)
  }

  #rest(node: FieldNode, role: Role, value: AttributeValue): void {
    if (role.speech) this.#sayNamed(node.key, value)
    this.#keep(node.name, value)
  }

  #keep(name: string, value: AttributeValue): void {
    if (this.#count >= MAX_ATTRIBUTES || Object.hasOwn(this.attributes, name)) return
    this.#count++
    this.attributes[name] =
      typeof value === 'string' && value.length > MAX_ATTRIBUTE_LENGTH ? value.slice(0, MAX_ATTRIBUTE_LENGTH) : value
  }

  #sayNamed(key: string, value: AttributeValue): void {
    if (typeof value === 'boolean') return
    const dot = key.lastIndexOf('.')
    const line = `${dot < 0 ? key : key.slice(dot + 1)}=${value}`
    if (this.#error !== null) this.#error.more.push(line)
    else this.#say(line)
  }

  #say(text: string): void {
    this.speech.push(text)
  }
}

/** A byte as nginx and Apache escape it in access logs. */
const HEX_ESCAPE = /\\x([0-9A-Fa-f]{2})/g

function unescaped(_: string, hex: string): string {
  return String.fromCharCode(Number.parseInt(hex, 16))
}

function objectIn(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** `ERR_JWT_EXPIRED`, `token_not_valid`: a name the software gave, unlike a number or an authorization code. */
function isConstant(value: AttributeValue): boolean {
  return typeof value === 'string' && /^[A-Za-z][A-Za-z0-9]{0,40}(?:[_.-][A-Za-z0-9]{1,40}){1,12}$/.test(value)
}

/** Lower-case hex as W3C has it; Datadog's decimal ids and others stay as written. */
function traceId(value: string): string {
  // Google Cloud writes `projects/p/traces/<id>`.
  const id = value.slice(value.lastIndexOf('/') + 1)
  const plain = id.length === 36 ? id.replaceAll('-', '') : id
  return plain.slice(0, 64).toLowerCase()
}

/** `10.0.0.7:4242` → `10.0.0.7`, `[::1]:80` → `::1`. */
function withoutPort(address: string): string {
  if (address.startsWith('[')) {
    const close = address.indexOf(']')
    return close > 0 ? address.slice(1, close) : address
  }
  const colon = address.indexOf(':')
  if (colon < 0 || address.indexOf(':', colon + 1) >= 0) return address
  return address.slice(0, colon)
}

/** An attribute as OTLP writes it in JSON: `{"key":"error.type","value":{"stringValue":"…"}}`. */
interface KeyValue {
  key: string
  value: Readonly<Record<string, unknown>>
}

function isKeyValue(element: object): element is KeyValue {
  const { key, value } = element as Partial<KeyValue>
  return typeof key === 'string' && key !== '__proto__' && typeof value === 'object' && value !== null
}

/** Its one member is the value, whatever its type; lists and maps stay as they are written. */
function plainValue(value: KeyValue['value']): unknown {
  const [first] = Object.values(value)
  return first
}
