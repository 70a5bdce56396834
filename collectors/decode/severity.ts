/**
 * Severity words and numbers of every format onto OpenTelemetry's 1–24 (logs data model, "Severity Fields").
 * The scales themselves are data (vocabulary.yaml); a scale is looked up first, then the common words.
 */
import type { VocabularySource } from '../formats/format-schema.ts'

export type SeverityScale = (value: unknown) => number | undefined

export function compileScale(name: string, vocabulary: VocabularySource): SeverityScale {
  const map = new Map<string, number>()
  const add = (word: string, n: number): void => {
    if (!map.has(word)) map.set(word, n)
  }
  for (const [word, n] of Object.entries(vocabulary.scales[name] ?? {})) add(word.toLowerCase(), n)
  for (const [n, words] of Object.entries(vocabulary.severity_words)) for (const word of words) add(word, Number(n))
  return (value) => {
    if (typeof value === 'number') return map.get(String(value)) ?? between(value, map)
    if (typeof value !== 'string') return undefined
    return map.get(value) ?? map.get(value.trim().toLowerCase())
  }
}

/** pino and bunyan allow custom levels: 35 counts as the standard level below it. */
function between(value: number, map: ReadonlyMap<string, number>): number | undefined {
  if (!(value > 10 && value < 100)) return undefined
  return map.get(String(Math.floor(value / 10) * 10))
}
