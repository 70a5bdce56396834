/**
 * The lines of one batch of bytes, looked at in any order: where they begin, what they say. Positions are byte offsets in the
 * batch; `latin1` has one character per byte, so that a search in it gives such positions.
 * Invariant: a line's text is valid Unicode without line end, NULs, terminal colours or a byte order mark.
 */
import { isAscii } from 'node:buffer'
import { stripAnsi } from './ansi.ts'

export class ChunkLines {
  readonly length: number
  readonly latin1: string
  /** Holds NULs or escape sequences. */
  readonly dirty: boolean
  readonly #buffer: Buffer
  /** In ASCII a character is a byte: one conversion serves all lines. Otherwise each line is converted alone. */
  readonly #ascii: boolean

  constructor(bytes: Uint8Array) {
    this.length = bytes.length
    this.#buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    this.#ascii = isAscii(this.#buffer)
    this.latin1 = this.#buffer.toString('latin1')
    this.dirty = bytes.includes(0) || bytes.includes(27)
  }

  /** Where the line that holds byte `at` begins. */
  startOf(at: number): number {
    return at <= 0 ? 0 : this.latin1.lastIndexOf('\n', this.latin1.charCodeAt(at) === 10 ? at - 1 : at) + 1
  }

  /** Where the line behind the one that begins at `start` begins; `length` where there is none. */
  next(start: number): number {
    const newline = this.latin1.indexOf('\n', start)
    return newline < 0 ? this.length : newline + 1
  }

  isIndented(start: number): boolean {
    const c = this.latin1.charCodeAt(start)
    return c === 32 || c === 9
  }

  text(start: number): string {
    let stop = this.latin1.indexOf('\n', start)
    if (stop < 0) stop = this.length
    if (stop > start && this.latin1.charCodeAt(stop - 1) === 13) stop--
    let line = this.#ascii ? this.latin1.slice(start, stop) : this.#buffer.toString('utf8', start, stop)
    if (this.dirty) line = stripAnsi(line.includes('\0') ? line.replaceAll('\0', '') : line)
    if (line.charCodeAt(0) === 0xfeff) line = line.slice(1)
    return line
  }
}
