/**
 * The clocks for a screen that asks again and again: read anew only when the store has changed, not more often than the
 * collector writes them, and in a large fleet so seldom that fitting them stays a small part of a core.
 */
import type { ClockReading } from '../analyze/clock/clock-table.ts'
import type { StoreReader } from '../core/ports/store.ts'
import { readClocks } from './load-clocks.ts'

/** The collector writes a changed clock within some seconds; reading it sooner gives the same; ms. */
const FRESH_MS = 5_000
/** A reading that took long stays fresh for so many times as long: 4 % of a core. */
const REST = 25
/** A screen opens within 300 ms, its other parts included; ms. */
const WAIT_MS = 100

export interface RecentClocks {
  /** As fresh as can be had. */
  read(now_ms: number): Promise<ClockReading>
  /** What is known soon: null where nothing is yet; then, and where something newer is on its way, it is pending. */
  soon(now_ms: number): Promise<{ reading: ClockReading | null; pending: boolean }>
}

export function createRecentClocks(reader: StoreReader): RecentClocks {
  let known: { reading: ClockReading; version: number; at_ms: number; took_ms: number } | null = null
  let running: Promise<ClockReading> | null = null

  const start = async (version: number, now_ms: number) => {
    const begun = performance.now()
    try {
      const reading = await readClocks(reader, now_ms)
      known = { reading, version, at_ms: now_ms, took_ms: performance.now() - begun }
      return reading
    } finally {
      running = null
    }
  }
  /** Null where what is known is fresh. */
  const renewal = async (now_ms: number) => {
    const version = await reader.version()
    if (known !== null) {
      const fresh_ms = Math.max(FRESH_MS, known.took_ms * REST)
      if (known.version === version || Math.abs(now_ms - known.at_ms) < fresh_ms) return null
    }
    running ??= start(version, now_ms)
    return running
  }
  return {
    async read(now_ms) {
      return (await renewal(now_ms)) ?? known!.reading
    },
    async soon(now_ms) {
      const renewing = await renewal(now_ms)
      if (renewing === null) return { reading: known!.reading, pending: false }
      const reading = await Promise.race([renewing, waited()])
      return { reading: reading ?? known?.reading ?? null, pending: reading === null }
    },
  }
}

function waited(): Promise<null> {
  return new Promise((resolve) => setTimeout(() => resolve(null), WAIT_MS))
}
