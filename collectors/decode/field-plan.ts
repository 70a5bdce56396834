/**
 * Which field of a structured record means what: the vocabulary plus one format's own words, as a tree that follows the
 * record's keys. Names compare without case, `_` and `-`, and `a.b` is the same as `b` inside `a`.
 * Keys met for the first time are looked up once and remembered, so that reading a record costs one map access per field.
 * Invariant: what is remembered is bounded, whatever keys an attacker makes up.
 */
import type { FormatSource } from '../formats/format-schema.ts'
import { addRole, addRoles, type FieldWords, normalise, OP, REST, type Role, roleFor } from './field-words.ts'

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

const DROP: Role = { ...REST, op: OP.drop }

export class FieldPlan {
  readonly root: FieldNode = { name: '', key: '', role: REST, inError: false, lookup: '', children: new Map() }
  readonly #own = new Map<string, Role>()
  readonly #words: FieldWords
  /** Roles of the vocabulary that the format's own words replace as a whole. */
  readonly #replaced = new Set<Role['op']>()
  #remembered = 0

  constructor(
    words: FieldWords,
    format: Partial<Pick<FormatSource, 'time' | 'severity' | 'message' | 'template' | 'fields' | 'speech'>>,
  ) {
    this.#words = words
    const { time, severity, message, template, fields = {}, speech = [] } = format
    const replacing = [
      [time?.field, OP.time],
      [severity?.field, OP.severity],
      [message, OP.message],
    ] as const
    for (const [names, op] of replacing) {
      if (names === undefined) continue
      this.#replaced.add(op)
      addRoles(this.#own, names, op)
    }
    addRoles(this.#own, template ?? [], OP.template)
    for (const [name, target] of Object.entries(fields)) {
      const {
        to,
        as,
        speech: speaks,
      } = typeof target === 'string' ? { to: target, as: 'text' as const, speech: false } : target
      addRole(this.#own, name, roleFor(to ?? '', as, speaks, words))
    }
    addRoles(this.#own, speech, OP.speech)
  }

  #roleOf(lookup: string): Role | undefined {
    const own = this.#own.get(lookup)
    if (own !== undefined) return own
    const role = this.#words.roles.get(lookup)
    return role === undefined || this.#replaced.has(role.op) ? undefined : role
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
    const explicit = this.#roleOf(lookup)
    if (explicit !== undefined) {
      node.role = explicit
      node.inError = explicit.op === OP.error || parent.inError
      return node
    }
    if (this.#words.selective.has(parent.lookup)) {
      node.role = DROP
      return node
    }
    if (parent.inError) {
      node.role = this.#words.errorFields.get(normalise(key)) ?? REST
      node.inError = node.role.op === OP.cause
      return node
    }
    if (/^\d{1,3}$/.test(key)) {
      // An element of a list stands for the list: `Scopes.0.RequestId` is `Scopes.RequestId`.
      node.lookup = parent.lookup
      return node
    }
    if (key.includes('.')) return this.#dotted(node, lookup)
    if (this.#words.containers.has(lookup)) {
      node.role = { ...REST, op: OP.container }
      node.lookup = ''
    }
    return node
  }

  /** `error.message` as one key, and `Properties.RequestId`. */
  #dotted(node: FieldNode, lookup: string): FieldNode {
    const segments = lookup.split('.')
    while (segments.length > 1 && this.#words.containers.has(segments[0]!)) segments.shift()
    const inner = segments.join('.')
    node.lookup = inner
    const explicit = this.#roleOf(inner)
    if (explicit !== undefined) {
      node.role = explicit
      node.inError = explicit.op === OP.error
      return node
    }
    if (this.#roleOf(segments.slice(0, -1).join('.'))?.op === OP.error)
      node.role = this.#words.errorFields.get(segments.at(-1)!) ?? REST
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
