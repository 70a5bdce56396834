/**
 * Looks for any of the prefilter's stems in a text: a stem is a literal that may ask for a word's boundary on either side.
 * Case is ignored. Leaves how literals are found to `gram-index.ts` and which stems there are to `prefilter.ts`.
 */
import { GramIndex, lowerCode } from './gram-index.ts'
import type { WindowPlaces } from './rare-windows.ts'
import { TextBytes } from './text-bytes.ts'

/** Before a stem: no letter or `_` may stand there; nor a digit, where the stem begins with one. */
export const LEFT = '<'
/** After a stem: no letter, digit or `_` may follow (`status` is not looked for in `status_code`). */
export const RIGHT = '>'

export interface Stem {
  text: string
  left: boolean
  right: boolean
}

export function parseStem(stem: string): Stem {
  const left = stem.startsWith(LEFT)
  const right = stem.endsWith(RIGHT)
  return { text: stem.slice(left ? 1 : 0, right ? -1 : undefined), left, right }
}

/** Does `inner` stand wherever `outer` does? */
export function isWithin(inner: string, outer: string): boolean {
  const a = parseStem(inner)
  const b = parseStem(outer)
  const digit = isDigit(a.text.charCodeAt(0))
  for (let at = b.text.indexOf(a.text); at >= 0; at = b.text.indexOf(a.text, at + 1)) {
    const after = at + a.text.length
    const left = !a.left || (at === 0 ? b.left : !(digit ? isWord : isLetter)(b.text.charCodeAt(at - 1)))
    const right = !a.right || (after === b.text.length ? b.right : !isWord(b.text.charCodeAt(after)))
    if (left && right) return true
  }
  return false
}

export class StemScanner {
  readonly #stems: readonly Stem[]
  readonly #index: GramIndex
  readonly #text = new TextBytes()

  constructor(stems: readonly string[], windows?: WindowPlaces) {
    this.#stems = stems.map(parseStem)
    this.#index = new GramIndex(
      this.#stems.map(({ text }) => text),
      windows,
    )
  }

  test(text: string): boolean {
    const { bytes, length } = this.#text.utf8(text)
    return this.#next(bytes, 0, length) >= 0
  }

  /** Does the text that stands between two places of the bytes (UTF-8) hold a stem? What stands beside it is no part of it. */
  within(bytes: Uint8Array, from: number, to: number): boolean {
    return this.#next(bytes, from, to, from) >= 0
  }

  /** Where the stem begins that is met first in the bytes (UTF-8) at or after `from`, or −1. */
  next(bytes: Uint8Array, from: number): number {
    return this.#next(bytes, from, bytes.length)
  }

  /** Calls `found` with the number of every stem in the text, once or several times each. */
  each(text: string, found: (id: number) => void): void {
    const { bytes, length } = this.#text.utf8(text)
    this.#index.scan(bytes, 0, length, (id, start) => {
      if (this.#stands(id, bytes, start, 0, length)) found(id)
    })
  }

  /** @param first where the text begins of which the bytes at `from` are a part */
  #next(bytes: Uint8Array, from: number, to: number, first = 0): number {
    let place = -1
    this.#index.scan(bytes, from, to, (id, start) => {
      if (!this.#stands(id, bytes, start, first, to)) return false
      place = start
      return true
    })
    return place
  }

  /** The letters of a stem begin at `start`: are its bounds there too? */
  #stands(id: number, bytes: Uint8Array, start: number, first: number, to: number): boolean {
    const { text: stem, left, right } = this.#stems[id]!
    const after = start + stem.length
    if (right && after < to && isWord(bytes[after]!)) return false
    return !left || start <= first || !(isDigit(stem.charCodeAt(0)) ? isWord : isLetter)(bytes[start - 1]!)
  }
}

const UNDERSCORE = 95

function isLetter(code: number): boolean {
  const c = lowerCode(code)
  return (c >= 97 && c <= 122) || code === UNDERSCORE
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57
}

function isWord(code: number): boolean {
  return isLetter(code) || isDigit(code)
}
