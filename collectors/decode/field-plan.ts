/**
 * Which field of a structured record means what: the vocabulary plus one format's own words, as a tree that follows the
 * record's keys. Names compare without case, `_` and `-`, and `a.b` is the same as `b` inside `a`.
 * Keys met for the first time are looked up once and remembered, so that reading a record costs one map access per field.
 * Invariant: what is remembered is bounded, whatever keys an attacker makes up.
 */
import type { Conversion, FormatSource, VocabularySource } from '../formats/format-schema.ts'

export const OP = {
  /** Kept under its own dotted name. */
  rest: 0,
  attribute: 1,
  resource: 2,
  time: 3,
  severity: 4,
  message: 5,
  template: 6,
  trace: 7,
  span: 8,
  error: 9,
  errorType: 10,
  errorMessage: 11,
  errorStack: 12,
  errorCode: 13,
  /** An error inside an error. */
  cause: 14,
  speech: 15,
  drop: 16,
  container: 17,
} as const
export type Op = (typeof OP)[keyof typeof OP]

export interface Role {
  op: Op
  /** Attribute or resource name. */
  to: string
  as: Conversion
  speech: boolean
  /** Among several fields with this role the smallest wins: the order they are listed in. */
  rank: number
}

export interface FieldNode {
  /** Full dotted name as written. */
  name: string
  /** Last segment of the name. */
  key: string
  role: Role
  /** True inside an error object. */
  inError: boolean
  /** Name without leading containers, normalised: what children are looked up under. */
  lookup: string
  children: Map<string, FieldNode>
}

/** Different keys remembered per format; beyond that each is looked up anew. Real formats stay under a few hundred. */
const MAX_REMEMBERED = 4096

const REST: Role = { op: OP.rest, to: '', as: 'text', speech: false, rank: 0 }

export class FieldPlan {
  readonly root: FieldNode = { name: '', key: '', role: REST, inError: false, lookup: '', children: new Map() }
  readonly #roles = new Map<string, Role>()
  readonly #errorFields = new Map<string, Role>()
  readonly #containers: ReadonlySet<string>
  #remembered = 0

  constructor(
    vocabulary: VocabularySource,
    format?: Pick<FormatSource, 'time' | 'severity' | 'message' | 'template' | 'fields' | 'speech'>,
  ) {
    this.#containers = new Set(vocabulary.containers.map(normalise))
    const own = (names: readonly string[] | undefined, op: Op): boolean => {
      for (const [rank, name] of names?.entries() ?? [])
        this.#set(name, { op, to: '', as: 'text', speech: false, rank })
      return names !== undefined
    }
    // First come, first kept: the format's own words outrank the vocabulary's.
    const ownTime = own(format?.time?.field, OP.time)
    const ownSeverity = own(format?.severity?.field, OP.severity)
    const ownMessage = own(format?.message, OP.message)
    own(format?.template, OP.template)
    for (const [name, target] of Object.entries(format?.fields ?? {})) {
      const { to, as, speech } =
        typeof target === 'string' ? { to: target, as: 'text' as const, speech: false } : target
      this.#set(name, roleFor(to ?? '', as, speech, vocabulary))
    }
    own(format?.speech, OP.speech)
    if (!ownTime) own(vocabulary.time, OP.time)
    if (!ownSeverity) own(vocabulary.severity, OP.severity)
    if (!ownMessage) own(vocabulary.message, OP.message)
    own(vocabulary.trace_id, OP.trace)
    own(vocabulary.span_id, OP.span)
    own(vocabulary.drop, OP.drop)
    for (const { to, from, as, speech } of vocabulary.attributes) {
      const role: Role = { op: OP.attribute, to, as, speech, rank: 0 }
      this.#set(to, role)
      for (const name of from) this.#set(name, role)
    }
    for (const [to, from] of Object.entries(vocabulary.resource))
      for (const name of [to, ...from]) this.#set(name, { op: OP.resource, to, as: 'text', speech: false, rank: 0 })
    own(vocabulary.errors, OP.error)
    own(vocabulary.stack, OP.errorStack)
    own(vocabulary.error_type, OP.errorType)
    own(vocabulary.speech, OP.speech)
    const fields = vocabulary.error_fields
    const groups = [
      [fields.type, OP.errorType],
      [fields.message, OP.errorMessage],
      [fields.stack, OP.errorStack],
      [fields.code, OP.errorCode],
      [fields.cause, OP.cause],
    ] as const
    for (const [names, op] of groups)
      for (const name of names)
        this.#errorFields.set(normalise(name), { op, to: '', as: 'text', speech: false, rank: 0 })
    for (const name of vocabulary.speech) {
      const key = normalise(name)
      if (!this.#errorFields.has(key))
        this.#errorFields.set(key, { op: OP.speech, to: '', as: 'text', speech: true, rank: 0 })
    }
  }

  #set(pattern: string, role: Role): void {
    for (const name of expandBraces(pattern)) {
      const key = normalise(name)
      if (!this.#roles.has(key)) this.#roles.set(key, role)
    }
  }

  /** The node of `key` below `parent`. */
  child(parent: FieldNode, key: string): FieldNode {
    const known = parent.children.get(key)
    if (known !== undefined) return known
    const node = this.#learn(parent, key)
    if (this.#remembered < MAX_REMEMBERED) {
      this.#remembered++
      parent.children.set(key, node)
    }
    return node
  }

  #learn(parent: FieldNode, key: string): FieldNode {
    const name = parent.name === '' ? key : `${parent.name}.${key}`
    let lookup = normalise(key)
    if (parent.lookup !== '') lookup = `${parent.lookup}.${lookup}`
    const node: FieldNode = { name, key, role: REST, inError: false, lookup, children: new Map() }
    const explicit = this.#roles.get(lookup)
    if (explicit !== undefined) {
      node.role = explicit
      node.inError = explicit.op === OP.error || parent.inError
      return node
    }
    if (parent.inError) {
      node.role = this.#errorFields.get(normalise(key)) ?? REST
      node.inError = node.role.op === OP.cause
      return node
    }
    if (/^\d{1,3}$/.test(key)) {
      // An element of a list stands for the list: `Scopes.0.RequestId` is `Scopes.RequestId`.
      node.lookup = parent.lookup
      return node
    }
    if (key.includes('.')) return this.#dotted(node, lookup)
    if (this.#containers.has(lookup)) {
      node.role = { ...REST, op: OP.container }
      node.lookup = ''
    }
    return node
  }

  /** `error.message` as one key, and `Properties.RequestId`. */
  #dotted(node: FieldNode, lookup: string): FieldNode {
    const segments = lookup.split('.')
    while (segments.length > 1 && this.#containers.has(segments[0]!)) segments.shift()
    const inner = segments.join('.')
    node.lookup = inner
    const explicit = this.#roles.get(inner)
    if (explicit !== undefined) {
      node.role = explicit
      node.inError = explicit.op === OP.error
      return node
    }
    if (this.#roles.get(segments.slice(0, -1).join('.'))?.op === OP.error)
      node.role = this.#errorFields.get(segments.at(-1)!) ?? REST
    return node
  }

  /** True when an attribute name may hold what a remote party sent: everything that is not speech. */
  speaks(key: string): boolean {
    const role = this.child(this.root, key).role
    return (
      role.speech ||
      role.op === OP.speech ||
      role.op === OP.error ||
      (role.op >= OP.errorType && role.op <= OP.errorCode)
    )
  }
}

export function roleFor(to: string, as: Conversion, speech: boolean, vocabulary: VocabularySource): Role {
  const op = (
    {
      time: OP.time,
      severity: OP.severity,
      message: OP.message,
      trace_id: OP.trace,
      span_id: OP.span,
      error: OP.error,
      drop: OP.drop,
      stack: OP.errorStack,
      speech: OP.speech,
    } as Record<string, Op>
  )[to]
  if (op !== undefined) return { op, to: '', as, speech, rank: 0 }
  if (to === '') return { ...REST, as, speech }
  return { op: Object.hasOwn(vocabulary.resource, to) ? OP.resource : OP.attribute, to, as, speech, rank: 0 }
}

/** `Request-Id`, `request_id` and `requestId` are one name. */
export function normalise(name: string): string {
  return name.toLowerCase().replaceAll('_', '').replaceAll('-', '')
}

/** `{a,b}.c` → `a.c`, `b.c`. */
export function expandBraces(pattern: string): string[] {
  const open = pattern.indexOf('{')
  const close = pattern.indexOf('}', open)
  if (open < 0 || close < 0) return [pattern]
  return pattern
    .slice(open + 1, close)
    .split(',')
    .flatMap((part) => expandBraces(pattern.slice(0, open) + part + pattern.slice(close + 1)))
}
