/**
 * Where receivers put what arrived until the ingest has made it durable. Bounded by weight, so that a slow disk is felt by
 * the senders: what does not fit is refused at once and comes again later.
 * Invariant: every accepted delivery is settled exactly once, at the latest by `close`.
 */
import type { Delivery } from '../../src/core/ports/push-source.ts'
import { Wake } from '../file/wake.ts'

/** Characters of records that may wait or be at work; with what is being read this keeps the process under 300 MB. */
const WEIGHT_LIMIT = 32 * 1024 * 1024
/** Deliveries that may wait; empty ones weigh nothing. */
const COUNT_LIMIT = 10_000

export type Settlement = 'committed' | 'refused' | 'full'

export class Inbox {
  readonly #wake = new Wake()
  readonly #queue: Delivery[] = []
  /** How to settle what waits; not the records, which need not outlive their reading. */
  readonly #open = new Set<(settlement: Settlement) => void>()
  #weight = 0
  #closed = false

  /** Cheap test before a body is read. */
  get full(): boolean {
    return this.#closed || this.#weight >= WEIGHT_LIMIT || this.#open.size >= COUNT_LIMIT
  }

  /** Resolves when the records are durable, or will not be. One delivery may be heavier than the limit; two may not. */
  deliver(content: Pick<Delivery, 'digest' | 'parts' | 'received_collector_ms'>, weight: number): Promise<Settlement> {
    if (this.full) return Promise.resolve('full')
    const { promise, resolve } = Promise.withResolvers<Settlement>()
    const settle = (settlement: Settlement) => {
      if (!this.#open.delete(settle)) return
      this.#weight -= weight
      resolve(settlement)
    }
    this.#weight += weight
    this.#open.add(settle)
    this.#queue.push({ ...content, committed: () => settle('committed'), refused: () => settle('refused') })
    this.#wake.up()
    return promise
  }

  /** Aborted, it hands out no more: what waits is refused at once, so that senders know before a drain is over. */
  async *deliveries(signal: AbortSignal): AsyncGenerator<Delivery> {
    signal.addEventListener('abort', () => this.#refuseWaiting(), { once: true })
    while (!signal.aborted && !this.#closed) {
      const next = this.#queue.shift()
      if (next === undefined) await this.#wake.sleep(Number.POSITIVE_INFINITY, signal)
      else yield next
    }
  }

  #refuseWaiting(): void {
    for (const { refused } of this.#queue.splice(0)) refused(new Error('the collector ends'))
  }

  /** Nothing more is taken; what is not durable by now is refused. */
  close(): void {
    this.#closed = true
    for (const settle of [...this.#open]) settle('refused')
    this.#queue.length = 0
    this.#wake.up()
  }
}
