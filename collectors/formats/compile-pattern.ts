/**
 * Line patterns of formats and message shapes: fragments put in, vetted, compiled. No pattern from YAML becomes a regular
 * expression anywhere else.
 */
import type { VocabularySource } from './format-schema.ts'
import { vetPattern } from './vet-pattern.ts'

/** Expands `%{NAME:group}`, vets and compiles. Throws a RangeError that names `place`. `vetted`: the build has done it. */
export function compilePattern(pattern: string, vocabulary: VocabularySource, place: string, vetted = false): RegExp {
  const source = expandFragments(pattern, vocabulary, place)
  const reason = vetted ? null : vetPattern(source)
  if (reason !== null) throw new RangeError(`${place}: ${reason}`)
  return new RegExp(source)
}

function expandFragments(pattern: string, vocabulary: VocabularySource, place: string): string {
  return pattern.replace(/%\{([A-Z][A-Z0-9_]*)(?::([A-Za-z_]\w*))?\}/g, (_, name: string, group?: string) => {
    const fragment = vocabulary.fragments[name]
    if (fragment === undefined) throw new RangeError(`${place}: no fragment "${name}"`)
    return group === undefined ? `(?:${fragment})` : `(?<${group}>${fragment})`
  })
}
