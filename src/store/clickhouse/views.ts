/**
 * The tables a person queries with `authtop query`: the same names and columns as in an SQLite store (docs/sql.md), as views of the
 * database; texts that were not said are NULL.
 */
import { VIEWS } from '../view-names.ts'
import { DIMENSIONS } from './incident-row.ts'

const iso = (ms: string) =>
  `formatDateTime(fromUnixTimestamp64Milli(toInt64(${ms}), 'UTC'), '%Y-%m-%dT%H:%i:%S.', 'UTC') || leftPad(toString(positiveModulo(${ms}, 1000)), 3, '0') || 'Z'`
const said = (column: string, name = column) => `nullIf(toString(${column}), '') AS ${name}`
const all = (columns: readonly string[]) => columns.map((column) => said(column)).join(', ')
const text = (field: string) => said(`JSONExtractString(body, '${field}')`, field)
const number = (field: string) => `JSONExtract(body, '${field}', 'Nullable(Int64)') AS ${field}`

const rollups = (table: string, length: string) => `
SELECT ${iso('r.time_ms')} AS time, r.time_ms AS time_ms, ${all(['kind', 'outcome', 'cause', 'subcause', ...DIMENSIONS])}, r.counted AS count
  FROM (SELECT start_ms - positiveModulo(start_ms, ${length}) AS time_ms, kind, outcome, cause, subcause, ${DIMENSIONS.join(', ')},
               sum(count) AS counted FROM {db}.${table} GROUP BY ALL HAVING counted > 0) AS r`

const DEFINITIONS: Readonly<Record<(typeof VIEWS)[number], string>> = {
  incidents: `
SELECT id, ${iso('time_ms')} AS time, time_ms, kind, cause, subcause, confidence, reported_cause, reported_subcause,
       ${all([...DIMENSIONS, 'audience'])}, signature, specificity, symptom, message, arrayStringConcat(why, '\\n') AS why, observations,
       ${all(['request_id', 'trace_id', 'token', 'token_id', 'session', 'subject', 'http_method', 'http_path'])}, http_status,
       ${said('client_address')}, exp_ms, nbf_ms, iat_ms, validator_ms, delta_ms, leeway_ms, received_collector_ms, recovered_ms,
       ${all(['kid', 'alg', 'expected', 'got', 'clock_proof'])}, clock_proof_offset_ms
  FROM {db}.incident FINAL`,
  observations: `
SELECT id AS incident, ${iso('one.1')} AS time, one.1 AS time_ms, one.2 AS source, one.3 AS stream, one.4 AS offset,
       nullIf(one.5, -1) AS line, ${said('one.6', 'host')}, ${said('one.7', 'service')}, one.8 AS system, one.9 AS signature,
       one.10 AS specificity, one.11 AS reported_cause, one.12 AS reported_subcause, one.13 AS message, one.14 AS format
  FROM {db}.incident FINAL
  ARRAY JOIN arrayZip(spoken_time_ms, spoken_source, spoken_stream, spoken_offset, spoken_line, spoken_host, spoken_service, spoken_system,
                      spoken_signature, spoken_specificity, spoken_reported_cause, spoken_reported_subcause, spoken_message, spoken_format) AS one`,
  rollups: rollups('count_minute', '60000'),
  rollups_hourly: rollups('count_hour', '3600000'),
  rollups_daily: rollups('count_hour', '86400000'),
  successes: `
SELECT ${iso('time_ms')} AS time, time_ms, time_resolution_ms, received_collector_ms, kind, ${all(DIMENSIONS)},
       ${all(['request_id', 'trace_id', 'token'])}, exp_ms, nbf_ms, iat_ms, validator_ms
  FROM {db}.success FINAL`,
  history_facts: `
SELECT party, key, deed, ${all(['host', 'detail'])}, ${iso('first_ms')} AS first, first_ms, ${iso('last_ms')} AS last, last_ms, count, iat_ms, exp_ms
  FROM {db}.history FINAL`,
  sources: `
SELECT ${text('name')}, key AS stream, ${number('offset')}, ${number('size')},
       ${['lines', 'records', 'recognised', 'cut_records', 'cut_bytes'].map((field) => `JSONExtractUInt(body, 'counters', '${field}') AS ${field}`).join(', ')},
       ${['host', 'service', 'format', 'zone'].map(text).join(', ')}, ${iso("JSONExtract(body, 'last_record_ms', 'Nullable(Int64)')")} AS last_record,
       ${number('last_record_ms')}, ${text('error')}, ${iso("JSONExtract(body, 'updated_ms', 'Nullable(Int64)')")} AS updated, ${number('updated_ms')}, collector
  FROM {db}.document FINAL WHERE kind = 'stream'`,
  clock_readings: `
SELECT ${iso('time_ms')} AS time, time_ms, host, reference, offset_ms / 1000 AS offset_s, low_ms / 1000 AS low_s, high_ms / 1000 AS high_s,
       drift_ppb / 1000 AS drift_ppm
  FROM {db}.clock_reading FINAL`,
  unrecognised_records: `
SELECT system, template, sample, count, ${iso('first_ms')} AS first, first_ms, ${iso('last_ms')} AS last, last_ms FROM {db}.unrecognised FINAL`,
  limits: 'SELECT name, sum(l.count) AS count FROM {db}.limited AS l GROUP BY name',
  alerts: `
SELECT a.key AS id, ${['rule', 'severity', 'state'].map((field) => `JSONExtractString(a.body, '${field}') AS ${field}`).join(', ')},
       JSONExtractRaw(a.body, 'labels') AS labels, ${iso("JSONExtractInt(a.body, 'started_ms')")} AS started,
       JSONExtract(a.body, 'started_ms', 'Nullable(Int64)') AS started_ms, JSONExtract(a.body, 'fired_ms', 'Nullable(Int64)') AS fired_ms,
       ${iso("JSONExtract(a.body, 'resolved_ms', 'Nullable(Int64)')")} AS resolved,
       JSONExtract(a.body, 'resolved_ms', 'Nullable(Int64)') AS resolved_ms, JSONExtractFloat(a.body, 'peak') AS peak,
       JSONExtractString(a.body, 'summary') AS summary, toInt64OrNull(k.body) AS acknowledged_ms
  FROM (SELECT key, body FROM {db}.document FINAL WHERE kind = 'alert') AS a
  LEFT JOIN (SELECT key, body FROM {db}.document FINAL WHERE kind = 'acknowledgement') AS k ON k.key = a.key`,
  silences: `
SELECT key AS id, JSONExtractRaw(body, 'matchers') AS matchers, ${iso("JSONExtractInt(body, 'from_ms')")} AS \`from\`, ${number('from_ms')},
       ${iso("JSONExtractInt(body, 'to_ms')")} AS \`to\`, ${number('to_ms')}, JSONExtractString(body, 'comment') AS comment
  FROM {db}.document FINAL WHERE kind = 'silence'`,
}

/** Statements that make the views. */
export function viewStatements(database: string, everywhere: string): string[] {
  return VIEWS.map(
    (view) =>
      `CREATE VIEW IF NOT EXISTS ${database}.${view}${everywhere} AS ${DEFINITIONS[view].replaceAll('{db}', database)}`,
  )
}
