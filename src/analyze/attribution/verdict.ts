/** What a rule decides, and the verdict that stands where no rule knows better. */
import type { Cause, Subcause } from '../../core/cause.ts'
import type { Confidence } from '../../core/confidence.ts'
import type { Told } from '../incident/tell.ts'

export interface Verdict {
  cause: Cause
  subcause: Subcause
  confidence: Confidence
  /** Reasons in plain sentences with their numbers, most telling first. */
  why: string[]
}

/** As reported, with reasons. */
export function asSaid(told: Told, why: string[], confidence = told.reported_confidence ?? told.confidence): Verdict {
  return { cause: told.reported_cause, subcause: told.reported_subcause, confidence, why }
}
