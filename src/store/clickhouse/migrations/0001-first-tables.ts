/**
 * Version 1. Texts are '' where nothing was said, numbers NULL; instants are epoch milliseconds in Int64, because log lines state
 * any year and DateTime does not. Partitions are days of the data, so that old ones go as files and not row by row.
 */
import { viewStatements } from '../views.ts'
import type { Schema, TableSpec } from './schema-options.ts'

const WORD = 'LowCardinality(String)'
const DAY = 'intDiv(time_ms, 86400000)'

const incident: TableSpec = {
  name: 'incident',
  columns: [
    'time_ms Int64 CODEC(Delta, ZSTD)',
    'id UInt64 CODEC(Delta, ZSTD)',
    'version UInt64 CODEC(ZSTD)',
    // 1: the incident moved to another instant or became part of another one.
    'deleted UInt8 DEFAULT 0',
    'collector UInt16',
    `kind ${WORD}`,
    `cause ${WORD}`,
    `subcause ${WORD}`,
    `confidence ${WORD}`,
    `reported_cause ${WORD}`,
    `reported_subcause ${WORD}`,
    `reported_confidence ${WORD}`,
    `host ${WORD}`,
    `service ${WORD}`,
    `client_id ${WORD}`,
    `issuer ${WORD}`,
    `audience ${WORD}`,
    `system ${WORD}`,
    `signature ${WORD}`,
    'specificity Int32',
    `symptom ${WORD}`,
    'message String CODEC(ZSTD)',
    'why Array(String) CODEC(ZSTD)',
    'observations UInt32',
    'request_id String CODEC(ZSTD)',
    'other_request_ids Array(String) CODEC(ZSTD)',
    'trace_id String CODEC(ZSTD)',
    'token String CODEC(ZSTD)',
    'token_id String CODEC(ZSTD)',
    'session String CODEC(ZSTD)',
    'subject String CODEC(ZSTD)',
    `http_method ${WORD}`,
    'http_path String CODEC(ZSTD)',
    'http_status Nullable(Int32)',
    'client_address String CODEC(ZSTD)',
    ...[
      'exp_ms',
      'nbf_ms',
      'iat_ms',
      'validator_ms',
      'delta_ms',
      'leeway_ms',
      'received_collector_ms',
      'recovered_ms',
      'clock_proof_offset_ms',
    ].map((name) => `${name} Nullable(Int64) CODEC(ZSTD)`),
    `kid ${WORD}`,
    `alg ${WORD}`,
    'expected String CODEC(ZSTD)',
    'got String CODEC(ZSTD)',
    `clock_proof ${WORD}`,
    `clock_mover ${WORD}`,
    // Host, service, client, issuer and system under which it is counted, where a limit made them others; else empty.
    `counted Array(${WORD})`,
    // The records that speak of it, in parallel lists; line -1: not known.
    'spoken_time_ms Array(Int64) CODEC(ZSTD)',
    `spoken_source Array(${WORD}) CODEC(ZSTD)`,
    `spoken_stream Array(${WORD}) CODEC(ZSTD)`,
    'spoken_offset Array(Int64) CODEC(ZSTD)',
    'spoken_line Array(Int64) CODEC(ZSTD)',
    `spoken_host Array(${WORD}) CODEC(ZSTD)`,
    `spoken_service Array(${WORD}) CODEC(ZSTD)`,
    `spoken_system Array(${WORD}) CODEC(ZSTD)`,
    `spoken_signature Array(${WORD}) CODEC(ZSTD)`,
    'spoken_specificity Array(Int32) CODEC(ZSTD)',
    `spoken_reported_cause Array(${WORD}) CODEC(ZSTD)`,
    `spoken_reported_subcause Array(${WORD}) CODEC(ZSTD)`,
    'spoken_message Array(String) CODEC(ZSTD)',
    `spoken_format Array(${WORD}) CODEC(ZSTD)`,
  ],
  engine: 'Replacing',
  args: 'version, deleted',
  partition: DAY,
  order: 'time_ms, id',
  indexes: [
    'INDEX by_id id TYPE bloom_filter(0.001) GRANULARITY 1',
    ...['request_id', 'other_request_ids', 'trace_id', 'token', 'token_id'].map(
      (column) => `INDEX by_${column} ${column} TYPE bloom_filter(0.01) GRANULARITY 1`,
    ),
  ],
  shard: 'intHash64(id)',
}

/** Under what successes and failures are counted; a revision counts -1 where the incident was and +1 where it is. */
export const PLACE = ['outcome', 'kind', 'cause', 'subcause', 'system', 'service', 'host', 'issuer', 'client_id']

export const counts = (name: string, partition: string): TableSpec => ({
  name,
  columns: [
    'start_ms Int64 CODEC(Delta, ZSTD)',
    ...PLACE.map((place) => `${place} ${WORD}`),
    'collector UInt16',
    'count Int64 CODEC(ZSTD)',
  ],
  engine: 'Summing',
  args: 'count',
  partition,
  order: `start_ms, ${PLACE.join(', ')}, collector`,
  shard: 'intHash64(start_ms)',
})

const OTHER_TABLES: readonly TableSpec[] = [
  // What attribution remembers of tokens, clients, keys and hosts; rows of one identity merge in any order.
  {
    name: 'history',
    columns: [
      `party ${WORD}`,
      'key String CODEC(ZSTD)',
      'slot Int64',
      `deed ${WORD}`,
      `host ${WORD}`,
      `detail ${WORD}`,
      'first_ms SimpleAggregateFunction(min, Int64) CODEC(ZSTD)',
      'last_ms SimpleAggregateFunction(max, Int64) CODEC(ZSTD)',
      'count SimpleAggregateFunction(sum, Int64) CODEC(ZSTD)',
      'iat_ms SimpleAggregateFunction(max, Nullable(Int64)) CODEC(ZSTD)',
      'exp_ms SimpleAggregateFunction(max, Nullable(Int64)) CODEC(ZSTD)',
      'keep_ms SimpleAggregateFunction(max, Int64) CODEC(ZSTD)',
    ],
    engine: 'Aggregating',
    partition: 'party',
    order: 'party, key, slot, deed, host, detail',
    shard: 'cityHash64(party, key)',
  },
  // What belongs to one collector, or to the people at the desk: positions, clocks, alerts, notices. The newest version counts.
  {
    name: 'document',
    columns: [
      'collector UInt16',
      `kind ${WORD}`,
      'key String',
      'version UInt64',
      'deleted UInt8 DEFAULT 0',
      'body String CODEC(ZSTD)',
    ],
    engine: 'Replacing',
    args: 'version, deleted',
    order: 'collector, kind, key',
    shard: 'collector',
  },
  // One row per batch that arrived whole; what readers look at to see that something is new.
  {
    name: 'committed',
    columns: [
      'collector UInt16',
      'n UInt64',
      'at_ms Int64',
      'next_incident UInt64',
      'first_ms Nullable(Int64)',
      'last_ms Nullable(Int64)',
    ],
    engine: 'Replacing',
    args: 'n',
    order: 'collector',
    shard: 'collector',
  },
  // Failures by what reported them, per quarter of an hour.
  {
    name: 'tally',
    columns: [
      'start_ms Int64',
      `system ${WORD}`,
      `signature ${WORD}`,
      `symptom ${WORD}`,
      `confidence ${WORD}`,
      'count Int64',
    ],
    engine: 'Summing',
    args: 'count',
    partition: 'intDiv(start_ms, 86400000)',
    order: 'start_ms, system, signature, symptom, confidence',
    shard: 'intHash64(start_ms)',
  },
  // Subjects that failed, by hash, per quarter of an hour.
  {
    name: 'affected',
    columns: ['start_ms Int64', 'hash UInt64'],
    engine: 'Replacing',
    partition: 'intDiv(start_ms, 86400000)',
    order: 'start_ms, hash',
    shard: 'hash',
  },
  {
    name: 'unrecognised',
    columns: [
      `system ${WORD}`,
      'template String',
      'sample SimpleAggregateFunction(anyLast, String) CODEC(ZSTD)',
      'first_ms SimpleAggregateFunction(min, Int64)',
      'last_ms SimpleAggregateFunction(max, Int64)',
      'count SimpleAggregateFunction(sum, Int64)',
    ],
    engine: 'Aggregating',
    order: 'system, template',
    shard: 'cityHash64(system, template)',
  },
  {
    name: 'unrecognised_quarter',
    columns: ['start_ms Int64', 'count Int64'],
    engine: 'Summing',
    args: 'count',
    partition: 'intDiv(start_ms, 86400000)',
    order: 'start_ms',
    shard: 'intHash64(start_ms)',
  },
  {
    name: 'limited',
    columns: [`name ${WORD}`, 'count Int64'],
    engine: 'Summing',
    args: 'count',
    order: 'name',
    shard: 'cityHash64(name)',
  },
  // A bounded sample of successes: per minute and host one with token times (slot 0), one with ids (slot 1); the smallest hash stays.
  {
    name: 'success',
    columns: [
      'time_ms Int64',
      'minute Int64',
      `host ${WORD}`,
      'slot UInt8',
      'rank UInt64',
      `kind ${WORD}`,
      ...['service', 'client_id', 'issuer', 'system'].map((name) => `${name} ${WORD}`),
      'time_resolution_ms Nullable(Int64)',
      'received_collector_ms Nullable(Int64)',
      'request_id String',
      'trace_id String',
      'token String',
      ...['exp_ms', 'nbf_ms', 'iat_ms', 'validator_ms'].map((name) => `${name} Nullable(Int64)`),
    ],
    engine: 'Replacing',
    args: 'rank',
    partition: 'intDiv(minute, 1440)',
    order: 'minute, host, slot',
    shard: 'cityHash64(minute, host)',
  },
  {
    name: 'clock_reading',
    columns: [
      'time_ms Int64',
      `host ${WORD}`,
      `reference ${WORD}`,
      'offset_ms Nullable(Int64)',
      'low_ms Nullable(Int64)',
      'high_ms Nullable(Int64)',
      'drift_ppb Nullable(Int64)',
      'version UInt64',
    ],
    engine: 'Replacing',
    args: 'version',
    partition: DAY,
    order: 'host, time_ms',
    shard: 'cityHash64(host)',
  },
]

/** Statements of this version, in order. */
export function firstTables(schema: Schema): string[] {
  const { database, everywhere } = schema
  const minute = counts('count_minute', 'intDiv(start_ms, 86400000)')
  const hour = counts('count_hour', 'intDiv(start_ms, 2592000000)')
  const columns = [...PLACE, 'collector', 'count'].join(', ')
  return [
    ...schema.table(incident),
    ...schema.table(minute),
    ...schema.table(hour),
    `CREATE MATERIALIZED VIEW IF NOT EXISTS ${database}.count_hour_feed${everywhere} TO ${database}.${schema.local('count_hour')} AS
SELECT start_ms - positiveModulo(start_ms, 3600000) AS start_ms, ${columns} FROM ${database}.${schema.local('count_minute')}`,
    ...OTHER_TABLES.flatMap((table) => schema.table(table)),
    ...viewStatements(database, everywhere),
  ]
}
