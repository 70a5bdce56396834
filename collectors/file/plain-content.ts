/**
 * The bytes of an uncompressed file, verified: what was handed out last is read again and compared before reading on, in
 * the same system call, so a truncation is noticed even when the file has grown past the old position since.
 * Which lines are in the bytes is line-reader.ts's business.
 * Invariant: bytes are handed out only if the bytes before them are those that were there when the position was reached.
 */
import { type Content, ContentReplaced } from './content.ts'
import { type Mark, markLength, markWithin, sha256 } from './identity.ts'
import { LIVE_READ_BYTES, TAIL_BYTES } from './limits.ts'
import type { DiskFile, OpenFiles } from './open-files.ts'

/** One buffer for all small reads of a source: its reads follow one another, and lines are copied out before the next. */
export class ReadBuffer {
  readonly #bytes = Buffer.allocUnsafeSlow(TAIL_BYTES + LIVE_READ_BYTES)

  /** A buffer of `length`; reused when small, else its own memory that may be handed out. */
  take(length: number): Buffer {
    return length <= this.#bytes.length ? this.#bytes.subarray(0, length) : Buffer.allocUnsafeSlow(length)
  }

  /** Bytes that stay as they are when the buffer is reused. */
  keep(bytes: Uint8Array): Uint8Array {
    if (bytes.buffer !== this.#bytes.buffer) return bytes
    const copy = Buffer.allocUnsafeSlow(bytes.length)
    copy.set(bytes)
    return copy
  }
}

export class PlainContent implements Content {
  readonly revisable = true
  file: DiskFile
  mark: Mark
  readonly #files: OpenFiles
  readonly #buffer: ReadBuffer
  #last: { start: number; bytes: Uint8Array } | null = null

  constructor(file: DiskFile, mark: Mark, files: OpenFiles, buffer: ReadBuffer) {
    this.file = file
    this.mark = mark
    this.#files = files
    this.#buffer = buffer
  }

  /** @throws ContentReplaced when the bytes before the mark are not those remembered; errors of the file system. */
  async read(position: number, length: number): Promise<Uint8Array> {
    const before = position === this.mark.offset ? this.mark.bytes : 0
    const buffer = this.#buffer.take(before + length)
    const count = await this.#files.read(this.file, buffer, before + length, position - before)
    if (before > 0 && (count < before || sha256(buffer.subarray(0, before)) !== this.mark.hash)) {
      throw new ContentReplaced(this.file.path)
    }
    this.#last = { start: position - before, bytes: buffer.subarray(0, count) }
    return buffer.subarray(before, count)
  }

  async passed(end: number): Promise<void> {
    const mark = (this.#last && markWithin(this.#last.bytes, this.#last.start, end)) ?? (await this.#readMark(end))
    this.#last = null
    if (!mark) throw new ContentReplaced(this.file.path)
    this.mark = mark
  }

  async lookedThrough(): Promise<void> {}

  /** The mark of any earlier offset, or null when the content is no longer what was read. */
  async markAt(offset: number): Promise<Mark | null> {
    if (offset === this.mark.offset) return this.mark
    const mark = await this.#readMark(offset)
    // Compared afterwards: if it is intact now, it was while the mark was read.
    return (await this.isIntact()) ? mark : null
  }

  /** True when the file still holds what was read from it. */
  async isIntact(): Promise<boolean> {
    const now = await this.#readMark(this.mark.offset)
    return now?.hash === this.mark.hash
  }

  async #readMark(offset: number): Promise<Mark | null> {
    const length = markLength(offset)
    const bytes = await this.#files.bytes(this.file, offset - length, length)
    return markWithin(bytes, offset - length, offset)
  }
}
