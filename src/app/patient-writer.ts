/**
 * Appends to a store that may refuse for a while (disk full, another program's lock) or not answer at all: what is to be written waits,
 * and whoever runs the collector is told once per spell. A refusal that waiting does not mend is thrown.
 */
import { type AppendBatch, mayPass, StoreRefusal, type StoreWriter } from '../core/ports/store.ts'
import { traced } from '../telemetry/own-telemetry.ts'

/** First and longest wait before a refused commit is tried again; ms. */
const RETRY_MS = 500
const RETRY_MAX_MS = 30_000
/** A commit that takes longer is told of, where it leaves us a thread to tell it; ms. */
const HANGS_MS = 10_000
const HANGS = new StoreRefusal(
  'disk_full',
  `the store has not answered for ${HANGS_MS / 1000} s`,
  'see whether its disk hangs or another program holds its lock',
)

export class PatientWriter {
  readonly #writer: Pick<StoreWriter, 'append'>
  readonly #stalled: (refusal: StoreRefusal | null) => void

  /** @param stalled told once when a spell begins, and null when it is over */
  constructor(writer: Pick<StoreWriter, 'append'>, stalled: (refusal: StoreRefusal | null) => void) {
    this.#writer = writer
    this.#stalled = stalled
  }

  /** Ends when the batch is in the store; seconds it took. Aborted, it no longer waits and throws what the store says. */
  async append(batch: AppendBatch, signal: AbortSignal): Promise<number> {
    const start = performance.now()
    let wait = RETRY_MS
    let stalled = false
    const stall = (refusal: StoreRefusal) => {
      if (!stalled) this.#stalled(refusal)
      stalled = true
    }
    const hangs = setTimeout(() => stall(HANGS), HANGS_MS)
    try {
      for (;;) {
        try {
          const { incidents, successes } = batch
          const size = { 'authtop.incidents': incidents.length, 'authtop.successes': successes.length }
          await traced('authtop.commit', size, () => this.#writer.append(batch))
          break
        } catch (error) {
          if (!mayPass(error) || signal.aborted) throw error
          stall(error)
          await new Promise((resolve) => setTimeout(resolve, wait))
          wait = Math.min(wait * 2, RETRY_MAX_MS)
        }
      }
    } finally {
      clearTimeout(hangs)
    }
    if (stalled) this.#stalled(null)
    return (performance.now() - start) / 1000
  }
}
