/**
 * The part of the store port that alerting needs. The collector writes alerts, the state of rules and the outbox; silences and
 * acknowledgements belong to people and are written through a {@link StoreDesk}, also while a collector runs.
 * Invariant: an alert and the notices about it are committed together, so that a crash loses none and invents none.
 */
import type { Alert, Silence } from '../alert.ts'
import type { Cause, Subcause } from '../cause.ts'
import type { ClockProof } from '../clock-proof.ts'
import type { Confidence } from '../confidence.ts'
import type { TimeRange } from '../filter.ts'
import type { WatchStep } from '../watch-step.ts'

/** A notice on its way to a sink. */
export interface Delivery {
  /** Given by the store, ascending. */
  id: number
  sink: string
  /** The same notice for the same sink is taken once. */
  dedupe: string
  /** What the sink is to send; JSON. */
  body: string
  created_ms: number
  attempts: number
  /** Not before this; collector's clock, ms. */
  next_ms: number
  error: string | null
}

export type NewDelivery = Pick<Delivery, 'sink' | 'dedupe' | 'body' | 'created_ms'>

export interface AlertChanges {
  /** New or changed; known by id, the whole alert is replaced. */
  alerts: readonly Alert[]
  /** State of rules and witnesses by name; opaque, replaced as a whole. */
  state: Readonly<Record<string, string>>
  deliveries: readonly NewDelivery[]
  /** Steps that are over; the same step again replaces the earlier one. */
  watched?: readonly WatchStep[]
}

/** How a delivery ended: `done` (taken, or never will be) or to be tried again. */
export type DeliveryEnd = { id: number; done: true } | { id: number; done: false; next_ms: number; error: string }

export interface AlertWriter {
  /** One transaction. A delivery whose sink and dedupe key were ever taken is left out. */
  saveAlerts(changes: AlertChanges): Promise<void>
  alertState(name: string): Promise<string | null>
  /** Deliveries due at `now_ms`, oldest first; none of a sink while an older one of it waits for its retry. */
  due(now_ms: number, limit: number): Promise<Delivery[]>
  settle(ends: readonly DeliveryEnd[]): Promise<void>
}

/** A failure as rules need it, without words. */
export interface FailureRow {
  id: number
  time_ms: number
  received_collector_ms: number | null
  cause: Cause
  subcause: Subcause
  confidence: Confidence
  host?: string
  service?: string
  client_id?: string
  issuer?: string
  token?: string
  proof: ClockProof | null
}

/** Auth steps of all hosts within [start_ms, start_ms + step), writer's clock. */
export interface ActivityPoint {
  start_ms: number
  successes: number
  failures: number
}

export interface AlertReader {
  /** Alerts that were alive in the range, newest start first. */
  alerts(range: TimeRange, limit: number): Promise<Alert[]>
  /** Silences that have not ended at `now_ms`, by start. */
  silences(now_ms: number): Promise<Silence[]>
  /** In order of time and id; `after`: only those behind it (paging). */
  failureRows(range: TimeRange, after: { time_ms: number; id: number } | null, limit: number): Promise<FailureRow[]>
  /** Failures stored after the one with this id, in order of id. */
  failureRowsSince(id: number, limit: number): Promise<FailureRow[]>
  /** Greatest id of any failure ever stored; 0 where there is none. */
  lastFailureId(): Promise<number>
  /** In order of time; `step_ms` is a multiple of 60 000. */
  activity(range: TimeRange, step_ms: number): Promise<ActivityPoint[]>
  /** Steps that began in the range, in order of time; kept as long as incidents. */
  watchSteps(range: TimeRange): Promise<WatchStep[]>
  /** How many deliveries wait, per sink, and the oldest. */
  waiting(): Promise<{ sink: string; count: number; oldest_ms: number; error: string | null }[]>
}

/**
 * What people change, in short writes of their own tables that touch nothing the collector holds in memory; hence allowed
 * beside a running collector.
 */
export interface StoreDesk {
  silence(silence: Silence): Promise<void>
  /** Ends a silence now; false where there is none of that id. */
  unsilence(id: string, now_ms: number): Promise<boolean>
  /** False where there is no such alert. */
  acknowledge(alert_id: string, now_ms: number): Promise<boolean>
  /** Process id of the collector that writes now and reads its configuration again when asked (SIGHUP); null: there is none. */
  collector(): Promise<number | null>
  close(): Promise<void>
}

/** Name of the state in which such a collector leaves its process id. */
export const COLLECTOR_STATE = 'collector'
