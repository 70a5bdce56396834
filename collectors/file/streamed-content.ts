/**
 * A window over bytes that come in order and only once: archives, pipes, standard input. Holds a bounded amount ahead of
 * the position (then the source is paused) and a bounded amount behind it (for checkpoints).
 * Invariant: `start <= position - kept` or everything so far is held; the window never exceeds kept + ahead + one chunk.
 */
import type { Content } from './content.ts'
import { type Head, headOf, type Mark, markWithin } from './identity.ts'
import type { Inflow } from './inflow.ts'
import { AHEAD_BYTES, HEAD_BYTES, TAIL_BYTES } from './limits.ts'

export class StreamedContent implements Content {
  readonly revisable = false
  /** Called whenever bytes or the end have arrived. */
  onNews: () => void = () => {}
  readonly #inflow: Inflow
  readonly #kept: number
  readonly #chunks: Uint8Array[] = []
  readonly #head: Uint8Array[] = []
  #headBytes = 0
  #start = 0
  #end = 0
  #position = 0
  #ended = false
  #paused = false
  #error: Error | null = null
  #waiting: (() => void)[] = []

  /** @param kept bytes to hold behind the position. */
  constructor(inflow: Inflow, kept: number) {
    this.#inflow = inflow
    this.#kept = kept
    inflow.start({
      data: (chunk) => this.#push(chunk),
      end: () => this.#finish(null),
      fail: (error) => this.#finish(error),
    })
  }

  /** End of what has arrived, bytes. */
  get end(): number {
    return this.#end
  }

  /** How far it was passed or skipped, bytes. */
  get passedEnd(): number {
    return this.#position
  }

  /** True when nothing more will arrive. */
  get ended(): boolean {
    return this.#ended
  }

  /** Why it ended early; null while it has not, or ended well. */
  get error(): Error | null {
    return this.#error
  }

  get head(): Head {
    return headOf(Buffer.concat(this.#head))
  }

  async beginning(length: number): Promise<Uint8Array> {
    return Buffer.concat(this.#head).subarray(0, length)
  }

  /** The first bytes that have arrived, at most {@link HEAD_BYTES}. */
  get firstBytes(): Uint8Array {
    return Buffer.concat(this.#head)
  }

  /** Resolves when `until` is reached or nothing more will arrive. At most AHEAD_BYTES beyond the position can be waited for. */
  async fill(until: number): Promise<void> {
    while (this.#end < until && !this.#ended) await new Promise<void>((done) => this.#waiting.push(done))
  }

  /** Lets everything before `position` pass unread. */
  async skipTo(position: number): Promise<void> {
    while (this.#position < position) {
      await this.fill(this.#position + 1)
      if (this.#end === this.#position) return
      await this.passed(Math.min(position, this.#end))
    }
  }

  async read(position: number, length: number): Promise<Uint8Array> {
    const end = Math.min(position + length, this.#end)
    if (position < this.#start || position >= end) return new Uint8Array()
    const parts: Uint8Array[] = []
    let at = this.#start
    for (const chunk of this.#chunks) {
      const next = at + chunk.length
      if (next > position) parts.push(chunk.subarray(Math.max(0, position - at), Math.min(chunk.length, end - at)))
      at = next
      if (at >= end) break
    }
    const [only] = parts
    return parts.length === 1 && only ? only : Buffer.concat(parts)
  }

  async passed(end: number): Promise<void> {
    this.#position = Math.max(this.#position, end)
    let first = this.#chunks[0]
    while (first && this.#start + first.length <= this.#position - this.#kept) {
      this.#start += first.length
      this.#chunks.shift()
      first = this.#chunks[0]
    }
    if (this.#paused && this.#end - this.#position < AHEAD_BYTES) {
      this.#paused = false
      this.#inflow.resume()
    }
  }

  lookedThrough(end: number): Promise<void> {
    return this.passed(end)
  }

  /** The mark of an offset within the window; null when it does not cover it. */
  async markAt(offset: number): Promise<Mark | null> {
    const length = Math.min(offset, TAIL_BYTES)
    const start = offset - length
    return start < this.#start ? null : markWithin(await this.read(start, length), start, offset)
  }

  /** Stops the source. What is held can still be read. */
  close(): void {
    this.#inflow.close()
    this.#finish(null)
  }

  /** Gives up what is held behind the position. */
  forget(): void {
    this.#start = this.#end
    this.#chunks.length = 0
  }

  #push(chunk: Uint8Array): void {
    if (this.#ended || chunk.length === 0) return
    if (this.#headBytes < HEAD_BYTES) {
      const part = Buffer.from(chunk.subarray(0, HEAD_BYTES - this.#headBytes))
      this.#head.push(part)
      this.#headBytes += part.length
    }
    this.#chunks.push(chunk)
    this.#end += chunk.length
    if (!this.#paused && this.#end - this.#position >= AHEAD_BYTES) {
      this.#paused = true
      this.#inflow.pause()
    }
    this.#news()
  }

  #finish(error: Error | null): void {
    if (this.#ended) return
    this.#ended = true
    this.#error = error
    this.#news()
  }

  #news(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const done of waiting) done()
    this.onNews()
  }
}
