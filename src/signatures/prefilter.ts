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
/** A stem longer than this is no rarer; characters. */
const STEM_MAX = 12
/** What one more stem costs, as a share of lines: start-up and the scanner's tables grow with them a little. */
const PER_STEM = 0.0002

export function stemsOf(signatures: readonly Signature[]): string[] {
  const frequency = WordFrequency.load()
  const costs = new Map<string, number>()
  const cost = (stem: string): number => {
    let known = costs.get(stem)
    if (known === undefined) {
      known = frequency.of(stem) + PER_STEM
      costs.set(stem, known)
    }
    return known
  }
  return cover(
    signatures.flatMap((signature) => requirements(signature, cost)),
    cost,
  )
}

/** Has this anchor a word that a prefilter can look for? */
export function canBeFound(text: string): boolean {
  return [...text.matchAll(PHRASE)].some((m) => m[0].length >= STEM_MIN)
}

/** A set of stems of which at least one must be looked for. */
type Requirement = ReadonlySet<string>

/**
 * What has to be looked for so that the signature cannot be missed: one stem of any text it demands alone, or one of each
 * of its alternatives; whichever is rarer in ordinary lines.
 */
function requirements(signature: Signature, cost: (stem: string) => number): Requirement[] {
  const cheapest = (stems: Requirement) => Math.min(...[...stems].map(cost))
  const alone = new Set<string>()
  let best: Requirement[] | null = null
  let bestCost = Number.POSITIVE_INFINITY
  for (const { texts, exact } of demandsOf(signature)) {
    // A value stands between what separates fields; that is never a letter or a digit.
    const stems = texts.map((text) => stemsIn(exact ? `"${text}"` : text))
    if (stems.some((s) => s.size === 0)) continue
    if (stems.length === 1) {
      for (const stem of stems[0]!) alone.add(stem)
      continue
    }
    const price = stems.reduce((sum, s) => sum + cheapest(s), 0)
    if (price < bestCost) {
      best = stems
      bestCost = price
    }
  }
  if (alone.size > 0 && (best === null || cheapest(alone) <= bestCost)) return [alone]
  if (best === null) throw new RangeError(`${signature.id} cannot be found by a prefilter`)
  return best
}

/** Everything that stands in a text whenever `text` does, and that no encoder changes. */
function stemsIn(text: string): Set<string> {
  const stems = new Set<string>()
  const lower = text.toLowerCase()
  for (const { 0: phrase, index } of lower.matchAll(PHRASE))
    if (phrase.includes(' ')) stems.add(bounded(phrase, lower, index))
  for (const { 0: word, index } of lower.matchAll(WORD)) {
    if (word.length >= STEM_MIN) stems.add(bounded(word, lower, index))
    for (let size = STEM_MIN + 1; size < Math.min(word.length, STEM_MAX); size++) stems.add(word.slice(0, size))
  }
  return stems
}

/**
 * Short words stand inside longer ones (`iss` in `miss`); where the text itself says what stands beside the word, so may the
 * stem. On the left only after characters whose escapes end in a digit (`%20`, `\u0022`): a letter would be taken for a part
 * of the word.
 */
function bounded(word: string, text: string, at: number): string {
  const before = at === 0 ? '' : text[at - 1]!
  const after = text[at + word.length] ?? ''
  return `${before !== '' && ` "'()`.includes(before) ? LEFT : ''}${word}${after === '' ? '' : RIGHT}`
}

/** Greedy weighted set cover (Chvátal 1979): again and again the stem that costs least per requirement it newly meets. */
function cover(requirements: readonly Requirement[], cost: (stem: string) => number): string[] {
  const meets = new Map<string, number[]>()
  requirements.forEach((requirement, i) => {
    for (const stem of requirement) {
      const list = meets.get(stem)
      if (list === undefined) meets.set(stem, [i])
      else list.push(i)
    }
  })
  const left = new Map([...meets].map(([stem, list]) => [stem, list.length]))
  const met = new Uint8Array(requirements.length)
  const stems: string[] = []
  for (let open = requirements.length; open > 0; ) {
    let best = ''
    let bestPrice = Number.POSITIVE_INFINITY
    for (const [stem, count] of left) {
      const price = cost(stem) / count
      if (price < bestPrice || (price === bestPrice && stem < best)) {
        best = stem
        bestPrice = price
      }
    }
    stems.push(best)
    for (const i of meets.get(best)!) {
      if (met[i] === 1) continue
      met[i] = 1
      open--
      for (const stem of requirements[i]!) {
        const count = left.get(stem)! - 1
        if (count === 0) left.delete(stem)
        else left.set(stem, count)
      }
    }
  }
  return withoutSpare(stems, meets, requirements.length, cost).sort()
}

/** Greed takes narrow stems first; what later ones meet as well is given up, the dearest first. */
function withoutSpare(
  stems: readonly string[],
  meets: ReadonlyMap<string, readonly number[]>,
  size: number,
  cost: (stem: string) => number,
): string[] {
  const times = new Uint32Array(size)
  for (const stem of stems) for (const i of meets.get(stem)!) times[i]!++
  const kept = new Set(stems)
  const dearest = [...stems].sort((a, b) => cost(b) / meets.get(b)!.length - cost(a) / meets.get(a)!.length)
  for (const stem of dearest) {
    const own = meets.get(stem)!
    if (own.some((i) => times[i] === 1)) continue
    for (const i of own) times[i]!--
    kept.delete(stem)
  }
  return [...kept]
}
