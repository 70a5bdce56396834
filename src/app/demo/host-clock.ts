/** The clock of one host: true time plus an error that may change as the story goes on. Reads, never sets. */
import type { Timeline } from './timeline.ts'

/** Error of a clock at a moment of the story; both in ms, positive = ahead. */
export type ClockError = (story_ms: number) => number

export class HostClock {
  readonly #timeline: Timeline
  /** True epoch time of the story's start, ms. */
  readonly #base_ms: number
  readonly #error: ClockError

  constructor(timeline: Timeline, base_ms: number, error: ClockError) {
    this.#timeline = timeline
    this.#base_ms = base_ms
    this.#error = error
  }

  /** What this host believes the time to be, epoch ms. */
  now_ms(): number {
    const { now_ms } = this.#timeline
    return Math.round(this.#base_ms + now_ms + this.#error(now_ms))
  }
}
