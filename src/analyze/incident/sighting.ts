/** One failure event with the name of the place it came from: what joining works on. */
import type { AuthEvent } from '../../core/auth-event.ts'
import type { Cause, Subcause } from '../../core/cause.ts'
import type { Observation } from '../../core/incident.ts'
import type { RecordPosition } from '../../core/log-record.ts'

export interface Sighting {
  event: AuthEvent & { cause: Cause; subcause: Subcause; position: RecordPosition }
  /** Path or source name as last seen. */
  source: string
  /** The event's own time, or the collector's where the record has none; ms. */
  time_ms: number
}

/**
 * A signature this unspecific states *that* a request failed and not why: a status line, a generic "unauthorized".
 * Such a record looks for the one that gives the reason.
 */
export const BARE_SPECIFICITY = 20

export function isBare(specificity: number): boolean {
  return specificity <= BARE_SPECIFICITY
}

export function observationOf({ event, source, time_ms }: Sighting): Observation {
  const observation: Observation = {
    time_ms,
    source,
    stream: event.position.stream,
    offset: event.position.offset,
    system: event.system,
    signature: event.signature,
    specificity: event.specificity,
    reported_cause: event.cause,
    reported_subcause: event.subcause,
    message: event.message,
    format: event.format,
  }
  if (event.host !== undefined) observation.host = event.host
  if (event.service !== undefined) observation.service = event.service
  return observation
}
