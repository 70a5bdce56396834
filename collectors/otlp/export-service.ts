/**
 * What both receivers do with a body: decode, hand over, wait until it is durable. How the outcome is said on the wire is
 * theirs. Invariant: `accepted` is answered only after the store's transaction (nothing acknowledged is lost by `kill -9`).
 */
import { hash } from 'node:crypto'
import type { Inbox } from '../push/inbox.ts'
import type { Partial } from './answer.ts'
import { COMMIT_PATIENCE_MS } from './limits.ts'
import { type Encoding, type ReadRequest, readRequest } from './read-request.ts'
import { MalformedTelemetry, type Signal } from './telemetry.ts'

export type ExportOutcome =
  | { accepted: Partial }
  /** The sender must not come again with this. */
  | { malformed: string }
  /** The sender should come again with this. */
  | { later: string }

export class ExportService {
  readonly #inbox: Inbox
  readonly #now: () => number

  constructor(inbox: Inbox, now: () => number) {
    this.#inbox = inbox
    this.#now = now
  }

  get full(): boolean {
    return this.#inbox.full
  }

  async accept(body: Uint8Array, encoding: Encoding, signal: Signal): Promise<ExportOutcome> {
    const received_collector_ms = this.#now()
    let read: ReadRequest
    try {
      read = await readRequest(body, encoding, signal)
    } catch (error) {
      if (error instanceof MalformedTelemetry) return { malformed: error.message }
      throw error
    }
    const accepted = { rejected: read.rejected, reason: read.reason }
    if (read.parts.length === 0) return { accepted }
    const digest = hash('sha256', body)
    const { promise: patience, resolve } = Promise.withResolvers<'slow'>()
    const timer = setTimeout(() => resolve('slow'), COMMIT_PATIENCE_MS)
    const settled = this.#inbox.deliver({ digest, parts: read.parts, received_collector_ms }, read.weight)
    const settlement = await Promise.race([settled, patience])
    clearTimeout(timer)
    switch (settlement) {
      case 'committed':
        return { accepted }
      case 'full':
        return { later: 'the queue is full' }
      case 'slow':
        return { later: 'the store does not keep up' }
      case 'refused':
        return { later: 'closing' }
    }
  }
}
