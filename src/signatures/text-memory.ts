/**
 * Remembers what was found out about a text: software says the same things over and over. Only for what depends on the text
 * alone, so that remembering changes the cost and never the answer.
 */

/** Longer texts carry ids and stack traces and do not come again; characters. */
const REMEMBERED_LENGTH = 512
/** Texts remembered, at most about 1 MB of them. The memory starts anew when full. */
const REMEMBERED = 1_000

export class TextMemory<T> {
  readonly #find: (text: string) => T
  readonly #remembered = new Map<string, T>()

  constructor(find: (text: string) => T) {
    this.#find = find
  }

  of(text: string): T {
    if (text.length > REMEMBERED_LENGTH) return this.#find(text)
    const known = this.#remembered.get(text)
    if (known !== undefined) return known
    const found = this.#find(text)
    if (this.#remembered.size >= REMEMBERED) this.#remembered.clear()
    this.#remembered.set(text, found)
    return found
  }
}
