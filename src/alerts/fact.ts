/**
 * What rules are fed with, in the order of the engine's time line: failed requests, counts of traffic, readings of clocks and
 * of sources. `at_ms` is the collector's clock where the record was received live, else the writer's: the same for a record
 * whether it is met live or in a backtest. Facts are what the store keeps, so that nothing else can decide.
 */
import type { Cause, Subcause } from '../core/cause.ts'
import type { ClockProof } from '../core/clock-proof.ts'
import type { Confidence } from '../core/confidence.ts'
import type { WatchStep } from '../core/watch-step.ts'

export interface FailureFact {
  fact: 'failure'
  at_ms: number
  /** A verdict that replaces an earlier one of the same request. */
  revised: boolean
  cause: Cause
  subcause: Subcause
  confidence: Confidence
  host?: string
  service?: string
  client_id?: string
  issuer?: string
  /** Fingerprint; absent: every such request counts as a token of its own. */
  token?: string
  proof: ClockProof | null
}

/** What traffic may be told apart by. */
export const TRAFFIC_LABELS = ['host', 'service', 'client_id', 'issuer'] as const
export type TrafficLabel = (typeof TRAFFIC_LABELS)[number]

/** Auth steps within the {@link ACTIVITY_STEP_MS} that ended {@link ACTIVITY_DELAY_MS} before `at_ms`, writer's clock. */
export interface ActivityFact {
  fact: 'activity'
  at_ms: number
  /** Whose steps; left out: all there were. An empty value: the records did not say. */
  of?: { label: TrafficLabel; value: string }
  successes: number
  failures: number
}

/** One host's clock as it was known at one time. */
export interface ClockFact {
  fact: 'clock'
  at_ms: number
  host: string
  reference: string
  offset_s: number | null
  low_s: number | null
  high_s: number | null
  drift_ppm: number | null
}

/** A step of watching, told at its end. */
export interface WatchFact extends Omit<WatchStep, 'start_ms'> {
  fact: 'watch'
  at_ms: number
}

export type Fact = FailureFact | ActivityFact | ClockFact | WatchFact

/** Grain of traffic counts, ms: the shortest window of any rule, and what a month of 200 hosts can be read in. */
export const ACTIVITY_STEP_MS = 5 * 60_000
/** Counts are read this long after their time, ms: records arrive late, live as in a backtest. */
export const ACTIVITY_DELAY_MS = 60_000
