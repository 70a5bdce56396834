/**
 * Finds the signature that explains a record best. Anchors (literals, exact attribute values) propose candidates in one
 * pass; conditions and patterns decide; the most specific wins, then the longer literals, then the id.
 * Patterns see only a window around an anchor, so a stack trace of any length costs the same.
 */
import type { AttributeValue } from '../core/log-record.ts'
import { anchorCondition, anchorLiterals } from './anchor.ts'
import { GramIndex } from './gram-index.ts'
import type { Condition, Signature } from './signature.ts'
import { statementsOf } from './statements.ts'

/** What a record shows to the matcher. */
export interface Matchable {
  speech: string
  attributes: Readonly<Record<string, AttributeValue>>
}

export interface Match {
  signature: Signature
  /** Named groups of the pattern. */
  groups: Readonly<Record<string, string | undefined>>
}

/** Characters of text before and after an anchor that a pattern gets to see. */
const WINDOW_BEFORE = 1024
const WINDOW_AFTER = 3072
/** A literal repeated more often than this in one record gets no further tries. */
const MAX_PLACES = 4
/** Speech beyond this is not searched; characters. Long enough for a deep Java trace with its causes. */
export const SPEECH_LIMIT = 65_536
/** An attribute used as text is searched up to here; characters. */
const ATTRIBUTE_LIMIT = 8192

interface Compiled {
  signature: Signature
  pattern: RegExp | null
  conditions: readonly { condition: Condition; pattern: RegExp | null; values: ReadonlySet<string> | null }[]
  weight: number
}

interface Field {
  name: string
  index: GramIndex
  /** For each literal id, the signatures it anchors. */
  anchors: readonly (readonly Compiled[])[]
  literals: readonly string[]
}

export class Matcher {
  readonly #fields: readonly Field[]
  readonly #byValue = new Map<string, Map<string, Compiled[]>>()

  constructor(signatures: readonly Signature[]) {
    const perField = new Map<string, Map<string, Compiled[]>>()
    for (const signature of signatures) {
      const compiled = compile(signature)
      const literals = anchorLiterals(signature)
      if (literals.length > 0) {
        for (const literal of literals) file(perField, signature.in, literal, compiled)
      } else {
        const exact = anchorCondition(signature)
        if (exact === null) throw new RangeError(`signature ${signature.id} has no anchor`)
        for (const value of exact.values) file(this.#byValue, exact.attribute, value, compiled)
      }
    }
    this.#fields = [...perField].map(([name, literals]) => ({
      name,
      index: new GramIndex([...literals.keys()]),
      anchors: [...literals.values()],
      literals: [...literals.keys()],
    }))
  }

  /** The best match, or null. */
  best(record: Matchable): Match | null {
    let best: { compiled: Compiled; match: Match } | null = null
    this.#each(record, (compiled, match) => {
      if (best === null || beats(compiled, best.compiled)) best = { compiled, match }
    })
    return (best as { match: Match } | null)?.match ?? null
  }

  /** Every match, best first; for checks and `explain`. */
  all(record: Matchable): Match[] {
    const found: { compiled: Compiled; match: Match }[] = []
    this.#each(record, (compiled, match) => found.push({ compiled, match }))
    found.sort((a, b) => (beats(a.compiled, b.compiled) ? -1 : 1))
    return found.map((f) => f.match)
  }

  #each(record: Matchable, found: (compiled: Compiled, match: Match) => void): void {
    const done = new Set<Compiled>()
    for (const [attribute, values] of this.#byValue) {
      const value = record.attributes[attribute]
      if (value === undefined) continue
      for (const compiled of values.get(String(value)) ?? []) {
        if (done.has(compiled)) continue
        done.add(compiled)
        const text = textOf(record, compiled.signature.in)
        const match = verify(compiled, record, text, text.toLowerCase(), 0)
        if (match !== null) found(compiled, match)
      }
    }
    for (const field of this.#fields) {
      const text = textOf(record, field.name)
      if (text.length === 0) continue
      const lower = lowerCase(text)
      const places = new Map<number, number[]>()
      field.index.scan(lower, (id, position) => {
        const list = places.get(id)
        if (list === undefined) places.set(id, [position])
        else if (list.length < MAX_PLACES) list.push(position)
      })
      for (const [id, positions] of places)
        for (const compiled of field.anchors[id]!) {
          if (done.has(compiled)) continue
          for (const position of positions) {
            const match = verify(compiled, record, text, lower, position)
            if (match === null) continue
            done.add(compiled)
            found(compiled, match)
            break
          }
        }
    }
  }
}

function file(into: Map<string, Map<string, Compiled[]>>, field: string, key: string, compiled: Compiled): void {
  const keys = into.get(field) ?? new Map<string, Compiled[]>()
  into.set(field, keys)
  const list = keys.get(key)
  if (list === undefined) keys.set(key, [compiled])
  else list.push(compiled)
}

function compile(signature: Signature): Compiled {
  return {
    signature,
    pattern: signature.pattern === undefined ? null : new RegExp(signature.pattern, signature.flags),
    conditions: signature.where.map((condition) => ({
      condition,
      pattern: condition.pattern === undefined ? null : new RegExp(condition.pattern),
      values: condition.values === undefined ? null : new Set(condition.values),
    })),
    weight:
      signature.contains.reduce((n, t) => n + t.length, 0) +
      (signature.pattern?.length ?? 0) +
      signature.where.length * 10,
  }
}

function beats(a: Compiled, b: Compiled): boolean {
  const [x, y] = [a.signature, b.signature]
  if (x.specificity !== y.specificity) return x.specificity > y.specificity
  if (a.weight !== b.weight) return a.weight > b.weight
  return x.id < y.id
}

function textOf(record: Matchable, field: string): string {
  if (field === 'statements') return statementsOf(record.speech.slice(0, SPEECH_LIMIT))
  if (field === 'speech')
    return record.speech.length > SPEECH_LIMIT ? record.speech.slice(0, SPEECH_LIMIT) : record.speech
  const value = record.attributes[field]
  return value === undefined ? '' : String(value).slice(0, ATTRIBUTE_LIMIT)
}

/** Lower case that keeps every position (some characters, e.g. İ, grow when lowered). */
function lowerCase(text: string): string {
  const lower = text.toLowerCase()
  return lower.length === text.length ? lower : text.replace(/[A-Z]/g, (c) => c.toLowerCase())
}

function verify(compiled: Compiled, record: Matchable, text: string, lower: string, position: number): Match | null {
  const { signature, pattern, conditions } = compiled
  for (const { condition, pattern: test, values } of conditions) {
    const value = record.attributes[condition.attribute]
    const holds =
      value !== undefined &&
      (values !== null ? values.has(String(value)) : test!.test(String(value).slice(0, ATTRIBUTE_LIMIT)))
    if (holds === (condition.negate ?? false)) return null
  }
  for (const literal of signature.contains) if (!lower.includes(literal)) return null
  if (signature.unless.some((literal) => lower.includes(literal))) return null
  if (signature.any.length > 0 && !signature.any.some((literal) => lower.includes(literal))) return null
  if (pattern === null) return { signature, groups: {} }
  const found = pattern.exec(text.slice(Math.max(0, position - WINDOW_BEFORE), position + WINDOW_AFTER))
  return found === null ? null : { signature, groups: found.groups ?? {} }
}
