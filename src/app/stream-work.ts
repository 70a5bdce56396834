/**
 * One stream on its way through the ingest: its assembler, what it has learned about its format, its counters and what
 * came out of it since the last commit.
 * Invariant: `committable` never lies behind a byte whose record has not been processed.
 */
import { RecordAssembler } from '../../collectors/assemble/assembler.ts'
import { type FormatMemory, newFormatMemory } from '../../collectors/decode/format-memory.ts'
import type { FormatSet } from '../../collectors/formats/load.ts'
import type { RawRecord } from '../core/log-record.ts'
import type { ByteBatch, StreamInfo } from '../core/ports/source.ts'
import { NO_COUNTS, type StreamCounters, type StreamState } from '../core/source-status.ts'

/** Lines shown of a stream of which nothing is recognised; count and characters. */
const SAMPLE_LINES = 3
const SAMPLE_LENGTH = 160

export class StreamWork {
  readonly stream: string
  readonly memory: FormatMemory = newFormatMemory()
  readonly counters: StreamCounters
  readonly #assembler: RecordAssembler
  #end: number
  #linesBefore: number
  format: string | undefined
  zone: string | undefined
  last_record_ms: number | undefined
  readonly sample: string[] = []
  /** Changed since the last commit. */
  dirty = true
  ended = false
  /** Collector's clock when bytes last came, ms. */
  touched_ms = 0
  /** More bytes are known to follow at once. */
  more = false

  constructor(
    stream: string,
    formats: FormatSet,
    clock: { zone: string; now: () => number },
    before: StreamState | undefined,
  ) {
    this.stream = stream
    this.#assembler = new RecordAssembler(stream, formats, clock)
    this.counters = { ...(before?.counters ?? NO_COUNTS) }
    this.#linesBefore = this.counters.lines
    this.#end = before?.offset ?? 0
    this.format = before?.format
    this.zone = before?.zone
    this.last_record_ms = before?.last_record_ms
    this.sample.push(...(before?.sample ?? []))
  }

  take(batch: ByteBatch, now_ms: number): RawRecord[] {
    this.dirty = true
    this.touched_ms = now_ms
    this.more = batch.more
    this.ended = batch.ended
    this.#end = batch.end
    const records = this.#assembler.push(batch)
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

  /** Everything before this offset is processed. */
  get committable(): number {
    return this.#assembler.held ?? this.#end
  }

  /** `text` is redacted. */
  keepSample(text: string): void {
    if (this.sample.length < SAMPLE_LINES && this.counters.recognised === 0)
      this.sample.push(text.split('\n', 1)[0]!.slice(0, SAMPLE_LENGTH))
  }

  state(info: StreamInfo): StreamState {
    const state: StreamState = {
      stream: this.stream,
      name: info.name,
      identity: info.identity,
      offset: this.committable,
      counters: { ...this.counters },
    }
    const optional = {
      device: info.device,
      inode: info.inode,
      host: info.host,
      service: info.service,
      size: info.size,
      error: info.error,
      format: this.format,
      zone: this.zone,
      last_record_ms: this.last_record_ms,
      sample: this.counters.recognised === 0 && this.sample.length > 0 ? [...this.sample] : undefined,
    }
    for (const [key, value] of Object.entries(optional))
      if (value !== undefined) (state as unknown as Record<string, unknown>)[key] = value
    return state
  }
}
