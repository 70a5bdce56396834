/**
 * All schema versions in order; the n-th entry takes a store from version n to n + 1. A released one is never edited: a change is
 * a new file and one line here. Every statement may run twice: a migration that was cut off, or begun by two collectors at
 * once, is run again from its start.
 */
import { firstTables } from './0001-first-tables.ts'
import { handingOver } from './0002-handing-over.ts'
import { days } from './0003-days.ts'
import type { Schema } from './schema-options.ts'

export const MIGRATIONS: readonly ((schema: Schema) => string[])[] = [firstTables, handingOver, days]

export const KNOWN_VERSION = MIGRATIONS.length
