/**
 * All schema versions in order; the n-th entry takes a store from version n to n + 1.
 * A released migration is never edited: a change is a new file and one line here.
 */
import { FIRST_TABLES } from './0001-first-tables.ts'
import { REPORT_TALLIES } from './0002-report-tallies.ts'
import { HISTORY } from './0003-history.ts'
import { DELIVERIES } from './0004-deliveries.ts'
import { CLOCKS } from './0005-clocks.ts'
import { ALERTS } from './0006-alerts.ts'
import { WATCH } from './0007-watch.ts'
import { INCIDENT_TIME } from './0008-incident-time.ts'
import { CURSOR } from './0009-cursor.ts'

/** SQL of every migration, oldest first. */
export const MIGRATIONS: readonly string[] = [
  FIRST_TABLES,
  REPORT_TALLIES,
  HISTORY,
  DELIVERIES,
  CLOCKS,
  ALERTS,
  WATCH,
  INCIDENT_TIME,
  CURSOR,
]

/** `user_version` of an up-to-date store. */
export const KNOWN_VERSION = MIGRATIONS.length
