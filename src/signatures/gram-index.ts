/**
 * Finds which of many literals stand in a text, in one pass whose cost does not grow with their number: each literal is
 * filed under the four of its characters that are rarest; the text's four-character windows are looked up in a bit set
 * that fits a processor's cache, and only where a bit is set a literal is compared in full.
 * Upper and lower case of ASCII letters are alike. Invariant: literals are lower case and at least three characters long.
 */

const GRAM = 4
/** Five bits a character: upper and lower case fall together, and after four more characters an old one has left. */
const SHIFT = 5
const MASK = (1 << (GRAM * SHIFT)) - 1
/** Values that the last character of a window can have in the hash. */
const ANY = 1 << SHIFT
/** Literals are no shorter; characters. */
const SHORTEST = GRAM - 1

interface Entry {
  literal: string
  /** Where in the literal its filed window starts. */
  at: number
  id: number
}

export class GramIndex {
  readonly #filled = new Uint32Array((MASK + 1) / 32)
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
    for (; i < warm; i++) h = ((h << SHIFT) ^ (text.charCodeAt(i) & 31)) & MASK
    for (; i < length; i++) {
      h = ((h << SHIFT) ^ (text.charCodeAt(i) & 31)) & MASK
      if ((filled[h >>> 5]! & (1 << (h & 31))) === 0) continue
      if (this.#compare(text, h, i - GRAM + 1, from, found)) return
    }
    if (length - from >= SHORTEST) this.#compare(text, (h << SHIFT) & MASK, length - SHORTEST, from, found)
  }

  #file(h: number, entry: Entry): void {
    this.#filled[h >>> 5]! |= 1 << (h & 31)
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

/** Same rolling hash as in `scan`. */
function hash(text: string, at: number, length: number): number {
  let h = 0
  for (let i = 0; i < length; i++) h = ((h << SHIFT) ^ (text.charCodeAt(at + i) & 31)) & MASK
  return h
}

/** Where the four characters begin that are rarest in logs. */
function rarestWindow(literal: string): number {
  let rarity = 0
  let best = 0
  let bestAt = 0
  for (let i = 0; i < literal.length; i++) {
    rarity += RARITY[literal.charCodeAt(i) & 31]!
    if (i >= GRAM) rarity -= RARITY[literal.charCodeAt(i - GRAM) & 31]!
    if (i >= GRAM - 1 && rarity > best) {
      best = rarity
      bestAt = i - GRAM + 1
    }
  }
  return bestAt
}

/**
 * How rare the characters are that share five bits, in quarters of a bit: counted over ordinary production logs. A space counts
 * with the first, digits fall among the letters from `p` on, `.` on `n`, `:` on `z`.
 */
const RARITY: readonly number[] = [
  14, 19, 20, 21, 21, 16, 25, 27, 24, 20, 27, 28, 21, 19, 17, 18, 16, 18, 16, 17, 16, 20, 21, 22, 22, 23, 21, 30, 41,
  25, 46, 31,
]
