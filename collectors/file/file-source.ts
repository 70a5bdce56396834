/**
 * Log files as a source: many files, patterns, history then follow, rotation of every kind (ADR 0004).
 * One loop does everything in turns: it looks after the paths when something is due, else reads the next file that has
 * something, else sleeps until there is news. It reads only when a batch is asked for, so a slow consumer slows the reading.
 * Invariant: per stream, batches follow one another without gap or overlap from where the stream stopped.
 */
import { resolve } from 'node:path'
import type { ByteBatch, LogSource, SourceOptions, StreamInfo } from '../../src/core/ports/source.ts'
import type { PipeLines } from '../stdin/pipe-lines.ts'
import { Admissions } from './admission.ts'
import { AskedPaths } from './asked-paths.ts'
import { ContentReplaced } from './content.ts'
import { Context } from './context.ts'
import { Fifos } from './fifos.ts'
import { emptyEnd, FollowedFiles } from './followed-files.ts'
import { headOf } from './identity.ts'
import { type FileLimits, LINE_LIMIT_BYTES } from './limits.ts'
import { FileGone } from './open-files.ts'
import { nameExists } from './path-look.ts'
import { type PathTemplate, parsePathTemplate } from './path-template.ts'
import { Recovery } from './recovery.ts'
import type { Tail } from './tail.ts'

/** Limits that tests and special set-ups change; see {@link FileLimits} for units and defaults. */
export type FileOptions = Partial<FileLimits>

/**
 * @param paths paths, globs and templates (path-template.ts), relative to the working directory.
 * @throws PathTemplateError for a pattern that cannot mean what was typed.
 */
export async function openFileSource(
  paths: readonly string[],
  options: SourceOptions & FileOptions,
): Promise<LogSource> {
  const cwd = process.cwd()
  const templates: PathTemplate[] = []
  for (const path of paths) templates.push(parsePathTemplate(path, cwd, await nameExists(resolve(cwd, path))))
  return new FileSource(templates, options)
}

class FileSource implements LogSource {
  readonly #context: Context
  readonly #followed: FollowedFiles
  readonly #asked: AskedPaths
  readonly #fifos: Fifos
  readonly #cutTold = new Set<string>()
  rested = false
  #closed = false

  constructor(templates: readonly PathTemplate[], options: SourceOptions & FileOptions) {
    this.#context = new Context(options)
    this.#followed = new FollowedFiles(this.#context)
    this.#fifos = new Fifos(this.#context)
    const taken = (tail: Tail) => this.#asked.replaced(tail)
    const admissions = new Admissions(this.#context, this.#followed, taken, () => this.#asked.archiveEnded())
    const recovery = new Recovery(this.#context, this.#followed, admissions)
    this.#asked = new AskedPaths(this.#context, this.#followed, admissions, recovery, templates, (asked) =>
      this.#fifos.open(asked),
    )
  }

  async *batches(signal: AbortSignal): AsyncGenerator<ByteBatch> {
    const stopped = () => signal.aborted || this.#closed
    while (!stopped()) {
      await this.#asked.upkeep(stopped)
      if (stopped()) return
      const batch = this.#followed.nextEnding() ?? (await this.#nextBatch())
      if (batch === 'more') continue
      if (batch) {
        yield batch
        continue
      }
      this.rested = true
      if (this.#isOver()) return
      await this.#context.wake.sleep(this.#nextDue() - this.#context.monotonic(), signal)
    }
  }

  async checkpoint(id: string, offset: number): Promise<StreamInfo> {
    const stream = this.#context.registry.get(id)
    if (stream) return this.#followed.checkpoint(stream, offset)
    const info = this.#fifos.info(id)
    if (!info) throw new RangeError(`unknown stream ${id}`)
    return info
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#asked.close()
    this.#fifos.close()
    this.#followed.close()
    this.#context.files.closeAll()
    this.#context.wake.up()
  }

  /** `more`: a turn was taken that gave nothing to hand out, but others may. */
  async #nextBatch(): Promise<ByteBatch | 'more' | null> {
    const fifo = this.#fifos.nextReady()
    if (fifo) return (await this.#fifoTurn(fifo)) ?? 'more'
    const tail = this.#followed.nextReady(this.#context.monotonic())
    return tail ? ((await this.#turn(tail)) ?? 'more') : null
  }

  async #turn(tail: Tail): Promise<ByteBatch | null> {
    try {
      const turn = await tail.turn(this.#context)
      this.#asked.readable(tail)
      // The file may have been rewritten between being recognised and being read for the first time.
      if (turn.batch?.offset === 0) this.#context.registry.setHead(tail.stream, headOf(turn.batch.bytes))
      if (turn.notUtf8) this.#tellNotUtf8(tail.file.path)
      if (turn.batch && turn.batch.cut_bytes > 0) this.#tellCut(tail.stream.id, tail.file.path)
      if (turn.ended) this.#end(tail)
      else if (tail.compression) this.#followed.waitForDecoder(tail)
      else if (turn.more) this.#followed.makeReady(tail)
      else this.#followed.wait(tail, tail.dueAt)
      return turn.batch ?? (turn.ended ? emptyEnd(tail.stream) : null)
    } catch (error) {
      this.#failed(tail, error as NodeJS.ErrnoException)
      return null
    }
  }

  #failed(tail: Tail, error: NodeJS.ErrnoException): void {
    tail.caughtUpAt = this.#context.monotonic()
    if (error instanceof ContentReplaced) this.#asked.replaced(tail)
    else if (error instanceof FileGone || error.code === 'ENOENT' || error.code === 'ENOTDIR') this.#asked.gone(tail)
    else if (this.#context.follow) {
      this.#asked.unreadable(tail, error)
      this.#followed.wait(tail, this.#context.monotonic() + this.#context.limits.watched_poll_ms)
    } else {
      this.#asked.unreadable(tail, error)
      tail.ended = true
      this.#followed.end(tail)
    }
  }

  #end(tail: Tail): void {
    const { path } = tail.file
    const damage = tail.compression ? tail.damage : null
    if (damage)
      this.#context.tell(
        'unreadable',
        path,
        `is damaged behind byte ${tail.position} (${damage}); what came before is kept`,
      )
    else if (this.#context.follow || tail.compression)
      this.#context.tell('ended', path, `read to its end (${tail.position} bytes)`)
    this.#followed.end(tail)
  }

  async #fifoTurn(fifo: PipeLines): Promise<ByteBatch | null> {
    const turn = await fifo.turn(this.#context)
    if (turn.notUtf8) this.#tellNotUtf8(fifo.name)
    if (turn.batch && turn.batch.cut_bytes > 0) this.#tellCut(fifo.stream, fifo.name)
    if (turn.ended) this.#fifos.ended(fifo)
    else if (turn.more) this.#fifos.makeReady(fifo)
    if (turn.batch || !turn.ended) return turn.batch
    const { stream, position } = fifo
    return { stream, bytes: new Uint8Array(), offset: position, end: position, cut_bytes: 0, more: false, ended: true }
  }

  #isOver(): boolean {
    return !this.#context.follow && !this.#asked.busy && !this.#followed.busy && !this.#fifos.busy
  }

  #nextDue(): number {
    return Math.min(this.#asked.nextDue(), this.#followed.nextDue(), this.#fifos.nextDue())
  }

  #tellNotUtf8(name: string): void {
    this.#context.tell('not_utf8', name, 'has bytes that are not UTF-8; they are shown as replacement characters')
  }

  #tellCut(stream: string, name: string): void {
    if (this.#cutTold.has(stream)) return
    this.#cutTold.add(stream)
    this.#context.tell('cut', name, `has lines longer than ${LINE_LIMIT_BYTES} bytes; they are cut there`)
  }
}
