/**
 * All files being read: which one is next, and which stream each of them holds. Takes turns, so no file waits for another.
 * How a file came to be followed is admission.ts's business.
 * Invariant: a stream is read from at most one file, a file (device and inode) holds at most one stream that is being read.
 */
import type { ByteBatch, StreamInfo } from '../../src/core/ports/source.ts'
import type { Context } from './context.ts'
import { archiveInflow, type Compression } from './decompress.ts'
import { headOf, type Mark, START, sha256, toIdentity } from './identity.ts'
import { HEAD_BYTES, KEPT_BYTES } from './limits.ts'
import type { DiskFile } from './open-files.ts'
import type { PlainContent } from './plain-content.ts'
import type { Stream } from './stream-registry.ts'
import { StreamedContent } from './streamed-content.ts'
import { Tail } from './tail.ts'

/** Ended archives whose last bytes stay at hand for checkpoints; later ones are decoded again if that is needed at all. */
const ENDED_ARCHIVES_HELD = 4

/** Contents met at the asked path itself come, in the order in which they were met, after all that was found beside it. */
const FIRST_ASKED = Number.MAX_SAFE_INTEGER / 2

export class FollowedFiles {
  readonly #context: Context
  readonly #tails = new Set<Tail>()
  /** Those to which no asked path leads. */
  readonly #left = new Set<Tail>()
  readonly #byKey = new Map<string, Tail>()
  /** In the order of their turns. */
  readonly #ready = new Set<Tail>()
  /** Those with a time at which they are due. */
  readonly #timed = new Set<Tail>()
  /** Asked paths whose older content is still being decoded or looked for. */
  readonly #heldBack = new Set<string>()
  #attached = 0
  readonly #endings: ByteBatch[] = []
  readonly #endedArchives: StreamedContent[] = []
  /** Called when an archive is done with, so that the next one can begin. */
  onArchiveEnded: () => void = () => {}

  constructor(context: Context) {
    this.#context = context
  }

  /** True while anything is left to hand out without news from the disk. */
  get busy(): boolean {
    return this.#tails.size > 0 || this.#endings.length > 0
  }

  get tails(): ReadonlySet<Tail> {
    return this.#tails
  }

  /** Who reads (or has read) the file with this key. */
  at(key: string): Tail | undefined {
    return this.#byKey.get(key)
  }

  follow(
    stream: Stream,
    file: DiskFile,
    content: PlainContent | StreamedContent,
    compression: Compression | null,
    size: number,
  ): Tail {
    const now = this.#context.monotonic()
    const tail = new Tail(stream, file, content, compression, size, now)
    tail.leftAt = now
    stream.name = file.path
    stream.wasRead = true
    stream.finished = false
    this.#tails.add(tail)
    this.#left.add(tail)
    this.#byKey.set(tail.key, tail)
    if (content instanceof StreamedContent) content.onNews = () => this.#archiveNews(tail)
    this.makeReady(tail)
    return tail
  }

  /** The file was found beside an asked path, with this time of last writing (ms). */
  foundBeside(tail: Tail, path: string, mtime_ms: number): void {
    if (tail.askedAs !== null) return
    tail.askedAs = path
    tail.order = mtime_ms
  }

  /** An asked path leads to the file. */
  attach(tail: Tail, path: string): void {
    tail.paths.add(path)
    tail.askedAs = path
    if (tail.order < FIRST_ASKED) tail.order = FIRST_ASKED + this.#attached++
    tail.leftAt = null
    this.#left.delete(tail)
    tail.movedTo(path)
  }

  /** An asked path no longer leads to the file. True when none does. */
  leave(tail: Tail, path: string): boolean {
    tail.paths.delete(path)
    if (tail.paths.size > 0) return false
    if (tail.ended) this.#byKey.delete(tail.key)
    else {
      tail.leftAt = this.#context.monotonic()
      this.#left.add(tail)
      this.makeReady(tail)
    }
    return true
  }

  /** The file no longer holds the stream, or is gone; the stream stays known by its content. */
  drop(tail: Tail): void {
    this.#forget(tail)
    if (this.#byKey.get(tail.key) === tail) this.#byKey.delete(tail.key)
    if (tail.stream.tail === tail) tail.stream.tail = null
    this.#context.files.close(tail.file)
    if (!(tail.content instanceof StreamedContent)) return
    tail.content.close()
    if (!tail.ended) this.onArchiveEnded()
  }

  /** The tail has handed out everything. */
  end(tail: Tail): void {
    this.#forget(tail)
    tail.stream.finished = true
    if (tail.content instanceof StreamedContent) {
      tail.content.close()
      this.#endedArchives.push(tail.content)
      if (this.#endedArchives.length > ENDED_ARCHIVES_HELD) this.#endedArchives.shift()?.forget()
      this.#context.files.close(tail.file)
      if (tail.paths.size === 0) this.#byKey.delete(tail.key)
      this.onArchiveEnded()
    } else if (tail.paths.size === 0) this.drop(tail)
  }

  /** Says that a stream will not go on, though no file of it is being read. */
  endStream(stream: Stream): void {
    stream.finished = true
    this.#endings.push(emptyEnd(stream))
  }

  /** The file may have more to read. */
  news(tail: Tail): void {
    if (tail.ended) return
    const next = tail.lastTurnAt + this.#context.limits.read_pause_ms
    if (this.#context.monotonic() >= next) this.makeReady(tail)
    else this.wait(tail, Math.min(tail.dueAt, next))
  }

  makeReady(tail: Tail): void {
    this.#timed.delete(tail)
    this.#ready.add(tail)
    this.#context.wake.up()
  }

  /** Nothing to read before `until` (monotonic ms) unless there is news. */
  wait(tail: Tail, until: number): void {
    tail.dueAt = until
    if (Number.isFinite(until)) this.#timed.add(tail)
    else this.#timed.delete(tail)
    this.#context.wake.up()
  }

  /** An archive gets its turn when enough of it is decoded, so that the others need not wait for the decoder. */
  waitForDecoder(tail: Tail): void {
    if (!(tail.content instanceof StreamedContent)) return
    this.#archiveNews(tail)
  }

  nextEnding(): ByteBatch | undefined {
    return this.#endings.shift()
  }

  /** Takes the next in turn. */
  nextReady(now: number): Tail | undefined {
    for (const tail of this.#timed) if (tail.dueAt <= now) this.makeReady(tail)
    for (const tail of this.#ready) {
      if (tail.notBegun && this.#hasOlder(tail)) continue
      this.#ready.delete(tail)
      return tail
    }
    return undefined
  }

  /**
   * Begins nothing new at an asked path while `held`. Older content is read first, and not only for the order: a path whose
   * present content is unknown after a crash tells the next run that there is older content to be looked for.
   */
  holdBack(path: string, held: boolean): void {
    if (held) this.#heldBack.add(path)
    else if (this.#heldBack.delete(path)) this.#context.wake.up()
  }

  #forget(tail: Tail): void {
    for (const set of [this.#tails, this.#left, this.#ready, this.#timed]) set.delete(tail)
  }

  #hasOlder(tail: Tail): boolean {
    const { askedAs, order } = tail
    if (askedAs === null) return false
    // What was found beside the path is not held back: it may keep an archive that is still waited for from being decoded.
    if (order >= FIRST_ASKED && this.#heldBack.has(askedAs)) return true
    for (const other of this.#left) if (other.askedAs === askedAs && other.order < order && other.hasRest) return true
    return false
  }

  /** When a tail is due without news, monotonic ms. */
  nextDue(): number {
    let due = Number.POSITIVE_INFINITY
    for (const tail of this.#timed) due = Math.min(due, tail.dueAt)
    return due
  }

  /** As {@link LogSource.checkpoint}. */
  async checkpoint(stream: Stream, offset: number): Promise<StreamInfo> {
    const mark = await this.#markAt(stream, offset)
    await this.#growHead(stream)
    const { device, inode, size, error } = stream
    return {
      stream: stream.id,
      name: stream.name,
      identity: toIdentity(stream.head, mark),
      ...(device === undefined ? {} : { device }),
      ...(inode === undefined ? {} : { inode }),
      ...(size === undefined ? {} : { size }),
      ...(error === undefined ? {} : { error }),
      ...stream.labels,
    }
  }

  close(): void {
    for (const tail of this.#byKey.values()) if (tail.content instanceof StreamedContent) tail.content.close()
  }

  async #markAt(stream: Stream, offset: number): Promise<Mark> {
    if (offset === 0) return START
    const remembered = stream.marks.find((mark) => mark.offset === offset)
    if (remembered) return remembered
    try {
      const mark = (await stream.tail?.content.markAt(offset)) ?? (await this.#decodeAgain(stream, offset))
      if (mark) return mark
    } catch {
      // The file is gone meanwhile; what is left to know it by is its beginning.
    }
    return { ...START, offset }
  }

  /** The mark of an archive's offset that has left the window. */
  async #decodeAgain(stream: Stream, offset: number): Promise<Mark | null> {
    const { tail } = stream
    if (!tail?.compression) return null
    const { files, limits } = this.#context
    const content = new StreamedContent(
      archiveInflow(tail.file, tail.compression, files, limits.expanded_bytes),
      KEPT_BYTES,
    )
    await content.skipTo(offset)
    const mark = await content.markAt(offset)
    content.close()
    return mark
  }

  /** A file that was tiny when it was met has a longer beginning by now. */
  async #growHead(stream: Stream): Promise<void> {
    const { head, tail } = stream
    const length = Math.min(HEAD_BYTES, stream.mark.offset)
    if (!tail || !head || head.bytes >= length) return
    try {
      const content = tail.content
      const beginning =
        content instanceof StreamedContent ? content.firstBytes : await this.#context.files.bytes(tail.file, 0, length)
      const same = sha256(beginning.subarray(0, head.bytes)) === head.hash
      const intact = content instanceof StreamedContent || (await content.endMark()) !== null
      if (same && intact) this.#context.registry.setHead(stream, headOf(beginning))
    } catch {
      // Gone meanwhile: the shorter beginning stays.
    }
  }

  #archiveNews(tail: Tail): void {
    const content = tail.content as StreamedContent
    if (tail.ended || this.#ready.has(tail) || !this.#tails.has(tail)) return
    if (content.ended || content.end >= tail.wants) this.makeReady(tail)
  }
}

export function emptyEnd(stream: Stream): ByteBatch {
  const { offset } = stream.mark
  return { stream: stream.id, bytes: new Uint8Array(), offset, end: offset, cut_bytes: 0, more: false, ended: true }
}
