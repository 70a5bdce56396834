/**
 * Shapes of messages that turn up inside many formats: a request line that morgan, werkzeug or Rails wrote into the log
 * message, Keycloak's event pairs. They name the fields in the text and say which part of it is the software's own words.
 * Data is in messages.yaml; the decoder asks only when one of the literals is there.
 */
import { FieldPlan } from '../decode/field-plan.ts'
import type { FieldWords } from '../decode/field-words.ts'
import { compilePattern } from './compile-pattern.ts'
import type { CompiledShape, VocabularySource } from './format-schema.ts'

export interface MessageShape {
  name: string
  contains: readonly string[]
  starts: string | null
  pattern: RegExp | null
  pairs: 'comma' | 'space' | null
  plan: FieldPlan
  speech: 'all' | 'none' | 'pairs' | 'group'
  /** Pair keys that speak, lower case. */
  says: ReadonlySet<string>
  source: CompiledShape
}

export interface MessageShapes {
  /** Does any shape's literal occur? One pass before anything else. */
  mayHave(message: string): boolean
  readonly shapes: readonly MessageShape[]
}

export function compileMessageShapes(
  sources: readonly CompiledShape[],
  vocabulary: VocabularySource,
  words: FieldWords,
  problem: (place: string, text: string) => void,
): MessageShapes {
  const shapes: MessageShape[] = []
  for (const source of sources) {
    try {
      if ((source.pattern === undefined) === (source.pairs === undefined))
        throw new RangeError('a shape has either a pattern or pairs')
      shapes.push({
        name: source.name,
        contains: source.contains,
        starts: source.starts ?? null,
        pattern:
          source.pattern === undefined ? null : compilePattern(source.pattern, vocabulary, 'pattern', source.vetted),
        pairs: source.pairs ?? null,
        plan: new FieldPlan(words, { fields: source.fields }),
        speech: source.speech,
        says: new Set(source.says.map((s) => s.toLowerCase())),
        source,
      })
    } catch (error) {
      problem(source.name, (error as Error).message)
    }
  }
  const literals = shapes.flatMap((s) => s.contains).map((l) => l.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'))
  const any = literals.length === 0 ? null : new RegExp(literals.join('|'))
  return { shapes, mayHave: (message) => any?.test(message) ?? false }
}
