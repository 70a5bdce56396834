/** One incident in one plain line, for pipes; leaves cleaning (printable.ts) to whoever prints it. */
import type { Incident } from '../../src/core/incident.ts'
import { formatInstant } from '../format-time.ts'
import { NOT_STATED, verdictTitle } from '../wording.ts'

/**
 * `2026-11-16 09:14:03 UTC  reports-1  batch-3  Clock skew: fresh token taken for expired  (the clock is 312 s ahead)`.
 * Two blanks part the fields, so that `awk -F '  '` finds them; what the records did not state says so.
 */
export function incidentLine(incident: Incident, zone: string): string {
  const { host, service, client_id, cause, subcause, confidence, why, observations } = incident
  const where = [host ?? NOT_STATED, ...(service === undefined || service === host ? [] : [service])].join(' ')
  const verdict = verdictTitle(cause, subcause) + (confidence === 'certain' ? '' : ` (${confidence})`)
  const fields = [formatInstant(incident.time_ms, zone), where, client_id ?? NOT_STATED, verdict]
  const [reason] = why
  if (reason !== undefined) fields.push(reason)
  if (observations > 1) fields.push(`[${observations} records]`)
  return fields.join('  ')
}
