/** Names a person may select from with `authtop query`, the same in every engine; docs/sql.md has their columns. */
export const VIEWS = [
  'incidents',
  'observations',
  'rollups',
  'rollups_hourly',
  'rollups_daily',
  'successes',
  'history_facts',
  'sources',
  'clock_readings',
  'unrecognised_records',
  'limits',
  'alerts',
  'silences',
] as const
