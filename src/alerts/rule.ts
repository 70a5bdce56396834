/**
 * What a rule is: it takes facts and ticks and raises signals; the engine turns signals into alerts. A rule knows nothing of
 * stores, sinks or the clock on the wall. Invariant: the same facts and ticks give the same signals, whether live, in a
 * backtest or after `restore(save())`; state is bounded, and O(1) per series.
 */
import type { Severity } from '../core/finding.ts'
import type { Fact, TrafficLabel } from './fact.ts'

/** A condition of one series of a rule, holding or not. */
export interface Signal {
  rule: string
  severity: Severity
  /** Identity together with the rule. */
  labels: Readonly<Record<string, string>>
  holds: boolean
  /** When what it speaks of began, engine's time line, ms. */
  since_ms: number
  value: number
  summary: string
  why: readonly string[]
  fix: readonly string[]
  command: string
  /** How long it has to hold before the alert fires, and how long the alert outlives it; ms. */
  for_ms: number
  keep_ms: number
  /** Something a person would want to hear of again (another host joined). */
  news: boolean
}

export type Raise = (signal: Signal) => void

export interface Rule {
  readonly name: string
  /** It fires for what does not come: no minute may be left out. */
  readonly restless?: boolean
  /** It wants traffic also told apart by this. */
  readonly traffic?: TrafficLabel
  /** What its state depends on: a state saved under another one is not taken. Left out: settings only move thresholds. */
  readonly basis?: string
  take(fact: Fact, raise: Raise): void
  /** Every minute of the time line, on the minute. */
  tick(now_ms: number, raise: Raise): void
  save(): unknown
  restore(saved: unknown): void
}

/** Distance of ticks, ms. */
export const TICK_MS = 60_000
