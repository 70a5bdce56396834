/** What leaves the machine about an alert, and how a place it goes to answers. */
import type { Alert } from '../core/alert.ts'

export const NOTICE_REASONS = ['fired', 'changed', 'repeat', 'resolved', 'test'] as const
export type NoticeReason = (typeof NOTICE_REASONS)[number]

export interface Notice {
  reason: NoticeReason
  alert: Alert
  /** The same for every attempt at the same notice: receivers that can, dedupe by it. */
  dedupe: string
  /** When it was decided to send it, ms, collector's clock. */
  at_ms: number
}

/** `retry`: worth trying again (429, 5xx, no connection, too slow); `after_ms`: not before that, as the receiver asked. */
export type SendResult = { ok: true } | { ok: false; retry: boolean; error: string; after_ms?: number }

export interface Sink {
  /** Never throws for what a receiver does. */
  send(notice: Notice, signal: AbortSignal): Promise<SendResult>
}
