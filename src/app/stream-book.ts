/**
 * What is kept of one stream while it is worked on: counters, what was learned about its format, a few lines to show.
 * How its records are found is stream-work.ts's business (bytes) or the sender's (pushed records).
 */
import { type FormatMemory, newFormatMemory } from '../../collectors/decode/format-memory.ts'
import type { StreamInfo } from '../core/ports/source.ts'
import { NO_COUNTS, type StreamCounters, type StreamState } from '../core/source-status.ts'

/** Lines shown of a stream of which nothing is recognised; count and characters. */
const SAMPLE_LINES = 3
const SAMPLE_LENGTH = 160
/** One run of signs says nothing to a reader, and may be the last line of a key. */
const WITHOUT_WORDS = /^[A-Za-z0-9+/=_-]{16,}$/

export class StreamBook {
  readonly stream: string
  readonly memory: FormatMemory = newFormatMemory()
  readonly counters: StreamCounters
  format: string | undefined
  zone: string | undefined
  last_record_ms: number | undefined
  readonly sample: string[] = []
  /** Changed since the last commit. */
  dirty = true

  constructor(stream: string, before: StreamState | undefined) {
    this.stream = stream
    this.counters = { ...(before?.counters ?? NO_COUNTS) }
    this.format = before?.format
    this.zone = before?.zone
    this.last_record_ms = before?.last_record_ms
    this.sample.push(...(before?.sample ?? []))
  }

  /** Everything before this offset is processed; of pushed records, how many there were. */
  get committable(): number {
    return this.counters.records
  }

  get wantsSample(): boolean {
    return this.sample.length < SAMPLE_LINES && this.counters.recognised === 0
  }

  /** `text` is redacted, and what is left of persons in it may be kept. */
  keepSample(text: string): void {
    const line = text.split('\n', 1)[0]!.slice(0, SAMPLE_LENGTH)
    if (this.wantsSample && !WITHOUT_WORDS.test(line)) this.sample.push(line)
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
      cursor: info.cursor,
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
