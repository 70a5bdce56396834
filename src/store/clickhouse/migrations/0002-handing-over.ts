/** Version 2: how far a collector's incidents were handed over to whoever joins across collectors. */
import type { Schema } from './schema-options.ts'

/** Statements of this version, in order. */
export function handingOver(schema: Schema): string[] {
  // Running numbers below it are nobody's own any more.
  return schema.addColumn('committed', 'released UInt64 DEFAULT 0')
}
