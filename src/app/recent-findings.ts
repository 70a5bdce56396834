/**
 * Findings for a screen that asks again and again: found anew only when the store has changed or another period is asked
 * for, and not more often than a person reads them. Nobody waits long: what takes longer is shown when it is there, and
 * until then what was found of the same period before.
 */
import type { TimeRange } from '../core/filter.ts'
import type { StoreReader } from '../core/ports/store.ts'
import type { Found } from './load-findings.ts'

/** Finding takes a second or more on a large store; ms. */
const FRESH_MS = 5_000

/** A screen opens within 300 ms, its other parts included; ms. */
const WAIT_MS = 100

export type Find = (range: TimeRange, now_ms: number) => Promise<Found>

export interface FoundSoFar {
  /** Null: nothing is known of this period yet. */
  found: Found | null
  /** Whether something newer is on its way. */
  pending: boolean
}

/** The period as the screen names it: one that moves on with the clock is the same period. */
export type RecentFindings = (period: string, range: TimeRange, now_ms: number) => Promise<FoundSoFar>

/** @param patience_ms how long to wait for what is being found; a screen waits as long as it may take to open */
export function createRecentFindings(
  reader: Pick<StoreReader, 'version'>,
  find: Find,
  patience_ms = WAIT_MS,
): RecentFindings {
  let known: { found: Found; period: string; version: number; at_ms: number } | null = null
  let failed: unknown = null
  let running: Promise<void> | null = null

  const start = async (period: string, version: number, range: TimeRange, now_ms: number) => {
    try {
      known = { found: await find(range, now_ms), period, version, at_ms: now_ms }
    } catch (error) {
      failed = error
    } finally {
      running = null
    }
  }

  return async (period, range, now_ms) => {
    const version = await reader.version()
    const fresh = () =>
      known?.period === period && (known.version === version || Math.abs(now_ms - known.at_ms) < FRESH_MS)
    if (!fresh()) {
      running ??= start(period, version, range, now_ms)
      await (patience_ms === Number.POSITIVE_INFINITY ? running : Promise.race([running, waited(patience_ms)]))
    }
    if (failed !== null) {
      const error = failed
      failed = null
      throw error
    }
    return { found: known?.period === period ? known.found : null, pending: !fresh() }
  }
}

function waited(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
