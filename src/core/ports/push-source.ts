/**
 * The port for what is pushed at us (OTLP, webhooks, syslog): records in, a durable acknowledgement out.
 * The other half of source.ts: a sender holds what it sent until we answer, so there is no position to read again from.
 * Contract: a delivery is settled exactly once; `committed` only after the transaction that holds its records; a source
 * hands out a bounded amount and makes its senders wait or come back.
 * Idempotence: senders repeat what they got no answer for. A delivery is known again by `digest` (kept by the store for the
 * last {@link DELIVERIES_KEPT}), a record by `identity`, which stands where a file's record has its offset.
 */
import type { Exchange } from '../exchange.ts'
import type { Envelope } from '../log-record.ts'
import type { SourceNotice, StreamInfo } from './source.ts'

export interface PushedRecord {
  /** As a line of a log would read: JSON of one of the formats, or plain text. Not yet redacted. */
  text: string
  envelope?: Envelope
  /**
   * Integer in [0, 2^53): equal for the same record however it travelled, different for any other (53 bits of SHA-256).
   * Stored as the observation's offset, so a failure that is told twice is one observation.
   */
  identity: number
  /** Characters at the start of `text` that no signature can match in, so that looking begins behind them; 0 where absent. */
  telling_from?: number
  /** Cut at a limit; the rest is dropped. */
  cut?: boolean
}

/** What was sent under one name. */
export interface PushedPart {
  info: StreamInfo
  records: readonly PushedRecord[]
  /** Further records, in which no signature can match: of them only their number is kept; 0 where absent. */
  passed?: number
  /** What client and server spans say about the clocks of two hosts, whether or not they are among the records. */
  exchanges?: readonly Exchange[]
}

export interface Delivery {
  /** SHA-256 of what was sent, hex; null where equal content may well be two deliveries (a syslog line). */
  digest: string | null
  /** Records by the stream they are counted under. */
  parts: readonly PushedPart[]
  /** Collector's clock when it had arrived whole, ms. */
  received_collector_ms: number
  /** The records are durable, now or since an earlier delivery with the same digest. */
  committed(): void
  /** They will not be; the sender should come again. */
  refused(reason: Error): void
}

export interface PushSource {
  /** Ends when the signal aborts or the source is closed. */
  deliveries(signal: AbortSignal): AsyncIterable<Delivery>
  /** Asks for these from here on; connections that are open stay. Only what was given at the beginning may change, not vanish. */
  renew(secrets: PushSecrets): Promise<void>
  /** Stops listening; answers what still waits with a retryable refusal. */
  close(): Promise<void>
}

export interface PushSecrets {
  /** Bearer token that senders must present. */
  token?: string
  /** PEM. */
  tls?: { cert: string; key: string }
}

export interface PushSourceOptions {
  notice(notice: SourceNotice): void
  /** Collector's clock, ms. */
  now(): number
}

/**
 * Digests the store remembers; count. Exporters give up after five minutes (the Collector's `max_elapsed_time`), so this
 * covers a hundred requests a second three times over; 32 bytes each.
 */
export const DELIVERIES_KEPT = 100_000
