/** The public JSON of one incident (DESIGN section 8, `failures --json`). Absent facts are left out. */
import type { Incident } from '../core/incident.ts'

const FIELDS = [
  'time_ms',
  'host',
  'service',
  'client_id',
  'issuer',
  'audience',
  'reported_cause',
  'cause',
  'subcause',
  'confidence',
  'why',
  'observations',
  'request_id',
  'trace_id',
  'token',
  'subject',
  'system',
  'signature',
  'kind',
  'http_method',
  'http_path',
  'http_status',
  'message',
  'evidence',
  'recovered_ms',
] as const

export function incidentJson(incident: Incident): Record<string, unknown> {
  const json: Record<string, unknown> = { id: incident.id }
  for (const field of FIELDS) if (incident[field] !== undefined) json[field] = incident[field]
  return json
}
