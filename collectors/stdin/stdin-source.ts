/**
 * Standard input as a log source (`kubectl logs -f … | authtop -`). Reads only what is asked for; ends when the pipe does.
 * The keyboard is not its business: the dashboard reads keys from the controlling terminal.
 * Invariant: every line is handed out, in order; nothing is dropped however slow the consumer is.
 */
import fs from 'node:fs'
import net from 'node:net'
import type { Readable } from 'node:stream'
import tty from 'node:tty'
import type { ByteBatch, LogSource, SourceOptions, StreamInfo } from '../../src/core/ports/source.ts'
import { readableInflow } from '../file/inflow.ts'
import { FILE_LIMITS, type FileLimits, LINE_LIMIT_BYTES, READ_BYTES } from '../file/limits.ts'
import type { TailClock } from '../file/tail.ts'
import { Wake } from '../file/wake.ts'
import { PipeLines } from './pipe-lines.ts'

/** Only what concerns an unfinished last line. */
export type StdinOptions = Partial<Pick<FileLimits, 'partial_line_ms'>>

/** @param input a readable stream, or the number of an open descriptor. */
export function openStdinSource(input: Readable | number, options: SourceOptions & StdinOptions): LogSource {
  return new StdinSource(typeof input === 'number' ? readDescriptor(input) : input, options)
}

class StdinSource implements LogSource {
  readonly #options: SourceOptions
  readonly #clock: TailClock
  readonly #wake = new Wake()
  readonly #lines: PipeLines
  #cutTold = false
  rested = false
  #ended = false
  #closed = false

  constructor(input: Readable, options: SourceOptions & StdinOptions) {
    this.#options = options
    this.#clock = {
      follow: true,
      limits: { ...FILE_LIMITS, ...(options.partial_line_ms === undefined ? {} : options) },
      monotonic: () => performance.now(),
      now: () => options.now(),
    }
    this.#lines = new PipeLines('stdin', 'stdin', readableInflow(input), () => this.#wake.up(), performance.now())
    options.notice({ kind: 'opened', name: 'stdin', text: 'reading standard input' })
  }

  async *batches(signal: AbortSignal): AsyncGenerator<ByteBatch> {
    while (!signal.aborted && !this.#closed && !this.#ended) {
      const turn = await this.#lines.turn(this.#clock)
      if (turn.notUtf8) this.#tell('not_utf8', 'has bytes that are not UTF-8; they are shown as replacement characters')
      this.#ended = turn.ended
      if (turn.ended) this.#tellEnd()
      if (turn.batch) {
        if (turn.batch.cut_bytes > 0) this.#tellCut()
        yield turn.batch
      } else if (turn.ended) {
        const { stream, position } = this.#lines
        const nothing = new Uint8Array()
        yield { stream, bytes: nothing, offset: position, end: position, cut_bytes: 0, more: false, ended: true }
      } else if (!turn.more) {
        this.rested = true
        await this.#wake.sleep(this.#lines.dueAt - performance.now(), signal)
      }
    }
  }

  async checkpoint(stream: string): Promise<StreamInfo> {
    if (stream !== this.#lines.stream) throw new RangeError(`unknown stream ${stream}`)
    return this.#lines.info()
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#lines.close()
    this.#wake.up()
  }

  #tellCut(): void {
    if (this.#cutTold) return
    this.#cutTold = true
    this.#tell('cut', `has lines longer than ${LINE_LIMIT_BYTES} bytes; they are cut there`)
  }

  #tellEnd(): void {
    const { error } = this.#lines
    this.#tell('ended', error ? `ended early: ${error.message}` : 'ended')
  }

  #tell(kind: 'cut' | 'ended' | 'not_utf8', text: string): void {
    this.#options.notice({ kind, name: 'stdin', text })
  }
}

/** The stream that fits what is behind a descriptor, as Node chooses it for `process.stdin`. */
function readDescriptor(fd: number): Readable {
  if (tty.isatty(fd)) return new tty.ReadStream(fd)
  const stat = fs.fstatSync(fd)
  if (stat.isFIFO() || stat.isSocket()) return new net.Socket({ fd, readable: true, writable: false })
  return fs.createReadStream('', { fd, autoClose: false, highWaterMark: READ_BYTES })
}
