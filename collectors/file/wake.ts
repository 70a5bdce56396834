/**
 * Lets one loop sleep until something has happened, a time has come or a signal aborts.
 * Invariant: a call of `up` before or during the sleep ends it; none is lost.
 */
export class Wake {
  #called = false
  #wakeUp: (() => void) | null = null

  up(): void {
    this.#called = true
    this.#wakeUp?.()
  }

  /** @param ms may be infinite. */
  async sleep(ms: number, signal: AbortSignal): Promise<void> {
    if (!this.#called && !signal.aborted && ms > 0) {
      const { promise, resolve } = Promise.withResolvers<void>()
      const end = () => resolve()
      this.#wakeUp = end
      signal.addEventListener('abort', end, { once: true })
      const timer = setTimeout(end, Math.min(ms, LONGEST_SLEEP_MS))
      await promise
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      this.#wakeUp = null
    }
    this.#called = false
  }
}

/** Below what a timer can hold; waking up for nothing once a minute costs nothing. */
const LONGEST_SLEEP_MS = 60_000
