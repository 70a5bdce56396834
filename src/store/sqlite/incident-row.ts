/**
 * An incident as a row of numbers and back. The only place that knows what is packed where.
 * Leaves series and rollups to the writer: `series` is decided by series-book.ts before.
 */

import { MESSAGE_LIMIT } from '../../core/auth-event.ts'
import type { Confidence } from '../../core/confidence.ts'
import type { Evidence } from '../../core/evidence.ts'
import { type Incident, OTHER_IDS_LIMIT } from '../../core/incident.ts'
import type { IncidentChange } from '../../core/ports/store.ts'
import { cleanText, FACT_LIMIT, KEY_LIMIT, NAME_LIMIT, PATH_LIMIT, WHY_LENGTH_LIMIT, WHY_LIMIT } from '../clean-text.ts'
import { DAY_MS } from '../time-grain.ts'
import { decodeKey, encodeKey, type KeyCode } from './key-code.ts'
import { DIMENSIONS, FIRST_DIMENSION, type Lexicon } from './lexicon.ts'
import { decodeNumbers, encodeNumbers, type IncidentNumbers } from './number-code.ts'
import { joinVars, toPhrase, VarReader } from './phrase.ts'
import { decodeProof, encodeProof } from './proof-code.ts'
import type { DimensionValues, Placement } from './series-book.ts'

export const INCIDENT_COLUMNS = [
  'id',
  'time_ms',
  'series',
  'voice',
  'confidence',
  'observations',
  'text',
  'request',
  'vars',
  'http_status',
  'numbers',
  'request_id',
  'trace_id',
  'token',
  'subject',
  'overflow',
  'token_id',
  'session',
  'other_ids',
  'reported_confidence',
  'proof',
] as const

/** One value per column of {@link INCIDENT_COLUMNS}, as better-sqlite3's raw mode gives them. */
export type IncidentRow = [
  id: number,
  time_ms: number,
  series: number,
  voice: number,
  confidence: number,
  observations: number,
  text: number,
  request: number | null,
  vars: string | null,
  http_status: number | null,
  numbers: Buffer | null,
  request_id: KeyCode | null,
  trace_id: KeyCode | null,
  token: KeyCode | null,
  subject: KeyCode | null,
  overflow: string | null,
  token_id: KeyCode | null,
  session: KeyCode | null,
  other_ids: string | null,
  reported_confidence: number | null,
  proof: number | null,
]

/** What a new incident or a revision says; the store adds id and number of observations. */
export type GivenIncident = IncidentChange['incident']

/** Stored numbers; never renumbered. */
const CONFIDENCE_CODES: Readonly<Record<Confidence, number>> = { certain: 0, likely: 1, possible: 2 }
export const CONFIDENCE_WORDS: readonly Confidence[] = ['certain', 'likely', 'possible']

/** Parts of the `text` phrase; the reasons follow, one part each. */
const TEXT_PART = { message: 0, kid: 1, alg: 2, expected: 3, got: 4, audience: 5, why: 6 } as const

/** Parts of the `request` phrase. */
const REQUEST_PART = { method: 0, path: 1, address: 2 } as const

export function dimensionsOf(of: {
  host?: string
  service?: string
  client_id?: string
  issuer?: string
  system: string
}): DimensionValues {
  return [of.host ?? '', of.service ?? '', of.client_id ?? '', of.issuer ?? '', of.system]
}

/** Packs an incident; adds its words to the dictionaries. */
export function packIncident(
  lexicon: Lexicon,
  id: number,
  given: GivenIncident,
  time_ms: number,
  observations: number,
  placement: Placement,
): IncidentRow {
  const day = Math.floor(time_ms / DAY_MS)
  const { evidence } = given
  const fact = (text: string | undefined) => (text === undefined ? '' : cleanText(text, FACT_LIMIT))
  const parts = [
    cleanText(given.message, MESSAGE_LIMIT),
    fact(evidence.kid),
    fact(evidence.alg),
    fact(evidence.expected),
    fact(evidence.got),
    fact(given.audience),
  ]
  for (let i = 0; i < given.why.length && i < WHY_LIMIT; i++) parts.push(cleanText(given.why[i]!, WHY_LENGTH_LIMIT))
  const text = toPhrase(parts)
  const method = cleanText(given.http_method ?? '', NAME_LIMIT)
  const path = cleanText(given.http_path ?? '', PATH_LIMIT)
  const address = cleanText(given.client_address ?? '', NAME_LIMIT)
  const request = method || path || address ? toPhrase([method, path, address]) : null
  const voice = lexicon.internVoice(
    {
      system: given.system,
      signature: given.signature,
      specificity: given.specificity,
      reported_cause: given.reported_cause,
      reported_subcause: given.reported_subcause,
      symptom: given.symptom,
      format: '',
    },
    day,
  )
  return [
    id,
    time_ms,
    placement.series,
    voice,
    CONFIDENCE_CODES[given.confidence],
    observations,
    lexicon.phrases.intern(text.template, day),
    request && lexicon.phrases.intern(request.template, day),
    joinVars(text.vars, request?.vars ?? null),
    given.http_status ?? null,
    encodeNumbers(numbersOf(given), time_ms),
    encodeKey(given.request_id),
    encodeKey(given.trace_id),
    encodeKey(given.token),
    encodeKey(given.subject),
    placement.capped && overflowOf(given, placement.capped),
    encodeKey(given.token_id),
    encodeKey(given.session),
    given.other_request_ids === undefined || given.other_request_ids.length === 0
      ? null
      : JSON.stringify(given.other_request_ids.slice(0, OTHER_IDS_LIMIT).map((id) => cleanText(id, KEY_LIMIT))),
    given.reported_confidence === undefined ? null : CONFIDENCE_CODES[given.reported_confidence],
    encodeProof(given.clock_proof),
  ]
}

export function unpackIncident(lexicon: Lexicon, row: IncidentRow): Incident {
  const [id, time_ms, seriesId, voiceId, confidence, observations, textId, requestId, vars] = row
  const series = lexicon.series.parts(seriesId)!
  const verdict = lexicon.verdict(series[0]!)
  const { format: _, ...voice } = lexicon.voice(voiceId)
  const words = new VarReader(vars)
  const text = words.fill(lexicon.phrases.text(textId))
  const { received_collector_ms, recovered_ms, ...evidenceNumbers } = decodeNumbers(row[10], time_ms)
  const incident: Incident = {
    id: String(id),
    kind: verdict.kind,
    time_ms,
    ...voice,
    message: text[TEXT_PART.message]!,
    cause: verdict.cause!,
    subcause: verdict.subcause!,
    confidence: CONFIDENCE_WORDS[confidence]!,
    why: text.slice(TEXT_PART.why),
    evidence: { ...evidenceNumbers, ...evidenceTexts(text) },
    observations,
  }
  if (row[19] !== null) incident.reported_confidence = CONFIDENCE_WORDS[row[19]]!
  if (received_collector_ms !== undefined) incident.received_collector_ms = received_collector_ms
  if (recovered_ms !== undefined) incident.recovered_ms = recovered_ms
  DIMENSIONS.forEach((dimension, place) => {
    const value = lexicon.names.text(series[place + FIRST_DIMENSION]!)
    if (value) incident[dimension] = value
  })
  if (row[15] !== null) Object.assign(incident, JSON.parse(row[15]))
  if (text[TEXT_PART.audience]) incident.audience = text[TEXT_PART.audience]!
  if (requestId !== null) {
    const request = words.fill(lexicon.phrases.text(requestId))
    if (request[REQUEST_PART.method]) incident.http_method = request[REQUEST_PART.method]!
    if (request[REQUEST_PART.path]) incident.http_path = request[REQUEST_PART.path]!
    if (request[REQUEST_PART.address]) incident.client_address = request[REQUEST_PART.address]!
  }
  if (row[9] !== null) incident.http_status = row[9]
  const [request_id, trace_id, token, subject, token_id, session] = [
    row[11],
    row[12],
    row[13],
    row[14],
    row[16],
    row[17],
  ].map(decodeKey)
  if (request_id !== undefined) incident.request_id = request_id
  if (trace_id !== undefined) incident.trace_id = trace_id
  if (token !== undefined) incident.token = token
  if (subject !== undefined) incident.subject = subject
  if (token_id !== undefined) incident.token_id = token_id
  if (session !== undefined) incident.session = session
  if (row[18] !== null) incident.other_request_ids = JSON.parse(row[18]) as string[]
  const proof = decodeProof(row[20])
  if (proof !== null) incident.clock_proof = proof
  return incident
}

function numbersOf({ evidence, received_collector_ms, recovered_ms }: GivenIncident): IncidentNumbers {
  const { exp_ms, nbf_ms, iat_ms, validator_ms, delta_ms, leeway_ms } = evidence
  const numbers = { exp_ms, nbf_ms, iat_ms, validator_ms, delta_ms, leeway_ms, received_collector_ms, recovered_ms }
  return Object.fromEntries(Object.entries(numbers).filter(([, value]) => value !== undefined))
}

function evidenceTexts(text: readonly string[]): Evidence {
  const evidence: Evidence = {}
  for (const field of ['kid', 'alg', 'expected', 'got'] as const) {
    if (text[TEXT_PART[field]]) evidence[field] = text[TEXT_PART[field]]!
  }
  return evidence
}

/** The true values that the rollups count under `(other)`. */
function overflowOf(given: GivenIncident, capped: readonly string[]): string {
  const truth: Record<string, string> = {}
  dimensionsOf(given).forEach((value, place) => {
    const clean = cleanText(value, NAME_LIMIT)
    if (clean !== capped[place]) truth[DIMENSIONS[place]!] = clean
  })
  return JSON.stringify(truth)
}
