/**
 * Entries that were handed out and may be the last one a checkpoint covers: from where in the stream an entry ends to its
 * cursor. Holds what was handed out since the last checkpoint, and nothing before.
 */
import type { ByteBatch } from '../../src/core/ports/source.ts'

/** A quote inside a JSON text stands behind a backslash, so no message can feign this. */
const CURSOR = /[{,]"__CURSOR":"([^"\\]{1,400})"/

export class ReadEntries {
  #batches: ByteBatch[] = []
  /** Of the last checkpoint. */
  #cursor: string | undefined

  constructor(cursor: string | undefined) {
    this.#cursor = cursor
  }

  add(batch: ByteBatch): void {
    this.#batches.push(batch)
  }

  /** Of the last entry that was handed out. */
  get last(): string | undefined {
    for (const batch of this.#batches.toReversed()) {
      const cursor = lastCursor(batch, batch.end)
      if (cursor !== undefined) return cursor
    }
    return this.#cursor
  }

  /**
   * Cursor of the last entry before the offset; undefined where there is none.
   * @param offset end of an entry; no earlier one is asked for again.
   */
  cursorAt(offset: number): string | undefined {
    this.#batches = this.#batches.filter(({ end }) => end >= offset)
    const batch = this.#batches.find((each) => each.offset < offset)
    if (batch !== undefined) this.#cursor = lastCursor(batch, offset) ?? this.#cursor
    return this.#cursor
  }
}

/** Of the last line before the offset that has one: a line that was cut may have lost it. */
function lastCursor({ bytes, offset: start }: ByteBatch, offset: number): string | undefined {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, offset - start))
  for (let end = text.length; end > 0; ) {
    const from = text.lastIndexOf(10, end - 2) + 1
    const found = CURSOR.exec(text.toString('utf8', from, end))?.[1]
    if (found !== undefined) return found
    end = from
  }
  return undefined
}
