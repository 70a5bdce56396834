/**
 * Version 3: counts by the day, for questions about weeks. They follow from the hours that are inserted from now on; of days before
 * (mark `days_from_ms`) hours go on answering, so nothing has to be copied while collectors write.
 */
import { counts, PLACE } from './0001-first-tables.ts'
import type { Schema } from './schema-options.ts'

/** Statements of this version, in order. */
export function days(schema: Schema): string[] {
  const { database, everywhere } = schema
  return [
    ...schema.table(counts('count_day', 'intDiv(start_ms, 31104000000)')),
    `CREATE MATERIALIZED VIEW IF NOT EXISTS ${database}.count_day_feed${everywhere} TO ${database}.${schema.local('count_day')} AS
SELECT start_ms - positiveModulo(start_ms, 86400000) AS start_ms, ${[...PLACE, 'collector', 'count'].join(', ')} FROM ${database}.${schema.local('count_hour')}`,
  ]
}
