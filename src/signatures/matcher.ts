/**
 * Finds the signature that explains a record best. Anchors (literals, exact attribute values) propose candidates in one
 * pass; conditions, literals and patterns decide, the highest-ranking candidate first.
 * Patterns see only a window around an anchor, so a stack trace of any length costs the same.
 */
import type { AttributeValue } from '../core/log-record.ts'
import { anchorCondition, anchorLiterals } from './anchor.ts'
import { ByRank } from './by-rank.ts'
import { isCalm } from './calm.ts'
import { withoutForeign } from './foreign-nouns.ts'
import { inRank } from './in-rank.ts'
import { LiteralFinder } from './literal-finder.ts'
import { withoutThings } from './own-things.ts'
import type { WindowPlaces } from './rare-windows.ts'
import type { Sense } from './sense/fault.ts'
import { senseOf } from './sense/read-sense.ts'
import { type Condition, OF_ONE_EMITTER, type Signature } from './signature.ts'
import { spokenWords } from './spoken-words.ts'
import { statementsOf } from './statements.ts'
import { TextMemory } from './text-memory.ts'

/** What a record shows to the matcher. */
export interface Matchable {
  speech: string
  attributes: Readonly<Record<string, AttributeValue>>
  /** OpenTelemetry severity number. */
  severity?: number
}

export interface Match {
  signature: Signature
  /** Named groups of the pattern. */
  groups: Readonly<Record<string, string | undefined>>
}

/** Characters of text before and after an anchor that a pattern gets to see. */
const WINDOW_BEFORE = 1024
const WINDOW_AFTER = 3072
/** Speech beyond this is not searched; characters. Long enough for a deep Java trace with its causes. */
export const SPEECH_LIMIT = 65_536
/** An attribute used as text is searched up to here; characters. */
const ATTRIBUTE_LIMIT = 8192
/** Statements without the nouns of other trades; no attribute has this name. */
const OWN_STATEMENTS = 'statements of our trade'
/** A signature found by an attribute's value needs no literal: its pattern looks from the text's beginning. */
const AT_START: readonly number[] = [0]

interface Compiled {
  signature: Signature
  /** Ids of literals. */
  contains: readonly number[]
  any: readonly number[]
  unless: ReadonlySet<number>
  /** Made when it is first needed: of thousands a log meets a few. */
  pattern: RegExp | null
  also: RegExp | null
  conditions: readonly { condition: Condition; pattern: RegExp | null; values: ReadonlySet<string> | null }[]
  /** Of two signatures that match, the one of lower rank explains the record. */
  rank: number
}

interface Candidate {
  compiled: Compiled
  /** The signature's. */
  rank: number
  /** Where a pattern may look: places of the anchor. */
  places: readonly number[]
}

export class Matcher {
  readonly #finder: LiteralFinder
  /** Field searched → literal id → signatures anchored by it. */
  readonly #byLiteral = new Map<string, Map<number, Compiled[]>>()
  /** Attribute → exact value → signatures anchored by it. */
  readonly #byValue = new Map<string, Map<string, Compiled[]>>()

  constructor(signatures: readonly Signature[], windows?: WindowPlaces) {
    const literals = new Map<string, number>()
    const idOf = (literal: string): number => {
      const known = literals.get(literal)
      if (known !== undefined) return known
      literals.set(literal, literals.size)
      return literals.size - 1
    }
    for (const [rank, signature] of inRank(signatures).entries()) {
      const compiled = compile(signature, rank, idOf)
      const anchors = anchorLiterals(signature)
      for (const literal of anchors) file(this.#byLiteral, signature.in, idOf(literal), compiled)
      if (anchors.length > 0) continue
      const exact = anchorCondition(signature)
      if (exact === null) throw new RangeError(`signature ${signature.id} has no anchor`)
      for (const value of exact.values) file(this.#byValue, exact.attribute, value, compiled)
    }
    this.#finder = new LiteralFinder([...literals.keys()], windows)
  }

  /**
   * Every match, best first. Candidates are verified in the order of their rank, so whoever wants the best pays for no other.
   * `wanted` is asked before each: a signature that it does not want is not verified.
   */
  *matches(record: Matchable, wanted: (signature: Signature) => boolean = () => true): Generator<Match> {
    const texts = new Map<string, Text>()
    const candidates = new ByRank(this.#candidates(record, texts))
    let matched: Compiled | null = null
    for (let candidate = candidates.next(); candidate !== null; candidate = candidates.next()) {
      const { compiled, places } = candidate
      const { signature } = compiled
      // Found by several literals: once is enough.
      if (compiled === matched || !wanted(signature)) continue
      const match = this.#verify(compiled, record, textOf(record, signature.in, texts), places)
      if (match === null || !makesSense(signature, textOf(record, signature.in, texts), record)) continue
      // What anybody might say must fit without the nouns of other trades too; only what fits pays for that.
      const loose = signature.specificity < OF_ONE_EMITTER && signature.in === 'statements'
      if (loose && this.#verify(compiled, record, textOf(record, OWN_STATEMENTS, texts), places) === null) continue
      matched = compiled
      yield match
    }
  }

  #candidates(record: Matchable, read: Map<string, Text>): Candidate[] {
    const candidates: Candidate[] = []
    for (const [attribute, values] of this.#byValue) {
      const value = record.attributes[attribute]
      if (value === undefined) continue
      const here = values.get(String(value))
      if (here !== undefined)
        for (const compiled of here) candidates.push({ compiled, rank: compiled.rank, places: AT_START })
    }
    for (const [field, anchors] of this.#byLiteral) {
      const { text, lower } = textOf(record, field, read)
      if (text === '') continue
      for (const [id, places] of this.#finder.find(lower)) {
        const here = anchors.get(id)
        if (here !== undefined) for (const compiled of here) candidates.push({ compiled, rank: compiled.rank, places })
      }
    }
    return candidates
  }

  #verify(compiled: Compiled, record: Matchable, { text, lower }: Text, places: readonly number[]): Match | null {
    const { signature, contains, any, unless, conditions } = compiled
    for (const { condition, pattern: test, values } of conditions) {
      const value = record.attributes[condition.attribute]
      const holds =
        value !== undefined &&
        (values !== null ? values.has(String(value)) : test!.test(String(value).slice(0, ATTRIBUTE_LIMIT)))
      if (holds === (condition.negate ?? false)) return null
    }
    if (contains.length > 0 || any.length > 0 || unless.size > 0) {
      const found = this.#finder.find(lower)
      for (const id of contains) if (!found.has(id)) return null
      if (unless.size > 0) for (const id of found.keys()) if (unless.has(id)) return null
      if (any.length > 0 && !any.some((id) => found.has(id))) return null
    }
    if (signature.also !== undefined) compiled.also ??= new RegExp(signature.also, signature.flags)
    if (signature.pattern === undefined && compiled.also === null) return { signature, groups: {} }
    if (signature.pattern !== undefined) compiled.pattern ??= new RegExp(signature.pattern, signature.flags)
    const { pattern, also } = compiled
    for (const place of places) {
      const seen = text.slice(Math.max(0, place - WINDOW_BEFORE), place + WINDOW_AFTER)
      const match = pattern?.exec(seen)
      if (match !== null && (also === null || also.test(seen))) return { signature, groups: match?.groups ?? {} }
    }
    return null
  }
}

function makesSense({ sense }: Signature, text: Text, record: Matchable): boolean {
  if (sense === undefined) return true
  text.senses ??= senseOf(text.text, isCalm(record))
  return text.senses.some(({ of, is }) => sense.of.includes(of) && sense.is.includes(is))
}

function file<K>(into: Map<string, Map<K, Compiled[]>>, field: string, key: K, compiled: Compiled): void {
  const keys = into.get(field) ?? new Map<K, Compiled[]>()
  into.set(field, keys)
  const list = keys.get(key)
  if (list === undefined) keys.set(key, [compiled])
  else list.push(compiled)
}

function compile(signature: Signature, rank: number, idOf: (literal: string) => number): Compiled {
  return {
    signature,
    contains: signature.contains.map(idOf),
    any: signature.any.map(idOf),
    unless: new Set(signature.unless.map(idOf)),
    pattern: null,
    also: null,
    conditions: signature.where.map((condition) => ({
      condition,
      pattern: condition.pattern === undefined ? null : new RegExp(condition.pattern),
      values: condition.values === undefined ? null : new Set(condition.values),
    })),
    rank,
  }
}

/** A searched text, as written and in lower case, position for position. */
interface Text {
  text: string
  lower: string
  /** Read when it is first asked for. */
  senses?: readonly Sense[]
}

/** `read`: texts of this record that were read before. */
function textOf(record: Matchable, field: string, read: Map<string, Text>): Text {
  const known = read.get(field)
  if (known !== undefined) return known
  const text = rawText(record, field)
  const fresh: Text = { text, lower: lowerCase(text) }
  read.set(field, fresh)
  return fresh
}

/** What is made of speech. */
const speeches: Readonly<Record<string, TextMemory<string>>> = {
  statements: new TextMemory(statementsOf),
  words: new TextMemory((speech) => withoutThings(withoutForeign(spokenWords(statementsOf(speech))))),
  [OWN_STATEMENTS]: new TextMemory((speech) => withoutForeign(statementsOf(speech))),
}

function rawText(record: Matchable, field: string): string {
  const speech = record.speech.length > SPEECH_LIMIT ? record.speech.slice(0, SPEECH_LIMIT) : record.speech
  if (field === 'speech') return speech
  if (Object.hasOwn(speeches, field)) return speeches[field]!.of(speech)
  const value = record.attributes[field]
  return value === undefined ? '' : String(value).slice(0, ATTRIBUTE_LIMIT)
}

/** Lower case that keeps every position (some characters, e.g. İ, grow when lowered). */
function lowerCase(text: string): string {
  const lower = text.toLowerCase()
  return lower.length === text.length ? lower : text.replace(/[A-Z]/g, (c) => c.toLowerCase())
}
