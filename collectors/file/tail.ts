/**
 * One stream being read from one file: hands out batches of whole lines (or messages) and knows when it has to be looked at again.
 * Which file that is, and what happens when the content is no longer the stream's, is file-source.ts's business.
 * Invariant: the stream's marks only move to the end of what was handed out.
 */
import { isUtf8 } from 'node:buffer'
import type { ByteBatch } from '../../src/core/ports/source.ts'
import type { Compression } from './decompress.ts'
import { type FileLimits, LIVE_READ_BYTES, READ_BYTES } from './limits.ts'
import { type DiskFile, fileKey } from './open-files.ts'
import { PlainContent } from './plain-content.ts'
import type { Stream } from './stream-registry.ts'
import type { StreamedContent } from './streamed-content.ts'
import { UnitReader } from './unit-reader.ts'

export interface TailTurn {
  batch: ByteBatch | null
  /** There is more to read at once. */
  more: boolean
  /** Nothing more will come. */
  ended: boolean
  /** Bytes that are not UTF-8 were met for the first time. */
  notUtf8: boolean
}

/** What a turn has to know about the collector. */
export interface TailClock {
  follow: boolean
  limits: FileLimits
  /** Monotonic, ms. */
  monotonic(): number
  /** Collector's clock, ms. */
  now(): number
}

export class Tail {
  readonly stream: Stream
  readonly content: PlainContent | StreamedContent
  readonly compression: Compression | null
  file: DiskFile
  /** Asked paths that lead to the file at present. None: it was renamed, deleted, or found beside one of them. */
  readonly paths = new Set<string>()
  /** The asked path that led to it last, or beside which it was found. */
  askedAs: string | null = null
  /** Place among the contents of one asked path: smaller is older. */
  order = 0
  /** Since when no asked path leads to it, monotonic ms. */
  leftAt: number | null = null
  /** When all that was there had been handed out, or could not be; monotonic ms. */
  caughtUpAt = Number.NEGATIVE_INFINITY
  /** When to look again without news, monotonic ms. */
  dueAt = Number.POSITIVE_INFINITY
  /** Size when it was last looked at; grows with what is read. */
  size: number
  /** Everything that was there has been handed out once; what comes now is live. */
  live = false
  ended = false
  lastTurnAt = Number.NEGATIVE_INFINITY
  readonly #reader: UnitReader
  /** Everything up to here was there when a source that does not follow began; later growth is not waited for. */
  readonly #enough: number
  #grewAt: number
  #unfinished = 0
  #notUtf8 = false

  constructor(
    stream: Stream,
    file: DiskFile,
    content: PlainContent | StreamedContent,
    compression: Compression | null,
    size: number,
    now: number,
  ) {
    this.stream = stream
    this.file = file
    this.content = content
    this.compression = compression
    this.size = size
    this.#enough = size
    this.#grewAt = now
    this.#reader = new UnitReader(content, stream.mark.offset)
    stream.tail = this
    stream.device = file.device
    stream.inode = file.inode
    stream.size = compression ? undefined : size
  }

  get key(): string {
    return fileKey(this.file.device, this.file.inode)
  }

  get position(): number {
    return this.#reader.position
  }

  /** Offset up to which bytes should be at hand before a turn is worth while; for archives. */
  get wants(): number {
    return this.#reader.wants
  }

  /** Why an archive could not be decoded to its end; null while it could. */
  get damage(): string | null {
    return this.content instanceof PlainContent ? null : (this.content.error?.message ?? null)
  }

  /** The file has another name now. */
  movedTo(path: string): void {
    this.file.path = path
    this.stream.name = path
  }

  /** @throws ContentReplaced, FileGone and errors of the file system; the position is then what it was. */
  async turn(clock: TailClock): Promise<TailTurn> {
    const now = clock.monotonic()
    this.lastTurnAt = now
    const archive = !(this.content instanceof PlainContent)
    const atEnd = archive ? this.content.ended : !clock.follow
    const quiet = now - this.#grewAt
    const left =
      this.leftAt !== null &&
      quiet >= clock.limits.rotated_grace_ms &&
      now - this.leftAt >= clock.limits.rotated_grace_ms
    const final = atEnd || left || (!archive && quiet >= clock.limits.partial_line_ms)
    const step = await this.#reader.next(this.#want(), final, (archive && atEnd) || left)
    if (step.lines || step.unfinished !== this.#unfinished) this.#grewAt = now
    this.#unfinished = step.lines && !step.more ? step.unfinished : step.lines ? 0 : step.unfinished
    this.size = Math.max(this.size, this.position + step.unfinished)
    if (!archive) this.stream.size = this.size
    if (!step.lines) {
      this.ended = !step.more && (atEnd || left)
      if (!step.more) this.#caughtUp(now)
      this.dueAt = this.#nextLook(clock)
      return { batch: null, more: step.more, ended: this.ended, notUtf8: false }
    }
    if (archive) {
      const mark = await this.content.markAt(this.position)
      if (mark) this.stream.reached(mark)
    } else this.stream.reached(this.content.mark)
    const { offset, bytes, cut_bytes } = step.lines
    const enough = !clock.follow && !archive && this.position >= this.#enough
    this.ended = enough && step.unfinished === 0
    this.dueAt = this.#nextLook(clock)
    const { messages } = this.#reader
    const foreign = !messages && !this.#notUtf8 && cut_bytes === 0 && !isUtf8(bytes)
    if (foreign) this.#notUtf8 = true
    const batch: ByteBatch = {
      stream: this.stream.id,
      bytes,
      offset,
      end: this.position,
      cut_bytes,
      // A read that was as long as what was asked for looks like one of many: of a file's size no more is known to follow.
      more: step.more && !this.ended && (archive || this.position + step.unfinished < this.size),
      ended: this.ended,
      ...(messages ? { unit: 'message' as const } : {}),
      ...(this.live && !archive ? { received_collector_ms: clock.now() } : {}),
    }
    if (!step.more) this.#caughtUp(now)
    return { batch, more: !this.ended && (step.more || atEnd), ended: this.ended, notUtf8: foreign }
  }

  /** True when nothing of a new stream has been handed out. */
  get notBegun(): boolean {
    return this.stream.marks.length === 1 && !this.stream.restored
  }

  /** True when its file was left and something may still be in it. */
  get hasRest(): boolean {
    return !this.ended && this.leftAt !== null && this.caughtUpAt < this.leftAt
  }

  #caughtUp(now: number): void {
    this.live = true
    this.caughtUpAt = now
  }

  #want(): number {
    if (!(this.content instanceof PlainContent)) return READ_BYTES
    return Math.min(READ_BYTES, Math.max(LIVE_READ_BYTES, this.size - this.position))
  }

  #nextLook(clock: TailClock): number {
    const partial = this.#unfinished > 0 ? this.#grewAt + clock.limits.partial_line_ms : Number.POSITIVE_INFINITY
    // Nothing tells of the growth of a file that has no asked name any more.
    const left = this.leftAt === null ? Number.POSITIVE_INFINITY : clock.monotonic() + clock.limits.poll_ms
    return Math.min(partial, left)
  }
}
