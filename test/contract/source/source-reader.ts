/**
 * Reads a source as the ingest does and keeps the books that the contract is about: order, wholeness, positions, and what
 * would be left after a crash, because only lines before a checkpoint count then.
 */
import type { ByteBatch, LogSource, SourceNotice, StreamInfo } from '../../../src/core/ports/source.ts'
import { NO_COUNTS, type StreamState } from '../../../src/core/source-status.ts'

/** Time a test waits for something that must happen; reached only on failure, ms. */
const PATIENCE_MS = 25_000

export class SourceReader {
  readonly notices: SourceNotice[] = []
  readonly batches: ByteBatch[] = []
  /** All lines handed out, without newline, in order. */
  readonly lines: string[] = []
  /** Violations of the contract. */
  readonly faults: string[] = []
  readonly infos = new Map<string, StreamInfo>()
  finished = false
  readonly #states = new Map<string, StreamState>()
  readonly #ends = new Map<string, number>()
  readonly #unfinished = new Set<string>()
  /** Lines after the last checkpoint of their stream. */
  readonly #uncommitted = new Map<string, string[]>()
  readonly #committed: string[] = []
  readonly #abort = new AbortController()
  #source: LogSource | null = null
  #running: Promise<void> = Promise.resolve()
  #failure: unknown = null
  #paused: Promise<void> | null = null
  #resume: (() => void) | null = null

  /** @param lastRecordHeld checkpoints are taken as of the line before the last, as while a multi-line record may go on. */
  constructor(lastRecordHeld = false) {
    this.lastRecordHeld = lastRecordHeld
  }

  readonly lastRecordHeld: boolean

  notice = (notice: SourceNotice): void => {
    this.notices.push(notice)
  }

  start(source: LogSource): this {
    this.#source = source
    this.#running = this.#run(source).catch((error) => {
      this.#failure = error
    })
    return this
  }

  /** Positions as of the last checkpoints, and the lines before them: what a crash leaves. */
  get states(): StreamState[] {
    return [...this.#states.values()]
  }

  get committed(): readonly string[] {
    return this.#committed
  }

  async checkpoint(stream: string, offset: number): Promise<StreamInfo> {
    if (!this.#source) throw new Error('not started')
    return this.#source.checkpoint(stream, offset)
  }

  text(stream?: string): string {
    const chosen = stream === undefined ? this.batches : this.batches.filter((batch) => batch.stream === stream)
    return Buffer.concat(chosen.map((batch) => batch.bytes)).toString('utf8')
  }

  pause(): void {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#paused = promise
    this.#resume = resolve
  }

  resume(): void {
    this.#paused = null
    this.#resume?.()
  }

  async until(condition: () => boolean, what = condition.toString()): Promise<void> {
    const deadline = performance.now() + PATIENCE_MS
    while (!condition()) {
      if (this.#failure) throw this.#failure
      if (performance.now() > deadline) throw new Error(`waited in vain for: ${what}`)
      await new Promise((done) => setTimeout(done, 5))
    }
  }

  /** Resolves when the source has ended by itself. */
  async end(): Promise<void> {
    await this.#running
    if (this.#failure) throw this.#failure
    await this.#source?.close()
  }

  /** Aborts, as a crash would: what was not checkpointed does not count. */
  async stop(): Promise<void> {
    this.#abort.abort()
    this.resume()
    await this.end()
  }

  async #run(source: LogSource): Promise<void> {
    for await (const batch of source.batches(this.#abort.signal)) {
      this.#take(batch)
      if (!this.#abort.signal.aborted) await this.#checkpoint(source, batch)
      if (this.#paused) await this.#paused
    }
    this.finished = true
  }

  #take(batch: ByteBatch): void {
    const { stream, bytes, offset, end, cut_bytes } = batch
    // The bytes are the source's again when the next batch is asked for.
    this.batches.push({ ...batch, bytes: Buffer.from(bytes) })
    const expected = this.#ends.get(stream)
    if (expected !== undefined && expected !== offset) this.faults.push(`${stream}: ${offset} after ${expected}`)
    if (end !== offset + bytes.length + cut_bytes) this.faults.push(`${stream}: ${end} is not the end`)
    if (this.#unfinished.has(stream) && expected === undefined) this.faults.push(`${stream}: goes on`)
    this.#ends.set(stream, end)
    const lines = Buffer.from(bytes).toString('utf8').split('\n')
    if (lines.at(-1) === '') lines.pop()
    const waiting = this.#uncommitted.get(stream) ?? []
    for (const line of lines) {
      this.lines.push(line)
      waiting.push(line)
    }
    this.#uncommitted.set(stream, waiting)
  }

  async #checkpoint(source: LogSource, batch: ByteBatch): Promise<void> {
    const waiting = this.#uncommitted.get(batch.stream) ?? []
    const text = Buffer.from(batch.bytes)
    const lastLine = text.subarray(text.lastIndexOf(10, text.length - 2) + 1)
    const holds = this.lastRecordHeld && !batch.ended && batch.cut_bytes === 0 && lastLine.length > 0
    const offset = batch.end - (holds ? lastLine.length : 0)
    const info = await source.checkpoint(batch.stream, offset)
    this.infos.set(batch.stream, info)
    const kept = holds ? waiting.splice(-1) : []
    for (const line of waiting) this.#committed.push(line)
    this.#uncommitted.set(batch.stream, kept)
    const { stream, name, identity, device, inode, host, service, size } = info
    const optional = { device, inode, host, service, size }
    const known = Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined))
    this.#states.set(stream, { stream, name, identity, offset, counters: NO_COUNTS, ...known })
  }
}
