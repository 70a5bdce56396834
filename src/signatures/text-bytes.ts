/**
 * The bytes of a text, for searching: written into one buffer that every call uses anew, so that a search allocates nothing.
 * Invariant: what is returned is valid until the next call.
 */

/** Longer texts get a buffer of their own; bytes. */
const ROOM = 65_536
const WIDE = /[^\u0000-\u00ff]/
const ALL_WIDE = /[^\u0000-\u00ff]/g

export class TextBytes {
  readonly #room = Buffer.allocUnsafeSlow(ROOM)
  bytes: Uint8Array = this.#room
  /** How many of `bytes` are the text's. */
  length = 0

  utf8(text: string): this {
    // A UTF-16 unit takes at most three bytes.
    if (text.length * 3 <= ROOM) return this.#take(this.#room, this.#room.write(text, 0, 'utf8'))
    const own = Buffer.from(text, 'utf8')
    return this.#take(own, own.length)
  }

  /** One byte a character, so that positions are the text's; characters beyond Latin-1 are all 0xff. */
  latin1(text: string): this {
    const narrow = narrowed(text)
    if (narrow.length <= ROOM) return this.#take(this.#room, this.#room.write(narrow, 0, 'latin1'))
    const own = Buffer.from(narrow, 'latin1')
    return this.#take(own, own.length)
  }

  #take(bytes: Uint8Array, length: number): this {
    this.bytes = bytes
    this.length = length
    return this
  }
}

/** The text in Latin-1, character by character; all others are alike. */
export function narrowed(text: string): string {
  return WIDE.test(text) ? text.replace(ALL_WIDE, '\u00ff') : text
}
