/**
 * Signals of a collector: SIGINT and SIGTERM ask for a clean end within {@link DRAIN_MS} (a second one ends at once), SIGHUP
 * to read the configuration again; without one SIGHUP is what it always was, the terminal going away.
 */

import { exitNow } from '../app/writer-thread.ts'

/** What is not drained by then is read again at the next start: nothing is lost; ms. Service managers are promised 5 s. */
const DRAIN_MS = 4_500

export interface CollectorSignals {
  signal: AbortSignal
  /** The end was clean: no clock runs any more. */
  done(): void
}

/** `reload` null: there is nothing to read again. `late`: called when the drain took too long, before the process ends. */
export function collectorSignals(reload: (() => void) | null, late: () => void): CollectorSignals {
  const abort = new AbortController()
  let clock: NodeJS.Timeout | undefined
  const numbers = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 } as const
  const end = (name: keyof typeof numbers) => {
    if (abort.signal.aborted) exitNow(128 + numbers[name])
    clock = setTimeout(() => {
      late()
      exitNow(0)
    }, DRAIN_MS)
    clock.unref()
    abort.abort()
  }
  process.on('SIGINT', () => end('SIGINT'))
  process.on('SIGTERM', () => end('SIGTERM'))
  process.on('SIGHUP', () => (reload === null ? end('SIGHUP') : reload()))
  return { signal: abort.signal, done: () => clearTimeout(clock) }
}
