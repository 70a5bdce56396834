/**
 * What the prefilter looks for, read off what signatures demand: stems, one of which stands in every record that a signature
 * matches, chosen so that few ordinary lines hold any of them; and rules, what else must stand beside such a stem.
 * Invariant (property-tested): whatever the matcher would match holds a stem and keeps a rule, however the text was escaped
 * by JSON, XML or URL encoders: only characters that no encoder touches are used.
 */

import { SECRET_KINDS } from '../core/secret-kind.ts'
import { type Demand, demandsOf } from './anchor.ts'
import { AUTH_STEMS } from './auth-failure-words.ts'
import { requiredTexts } from './required-texts.ts'
import type { Signature } from './signature.ts'
import type { StemRule } from './stem-rules.ts'
import { isWithin, LEFT, parseStem, RIGHT } from './stem-scanner.ts'
import { WordFrequency } from './word-frequency.ts'

/** Words, and runs of words: what JSON, Go's and .NET's HTML-safe JSON, logfmt and access-log escaping leave alone. */
const WORD = /[a-z0-9_]+/g
const PHRASE = /[a-z0-9_]+(?: [a-z0-9_]+)*/g
const STEM_MIN = 3
/** A word alone is preferred to several, which an encoder may part (`token+expired`), unless it is so much commoner. */
const APART = 4

/** Further words of one text that a rule asks for: the rarest; more of them turn few records away. */
const FURTHER_WORDS = 3
/** Share of ordinary lines with a word beyond which asking for it is no use. */
const EVERYWHERE = 0.5
/** Demands with more alternatives than this are hardly ever missed. */
const MOST_ALTERNATIVES = 60

/** Fields that hold the record's own words. */
const SPOKEN: ReadonlySet<string> = new Set(['speech', 'statements', 'words'])
/** How a token may begin in the raw record that is `jwt:` and a fingerprint to the matcher. */
const JOSE_HEADS = ['eyj', 'eya', 'ewo', 'ew0'].map((head) => [head])
/** What may stand for `saml:` and a fingerprint. */
const SAML_ELEMENTS = ['signaturevalue', 'ciphervalue', 'nameid', 'binarysecuritytoken'].map((name) => [name])
/** Words that redaction may put in place of a secret, and as what they stand in the raw record; none: nobody can tell. */
const OF_SECRETS: ReadonlyMap<string, readonly (readonly string[])[]> = new Map(
  SECRET_KINDS.map((kind) => [
    kind,
    kind === 'jwt' || kind === 'jwe' ? JOSE_HEADS : kind === 'saml' ? SAML_ELEMENTS : [],
  ]),
)
/** Taking identifiers apart puts this one together (`Open ID`): only its first half is certain. */
const OPENID = 'openid'

type Cost = (stem: string) => number

/** Stems and rules of one set of signatures. */
export interface PrefilterData {
  /** Every record that a signature matches, or that looks like a failure that none knows, holds at least one; see stem-scanner.ts for how they are written. None holds another one. */
  stems: string[]
  /** …and keeps at least one of these. */
  rules: StemRule[]
}

interface Sought {
  stem: string
  rule: StemRule
}

export function prefilterOf(signatures: readonly Signature[]): PrefilterData {
  const cost = costs()
  const sought = [
    ...signatures.flatMap((signature) => soughtOf(signature, cost)),
    ...AUTH_STEMS.map((first): Sought => ({ stem: first, rule: { first, all: [], some: [] } })),
  ]
  const rules = new Map(sought.map(({ rule }) => [JSON.stringify(rule), rule]))
  return { stems: withoutHolders(sought.map(({ stem }) => stem)), rules: [...rules.values()] }
}

function costs(): Cost {
  const frequency = WordFrequency.load()
  const known = new Map<string, number>()
  return (stem) => {
    let cost = known.get(stem)
    if (cost === undefined) {
      cost = frequency.of(stem) * (stem.includes(' ') ? APART : 1)
      known.set(stem, cost)
    }
    return cost
  }
}

/** Where a stem stands so do those within it: the longer one need not be looked for. */
function withoutHolders(stems: readonly string[]): string[] {
  const kept: string[] = []
  for (const stem of [...new Set(stems)].sort((a, b) => a.length - b.length || (a < b ? -1 : 1)))
    if (!kept.some((within) => isWithin(within, stem))) kept.push(stem)
  return kept.sort()
}

/** Has this anchor a word that a prefilter can look for? */
export function canBeFound(text: string): boolean {
  return [...text.matchAll(PHRASE)].some((m) => m[0].length >= STEM_MIN)
}

/** One stem and rule for each text that may stand in the signature's rarest demand; what its other demands ask for is the same in all. */
function soughtOf(signature: Signature, cost: Cost): Sought[] {
  const demands = demandsOf(signature)
  let best: { demand: Demand; stems: string[] } | null = null
  let bestCost = Number.POSITIVE_INFINITY
  for (const demand of demands) {
    // A value stands between what separates fields; that is never a letter or a digit.
    const stems = demand.texts.map((text) => rarestOf(text, demand, cost))
    if (stems.includes(null)) continue
    const sum = stems.reduce((total, stem) => total + cost(stem!), 0)
    if (sum >= bestCost) continue
    best = { demand, stems: stems as string[] }
    bestCost = sum
  }
  if (best === null) throw new RangeError(`${signature.id} cannot be found by a prefilter`)
  const { demand, stems } = best
  const all: string[] = []
  const some: string[][][] = []
  // A format may set an attribute that no record spells out: of values only those looked for are relied on.
  for (const other of [...demands.filter((each) => each !== demand && !each.exact), ...ofPatterns(signature)]) {
    const alternatives = alternativesOf(other, cost)
    if (alternatives === null) continue
    if (alternatives.length === 1) all.push(...alternatives[0]!)
    else some.push(alternatives)
  }
  return demand.texts.map((text, i) => {
    const stem = stems[i]!
    // A stem of several words has the rarest of them here: rules know few stems and meet each once.
    const [first = stem, ...further] = furtherWords(text, demand, cost)
    return { stem, rule: { first, all: [...new Set([...further, ...all])].filter((w) => w !== first).sort(), some } }
  })
}

/** What a signature's patterns demand besides. */
function ofPatterns({ pattern, also, flags, in: field }: Signature): Demand[] {
  if (!SPOKEN.has(field)) return []
  return [pattern, also]
    .filter((source) => source !== undefined)
    .flatMap((source) => requiredTexts(source, flags))
    .map((texts) => ({ texts, exact: false, apart: true }))
}

/** Words of which all of one list stand in the record; null where that says too little. */
function alternativesOf(demand: Demand, cost: Cost): string[][] | null {
  if (demand.texts.length > MOST_ALTERNATIVES) return null
  const lists: string[][] = []
  for (const text of demand.texts) {
    const words = furtherWords(text, demand, cost)
    if (words.length === 0) return null
    lists.push(words)
    for (const word of words) {
      const instead = OF_SECRETS.get(parseStem(word).text)
      if (instead === undefined) continue
      if (instead.length === 0) return null
      lists.push(...instead.map((stems) => [...stems]))
    }
  }
  const unique = new Map(lists.map((words) => [words.join(' '), words]))
  return [...unique.values()]
}

function rarestOf(text: string, { exact, apart }: Demand, cost: Cost): string | null {
  return apart ? rarestWord(text, cost) : rarestStem(exact ? `"${text}"` : text, cost)
}

/** The rarest words that stand wherever the text does. */
function furtherWords(text: string, { exact, apart }: Demand, cost: Cost): string[] {
  const words = apart ? wordsApart(text) : wordsOf(exact ? `"${text}"` : text)
  return [...new Set(words)]
    .filter((word) => cost(word) < EVERYWHERE)
    .sort((a, b) => cost(a) - cost(b) || (a < b ? -1 : 1))
    .slice(0, FURTHER_WORDS)
}

/** Characters that no encoder touches or whose escapes end in a digit (`%20`, `\u0022`, `&#39;`). */
const CLEAR_BEFORE = ` "'()\`.-`

/** Signs that no writing of an identifier holds. */
const QUOTES = `"'()\``

/** The rarest of what stands in a text whenever `text` does and that no encoder changes; null where that is too short. */
function rarestStem(text: string, cost: Cost): string | null {
  return rarest([...wordsOf(text), ...stemsIn(text, PHRASE)], cost)
}

/** The rarest single word, wherever it stands: `token expired` may be written `TokenExpired`. */
function rarestWord(text: string, cost: Cost): string | null {
  return rarest(wordsApart(text), cost)
}

function rarest(stems: readonly string[], cost: Cost): string | null {
  return stems.reduce<string | null>((best, stem) => (best === null || cost(stem) < cost(best) ? stem : best), null)
}

function wordsOf(text: string): string[] {
  return stemsIn(text, WORD)
}

function stemsIn(text: string, pattern: RegExp): string[] {
  const lower = text.toLowerCase()
  return [...lower.matchAll(pattern)]
    .filter(([found]) => found.length >= STEM_MIN)
    .map(({ 0: found, index }) => bounded(found, lower, index))
}

/** A quote stays where identifiers are taken apart; a space may be where two words were joined. */
function wordsApart(text: string): string[] {
  const lower = text.toLowerCase().replaceAll(OPENID, OPENID.slice(0, -2))
  return [...lower.matchAll(WORD)]
    .filter(([word]) => word.length >= STEM_MIN)
    .map(({ 0: word, index }) => {
      const left = QUOTES.includes(lower[index - 1] ?? ' ') ? LEFT : ''
      const right = QUOTES.includes(lower[index + word.length] ?? ' ') ? RIGHT : ''
      return `${left}${word}${right}`
    })
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
