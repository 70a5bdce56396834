/**
 * What a collector of a shared store notices by itself for the rules that the steward runs: what its sources bring, what time services
 * say, and which refusals a right clock would have let pass. Leaves rules, alerts and notices to the steward.
 */
import { type SavedWitness, SkewWitness } from '../../analyze/skew-proof/skew-witness.ts'
import type { SourceNotice } from '../../core/ports/source.ts'
import type { StoreWriter } from '../../core/ports/store.ts'
import type { TimeService } from '../../core/watch-step.ts'
import { type Seen, SourceWatch } from '../alerts/source-watch.ts'

const BEAT_MS = 1_000

export class Watching {
  readonly witness: SkewWitness
  readonly #watch = new SourceWatch()
  readonly #writer: StoreWriter
  readonly #now: () => number
  #timer: NodeJS.Timeout | undefined
  #work: Promise<void> = Promise.resolve()

  private constructor(writer: StoreWriter, now: () => number, witness: SkewWitness) {
    this.#writer = writer
    this.#now = now
    this.witness = witness
  }

  static async start(writer: StoreWriter, now: () => number): Promise<Watching> {
    const saved = await writer.alertState('witness')
    const witness = saved === null ? new SkewWitness() : SkewWitness.restore(JSON.parse(saved) as SavedWitness)
    return new Watching(writer, now, witness)
  }

  committed(seen: Seen): void {
    this.#watch.take(seen)
  }

  sourceNotice(notice: SourceNotice): void {
    this.#watch.notice(notice)
  }

  hear(service: TimeService): void {
    this.#watch.hear(service)
  }

  /** History is read: what comes now is watched. */
  caughtUp(): void {
    this.#watch.begin(this.#now())
    this.#timer = setInterval(() => {
      const watched = this.#watch.over(this.#now())
      if (watched.length > 0) this.#work = this.#work.then(() => this.#save(watched)).catch(() => {})
    }, BEAT_MS)
    this.#timer.unref()
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#work
    await this.#save([])
  }

  async #save(watched: ReturnType<SourceWatch['over']>): Promise<void> {
    const state = { witness: JSON.stringify(this.witness.save()) }
    await this.#writer.saveAlerts({ alerts: [], state, deliveries: [], watched })
  }
}
