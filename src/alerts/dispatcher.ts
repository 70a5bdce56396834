/**
 * Empties the outbox: each notice to its sink, again after a growing pause where the answer is worth a retry, given up after
 * a day. One notice at a time per sink and in order, so that an end never overtakes a beginning; a slow sink delays no other.
 * Invariant: a notice leaves the outbox only when its sink has taken it or never will.
 */
import type { AlertWriter, Delivery, DeliveryEnd } from '../core/ports/alert-store.ts'
import type { Notice, Sink } from './notice.ts'

export interface DispatcherOptions {
  outbox: Pick<AlertWriter, 'due' | 'settle'>
  /** By name; undefined: there is none of that name (any more). */
  sinkOf(name: string): Sink | undefined
  now(): number
  /** In [0, 1). */
  random(): number
  /** A delivery was given up or failed for now; for the log and the metrics. */
  failed(sink: string, error: string, gaveUp: boolean): void
  delivered(sink: string): void
}

/** First pause, growth and longest pause before a retry; ms. */
const PAUSE_MS = 1_000
const GROWTH = 2
const PAUSE_MAX_MS = 5 * 60_000
/** After this long nobody wants the notice any more; ms. */
const GIVE_UP_MS = 24 * 3_600_000
/** A receiver may ask for a longer pause, but not for ever; ms. */
const ASKED_MAX_MS = 3_600_000
/** One attempt may take so long, ms. */
const ATTEMPT_MS = 15_000
/** Deliveries looked at in one round. */
const BATCH = 200

export class Dispatcher {
  readonly #o: DispatcherOptions
  #round: Promise<void> | null = null
  #again = false
  readonly #abort = new AbortController()

  constructor(options: DispatcherOptions) {
    this.#o = options
  }

  /** Sends what is due; calls while a round runs start another after it. */
  kick(): Promise<void> {
    if (this.#round !== null) {
      this.#again = true
      return this.#round
    }
    this.#round = this.#run()
      .catch((error) => this.#o.failed('(outbox)', (error as Error).message, false))
      .finally(() => {
        this.#round = null
        if (this.#again && !this.#abort.signal.aborted) {
          this.#again = false
          void this.kick()
        }
      })
    return this.#round
  }

  /** Lets the present attempts end within `grace_ms`; what is not done stays in the outbox. */
  async stop(grace_ms: number): Promise<void> {
    this.#again = false
    const timer = setTimeout(() => this.#abort.abort(), grace_ms)
    await this.#round?.catch(() => {})
    clearTimeout(timer)
    this.#abort.abort()
  }

  async #run(): Promise<void> {
    const due = await this.#o.outbox.due(this.#o.now(), BATCH)
    const bySink = new Map<string, Delivery[]>()
    for (const d of due) {
      const list = bySink.get(d.sink)
      if (list === undefined) bySink.set(d.sink, [d])
      else list.push(d)
    }
    await Promise.all([...bySink].map(([name, deliveries]) => this.#sink(name, deliveries)))
  }

  async #sink(name: string, deliveries: readonly Delivery[]): Promise<void> {
    const sink = this.#o.sinkOf(name)
    for (const delivery of deliveries) {
      if (this.#abort.signal.aborted) return
      if (sink === undefined) {
        // The sink is gone from the config: nobody is left to tell.
        await this.#o.outbox.settle([{ id: delivery.id, done: true }])
        this.#o.failed(name, 'no such sink in the config any more', true)
        continue
      }
      const end = await this.#attempt(name, sink, delivery)
      if (end === null) return
      await this.#o.outbox.settle([end])
      if (!end.done) return
    }
  }

  async #attempt(name: string, sink: Sink, delivery: Delivery): Promise<DeliveryEnd | null> {
    const { id, attempts, created_ms } = delivery
    const notice = JSON.parse(delivery.body) as Notice
    const result = await sink.send(notice, AbortSignal.any([this.#abort.signal, AbortSignal.timeout(ATTEMPT_MS)]))
    if (result.ok) {
      this.#o.delivered(name)
      return { id, done: true }
    }
    if (this.#abort.signal.aborted) return null
    const now = this.#o.now()
    const gaveUp = !result.retry || now - created_ms > GIVE_UP_MS
    this.#o.failed(name, result.error, gaveUp)
    if (gaveUp) return { id, done: true }
    const pause = Math.min(PAUSE_MAX_MS, PAUSE_MS * GROWTH ** attempts)
    // Full jitter on the upper half: many collectors must not come back in step.
    const jittered = pause / 2 + (this.#o.random() * pause) / 2
    const asked = Math.min(result.after_ms ?? 0, ASKED_MAX_MS)
    return { id, done: false, next_ms: now + Math.max(jittered, asked), error: result.error.slice(0, 300) }
  }
}
