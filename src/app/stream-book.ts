/** How one stream stands: what was read of it and what of that is in the store. */

import type { ByteBatch, StreamInfo } from '../core/ports/source.ts'
import { NO_COUNTS, type StreamState } from '../core/source-status.ts'
import type { Read } from './reading/read.ts'

/** @typeParam R reads the stream */
export class StreamBook<R = unknown> {
  readonly stream: string
  readonly reader: R
  #standing: Read['standing'] | null = null
  readonly #before: StreamState | undefined
  /** Records recognised as auth events and not known from elsewhere; count. */
  recognised: number
  /** Changed since the last commit. */
  dirty = true
  /** When something of it was last read; performance.now(), ms. */
  touched_ms = 0
  /** More is known to follow at once. */
  more = false
  ended = false

  constructor(stream: string, reader: R, before: StreamState | undefined) {
    this.stream = stream
    this.reader = reader
    this.#before = before
    this.recognised = before?.counters.recognised ?? 0
  }

  take({ standing }: Pick<Read, 'standing'>, { more, ended }: Pick<ByteBatch, 'more' | 'ended'>, now_ms: number): void {
    this.#standing = standing
    this.dirty = true
    this.touched_ms = now_ms
    this.more = more
    this.ended = ended
  }

  /** Everything before this offset is processed; of pushed records, how many there were. */
  get committable(): number {
    return this.#standing?.committable ?? this.#before?.offset ?? 0
  }

  /** A record is held, because lines that belong to it may follow. */
  get holds(): boolean {
    return this.#standing?.holds ?? false
  }

  state(info: StreamInfo): StreamState {
    const {
      counters,
      format,
      zone,
      last_record_ms,
      sample = [],
    } = this.#standing ?? this.#before ?? { counters: NO_COUNTS }
    const state: StreamState = {
      stream: this.stream,
      name: info.name,
      identity: info.identity,
      offset: this.committable,
      counters: { ...counters, recognised: this.recognised },
    }
    const optional = {
      cursor: info.cursor,
      device: info.device,
      inode: info.inode,
      host: info.host,
      service: info.service,
      size: info.size,
      error: info.error,
      format,
      zone,
      last_record_ms,
      sample: this.recognised === 0 && sample.length > 0 ? sample : undefined,
    }
    for (const [key, value] of Object.entries(optional))
      if (value !== undefined) (state as unknown as Record<string, unknown>)[key] = value
    return state
  }
}
