/**
 * The tables a person queries with `authtop query`: readable columns instead of dictionary numbers.
 * Temporary views on the query's own connection, because they need our functions to unpack texts; docs/sql.md lists their
 * columns, and a test holds the two together.
 */
import type Database from 'better-sqlite3'
import { PARTIES } from '../../core/history.ts'
import { GRAIN, GRAIN_MS, type Grain } from '../time-grain.ts'
import { VIEWS } from '../view-names.ts'
import type { KeyCode } from './key-code.ts'
import { decodeKey } from './key-code.ts'
import { decodeNumbers, type IncidentNumber } from './number-code.ts'
import { VarReader } from './phrase.ts'
import { decodeProof } from './proof-code.ts'

/** Text of a dictionary number, NULL for "did not say". */
const name = (column: string) => `nullif((SELECT text FROM name WHERE id = ${column}), '')`
const phrase = (column: string) => `(SELECT text FROM phrase WHERE id = ${column})`
const iso = (ms: string) => `iso_time(${ms})`

/** Text columns of series `s` and verdict `v`; the truth first where the rollups count an incident under (other). */
const dimension = (column: string, overflow: string) =>
  `${overflow === '' ? '' : `iif(${overflow} IS NOT NULL AND json_type(${overflow}, '$.${column}') IS NOT NULL, nullif(json_extract(${overflow}, '$.${column}'), ''), `}${name(`s.${column}`)}${overflow === '' ? '' : ')'} AS ${column}`
const dimensions = (overflow: string) =>
  ['host', 'service', 'client_id', 'issuer', 'system'].map((column) => dimension(column, overflow)).join(', ')

const text = (part: number) => `phrase_part(${phrase('i.text')}, '', i.vars, ${part})`
const request = (part: number) =>
  `iif(i.request IS NULL, NULL, phrase_part(${phrase('i.text')}, ${phrase('i.request')}, i.vars, ${part}))`
const number = (field: IncidentNumber) => `evidence_number(i.numbers, i.time_ms, '${field}') AS ${field}`

const rollups = (grain: Grain) => `
  SELECT ${iso(`c.bucket * ${GRAIN_MS[grain]}`)} AS time, c.bucket * ${GRAIN_MS[grain]} AS time_ms,
         ${name('v.kind')} AS kind, ${name('v.outcome')} AS outcome, ${name('v.cause')} AS cause,
         ${name('v.subcause')} AS subcause, ${dimensions('')}, c.count
    FROM cube c JOIN series s ON s.id = c.series JOIN verdict v ON v.id = s.verdict
   WHERE c.grain = ${grain}`

const DEFINITIONS: Readonly<Record<(typeof VIEWS)[number], string>> = {
  incidents: `
    SELECT i.id, ${iso('i.time_ms')} AS time, i.time_ms, ${name('v.kind')} AS kind,
           ${name('v.cause')} AS cause, ${name('v.subcause')} AS subcause,
           CASE i.confidence WHEN 0 THEN 'certain' WHEN 1 THEN 'likely' ELSE 'possible' END AS confidence,
           ${name('w.reported_cause')} AS reported_cause, ${name('w.reported_subcause')} AS reported_subcause,
           ${dimensions('i.overflow')}, nullif(${text(5)}, '') AS audience,
           ${name('w.signature')} AS signature, w.specificity, ${name('w.symptom')} AS symptom,
           ${text(0)} AS message, phrase_rest(${phrase('i.text')}, i.vars, 6) AS why, i.observations,
           key_text(i.request_id) AS request_id, key_text(i.trace_id) AS trace_id, key_text(i.token) AS token,
           key_text(i.token_id) AS token_id, key_text(i.session) AS session, key_text(i.subject) AS subject,
           nullif(${request(0)}, '') AS http_method, nullif(${request(1)}, '') AS http_path, i.http_status,
           nullif(${request(2)}, '') AS client_address,
           ${number('exp_ms')}, ${number('nbf_ms')}, ${number('iat_ms')}, ${number('validator_ms')},
           ${number('delta_ms')}, ${number('leeway_ms')}, ${number('received_collector_ms')}, ${number('recovered_ms')},
           nullif(${text(1)}, '') AS kid, nullif(${text(2)}, '') AS alg, nullif(${text(3)}, '') AS expected,
           nullif(${text(4)}, '') AS got,
           clock_proof(i.proof) AS clock_proof,
           clock_proof_offset(i.proof) AS clock_proof_offset_ms
      FROM incident i JOIN series s ON s.id = i.series JOIN verdict v ON v.id = s.verdict
           JOIN voice w ON w.id = i.voice`,
  observations: `
    SELECT o.incident, ${iso('ifnull(o.time_ms, i.time_ms)')} AS time, ifnull(o.time_ms, i.time_ms) AS time_ms,
           t.name AS source, t.stream, o.offset, o.line, ${name('o.host')} AS host, ${name('o.service')} AS service,
           ${name('w.system')} AS system, ${name('w.signature')} AS signature, w.specificity,
           ${name('w.reported_cause')} AS reported_cause, ${name('w.reported_subcause')} AS reported_subcause,
           iif(o.text IS NULL, ${text(0)}, phrase_part(${phrase('o.text')}, '', o.vars, 0)) AS message,
           ${name('w.format')} AS format
      FROM observation o JOIN incident i ON i.id = o.incident LEFT JOIN stream t ON t.id = o.stream
           JOIN voice w ON w.id = o.voice`,
  rollups: rollups(GRAIN.minute),
  rollups_hourly: rollups(GRAIN.hour),
  rollups_daily: rollups(GRAIN.day),
  successes: `
    SELECT ${iso('i.time_ms')} AS time, i.time_ms, i.time_resolution_ms, i.received_collector_ms,
           ${name('v.kind')} AS kind, ${dimensions('')},
           key_text(i.request_id) AS request_id, key_text(i.trace_id) AS trace_id, key_text(i.token) AS token,
           ${number('exp_ms')}, ${number('nbf_ms')}, ${number('iat_ms')}, ${number('validator_ms')}
      FROM success i JOIN series s ON s.id = i.series JOIN verdict v ON v.id = s.verdict`,
  history_facts: `
    SELECT party_word(h.party) AS party, key_text(h.key) AS key, ${name('h.deed')} AS deed, ${name('h.host')} AS host,
           ${name('h.detail')} AS detail, ${iso('h.first_ms')} AS first, h.first_ms, ${iso('h.last_ms')} AS last, h.last_ms,
           h.count, h.iat_ms, h.exp_ms
      FROM history h`,
  sources: `
    SELECT name, stream, offset, size, lines, records, recognised, cut_records, cut_bytes, host, service, format, zone,
           ${iso('last_record_ms')} AS last_record, last_record_ms, error, ${iso('updated_ms')} AS updated, updated_ms
      FROM stream WHERE offset IS NOT NULL`,
  clock_readings: `
    SELECT ${iso('at_ms')} AS time, at_ms AS time_ms, ${name('host')} AS host, ${name('reference')} AS reference,
           offset_ms / 1000.0 AS offset_s, low_ms / 1000.0 AS low_s, high_ms / 1000.0 AS high_s,
           drift_ppb / 1000.0 AS drift_ppm
      FROM clock_reading`,
  unrecognised_records: `
    SELECT system, template, sample, count, ${iso('first_ms')} AS first, first_ms, ${iso('last_ms')} AS last, last_ms
      FROM unrecognised`,
  limits: 'SELECT name, count FROM counter',
  alerts: `
    SELECT a.id, a.rule, a.severity, a.state, a.labels, ${iso('a.started_ms')} AS started, a.started_ms, a.fired_ms,
           ${iso('a.resolved_ms')} AS resolved, a.resolved_ms, a.peak, a.summary, k.at_ms AS acknowledged_ms
      FROM alert a LEFT JOIN acknowledgement k ON k.alert = a.id`,
  silences: `
    SELECT id, matchers, ${iso('from_ms')} AS "from", from_ms, ${iso('to_ms')} AS "to", to_ms, comment FROM silence`,
}

/** Makes the views and the functions they need on a connection to a store. */
export function createViews(db: Database.Database): void {
  const pure = { deterministic: true }
  db.function('iso_time', pure, isoTime)
  db.function('party_word', pure, (party: number) => PARTIES[party] ?? null)
  db.function('key_text', pure, (code: KeyCode | null) => decodeKey(code) ?? null)
  db.function('phrase_part', pure, (text: string, request: string, vars: string | null, part: number) => {
    const reader = new VarReader(vars)
    const parts = reader.fill(text)
    return (request === '' ? parts : reader.fill(request))[part] ?? null
  })
  db.function('phrase_rest', pure, (text: string, vars: string | null, from: number) =>
    new VarReader(vars).fill(text).slice(from).join('\n'),
  )
  db.function(
    'evidence_number',
    pure,
    (code: Buffer | null, time_ms: number, field: IncidentNumber) => decodeNumbers(code, time_ms)[field] ?? null,
  )
  db.function('clock_proof', pure, (code: number | null) => decodeProof(code)?.kind ?? null)
  db.function('clock_proof_offset', pure, (code: number | null) => decodeProof(code)?.offset_ms ?? null)
  for (const view of VIEWS) db.exec(`CREATE TEMP VIEW ${view} AS ${DEFINITIONS[view]}`)
}

/** RFC 3339 in UTC with milliseconds; NULL for NULL and for what no Date can hold. */
function isoTime(time_ms: number | null): string | null {
  if (time_ms === null) return null
  const date = new Date(time_ms)
  return Number.isNaN(date.getTime()) ? null : date.toISOString()
}
