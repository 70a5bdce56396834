/**
 * What both receivers do with a body: decode, hand over, wait until it is durable. How the outcome is said on the wire is
 * theirs. Invariant: `accepted` is answered only after the store's transaction (nothing acknowledged is lost by `kill -9`), and
 * where requests are handed on, only after that.
 */
import { hash } from 'node:crypto'
import type { Inbox } from '../push/inbox.ts'
import { settled } from '../push/requests.ts'
import type { Partial } from './answer.ts'
import type { Forward } from './forward.ts'
import { type Encoding, type ReadBy, type ReadRequest, readRequest } from './read-request.ts'
import { MalformedTelemetry, type Signal } from './telemetry.ts'

export type ExportOutcome =
  | { accepted: Partial }
  /** The sender must not come again with this. */
  | { malformed: string }
  /** The sender should come again with this. */
  | { later: string }

export interface ExportOptions {
  /** Collector's clock, ms. */
  now(): number
  /** Where everything is handed on to as well. */
  forward: Forward | undefined
  by: ReadBy
}

export class ExportService {
  readonly #inbox: Inbox
  readonly #now: () => number
  readonly #forward: Forward | undefined
  readonly #by: ReadBy

  constructor(inbox: Inbox, { now, forward, by }: ExportOptions) {
    this.#inbox = inbox
    this.#now = now
    this.#forward = forward
    this.#by = by
  }

  get full(): boolean {
    return this.#inbox.full
  }

  async accept(body: Uint8Array, encoding: Encoding, signal: Signal): Promise<ExportOutcome> {
    const received_collector_ms = this.#now()
    let read: ReadRequest
    try {
      read = await readRequest(body, encoding, signal, this.#by)
    } catch (error) {
      if (error instanceof MalformedTelemetry) return { malformed: error.message }
      throw error
    }
    const accepted = { rejected: read.rejected, reason: read.reason }
    const [later, notForwarded] = await Promise.all([
      this.#settled(body, read, received_collector_ms),
      this.#forward?.send(body, encoding, signal) ?? null,
    ])
    const reason = later ?? notForwarded
    return reason === null ? { accepted } : { later: reason }
  }

  async #settled(body: Uint8Array, { parts, weight }: ReadRequest, received_collector_ms: number) {
    if (parts.length === 0) return null
    return settled(this.#inbox, { digest: hash('sha256', body), parts, received_collector_ms }, weight)
  }
}
