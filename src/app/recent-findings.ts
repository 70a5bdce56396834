/**
 * Findings for a screen that asks again and again: found anew only when the store has changed or another period is asked
 * for, and not more often than a person reads them. While they are found the screen shows those before.
 */
import type { TimeRange } from '../core/filter.ts'
import type { StoreReader } from '../core/ports/store.ts'
import { type Found, loadFindings } from './load-findings.ts'

/** Finding takes up to some hundred ms on a large store; ms. */
const FRESH_MS = 5_000

/** The period as the screen names it: one that moves on with the clock is the same period. */
export type RecentFindings = (period: string, range: TimeRange, now_ms: number) => Promise<Found>

export function createRecentFindings(reader: StoreReader): RecentFindings {
  let known: { found: Found; period: string; version: number; at_ms: number } | null = null
  return async (period, range, now_ms) => {
    const version = await reader.version()
    if (known !== null && known.period === period) {
      if (known.version === version || Math.abs(now_ms - known.at_ms) < FRESH_MS) return known.found
    }
    const found = await loadFindings(reader, range, now_ms)
    known = { found, period, version, at_ms: now_ms }
    return found
  }
}
