/**
 * Finds where in a text any of many windows of four characters begins, some gigabyte a second: the loop is WebAssembly with
 * vectors (window-scan.wat). Upper and lower case of ASCII letters are alike, and so are other characters of one class.
 */
import { classOf, GRAM } from './char-class.ts'
import { WINDOW_SCAN } from './window-scan.ts'

/** As window-scan.wat has it: bytes of the filter, where the table begins, and the multiplier that spreads windows. */
const FILTER_BITS = 18
const TABLE = 1 << FILTER_BITS
const SPREAD = 0x9e3779b1
/** Words of a slot, and of what was found. */
const PAIR = 2
const WORD = 4
/** Slots per window: few collisions, still small. */
const ROOM = 4
/** Places looked at in a turn: a text fits a processor's nearest cache together with what is found in it. */
export const MOST_PLACES = 1 << 14
/** Bytes that a vector may reach beyond the text. */
const BEYOND = 16
const PAGE = 1 << 16

type Scan = (from: number, to: number, out: number, shift: number, mask: number) => number

let compiled: WebAssembly.Module | null = null

export class WindowScanner {
  readonly #scan: Scan
  readonly #memory: Uint8Array
  readonly #shift: number
  readonly #mask: number
  readonly #text: number
  readonly #out: number
  readonly #found: Int32Array

  /** @param windows each once, see {@link windowAt}; a window's number is its place in the list */
  constructor(windows: readonly number[]) {
    const bits = Math.max(1, Math.ceil(Math.log2(ROOM * (windows.length + 1))))
    this.#shift = 32 - bits
    this.#mask = (1 << bits) - 1
    this.#text = TABLE + ((PAIR * WORD) << bits)
    this.#out = this.#text + MOST_PLACES + BEYOND
    const bytes = this.#out + PAIR * WORD * MOST_PLACES
    const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / PAGE) })
    this.#memory = new Uint8Array(memory.buffer)
    this.#found = new Int32Array(memory.buffer, this.#out, PAIR * MOST_PLACES)
    this.#file(windows, new Int32Array(memory.buffer, TABLE, PAIR << bits))
    compiled ??= new WebAssembly.Module(Buffer.from(WINDOW_SCAN, 'base64'))
    this.#scan = new WebAssembly.Instance(compiled, { windows: { memory } }).exports.scan as Scan
  }

  /**
   * Looks at the places from `from` to before `to`, at most {@link MOST_PLACES}; gives how many windows were found. Of a window that
   * goes on behind `end` nothing is known but its beginning: it may be given or not.
   */
  scan(bytes: Uint8Array, from: number, to: number, end: number): number {
    this.#memory.set(bytes.subarray(from, Math.min(end, to + GRAM - 1)), this.#text)
    return this.#scan(this.#text, this.#text + to - from, this.#out, this.#shift, this.#mask)
  }

  /** Where the i-th window of the last scan begins, counted from its `from`. */
  place(i: number): number {
    return this.#found[PAIR * i]! - this.#text
  }

  /** The i-th window's number. */
  number(i: number): number {
    return this.#found[PAIR * i + 1]! - 1
  }

  #file(windows: readonly number[], table: Int32Array): void {
    for (const [number, window] of windows.entries()) {
      const hash = Math.imul(window, SPREAD)
      this.#memory[hash >>> (32 - FILTER_BITS)] = 1
      let slot = hash >>> this.#shift
      while (table[PAIR * slot + 1] !== 0) slot = (slot + 1) & this.#mask
      table[PAIR * slot] = window
      table[PAIR * slot + 1] = number + 1
    }
  }
}

/** The window that begins at `at`: the classes of its characters, a byte each, the first one lowest. */
export function windowAt(bytes: Uint8Array, at: number, length = GRAM): number {
  let window = 0
  for (let i = 0; i < length; i++) window |= classOf(bytes[at + i]!) << (8 * i)
  return window
}
