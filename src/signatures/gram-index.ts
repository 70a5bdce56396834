/**
 * Finds which of many literals stand in a text, in one pass whose cost does not grow with their number: each literal is
 * filed under a window of four of its characters that is rarely met; the text's windows are looked up in a bit set that fits
 * a processor's cache, and only where a bit is set literals are compared in full.
 * Works on bytes, which are read many times faster than the characters of a string. Upper and lower case of ASCII letters are
 * alike. Invariant: literals are lower case and at least three characters of Latin-1 long.
 */

import { classOf, GRAM, MASK, SHIFT } from './char-class.ts'
import { rareWindows, type WindowPlaces } from './rare-windows.ts'

/** Values that the last character of a window can have. */
const ANY = 1 << SHIFT
/**
 * The set has fewer places than there are windows, 512 KiB, so that it stays in a processor's cache. With a quarter of them, two of
 * three windows met would be others that share a place.
 */
const SLOT_BITS = 22
const SLOTS = 1 << SLOT_BITS
const FOLD = 5
/** Literals are no shorter; characters. */
const SHORTEST = GRAM - 1
/** Places in the hash table per window filed: few collisions, still small. */
const TABLE_ROOM = 4

export class GramIndex {
  /** All literals one after the other, and where each begins; the last one's end stands behind. */
  readonly #bytes: Uint8Array
  readonly #begins: Int32Array
  readonly #filled = new Uint32Array(SLOTS / 32)
  /** Open-addressing table from a window to its entries: key + 1 (0: empty), first entry, end of its entries. */
  readonly #table: Int32Array
  readonly #tableMask: number
  /** Entries, those of one window side by side: the literal's id and where in it the window stands. */
  readonly #ids: Int32Array
  readonly #places: Int32Array
  /** A second window of the literal, as far from the first as may be, which most false candidates fail: its place and hash. */
  readonly #checkPlaces: Int32Array
  readonly #checks: Int32Array

  /** @param chosen where the windows of literals stand that were chosen before */
  constructor(literals: readonly string[], chosen: WindowPlaces = {}) {
    this.#begins = new Int32Array(literals.length + 1)
    for (const [id, { length }] of literals.entries()) this.#begins[id + 1] = this.#begins[id]! + length
    this.#bytes = Buffer.from(literals.join(''), 'latin1')
    const filed = new Map<number, number[]>()
    const places = new Int32Array(literals.length)
    const file = (h: number, id: number): void => {
      const ids = filed.get(h)
      if (ids === undefined) filed.set(h, [id])
      else ids.push(id)
    }
    const others = literals.filter((literal) => literal.length > GRAM && chosen[literal] === undefined)
    const windows = others.length === 0 ? chosen : { ...chosen, ...rareWindows(others) }
    for (const [id, literal] of literals.entries()) {
      if (literal.length < SHORTEST) throw new RangeError(`literal "${literal}" is shorter than ${SHORTEST} characters`)
      if (literal.length < GRAM) {
        // Whatever follows it, and nothing at the end of the text, which hashes as 0 does.
        const h = hash(this.#bytes, this.#begins[id]!, SHORTEST) << SHIFT
        for (let next = 0; next < ANY; next++) file(h | next, id)
      } else {
        const at = windows[literal] ?? 0
        places[id] = at
        file(hash(this.#bytes, this.#begins[id]! + at, GRAM), id)
      }
    }
    const count = [...filed.values()].reduce((n, ids) => n + ids.length, 0)
    this.#ids = new Int32Array(count)
    this.#places = new Int32Array(count)
    this.#checkPlaces = new Int32Array(count)
    this.#checks = new Int32Array(count)
    const room = 1 << Math.ceil(Math.log2(TABLE_ROOM * (filed.size + 1)))
    this.#tableMask = room - 1
    this.#table = new Int32Array(3 * room)
    let entry = 0
    for (const [h, ids] of filed) {
      const slot = slotOf(h)
      this.#filled[slot >>> 5]! |= 1 << (slot & 31)
      let at = spread(h) & this.#tableMask
      while (this.#table[3 * at] !== 0) at = (at + 1) & this.#tableMask
      this.#table[3 * at] = h + 1
      this.#table[3 * at + 1] = entry
      for (const id of ids) this.#enter(entry++, id, places[id]!)
      this.#table[3 * at + 2] = entry
    }
  }

  /**
   * Calls `found(id, position)` for every place in `bytes` (Latin-1, or UTF-8 where literals are ASCII) between `from` and `to`
   * where a literal stands, until it returns true.
   */
  scan(bytes: Uint8Array, from: number, to: number, found: (id: number, position: number) => unknown): void {
    const filled = this.#filled
    const [shift, mask, fold, slots] = [SHIFT, MASK, FOLD, SLOTS - 1]
    let h = 0
    let i = from
    const warm = Math.min(to, from + GRAM - 1)
    for (; i < warm; i++) h = ((h << SHIFT) | classOf(bytes[i]!)) & MASK
    for (; i < to; i++) {
      // `classOf` and `slotOf`, spelled out: called, they cost a third of the pass.
      const code = bytes[i]!
      h = ((h << shift) | ((code & 64) >> 1) | (code & 31)) & mask
      const slot = (h ^ (h >>> fold)) & slots
      if ((filled[slot >>> 5]! & (1 << (slot & 31))) === 0) continue
      if (this.#compare(bytes, h, i - GRAM + 1, from, to, found)) return
    }
    if (to - from >= SHORTEST) this.#compare(bytes, (h << SHIFT) & MASK, to - SHORTEST, from, to, found)
  }

  #enter(entry: number, id: number, place: number): void {
    const begin = this.#begins[id]!
    const length = this.#begins[id + 1]! - begin
    const last = Math.max(0, length - GRAM)
    const check = place > last - place ? 0 : last
    this.#ids[entry] = id
    this.#places[entry] = place
    this.#checkPlaces[entry] = check
    this.#checks[entry] = hash(this.#bytes, begin + check, Math.min(GRAM, length))
  }

  /** The window of hash `h` begins at `at`; true when `found` wants no more. */
  #compare(
    bytes: Uint8Array,
    h: number,
    at: number,
    from: number,
    to: number,
    found: (id: number, position: number) => unknown,
  ): boolean {
    const table = this.#table
    let place = spread(h) & this.#tableMask
    while (table[3 * place] !== h + 1) {
      if (table[3 * place] === 0) return false
      place = (place + 1) & this.#tableMask
    }
    const end = table[3 * place + 2]!
    for (let entry = table[3 * place + 1]!; entry < end; entry++) {
      const start = at - this.#places[entry]!
      if (start < from) continue
      const id = this.#ids[entry]!
      const begin = this.#begins[id]!
      const length = this.#begins[id + 1]! - begin
      if (start + length > to) continue
      if (length >= GRAM && hash(bytes, start + this.#checkPlaces[entry]!, GRAM) !== this.#checks[entry]) continue
      if (standsAt(bytes, start, this.#bytes, begin, length) && found(id, start) === true) return true
    }
    return false
  }
}

function standsAt(bytes: Uint8Array, start: number, literals: Uint8Array, begin: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (lowerCode(bytes[start + i]!) !== literals[begin + i]) return false
  return true
}

/** A to Z become a to z; everything else stays. */
export function lowerCode(code: number): number {
  return code >= 65 && code <= 90 ? code + 32 : code
}

/** Same rolling hash as in `scan`. */
function hash(bytes: Uint8Array, at: number, length: number): number {
  let h = 0
  for (let i = at; i < at + length; i++) h = ((h << SHIFT) | classOf(bytes[i]!)) & MASK
  return h
}

function slotOf(h: number): number {
  return (h ^ (h >>> FOLD)) & (SLOTS - 1)
}

/** Fibonacci hashing: neighbouring windows land apart. */
function spread(h: number): number {
  return Math.imul(h, 0x9e3779b1) >>> 8
}
