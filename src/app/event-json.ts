/** The public JSON of one classified record (DESIGN section 8): field names are a promise, absent facts are left out. */
import type { AuthEvent } from '../core/auth-event.ts'

export interface ClassifiedJson {
  id?: string
  recognised: boolean
  [field: string]: unknown
}

export function eventJson(
  event: AuthEvent | null,
  format: string,
  time_ms: number | undefined,
  id?: string,
): ClassifiedJson {
  const head = id === undefined ? {} : { id }
  if (event === null)
    return {
      ...head,
      recognised: false,
      kind: null,
      outcome: null,
      cause: null,
      subcause: null,
      format,
      ...(time_ms === undefined ? {} : { time_ms }),
    }
  const json: ClassifiedJson = {
    ...head,
    recognised: true,
    kind: event.kind,
    outcome: event.outcome,
    cause: event.cause,
    subcause: event.subcause,
    confidence: event.confidence,
    system: event.system,
    signature: event.signature,
    format: event.format,
  }
  for (const field of FIELDS) if (event[field] !== undefined) json[field] = event[field]
  if (Object.keys(event.evidence).length > 0) json.evidence = event.evidence
  json.message = event.message
  return json
}

const FIELDS = [
  'time_ms',
  'service',
  'host',
  'issuer',
  'audience',
  'client_id',
  'subject',
  'token',
  'request_id',
  'trace_id',
] as const
