/**
 * An alert: a finding that a rule says must leave the machine, with its life from pending to resolved; and a silence.
 * Invariant: an alert is known by rule and labels; a second start of the same is a new alert with a new id.
 */
import type { Severity } from './finding.ts'

export const ALERT_STATES = ['pending', 'firing', 'resolved'] as const
export type AlertState = (typeof ALERT_STATES)[number]

export interface Alert {
  id: string
  rule: string
  severity: Severity
  /** `host`, `service`, `client_id`, `issuer`, `cause` … and those of the rule. */
  labels: Readonly<Record<string, string>>
  state: AlertState
  /** When the condition first held, ms, the clock of the evaluation (collector's live, writer's in a backtest). */
  started_ms: number
  /** When it began to fire; null while pending. */
  fired_ms: number | null
  resolved_ms: number | null
  /** Largest value while it held, in the unit of the rule's metric. */
  peak: number
  /** What, where, since, how much, expected; one sentence. */
  summary: string
  why: readonly string[]
  fix: readonly string[]
  /** Command that lists the incidents behind it. */
  command: string
  /** When a person took note of it; null: nobody yet. */
  acknowledged_ms: number | null
}

/** Label of an issuer that no record names. */
export const UNNAMED_ISSUER = 'the issuer'

export interface Silence {
  id: string
  /** Labels that must be equal; `rule` names the rule. */
  matchers: Readonly<Record<string, string>>
  /** [from_ms, to_ms), epoch ms. */
  from_ms: number
  to_ms: number
  comment: string
}
