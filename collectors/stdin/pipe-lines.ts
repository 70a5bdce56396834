/**
 * The lines of a pipe: standard input, or a FIFO among the files. Cannot be replayed, so it has no identity; its position
 * only orders its records. What is not asked for is not read, so the writer waits and no line is dropped.
 * Invariant: as line-reader.ts; an unfinished last line waits for its newline for the same time as in a file.
 */
import { isUtf8 } from 'node:buffer'
import { randomBytes } from 'node:crypto'
import type { ByteBatch, StreamInfo } from '../../src/core/ports/source.ts'
import type { Inflow } from '../file/inflow.ts'
import { READ_BYTES } from '../file/limits.ts'
import { StreamedContent } from '../file/streamed-content.ts'
import type { TailClock, TailTurn } from '../file/tail.ts'
import { UnitReader } from '../file/unit-reader.ts'

export class PipeLines {
  readonly stream: string
  readonly name: string
  dueAt = Number.POSITIVE_INFINITY
  readonly #content: StreamedContent
  readonly #reader: UnitReader
  #arrivedAt: number
  #seen = 0
  #notUtf8 = false

  /** @param kind start of the stream's id, e.g. `stdin`. */
  constructor(kind: string, name: string, inflow: Inflow, onNews: () => void, now: number) {
    this.stream = `${kind}:${randomBytes(8).toString('hex')}`
    this.name = name
    this.#arrivedAt = now
    this.#content = new StreamedContent(inflow, 0)
    this.#content.onNews = onNews
    this.#reader = new UnitReader(this.#content, 0)
  }

  /** Why it ended early, if it did. */
  get error(): Error | null {
    return this.#content.error
  }

  get position(): number {
    return this.#reader.position
  }

  async turn(clock: TailClock): Promise<TailTurn> {
    const now = clock.monotonic()
    const { end, ended } = this.#content
    if (end !== this.#seen) this.#arrivedAt = now
    this.#seen = end
    const final = ended || now - this.#arrivedAt >= clock.limits.partial_line_ms
    const { lines, more, unfinished } = await this.#reader.next(READ_BYTES, final, ended)
    const waits = unfinished > 0 && !more && !ended
    this.dueAt = waits ? this.#arrivedAt + clock.limits.partial_line_ms : Number.POSITIVE_INFINITY
    const unread = this.#content.end > this.#reader.position + unfinished
    const over = ended && !more && !unread && (lines === null || unfinished === 0)
    if (!lines) return { batch: null, more: more || unread, ended: over, notUtf8: false }
    const { messages } = this.#reader
    const foreign = !messages && !this.#notUtf8 && lines.cut_bytes === 0 && !isUtf8(lines.bytes)
    if (foreign) this.#notUtf8 = true
    const batch: ByteBatch = {
      stream: this.stream,
      bytes: lines.bytes,
      offset: lines.offset,
      end: this.#reader.position,
      cut_bytes: lines.cut_bytes,
      more: !over && (more || unread),
      ended: over,
      ...(messages ? { unit: 'message' as const } : {}),
      received_collector_ms: clock.now(),
    }
    return { batch, more: !over && (more || unread || ended), ended: over, notUtf8: foreign }
  }

  info(): StreamInfo {
    const error = this.#content.error?.message
    return { stream: this.stream, name: this.name, identity: null, ...(error === undefined ? {} : { error }) }
  }

  close(): void {
    this.#content.close()
  }
}
