/**
 * How often a window of four characters is met in log lines, so that literals can be filed under windows that are rare there.
 * Counted over the words of ordinary lines and where one word ends and the next begins; beyond that estimated from how rare
 * the characters are. Estimates only: they decide how fast authtop is, never what it recognises.
 */
import { classOf, GRAM, MASK, SHIFT } from './char-class.ts'
import { ordinaryWords } from './ordinary-words.ts'

/** Windows share counters where their hashes fold together: estimates bear that, and reading them stays cheap. */
const COUNTERS = 1 << 16

/** Class of the space, which parts words in prose. */
const SPACE = classOf(32)
const CLASS = (1 << SHIFT) - 1
/** Of the words of a line, the share that has a space on a given side; the others have signs. */
const SPACED = 0.5
/** Characters of an ordinary line. */
const LINE_LENGTH = 200
/** Lines repeat each other: a window that stands in one stands in many. Measured on logs of other kinds than were counted. */
const REPEATED = 16
/** Where two words meet counting words says least, and a repeated line most; per line. */
const UNSEEN_MEETING = 0.01
/** Rarity is counted in quarters of a bit. */
const QUARTERS = 4

export class WindowFrequency {
  static #loaded: WindowFrequency | null = null
  /** Windows inside words, and with a space at one end; per line. */
  readonly #counted = new WindowCounts()
  /** Words per line that begin or end with one or two given characters, by those. */
  readonly #starts = new Float32Array(1 << (2 * SHIFT))
  readonly #ends = new Float32Array(1 << (2 * SHIFT))
  #words = 0

  static load(): WindowFrequency {
    WindowFrequency.#loaded ??= new WindowFrequency()
    return WindowFrequency.#loaded
  }

  private constructor() {
    for (const { word, share } of ordinaryWords()) {
      this.#counted.add(word, share)
      this.#counted.add(` ${word.slice(0, GRAM - 1)}`, SPACED * share)
      this.#counted.add(`${word.slice(1 - GRAM)} `, SPACED * share)
      const [first, second, last, butLast] = [0, 1, word.length - 1, word.length - 2].map((i) => classAt(word, i))
      this.#starts[first!]! += share
      this.#starts[(first! << SHIFT) | second!]! += share
      this.#ends[last!]! += share
      this.#ends[(butLast! << SHIFT) | last!]! += share
      this.#words += share
    }
  }

  /** Windows with this hash per line, about. `rarity`: of its characters together, see {@link RARITY}. */
  of(h: number, rarity: number): number {
    return this.#counted.of(h) + this.#between(h) + REPEATED * LINE_LENGTH * 2 ** (-rarity / QUARTERS)
  }

  /** The end of one word and the beginning of another. */
  #between(h: number): number {
    const [a, b, c, d] = [h >>> (3 * SHIFT), (h >>> (2 * SHIFT)) & CLASS, (h >>> SHIFT) & CLASS, h & CLASS]
    if (b === SPACE) return (SPACED * this.#ends[a]! * this.#starts[(c << SHIFT) | d]!) / this.#words + UNSEEN_MEETING
    if (c === SPACE) return (SPACED * this.#ends[(a << SHIFT) | b]! * this.#starts[d]!) / this.#words + UNSEEN_MEETING
    return 0
  }
}

function classAt(word: string, i: number): number {
  return i >= 0 && i < word.length ? classOf(word.charCodeAt(i)) : 0
}

/** Sums by window; what falls together is counted together. */
export class WindowCounts {
  readonly #sums = new Float32Array(COUNTERS)

  /** Adds to every window of the text. */
  add(text: string, amount: number): void {
    let h = 0
    for (let i = 0; i < text.length; i++) {
      h = ((h << SHIFT) | classOf(text.charCodeAt(i))) & MASK
      if (i >= GRAM - 1) this.#sums[place(h)]! += amount
    }
  }

  of(h: number): number {
    return this.#sums[place(h)]!
  }
}

function place(h: number): number {
  return Math.imul(h, 0x9e3779b1) >>> 16
}

/** How rare the characters of each class are, in quarters of a bit: counted over ordinary production logs. */
export const RARITY: readonly number[] = [
  14, 60, 23, 42, 47, 60, 60, 54, 35, 35, 29, 45, 28, 22, 22, 27, 18, 18, 21, 22, 23, 23, 23, 24, 24, 25, 22, 43, 54,
  28, 56, 41, 44, 19, 26, 21, 21, 16, 25, 27, 25, 20, 35, 28, 23, 23, 20, 19, 24, 35, 19, 20, 18, 25, 29, 31, 31, 33,
  36, 31, 42, 30, 48, 32,
]
