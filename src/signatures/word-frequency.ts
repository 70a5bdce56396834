/**
 * How often a piece of text is met in ordinary log lines, so that the prefilter can be made of pieces that are rare there.
 * Estimates only: they decide how fast authtop is, never what it recognises.
 */
import { type OrdinaryWord, ordinaryWords, RAREST_COUNTED } from './ordinary-words.ts'
import { parseStem } from './stem-scanner.ts'

/** Pieces of words are counted from this length, because no stem is shorter; characters. */
const PIECE_MIN = 3
/** Nothing is known to be rarer: the count ends there. */
const UNSEEN = RAREST_COUNTED
/** An unseen piece stands by chance in hex ids, base64 and names; each further character makes that so much rarer. */
const PER_CHARACTER = 0.35
/** Share of lines that hold any given three characters by chance. */
const CHANCE = 0.02
/** Numbers meet by chance so much more often than letters. */
const DIGITS = 5
/** Of the lines that hold a word, the share in which a given other one follows. */
const FOLLOWING = 0.2

export class WordFrequency {
  /** Share of lines with the word. */
  readonly #words = new Map<string, number>()
  /** Share of lines with a word that holds the piece. */
  readonly #pieces = new Map<string, number>()

  private constructor(ordinary: readonly OrdinaryWord[]) {
    for (const { word, share } of ordinary) {
      this.#words.set(word, share)
      const seen = new Set<string>()
      for (let from = 0; from + PIECE_MIN <= word.length; from++)
        for (let to = from + PIECE_MIN; to <= word.length; to++) seen.add(word.slice(from, to))
      for (const piece of seen) this.#pieces.set(piece, (this.#pieces.get(piece) ?? 0) + share)
    }
  }

  static load(): WordFrequency {
    return new WordFrequency(ordinaryWords())
  }

  /** Share of ordinary lines, about, in which the stem (see stem-scanner.ts) is found; above 1 for the commonest pieces. */
  of(stem: string): number {
    const { text, left, right } = parseStem(stem)
    const words = text.split(' ')
    // Words that follow each other are rarer than the rarest of them; between others, a word is whole.
    let share = Number.POSITIVE_INFINITY
    words.forEach((word, i) => {
      const whole = (i > 0 || left) && (i < words.length - 1 || right)
      share = Math.min(share, (whole ? this.#words.get(word) : this.#pieces.get(word)) ?? UNSEEN)
    })
    share *= FOLLOWING ** (words.length - 1)
    const bounds = Number(left) + Number(right)
    return share + CHANCE * PER_CHARACTER ** (text.length - PIECE_MIN + bounds) * (/^\d/.test(text) ? DIGITS : 1)
  }
}
