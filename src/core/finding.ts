/**
 * A finding: something worth telling a person ("reports-1 is 312 s ahead since 09:14"), with who is affected, why we think
 * so and what to do. Advice is a finding's arithmetic: what one change would have avoided.
 * Invariant: every number in a title or a reason was computed from the incidents and clocks of the period it names.
 */
import type { Cause, Subcause } from './cause.ts'
import type { RemedyLink } from './remedy/remedy.ts'

export const FINDING_KINDS = [
  'clock_off',
  'clock_drifting',
  'time_zone',
  'time_unit',
  'stale_jwks',
  'key_rotated',
  'audience_changed',
  'issuer_changed',
  'client_misconfigured',
  'client_credentials',
  'client_never_refreshes',
  'refresh_reuse',
  'revoked_still_calling',
  'outage',
  'tampering',
  'insufficient_scope',
  'cause_rise',
  'unrecognised',
] as const
export type FindingKind = (typeof FINDING_KINDS)[number]

/** `critical`: requests fail now and somebody must act; `warning`: it will or did; `info`: good to know. */
export const SEVERITIES = ['critical', 'warning', 'info'] as const
export type Severity = (typeof SEVERITIES)[number]

export interface Finding {
  kind: FindingKind
  severity: Severity
  /** Null where it is not about failures (a clock that is off and harms nobody yet). */
  cause: Cause | null
  subcause: Subcause | null
  host?: string
  service?: string
  client_id?: string
  issuer?: string
  /** First and last instant it shows, writer's clock, ms. */
  from_ms: number
  to_ms: number
  /** How many failed requests it explains. */
  incidents: number
  /** One sentence, no trailing period. */
  title: string
  /** Reasons in plain sentences with their numbers, most telling first. */
  why: readonly string[]
  /** What to do, in order; exact setting names of the emitter where they are known. */
  fix: readonly string[]
  links: readonly RemedyLink[]
}

export const ADVICE_KINDS = [
  'repair_clock',
  'leeway',
  'refresh_earlier',
  'token_lifetime',
  'jwks_cache',
  'client_setup',
  'rotate_secret',
] as const
export type AdviceKind = (typeof ADVICE_KINDS)[number]

/** One change and what it would have avoided in the period. */
export interface Advice {
  kind: AdviceKind
  host?: string
  service?: string
  client_id?: string
  issuer?: string
  /** Failed requests of the period that would not have failed. */
  avoided: number
  /** Failed requests of the period that the change is about; `avoided` ≤ `of`. */
  of: number
  /** "a leeway of 5 s on orders-2 would have accepted 1,204 of 1,310 skew failures" */
  title: string
  why: readonly string[]
  fix: readonly string[]
}
