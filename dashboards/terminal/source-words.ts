/**
 * What can be said of a source in a sentence: how far it is behind, and what is wrong with it. Used by the screen and by
 * the announcement in source-line.ts. Invariant: a source of which nothing was recognised is never passed over.
 */
import type { StreamState } from '../../src/core/source-status.ts'
import { formatBytes, formatCount, formatQuantity, NO_FIGURE } from '../format-number.ts'

/** Fewer records than this may simply not have met an auth event yet; count. */
const ENOUGH_RECORDS = 20

/** Bytes between the position and the end of the source; null where the size is not known. */
export function lagBytes(source: StreamState): number | null {
  return source.size === undefined ? null : Math.max(0, source.size - source.offset)
}

/** `none`, `1.5 MiB`, or a dash. */
export function lagWords(source: StreamState): string {
  const lag = lagBytes(source)
  if (lag === null) return NO_FIGURE
  return lag === 0 ? 'none' : formatBytes(lag)
}

/** Why a person should look at this source, or null. */
export function sourceProblem(source: StreamState): string | null {
  if (source.error !== undefined) return `cannot be read: ${source.error}`
  const { records, recognised, cut_records } = source.counters
  if (recognised === 0 && records >= ENOUGH_RECORDS) return `${formatCount(records)} records read, none recognised`
  if (cut_records > 0) return `${formatQuantity(cut_records, 'record')} cut at the length limit`
  return null
}
