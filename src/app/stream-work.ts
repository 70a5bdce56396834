/**
 * One stream of bytes on its way through the ingest: its book and the assembler that makes records of its lines.
 * Invariant: `committable` never lies behind a byte whose record has not been processed.
 */
import { type AssemblerOptions, RecordAssembler } from '../../collectors/assemble/assembler.ts'
import type { FormatSet } from '../../collectors/formats/load.ts'
import type { RawRecord } from '../core/log-record.ts'
import type { ByteBatch } from '../core/ports/source.ts'
import type { StreamState } from '../core/source-status.ts'
import { StreamBook } from './stream-book.ts'

export class StreamWork extends StreamBook {
  readonly #assembler: RecordAssembler
  #end: number
  #linesBefore: number
  ended = false
  /** Collector's clock when bytes last came, ms. */
  touched_ms = 0
  /** More bytes are known to follow at once. */
  more = false

  constructor(stream: string, formats: FormatSet, options: AssemblerOptions, before: StreamState | undefined) {
    super(stream, before)
    this.#assembler = new RecordAssembler(stream, formats, options)
    this.#linesBefore = this.counters.lines
    this.#end = before?.offset ?? 0
  }

  take(batch: ByteBatch, now_ms: number): RawRecord[] {
    this.dirty = true
    this.touched_ms = now_ms
    this.more = batch.more
    this.ended = batch.ended
    this.#end = batch.end
    const passed = this.#assembler.passed
    const records = this.#assembler.push(batch)
    this.counters.records += this.#assembler.passed - passed
    if (batch.cut_bytes > 0) {
      this.counters.cut_records++
      this.counters.cut_bytes += batch.cut_bytes
    }
    if (batch.ended) records.push(...this.#assembler.flush())
    this.counters.lines = this.#linesBefore + this.#assembler.lines
    return records
  }

  /** The held record is complete: nothing followed for long enough, or the stream has ended. */
  flush(): RawRecord[] {
    if (this.#assembler.held === null) return []
    this.dirty = true
    return this.#assembler.flush()
  }

  get holds(): boolean {
    return this.#assembler.held !== null
  }

  override get committable(): number {
    return this.#assembler.held ?? this.#end
  }
}
