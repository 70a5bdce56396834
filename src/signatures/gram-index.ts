/**
 * Finds which of many literals stand in a text, in one pass whose cost does not grow with their number: each literal is
 * filed under a window of four of its characters that is rarely met; only where such a window stands literals are compared in full.
 * Works on bytes, which are read many times faster than the characters of a string. Upper and lower case of ASCII letters are
 * alike. Invariant: literals are lower case and at least three characters of Latin-1 long.
 */

import { GRAM, SHIFT } from './char-class.ts'
import { rareWindows, type WindowPlaces } from './rare-windows.ts'
import { MOST_PLACES, WindowScanner, windowAt } from './window-scanner.ts'

/** Classes that the last character of a window can have. */
const ANY = 1 << SHIFT
/** Literals are no shorter; characters. */
const SHORTEST = GRAM - 1
/** Places looked at first, and how many times more with each further turn: what is sought may be near, and is not always. */
const FIRST_PLACES = 1 << 8
const MORE = 4

export class GramIndex {
  /** All literals one after the other, and where each begins; the last one's end stands behind. */
  readonly #bytes: Uint8Array
  readonly #begins: Int32Array
  readonly #scanner: WindowScanner
  /** Where the entries of each window begin; the last one's end stands behind. */
  readonly #entries: Int32Array
  /** Entries: the literal's id and where in it the window stands. */
  readonly #ids: Int32Array
  readonly #places: Int32Array
  /** A second window of the literal, as far from the first as may be, which most false candidates fail: its place and itself. */
  readonly #checkPlaces: Int32Array
  readonly #checks: Int32Array

  /** @param chosen where the windows of literals stand that were chosen before */
  constructor(literals: readonly string[], chosen: WindowPlaces = {}) {
    this.#begins = new Int32Array(literals.length + 1)
    for (const [id, { length }] of literals.entries()) this.#begins[id + 1] = this.#begins[id]! + length
    this.#bytes = Buffer.from(literals.join(''), 'latin1')
    const filed = new Map<number, number[]>()
    const places = new Int32Array(literals.length)
    const file = (window: number, id: number): void => {
      const ids = filed.get(window)
      if (ids === undefined) filed.set(window, [id])
      else ids.push(id)
    }
    const others = literals.filter((literal) => literal.length > GRAM && chosen[literal] === undefined)
    const windows = others.length === 0 ? chosen : { ...chosen, ...rareWindows(others) }
    for (const [id, literal] of literals.entries()) {
      if (literal.length < SHORTEST) throw new RangeError(`literal "${literal}" is shorter than ${SHORTEST} characters`)
      if (literal.length < GRAM) {
        // Whatever follows it.
        const window = windowAt(this.#bytes, this.#begins[id]!, SHORTEST)
        for (let next = 0; next < ANY; next++) file(window | (next << (8 * SHORTEST)), id)
      } else {
        const at = windows[literal] ?? 0
        places[id] = at
        file(windowAt(this.#bytes, this.#begins[id]! + at), id)
      }
    }
    this.#scanner = new WindowScanner([...filed.keys()])
    const count = [...filed.values()].reduce((n, ids) => n + ids.length, 0)
    this.#entries = new Int32Array(filed.size + 1)
    this.#ids = new Int32Array(count)
    this.#places = new Int32Array(count)
    this.#checkPlaces = new Int32Array(count)
    this.#checks = new Int32Array(count)
    let entry = 0
    let number = 0
    for (const ids of filed.values()) {
      for (const id of ids) this.#enter(entry++, id, places[id]!)
      this.#entries[++number] = entry
    }
  }

  /**
   * Calls `found(id, position)` for every place in `bytes` (Latin-1, or UTF-8 where literals are ASCII) between `from` and `to`
   * where a literal stands, until it returns true.
   */
  scan(bytes: Uint8Array, from: number, to: number, found: (id: number, position: number) => unknown): void {
    const scanner = this.#scanner
    const last = to - SHORTEST + 1
    let places = FIRST_PLACES
    for (let at = from; at < last; ) {
      const stop = Math.min(last, at + places)
      const count = scanner.scan(bytes, at, stop, to)
      for (let i = 0; i < count; i++)
        if (this.#compare(bytes, scanner.number(i), at + scanner.place(i), from, to, found)) return
      at = stop
      places = Math.min(MOST_PLACES, places * MORE)
    }
  }

  #enter(entry: number, id: number, place: number): void {
    const begin = this.#begins[id]!
    const length = this.#begins[id + 1]! - begin
    const last = Math.max(0, length - GRAM)
    const check = place > last - place ? 0 : last
    this.#ids[entry] = id
    this.#places[entry] = place
    this.#checkPlaces[entry] = check
    this.#checks[entry] = windowAt(this.#bytes, begin + check, Math.min(GRAM, length))
  }

  /** A window, given by its number, begins at `at`; true when `found` wants no more. */
  #compare(
    bytes: Uint8Array,
    window: number,
    at: number,
    from: number,
    to: number,
    found: (id: number, position: number) => unknown,
  ): boolean {
    const end = this.#entries[window + 1]!
    for (let entry = this.#entries[window]!; entry < end; entry++) {
      const start = at - this.#places[entry]!
      if (start < from) continue
      const id = this.#ids[entry]!
      const begin = this.#begins[id]!
      const length = this.#begins[id + 1]! - begin
      if (start + length > to) continue
      if (length >= GRAM && windowAt(bytes, start + this.#checkPlaces[entry]!) !== this.#checks[entry]) continue
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
