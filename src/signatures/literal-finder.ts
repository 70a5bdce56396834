/**
 * Finds, in one pass over a text, every literal that any signature asks about; what each signature demands or forbids is then
 * looked up instead of searched for again.
 */
import { GramIndex } from './gram-index.ts'
import type { WindowPlaces } from './rare-windows.ts'
import { narrowed, TextBytes } from './text-bytes.ts'
import { TextMemory } from './text-memory.ts'

/** Literal id → where it stands, ascending, at most {@link MAX_PLACES}. */
export type Found = ReadonlyMap<number, readonly number[]>

/** A literal repeated more often than this in one text gets no further tries. */
const MAX_PLACES = 4

export class LiteralFinder {
  readonly #literals: readonly string[]
  readonly #index: GramIndex
  readonly #text = new TextBytes()
  readonly #memory = new TextMemory<Found>((text) => this.#search(text))
  #lastText = ''
  #lastFound: Found = new Map()

  /**
   * @param literals lower case, at least three characters each; their ids are their places in the list
   * @param windows see {@link GramIndex}
   */
  constructor(literals: readonly string[], windows?: WindowPlaces) {
    this.#literals = literals
    this.#index = new GramIndex(literals.map(narrowed), windows)
  }

  /** `text`: in lower case. */
  find(text: string): Found {
    if (text === this.#lastText) return this.#lastFound
    const found = this.#memory.of(text)
    this.#lastText = text
    this.#lastFound = found
    return found
  }

  #search(text: string): Found {
    const found = new Map<number, number[]>()
    const { bytes, length } = this.#text.latin1(text)
    this.#index.scan(bytes, 0, length, (id, position) => {
      // Characters beyond Latin-1 are alike to the index.
      if (!text.startsWith(this.#literals[id]!, position)) return
      const places = found.get(id)
      if (places === undefined) found.set(id, [position])
      else if (places.length < MAX_PLACES) places.push(position)
    })
    return found
  }
}
