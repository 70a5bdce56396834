/**
 * When a collector of a shared store hands over what it has written (core/ports/shared-store.ts): soon, because only the steward sees what
 * others wrote of the same requests, and not at once, because what is written together is joined best where it is read.
 */
import type { SharedStore } from '../../core/ports/shared-store.ts'

/** Records of one request come from the files of one host within this time; ms. */
const KEPT_MS = 3_000

export class HandingOver {
  readonly #shared: SharedStore
  /** Since when there is something to hand over; performance.now(), ms. What an earlier run left is due at once. */
  #since_ms: number | null = -Infinity

  constructor(shared: SharedStore) {
    this.#shared = shared
  }

  /** A commit brought incidents of these times. */
  committed(times_ms: readonly number[]): void {
    if (times_ms.length > 0) this.#since_ms ??= performance.now()
  }

  get pending(): boolean {
    return this.#since_ms !== null
  }

  async all(): Promise<void> {
    this.#since_ms = null
    await this.#shared.release()
  }

  async some(): Promise<void> {
    if (this.#since_ms !== null && performance.now() - this.#since_ms >= KEPT_MS) await this.all()
  }
}
