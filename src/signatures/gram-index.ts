/**
 * Finds which of many literals stand in a text, in one pass whose cost does not grow with their number: each literal is
 * filed under the four of its characters that are rarest; the text's four-character windows are looked up in a bit set
 * that fits a processor's cache, and only where a bit is set a literal is compared in full.
 * Upper and lower case of ASCII letters are alike. Invariant: literals are lower case and at least three characters long.
 */

const GRAM = 4
/** Six bits a character, so that upper and lower case fall together but digits and signs stay apart from letters. */
const SHIFT = 6
const MASK = (1 << (GRAM * SHIFT)) - 1
/** Values that the last character of a window can have. */
const ANY = 1 << SHIFT
/** The set has fewer places than there are windows, 128 KiB, so that it stays in a processor's cache. */
const SLOT_BITS = 20
const SLOTS = 1 << SLOT_BITS
const FOLD = 7
/** Literals are no shorter; characters. */
const SHORTEST = GRAM - 1

interface Entry {
  literal: string
  /** Where in the literal its filed window starts. */
  at: number
  id: number
}

export class GramIndex {
  readonly #filled = new Uint32Array(SLOTS / 32)
  readonly #entries = new Map<number, Entry[]>()

  constructor(literals: readonly string[]) {
    literals.forEach((literal, id) => {
      if (literal.length < SHORTEST) throw new RangeError(`literal "${literal}" is shorter than ${SHORTEST} characters`)
      if (literal.length < GRAM) {
        // Whatever follows it, and nothing at the end of the text, which hashes as 0 does.
        const h = hash(literal, 0, SHORTEST) << SHIFT
        for (let next = 0; next < ANY; next++) this.#file(h | next, { literal, at: 0, id })
        return
      }
      const at = rarestWindow(literal)
      this.#file(hash(literal, at, GRAM), { literal, at, id })
    })
  }

  /** Calls `found(id, position)` for every place at or after `from` where a literal stands, until it returns true. */
  scan(text: string, found: (id: number, position: number) => unknown, from = 0): void {
    const filled = this.#filled
    const { length } = text
    let h = 0
    let i = from
    const warm = Math.min(length, from + GRAM - 1)
    for (; i < warm; i++) h = ((h << SHIFT) | classOf(text.charCodeAt(i))) & MASK
    for (; i < length; i++) {
      h = ((h << SHIFT) | classOf(text.charCodeAt(i))) & MASK
      const slot = (h ^ (h >>> FOLD)) & (SLOTS - 1)
      if ((filled[slot >>> 5]! & (1 << (slot & 31))) === 0) continue
      if (this.#compare(text, h, i - GRAM + 1, from, found)) return
    }
    if (length - from >= SHORTEST) this.#compare(text, (h << SHIFT) & MASK, length - SHORTEST, from, found)
  }

  #file(h: number, entry: Entry): void {
    const slot = (h ^ (h >>> FOLD)) & (SLOTS - 1)
    this.#filled[slot >>> 5]! |= 1 << (slot & 31)
    const list = this.#entries.get(h)
    if (list === undefined) this.#entries.set(h, [entry])
    else list.push(entry)
  }

  /** The window of hash `h` begins at `at`; true when `found` wants no more. */
  #compare(
    text: string,
    h: number,
    at: number,
    from: number,
    found: (id: number, position: number) => unknown,
  ): boolean {
    const entries = this.#entries.get(h)
    if (entries === undefined) return false
    for (const { literal, at: place, id } of entries) {
      const start = at - place
      if (start >= from && standsAt(text, start, literal) && found(id, start) === true) return true
    }
    return false
  }
}

function standsAt(text: string, start: number, literal: string): boolean {
  for (let i = 0; i < literal.length; i++)
    if (lowerCode(text.charCodeAt(start + i)) !== literal.charCodeAt(i)) return false
  return true
}

/** A to Z become a to z; everything else stays, NaN (outside a text) too. */
export function lowerCode(code: number): number {
  return code >= 65 && code <= 90 ? code + 32 : code
}

/** One of 64 classes: letters without case, and everything else by its last five bits. */
function classOf(code: number): number {
  return ((code & 64) >> 1) | (code & 31)
}

/** Same rolling hash as in `scan`. */
function hash(text: string, at: number, length: number): number {
  let h = 0
  for (let i = 0; i < length; i++) h = ((h << SHIFT) | classOf(text.charCodeAt(at + i))) & MASK
  return h
}

/** Where the four characters begin that are rarest in logs. */
function rarestWindow(literal: string): number {
  let rarity = 0
  let best = 0
  let bestAt = 0
  for (let i = 0; i < literal.length; i++) {
    rarity += RARITY[classOf(literal.charCodeAt(i))]!
    if (i >= GRAM) rarity -= RARITY[classOf(literal.charCodeAt(i - GRAM))]!
    if (i >= GRAM - 1 && rarity > best) {
      best = rarity
      bestAt = i - GRAM + 1
    }
  }
  return bestAt
}

/** How rare the characters of each class are, in quarters of a bit: counted over ordinary production logs. */
const RARITY: readonly number[] = [
  14, 60, 23, 42, 47, 60, 60, 54, 35, 35, 29, 45, 28, 22, 22, 27, 18, 18, 21, 22, 23, 23, 23, 24, 24, 25, 22, 43, 54,
  28, 56, 41, 44, 19, 26, 21, 21, 16, 25, 27, 25, 20, 35, 28, 23, 23, 20, 19, 24, 35, 19, 20, 18, 25, 29, 31, 31, 33,
  36, 31, 42, 30, 48, 32,
]
