/**
 * The bytes of an uncompressed file, verified: what was handed out last is read again and compared before reading on, in
 * the same system call, so a truncation is noticed even when the file has grown past the old position since.
 * Which lines are in the bytes is line-reader.ts's business.
 * Invariant: bytes are handed out only if the bytes before them are those that were there when the position was reached.
 */
import { type Content, ContentReplaced } from './content.ts'
import { type Mark, markLength, markWithin, sha256 } from './identity.ts'
import { LIVE_READ_BYTES, READ_BYTES, TAIL_BYTES } from './limits.ts'
import type { DiskFile, OpenFiles } from './open-files.ts'

/**
 * The buffers of a source's reads, which follow one another: what one read gave is handed out and done with before the next.
 * A new megabyte for each would wait for the garbage collector by the hundred.
 */
export class ReadBuffer {
  readonly #small = Buffer.allocUnsafeSlow(TAIL_BYTES + LIVE_READ_BYTES)
  #large: Buffer | null = null

  /** `length` bytes of memory, valid until the next call; at most {@link TAIL_BYTES} + {@link READ_BYTES}. */
  take(length: number): Buffer {
    if (length <= this.#small.length) return this.#small.subarray(0, length)
    this.#large ??= Buffer.allocUnsafeSlow(TAIL_BYTES + READ_BYTES)
    return this.#large.subarray(0, length)
  }
}

export class PlainContent implements Content {
  readonly revisable = true
  file: DiskFile
  mark: Mark
  readonly #files: OpenFiles
  readonly #buffer: ReadBuffer
  #recent: { start: number; bytes: Uint8Array } | null = null
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

  beginning(length: number): Promise<Uint8Array> {
    return this.#files.bytes(this.file, 0, length)
  }

  async passed(end: number): Promise<void> {
    const last = this.#last
    this.#last = null
    const mark = (last && markWithin(last.bytes, last.start, end)) ?? (await this.#readMark(end))
    if (!mark) throw new ContentReplaced(this.file.path)
    if (last && end <= last.start + last.bytes.length) {
      const start = Math.max(last.start, end - RECENT_BYTES)
      this.#recent = { start, bytes: Buffer.from(last.bytes.subarray(start - last.start, end - last.start)) }
    }
    this.mark = mark
  }

  async lookedThrough(): Promise<void> {}

  /** The mark of any earlier offset, or null when the content is no longer what was read. */
  async markAt(offset: number): Promise<Mark | null> {
    const { mark } = this
    if (offset === mark.offset) return mark
    const recent = this.#recent && markWithin(this.#recent.bytes, this.#recent.start, offset)
    if (recent) return recent
    const found = await this.#readMark(offset)
    // Compared afterwards: if the content is intact now, it was while the mark was read.
    return (await this.#holds(mark)) ? found : null
  }

  /** The mark of the file's present end; null when it is gone or no longer holds what was read from it. */
  async endMark(): Promise<Mark | null> {
    try {
      const { mark } = this
      const { size } = await this.#files.stat(this.file)
      const end = size < mark.offset ? null : await this.#readMark(size)
      return end && (await this.#holds(mark)) ? end : null
    } catch {
      // Closed and gone from its path: whether it still exists is found out when it is looked for.
      return null
    }
  }

  /** The mark of any offset as the file is now; null behind its end. */
  markOf(offset: number): Promise<Mark | null> {
    return this.#readMark(offset)
  }

  /** Gives up the bytes kept for checkpoints; they are read again if one is asked for all the same. */
  forget(): void {
    this.#recent = null
  }

  async #holds(mark: Mark): Promise<boolean> {
    return (await this.#readMark(mark.offset))?.hash === mark.hash
  }

  async #readMark(offset: number): Promise<Mark | null> {
    const length = markLength(offset)
    const bytes = await this.#files.bytes(this.file, offset - length, length)
    return markWithin(bytes, offset - length, offset)
  }
}

/**
 * Kept of what was read last: a checkpoint is mostly taken as of the record before the last one, and must be right even if
 * the file is truncated between the two.
 */
const RECENT_BYTES = 16 * 1024
