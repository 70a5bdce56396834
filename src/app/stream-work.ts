/**
 * One stream of bytes on its way through the ingest: its book and what makes records of its bytes, the assembler of lines or
 * the reader of OTLP messages.
 * Invariant: `committable` never lies behind a byte whose record has not been processed.
 */
import { type AssemblerOptions, RecordAssembler } from '../../collectors/assemble/assembler.ts'
import { beginsAsOtlp, isOtlpLine } from '../../collectors/file/framing.ts'
import type { FormatSet } from '../../collectors/formats/load.ts'
import type { FileTelemetry } from '../../collectors/otlp/file-telemetry.ts'
import type { ReadBy } from '../../collectors/otlp/read-request.ts'
import type { RawRecord } from '../core/log-record.ts'
import type { ByteBatch } from '../core/ports/source.ts'
import type { StreamState } from '../core/source-status.ts'
import { StreamBook } from './stream-book.ts'

/** Loaded where it is met: its library would slow down every start. */
const fileTelemetry = () => import('../../collectors/otlp/file-telemetry.ts')

/** What a batch of bytes gave. */
export type Taken = Pick<FileTelemetry, 'records' | 'passed' | 'exchanges'>

export class StreamWork extends StreamBook {
  readonly #makeAssembler: (bytes: Uint8Array) => RecordAssembler
  readonly #telemetry: ReadBy
  /** None before the first bytes have come, and for messages. */
  #assembler: RecordAssembler | null = null
  #end: number
  #linesBefore: number
  ended = false
  /** When bytes last came; performance.now(), ms. */
  touched_ms = 0
  /** More bytes are known to follow at once. */
  more = false

  constructor(
    stream: string,
    formats: FormatSet,
    options: AssemblerOptions,
    telemetry: ReadBy,
    before: StreamState | undefined,
  ) {
    super(stream, before)
    // A line of OTLP holds many spans, all of which tell of clocks: none is passed over.
    const { nextHit: _, ...whole } = options
    this.#makeAssembler = (bytes) => new RecordAssembler(stream, formats, beginsAsOtlp(bytes) ? whole : options)
    this.#telemetry = telemetry
    this.#linesBefore = this.counters.lines
    this.#end = before?.offset ?? 0
  }

  /** `now_ms`: performance.now(). */
  async take(batch: ByteBatch, now_ms: number): Promise<Taken> {
    this.dirty = true
    this.touched_ms = now_ms
    this.more = batch.more
    this.ended = batch.ended
    if (batch.cut_bytes > 0) {
      this.counters.cut_records++
      this.counters.cut_bytes += batch.cut_bytes
    }
    const taken = batch.unit === 'message' ? await this.#messages(batch) : await this.#lines(batch)
    // Behind the last await: what is committable must have been made records of.
    this.#end = batch.end
    this.counters.records += taken.passed
    return taken
  }

  async #messages(batch: ByteBatch): Promise<Taken> {
    const { readMessages } = await fileTelemetry()
    const { broken, broken_bytes, ...taken } = await readMessages(batch, this.#telemetry)
    this.counters.cut_records += broken
    this.counters.cut_bytes += broken_bytes
    return taken
  }

  async #lines(batch: ByteBatch): Promise<Taken> {
    this.#assembler ??= this.#makeAssembler(batch.bytes)
    const assembler = this.#assembler
    const passed = assembler.passed
    const records = assembler.push(batch)
    if (batch.ended) records.push(...assembler.flush())
    this.counters.records += assembler.passed - passed
    this.counters.lines = this.#linesBefore + assembler.lines
    if (!records.some(({ text }) => isOtlpLine(text))) return { records, passed: 0, exchanges: [] }
    return (await fileTelemetry()).readLines(records, this.#telemetry)
  }

  /** The held record is complete: nothing followed for long enough, or the stream has ended. */
  flush(): RawRecord[] {
    if (this.#assembler?.held == null) return []
    this.dirty = true
    return this.#assembler.flush()
  }

  get holds(): boolean {
    return this.#assembler?.held != null
  }

  override get committable(): number {
    return this.#assembler?.held ?? this.#end
  }
}
