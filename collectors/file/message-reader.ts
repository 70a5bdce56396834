/**
 * Cuts the bytes of one stream into whole messages, each behind its length (framing.ts), as line-reader.ts cuts lines.
 * A message that is not all there is waited for; one over the limit is counted and never held.
 * Invariant: consecutive results cover the stream without gap or overlap, `next.offset = offset + bytes.length + cut_bytes`.
 */
import type { Content } from './content.ts'
import { MESSAGE_LIMIT_BYTES, messageLength, PREFIX_BYTES } from './framing.ts'
import { READ_BYTES, SKIP_BYTES_PER_TURN } from './limits.ts'
import type { LineStep } from './line-reader.ts'

/** A message that is longer than one read. */
interface Long {
  /** Room for all of it; null where it is too long. */
  kept: Buffer | null
  searched: number
  end: number
}

export class MessageReader {
  readonly #content: Content
  #position: number
  #long: Long | null = null

  constructor(content: Content, position: number) {
    this.#content = content
    this.#position = position
  }

  get position(): number {
    return this.#position
  }

  get wants(): number {
    return Math.max(this.#position, this.#long?.searched ?? 0) + READ_BYTES
  }

  /**
   * The next whole messages, about `want` bytes of them.
   * @param final nothing more will ever come: a message that is not all there is given up.
   */
  async next(want: number, final: boolean): Promise<LineStep> {
    if (this.#long !== null) return this.#readOn(this.#long, final)
    const data = await this.#content.read(this.#position, want)
    const more = data.length === want
    let end = 0
    while (end + PREFIX_BYTES <= data.length) {
      const next = end + PREFIX_BYTES + messageLength(data, end)
      if (next > data.length || next - end > MESSAGE_LIMIT_BYTES) break
      end = next
    }
    if (end > 0) return this.#handOut(data.subarray(0, end), more, data.length - end)
    if (data.length < PREFIX_BYTES) return this.#unfinished(data.length, more, final)
    const length = PREFIX_BYTES + messageLength(data, 0)
    const kept = length <= MESSAGE_LIMIT_BYTES
    // All of it may be there in a longer read, or is still being written.
    if (!more && kept) return this.#unfinished(data.length, more, final)
    const seen = Math.min(length, data.length)
    const room = kept ? Buffer.allocUnsafeSlow(length) : null
    room?.set(data.subarray(0, seen))
    this.#long = {
      kept: room,
      searched: this.#position + seen,
      end: this.#position + length,
    }
    return { lines: null, more: true, unfinished: seen }
  }

  async #readOn(long: Long, final: boolean): Promise<LineStep> {
    const stop = long.searched + SKIP_BYTES_PER_TURN
    let more = true
    while (long.searched < long.end && long.searched < stop && more) {
      const wanted = Math.min(READ_BYTES, long.end - long.searched)
      const data = await this.#content.read(long.searched, wanted)
      more = data.length === wanted
      long.kept?.set(data, long.searched - this.#position)
      long.searched += data.length
      await this.#content.lookedThrough(long.searched)
    }
    const unfinished = long.searched - this.#position
    if (long.searched < long.end) {
      if (more || !final) return { lines: null, more, unfinished }
      this.#long = null
      return this.#handOut(new Uint8Array(), false, 0, unfinished)
    }
    this.#long = null
    if (long.kept === null) return this.#handOut(new Uint8Array(), true, 0, unfinished)
    return this.#handOut(long.kept, true, 0)
  }

  #unfinished(length: number, more: boolean, final: boolean): LineStep | Promise<LineStep> {
    if (final && !more && length > 0) return this.#handOut(new Uint8Array(), false, 0, length)
    return { lines: null, more: false, unfinished: length }
  }

  async #handOut(bytes: Uint8Array, more: boolean, unfinished: number, cut_bytes = 0): Promise<LineStep> {
    const offset = this.#position
    this.#position = offset + bytes.length + cut_bytes
    await this.#content.passed(this.#position)
    return { lines: { offset, bytes, cut_bytes }, more, unfinished }
  }
}
