/**
 * Messages that say "not within its valid time range" name neither side (AADSTS700024, AADSTS500133). Where the text states
 * both the validator's clock and the window, the numbers tell: before the window is a clock's fault, not an expiry.
 * Only instants that the message itself states count; what else is known of the clocks is attribution's business.
 */
import type { Cause, Subcause } from '../core/cause.ts'
import type { Evidence } from '../core/evidence.ts'

export interface StatedCause {
  cause: Cause | null
  subcause: Subcause | null
}

/** The cause a signature gives, corrected by the window its own captures state. */
export function withinStatedWindow(said: StatedCause, evidence: Evidence, captures: readonly string[]): StatedCause {
  const { validator_ms, nbf_ms } = evidence
  const stated =
    captures.some((name) => name.startsWith('validator__')) && captures.some((name) => name.startsWith('nbf__'))
  if (said.cause !== 'expiry' || !stated || validator_ms === undefined || nbf_ms === undefined) return said
  return validator_ms < nbf_ms ? { cause: 'skew', subcause: 'not_yet_valid' } : said
}
