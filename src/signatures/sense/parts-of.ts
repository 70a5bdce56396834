/** Takes a text apart into runs of words that play one role: nouns, faults and deeds of the lexicon, and the words between them. */
import type { Deed } from './fault.ts'
import {
  DEEDS,
  DENYING,
  FAILING,
  FAULTS,
  FILLERS,
  LEADING_OVER,
  NOUNS,
  type Noun,
  PARTING,
  PRAISE,
  SUPPOSING,
} from './lexicon.ts'
import { PhraseTree, spelledOut } from './phrase-tree.ts'

type Meaning =
  | { role: 'noun'; noun: Noun; weak: number }
  | { role: 'fault'; fault: keyof typeof FAULTS }
  | { role: 'praise'; fault: keyof typeof FAULTS }
  | { role: 'deed'; deed: Deed }
  | { role: 'failing' }

/** A run of words with one role, or a single word with none. */
export interface Part {
  role: Meaning['role'] | 'filler' | 'supposing' | 'denying' | 'over' | 'parting' | 'end' | 'other'
  noun?: Noun
  /** 0: always of our trade, 1: in a text that speaks of little else, 2: only beside one that is. */
  weak?: number
  fault?: keyof typeof FAULTS
  deed?: Deed
  /** Its first word. */
  word: string
  /** Its last word. */
  last: string
}

/** Longer texts are read so far; words. A report says what is wrong early. */
const WORDS_MAX = 400

const tree = new PhraseTree<Meaning>()
for (const [noun, phrases] of Object.entries(NOUNS))
  for (const phrase of phrases) {
    const weak = phrase.lastIndexOf('?') + 1
    for (const each of spelledOut(phrase.slice(weak))) tree.add(each, { role: 'noun', noun: noun as Noun, weak })
  }
for (const [fault, phrases] of Object.entries(FAULTS))
  for (const each of phrases.flatMap(spelledOut)) tree.add(each, { role: 'fault', fault: fault as keyof typeof FAULTS })
for (const [deed, phrases] of Object.entries(DEEDS))
  for (const each of phrases.flatMap(spelledOut)) tree.add(each, { role: 'deed', deed: deed as Deed })
for (const each of FAILING.flatMap(spelledOut)) tree.add(each, { role: 'failing' })
for (const [praise, fault] of Object.entries(PRAISE)) tree.add(praise, { role: 'praise', fault })

const SINGLE = new Map<string, Part['role']>([
  ...FILLERS.map((word) => [word, 'filler'] as const),
  ...SUPPOSING.map((word) => [word, 'supposing'] as const),
  ...DENYING.map((word) => [word, 'denying'] as const),
  ...LEADING_OVER.map((word) => [word, 'over'] as const),
  ...PARTING.map((word) => [word, 'parting'] as const),
])

/** Words and the signs that part statements; quotes, brackets and equals signs are looked through. */
const WORD = /[a-zà-ÿ][a-zà-ÿ0-9]*(?:['’](?=t\b)t)?|\d+(?:xx)?|[.;,:\n(){}|]|[~§]{3,}/g
/** Nouns of other trades and things named after ours, blanked out before: see foreign-nouns.ts and own-things.ts. */
const BLANK = /^[~§]/

export function partsOf(text: string): Part[] {
  const words: string[] = []
  for (const [found] of text.matchAll(WORD)) {
    words.push(found.replace(/['’]/, ''))
    if (words.length >= WORDS_MAX) break
  }
  const parts: Part[] = []
  for (let i = 0; i < words.length; ) {
    const word = words[i]!
    if (BLANK.test(word)) {
      parts.push({ role: 'noun', noun: 'foreign', weak: 0, word, last: word })
      i++
      continue
    }
    const found = tree.longestAt(words, i)
    const single = SINGLE.get(word)
    if (found !== null && (found.length > 1 || single === undefined || single === 'denying')) {
      const { meaning } = found
      parts.push({ ...meaning, word, last: words[i + found.length - 1]! })
      i += found.length
      continue
    }
    parts.push({ role: single ?? (/^[.;,:\n(){}|]$/.test(word) ? 'end' : 'other'), word, last: word })
    i++
  }
  return parts
}
