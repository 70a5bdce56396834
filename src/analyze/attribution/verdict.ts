/** What a rule decides; rules give null where they have nothing to say. */
import type { Cause, Subcause } from '../../core/cause.ts'
import type { Confidence } from '../../core/confidence.ts'
import type { Told } from '../incident/tell.ts'
import type { Background } from './background.ts'

export interface Verdict {
  cause: Cause
  subcause: Subcause
  confidence: Confidence
  /** Reasons in plain sentences with their numbers, most telling first. */
  why: string[]
}

export type Rule = (told: Told, background: Background) => Verdict | null

/** As reported, with reasons. */
export function asSaid(told: Told, why: string[], confidence = told.reported_confidence ?? told.confidence): Verdict {
  return { cause: told.reported_cause, subcause: told.reported_subcause, confidence, why }
}
