/**
 * Finds which of many literals stand in a text, in one pass whose cost does not grow with their number:
 * each literal is filed under its rarest three characters; the text's three-character windows are looked up in a bit set,
 * and only a hit is compared in full.
 * Invariant: texts and literals are lower case; literals are at least three characters.
 */

const GRAM = 3
/** Five bits a character: after three more characters an older one has left the hash. */
const SHIFT = 5
const SLOTS = 1 << (GRAM * SHIFT)

interface Entry {
  literal: string
  /** Where in the literal its filed window starts. */
  at: number
  id: number
}

export class GramIndex {
  readonly #filled = new Uint8Array(SLOTS)
  readonly #entries = new Map<number, Entry[]>()

  constructor(literals: readonly string[]) {
    const frequency = new Map<number, number>()
    for (const literal of literals)
      for (let i = 0; i + GRAM <= literal.length; i++) {
        const h = hash(literal, i)
        frequency.set(h, (frequency.get(h) ?? 0) + 1)
      }
    literals.forEach((literal, id) => {
      let best = -1
      let bestAt = 0
      for (let at = 0; at + GRAM <= literal.length; at++) {
        const h = hash(literal, at)
        if (best < 0 || frequency.get(h)! < frequency.get(best)!) {
          best = h
          bestAt = at
        }
      }
      if (best < 0) throw new RangeError(`literal "${literal}" is shorter than ${GRAM} characters`)
      this.#filled[best] = 1
      const list = this.#entries.get(best)
      if (list === undefined) this.#entries.set(best, [{ literal, at: bestAt, id }])
      else list.push({ literal, at: bestAt, id })
    })
  }

  /** Calls `found(id, position)` for every place of every literal in `text`. */
  scan(text: string, found: (id: number, position: number) => void): void {
    const last = text.length - GRAM
    if (last < 0) return
    let h = 0
    for (let i = 0; i < GRAM - 1; i++) h = ((h << SHIFT) ^ text.charCodeAt(i)) & (SLOTS - 1)
    for (let i = 0; i <= last; i++) {
      h = ((h << SHIFT) ^ text.charCodeAt(i + GRAM - 1)) & (SLOTS - 1)
      if (this.#filled[h] === 0) continue
      const entries = this.#entries.get(h)
      if (entries === undefined) continue
      for (const entry of entries) {
        const start = i - entry.at
        if (start >= 0 && text.startsWith(entry.literal, start)) found(entry.id, start)
      }
    }
  }
}

/** Same rolling hash as in `scan`. */
function hash(text: string, at: number): number {
  let h = 0
  for (let i = 0; i < GRAM; i++) h = ((h << SHIFT) ^ text.charCodeAt(at + i)) & (SLOTS - 1)
  return h
}
