/**
 * A cheap test on a record's raw, unredacted text: false proves that no signature can match it, so most lines are never
 * decoded. Its stems come from what the signatures demand, chosen so that few ordinary lines hold any of them.
 * Invariant (property-tested): whatever the matcher would match, the prefilter lets through, however the text was
 * escaped by JSON, XML or URL encoders: only characters that no encoder touches are used.
 */
import { demandsOf } from './anchor.ts'
import type { Signature } from './signature.ts'
import { LEFT, RIGHT } from './stem-scanner.ts'
import { WordFrequency } from './word-frequency.ts'

/** Words, and runs of words: what JSON, Go's and .NET's HTML-safe JSON, logfmt and access-log escaping leave alone. */
const WORD = /[a-z0-9_]+/g
const PHRASE = /[a-z0-9_]+(?: [a-z0-9_]+)*/g
const STEM_MIN = 3
/** A word alone is preferred to several, which an encoder may part (`token+expired`), unless it is so much commoner. */
const APART = 4

/** Every record that a signature matches holds at least one of these; see stem-scanner.ts for how they are written. */
export function stemsOf(signatures: readonly Signature[]): string[] {
  const frequency = WordFrequency.load()
  const costs = new Map<string, number>()
  const cost = (stem: string): number => {
    let known = costs.get(stem)
    if (known === undefined) {
      known = frequency.of(stem) * (stem.includes(' ') ? APART : 1)
      costs.set(stem, known)
    }
    return known
  }
  return [...new Set(signatures.flatMap((signature) => rarest(signature, cost)))].sort()
}

/** Has this anchor a word that a prefilter can look for? */
export function canBeFound(text: string): boolean {
  return [...text.matchAll(PHRASE)].some((m) => m[0].length >= STEM_MIN)
}

/** What to look for so that the signature cannot be missed: of what it demands, that which is rarest in ordinary lines. */
function rarest(signature: Signature, cost: (stem: string) => number): string[] {
  let best: string[] = []
  let bestCost = Number.POSITIVE_INFINITY
  for (const { texts, exact, apart } of demandsOf(signature)) {
    // A value stands between what separates fields; that is never a letter or a digit.
    const stems = texts.map((text) => (apart ? rarestWord(text, cost) : rarestStem(exact ? `"${text}"` : text, cost)))
    if (stems.includes(null)) continue
    const sum = stems.reduce((total, stem) => total + cost(stem!), 0)
    if (sum < bestCost) {
      best = stems as string[]
      bestCost = sum
    }
  }
  if (best.length === 0) throw new RangeError(`${signature.id} cannot be found by a prefilter`)
  return best
}

/** Characters that no encoder touches or whose escapes end in a digit (`%20`, `\u0022`, `&#39;`). */
const CLEAR_BEFORE = ` "'()\`.-`

/** Signs that no writing of an identifier holds. */
const QUOTES = `"'()\``

/** The rarest of what stands in a text whenever `text` does and that no encoder changes; null where that is too short. */
function rarestStem(text: string, cost: (stem: string) => number): string | null {
  const lower = text.toLowerCase()
  let best: string | null = null
  for (const { 0: found, index } of [...lower.matchAll(WORD), ...lower.matchAll(PHRASE)]) {
    if (found.length < STEM_MIN) continue
    const stem = bounded(found, lower, index)
    if (best === null || cost(stem) < cost(best)) best = stem
  }
  return best
}

/** The rarest single word, wherever it stands: `token expired` may be written `TokenExpired`. */
function rarestWord(text: string, cost: (stem: string) => number): string | null {
  const lower = text.toLowerCase()
  let best: string | null = null
  for (const { 0: word, index } of lower.matchAll(WORD)) {
    if (word.length < STEM_MIN) continue
    // A quote stays where identifiers are taken apart; a space may be where two words were joined.
    const left = QUOTES.includes(lower[index - 1] ?? ' ') ? LEFT : ''
    const right = QUOTES.includes(lower[index + word.length] ?? ' ') ? RIGHT : ''
    const stem = `${left}${word}${right}`
    if (best === null || cost(stem) < cost(best)) best = stem
  }
  return best
}

/**
 * Short words stand inside longer ones (`iss` in `miss`); where the text itself says what stands beside the word, so may the
 * stem. On the left only where an encoder leaves no letter before the word, which would be taken for a part of it.
 */
function bounded(word: string, text: string, at: number): string {
  const before = at === 0 ? '' : text[at - 1]!
  const after = text[at + word.length] ?? ''
  return `${before !== '' && CLEAR_BEFORE.includes(before) ? LEFT : ''}${word}${after === '' ? '' : RIGHT}`
}
