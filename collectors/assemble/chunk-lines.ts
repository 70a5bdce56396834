/**
 * The lines of one batch of bytes, looked at in any order: where they begin, what they say. Positions are byte offsets in the
 * batch. Invariants: a line's text is valid Unicode without line end, NULs, terminal colours or a byte order mark, and a string of
 * its own: cut out of a longer one it would keep that one alive, and so would all that is cut out of it.
 */
import { isAscii } from 'node:buffer'
import { stripAnsi } from './ansi.ts'

const NEWLINE = 10
const CARRIAGE_RETURN = 13
const SPACE = 32
const TAB = 9

export class ChunkLines {
  readonly length: number
  /** Holds NULs or escape sequences. */
  readonly dirty: boolean
  readonly #bytes: Uint8Array
  readonly #buffer: Buffer
  /** In ASCII a character is a byte, which is converted faster. */
  readonly #ascii: boolean

  constructor(bytes: Uint8Array) {
    this.length = bytes.length
    // Not Buffer's own search, which costs twice as much a call.
    this.#bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
    this.#buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    this.#ascii = isAscii(this.#buffer)
    this.dirty = bytes.includes(0) || bytes.includes(27)
  }

  /** Where the line that holds byte `at` begins. */
  startOf(at: number): number {
    if (at <= 0) return 0
    // A negative place would be counted from the end; there is none here.
    return this.#bytes.lastIndexOf(NEWLINE, this.#bytes[at] === NEWLINE ? at - 1 : at) + 1
  }

  /** Where the line behind the one that begins at `start` begins; `length` where there is none. */
  next(start: number): number {
    const newline = this.#bytes.indexOf(NEWLINE, start)
    return newline < 0 ? this.length : newline + 1
  }

  isIndented(start: number): boolean {
    const c = this.#bytes[start]
    return c === SPACE || c === TAB
  }

  text(start: number): string {
    let stop = this.#bytes.indexOf(NEWLINE, start)
    if (stop < 0) stop = this.length
    if (stop > start && this.#bytes[stop - 1] === CARRIAGE_RETURN) stop--
    let line = this.#buffer.toString(this.#ascii ? 'latin1' : 'utf8', start, stop)
    if (this.dirty) line = stripAnsi(line.includes('\0') ? line.replaceAll('\0', '') : line)
    if (line.charCodeAt(0) === 0xfeff) line = line.slice(1)
    return line
  }
}
