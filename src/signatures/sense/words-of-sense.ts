/** Words of which one stands in every text that speaks of a noun: what senses are filed under. Leaves reading to read-sense.ts. */
import { NOUNS, type Noun } from './lexicon.ts'
import { spelledOut } from './phrase-tree.ts'

/** Shorter ones stand everywhere; characters. */
const WORD_MIN = 3

/** @throws RangeError for a noun whose words are all too short */
export function wordsOfNouns(nouns: readonly Noun[]): string[] {
  const phrases = nouns.flatMap((noun) => NOUNS[noun].flatMap((phrase) => spelledOut(phrase.replace(/^\?+/, ''))))
  const kept: string[] = []
  for (const phrase of phrases.sort((a, b) => a.split(' ').length - b.split(' ').length || a.length - b.length)) {
    const words = phrase.split(' ').filter((word) => word.length >= WORD_MIN)
    if (words.length === 0) throw new RangeError(`"${phrase}" has no word of ${WORD_MIN} letters`)
    if (words.some((word) => kept.some((within) => word.includes(within)))) continue
    kept.push(words.reduce((a, b) => (b.length > a.length ? b : a)))
  }
  return kept
}
