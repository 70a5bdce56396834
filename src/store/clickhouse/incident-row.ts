/**
 * An incident as a row of the table `incident` and back; the only place that knows its columns. Texts are cleaned and cut on the
 * way in, so that what is read back is what was stored.
 */
import { MESSAGE_LIMIT } from '../../core/auth-event.ts'
import type { Cause, Subcause } from '../../core/cause.ts'
import type { ClockProof } from '../../core/clock-proof.ts'
import type { Confidence } from '../../core/confidence.ts'
import type { Evidence } from '../../core/evidence.ts'
import { type Incident, type Observation, OTHER_IDS_LIMIT } from '../../core/incident.ts'
import type { Kind } from '../../core/kind.ts'
import type { IncidentChange, Neighbour } from '../../core/ports/store.ts'
import { cleanText, FACT_LIMIT, KEY_LIMIT, NAME_LIMIT, PATH_LIMIT, WHY_LENGTH_LIMIT, WHY_LIMIT } from '../clean-text.ts'
import { instant } from '../time-grain.ts'
import type { Row } from './server.ts'

/** An incident as it is stored, with what only the store looks at. */
export interface StoredIncident {
  version: number
  incident: Incident
  /** Values of {@link DIMENSIONS} it is counted under. */
  counted: readonly string[]
  spoken: readonly Observation[]
}

export type GivenIncident = IncidentChange['incident']

export const DIMENSIONS = ['host', 'service', 'client_id', 'issuer', 'system'] as const

/** More records than this say nothing new of one request; count. */
export const SPOKEN_LIMIT = 200

const NUMBERS = ['exp_ms', 'nbf_ms', 'iat_ms', 'validator_ms', 'delta_ms', 'leeway_ms'] as const
const FACTS = ['kid', 'alg', 'expected', 'got'] as const
/** Texts that are left out when nothing was said, with their limits; characters. */
const TEXTS = {
  host: NAME_LIMIT,
  service: NAME_LIMIT,
  client_id: NAME_LIMIT,
  issuer: NAME_LIMIT,
  audience: FACT_LIMIT,
  subject: KEY_LIMIT,
  token: KEY_LIMIT,
  token_id: KEY_LIMIT,
  session: KEY_LIMIT,
  request_id: KEY_LIMIT,
  trace_id: KEY_LIMIT,
  http_method: NAME_LIMIT,
  http_path: PATH_LIMIT,
  client_address: NAME_LIMIT,
} as const
type Text = keyof typeof TEXTS

const COLUMNS = [
  'id',
  'time_ms',
  'version',
  'kind',
  'cause',
  'subcause',
  'confidence',
  'reported_cause',
  'reported_subcause',
  'reported_confidence',
  'system',
  'signature',
  'specificity',
  'symptom',
  'message',
  'why',
  'observations',
  'other_request_ids',
  'http_status',
  'received_collector_ms',
  'recovered_ms',
  'clock_proof',
  'clock_mover',
  'clock_proof_offset_ms',
  'counted',
  ...(Object.keys(TEXTS) as Text[]),
  ...NUMBERS,
  ...FACTS,
] as const

const SPOKEN = [
  'time_ms',
  'source',
  'stream',
  'offset',
  'line',
  'host',
  'service',
  'system',
  'signature',
  'specificity',
  'reported_cause',
  'reported_subcause',
  'message',
  'format',
] as const

/** Columns in the order in which {@link incidentOf} reads them. */
export const INCIDENT_COLUMNS = COLUMNS.join(', ')

/** …and {@link fromRow}: with the records that speak of it, which are half of what is read. */
export const STORED_COLUMNS = [...COLUMNS, ...SPOKEN.map((name) => `spoken_${name}`)].join(', ')

const PLACE = new Map<string, number>(
  [...COLUMNS, ...SPOKEN.map((name) => `spoken_${name}`)].map((name, i) => [name, i]),
)

/** What is given of an incident, cleaned as it is stored. */
export function cleanIncident(id: number, given: GivenIncident, now_ms: number): Incident {
  const incident: Incident = {
    id: String(id),
    kind: given.kind,
    time_ms: instant(given.time_ms, now_ms),
    system: cleanText(given.system, NAME_LIMIT),
    signature: cleanText(given.signature, NAME_LIMIT),
    specificity: Math.trunc(given.specificity),
    symptom: cleanText(given.symptom, NAME_LIMIT),
    message: cleanText(given.message, MESSAGE_LIMIT),
    reported_cause: given.reported_cause,
    reported_subcause: given.reported_subcause,
    cause: given.cause,
    subcause: given.subcause,
    confidence: given.confidence,
    why: given.why.slice(0, WHY_LIMIT).map((reason) => cleanText(reason, WHY_LENGTH_LIMIT)),
    evidence: cleanEvidence(given.evidence),
    observations: 0,
  }
  for (const field of Object.keys(TEXTS) as Text[]) {
    const text = cleanText(given[field] ?? '', TEXTS[field])
    if (text !== '') incident[field] = text
  }
  if (given.other_request_ids !== undefined && given.other_request_ids.length > 0)
    incident.other_request_ids = given.other_request_ids
      .slice(0, OTHER_IDS_LIMIT)
      .map((one) => cleanText(one, KEY_LIMIT))
  if (given.reported_confidence !== undefined) incident.reported_confidence = given.reported_confidence
  const numbers = {
    http_status: given.http_status,
    received_collector_ms: given.received_collector_ms,
    recovered_ms: given.recovered_ms,
  }
  for (const [name, value] of Object.entries(numbers)) {
    const number = whole(value)
    if (number !== null) incident[name as keyof typeof numbers] = number
  }
  if (given.clock_proof !== undefined && Number.isFinite(given.clock_proof.offset_ms))
    incident.clock_proof = { ...given.clock_proof, offset_ms: Math.round(given.clock_proof.offset_ms) }
  return incident
}

export function cleanObservation(given: Observation, otherwise_ms: number): Observation {
  const observation: Observation = {
    time_ms: instant(given.time_ms, otherwise_ms),
    source: cleanText(given.source, PATH_LIMIT),
    stream: cleanText(given.stream, NAME_LIMIT),
    offset: whole(given.offset) ?? 0,
    system: cleanText(given.system, NAME_LIMIT),
    signature: cleanText(given.signature, NAME_LIMIT),
    specificity: Math.trunc(given.specificity),
    reported_cause: given.reported_cause,
    reported_subcause: given.reported_subcause,
    message: cleanText(given.message, MESSAGE_LIMIT),
    format: cleanText(given.format, NAME_LIMIT),
  }
  const host = cleanText(given.host ?? '', NAME_LIMIT)
  const service = cleanText(given.service ?? '', NAME_LIMIT)
  if (host !== '') observation.host = host
  if (service !== '') observation.service = service
  const line = whole(given.line)
  if (line !== null) observation.line = line
  return observation
}

/** The row as the JSON that is inserted. */
export function toRow({ version, incident, counted, spoken }: StoredIncident, collector: number): string {
  const row: Record<string, unknown> = {
    ...incident,
    id: Number(incident.id),
    version,
    collector,
    reported_confidence: incident.reported_confidence ?? '',
    clock_proof: incident.clock_proof?.kind ?? '',
    clock_mover: incident.clock_proof?.mover ?? '',
    clock_proof_offset_ms: incident.clock_proof?.offset_ms ?? null,
    counted: DIMENSIONS.every((dimension, i) => (incident[dimension] ?? '') === counted[i]) ? [] : counted,
    ...incident.evidence,
  }
  delete row.evidence
  for (const name of SPOKEN) row[`spoken_${name}`] = spoken.map((one) => one[name] ?? (name === 'line' ? -1 : ''))
  return JSON.stringify(row)
}

/** The row that takes an incident away from the instant where it was. */
export function toTombstone({ version, incident }: StoredIncident, collector: number): string {
  return JSON.stringify({
    id: Number(incident.id),
    time_ms: incident.time_ms,
    version: version + 1,
    deleted: 1,
    collector,
  })
}

const columnsOf =
  (row: Row) =>
  <T>(name: string) =>
    row[PLACE.get(name)!] as T

/** Of a row of {@link INCIDENT_COLUMNS}. */
export function incidentOf(row: Row): Incident {
  const at = columnsOf(row)
  const evidence: Evidence = {}
  for (const name of NUMBERS) {
    const value = at<number | null>(name)
    if (value !== null) evidence[name] = value
  }
  for (const name of FACTS) {
    const value = at<string>(name)
    if (value !== '') evidence[name] = value
  }
  const incident: Incident = {
    id: String(at<number>('id')),
    kind: at<Kind>('kind'),
    time_ms: at('time_ms'),
    system: at('system'),
    signature: at('signature'),
    specificity: at('specificity'),
    symptom: at('symptom'),
    message: at('message'),
    reported_cause: at<Cause>('reported_cause'),
    reported_subcause: at<Subcause>('reported_subcause'),
    cause: at<Cause>('cause'),
    subcause: at<Subcause>('subcause'),
    confidence: at<Confidence>('confidence'),
    why: at('why'),
    evidence,
    observations: at('observations'),
  }
  for (const field of Object.keys(TEXTS) as Text[]) {
    const text = at<string>(field)
    if (text !== '') incident[field] = text
  }
  for (const field of ['http_status', 'received_collector_ms', 'recovered_ms'] as const) {
    const value = at<number | null>(field)
    if (value !== null) incident[field] = value
  }
  const other = at<string[]>('other_request_ids')
  if (other.length > 0) incident.other_request_ids = other
  const sure = at<Confidence | ''>('reported_confidence')
  if (sure !== '') incident.reported_confidence = sure
  const kind = at<ClockProof['kind'] | ''>('clock_proof')
  if (kind !== '') incident.clock_proof = { kind, offset_ms: at('clock_proof_offset_ms'), mover: at('clock_mover') }
  return incident
}

/** Of a row of {@link STORED_COLUMNS}. */
export function fromRow(row: Row): StoredIncident {
  const at = columnsOf(row)
  const incident = incidentOf(row)
  const counted = at<string[]>('counted')
  return {
    version: at('version'),
    incident,
    counted: counted.length > 0 ? counted : DIMENSIONS.map((dimension) => incident[dimension] ?? ''),
    spoken: spokenOf(at),
  }
}

export function toNeighbour({ incident, spoken }: StoredIncident): Neighbour {
  return {
    incident,
    spoken: spoken.map(({ stream, signature, offset, host, time_ms, specificity }) => ({
      stream,
      signature,
      offset,
      ...(host === undefined ? {} : { host }),
      time_ms,
      specificity,
    })),
  }
}

function spokenOf(at: <T>(name: string) => T): Observation[] {
  const lists = SPOKEN.map((name) => at<(string | number)[]>(`spoken_${name}`))
  return lists[0]!.map((_, i) => {
    const one: Record<string, string | number> = {}
    for (const [place, name] of SPOKEN.entries()) {
      const value = lists[place]![i]!
      const unsaid = (name === 'host' || name === 'service') && value === ''
      if (!unsaid && !(name === 'line' && value === -1)) one[name] = value
    }
    return one as unknown as Observation
  })
}

function cleanEvidence(given: Evidence): Evidence {
  const evidence: Evidence = {}
  for (const name of NUMBERS) {
    const value = whole(given[name])
    if (value !== null) evidence[name] = value
  }
  for (const name of FACTS) {
    const text = cleanText(given[name] ?? '', FACT_LIMIT)
    if (text !== '') evidence[name] = text
  }
  return evidence
}

/** Null for what is absent or no whole number that ClickHouse and a double both hold. */
export function whole(value: number | undefined | null): number | null {
  if (value === undefined || value === null || !(Math.abs(value) <= Number.MAX_SAFE_INTEGER)) return null
  return Math.round(value)
}
