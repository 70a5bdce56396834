/**
 * The clocks for a screen that asks again and again: read anew only when the store has changed, and then not more often
 * than the collector writes them.
 */
import type { ClockReading } from '../analyze/clock/clock-table.ts'
import type { StoreReader } from '../core/ports/store.ts'
import { readClocks } from './load-clocks.ts'

/** The collector writes a changed clock within some seconds; reading it sooner gives the same; ms. */
const FRESH_MS = 5_000

export type RecentClocks = (now_ms: number) => Promise<ClockReading>

export function createRecentClocks(reader: StoreReader): RecentClocks {
  let known: { reading: ClockReading; version: number; at_ms: number } | null = null
  return async (now_ms) => {
    const version = await reader.version()
    if (known !== null && (known.version === version || Math.abs(now_ms - known.at_ms) < FRESH_MS)) return known.reading
    const reading = await readClocks(reader, now_ms)
    known = { reading, version, at_ms: now_ms }
    return reading
  }
}
