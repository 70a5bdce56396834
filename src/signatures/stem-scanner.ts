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

  /** @param first where the text begins of which the bytes at `from` are a part */
  #next(bytes: Uint8Array, from: number, to: number, first = 0): number {
    let place = -1
    this.#index.scan(bytes, from, to, (id, start) => {
      const { text: stem, left, right } = this.#stems[id]!
      const after = start + stem.length
      if (right && after < to && isWord(bytes[after]!)) return false
      if (left && start > first && (isDigit(stem.charCodeAt(0)) ? isWord : isLetter)(bytes[start - 1]!)) return false
      place = start
      return true
    })
    return place
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
