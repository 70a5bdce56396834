/**
 * How far the stamps of hosts are off, for putting their incidents on one line of time. Read from the clocks as last
 * fitted; a host whose interval holds zero counts as right.
 */
import type { ClockReading } from '../analyze/clock/clock-table.ts'

/** Less changes no order that a person would see; ms. */
const WORTH_CORRECTING_MS = 1_000
/** Hosts listed on their own, those that are off most; a fleet of which more are off has no line of time. Count. */
const OFF_HOSTS = 32

export interface HostOffsets {
  /** Hosts that are or were off, with the least and the largest of it; ms, positive = ahead. */
  off: ReadonlyMap<string, { low_ms: number; high_ms: number }>
  /** Stamp minus reference at a time of this host's stamps; 0 where it is right, or nothing is known. ms */
  at(host: string | undefined, time_ms: number): number
}

export const NO_OFFSETS: HostOffsets = { off: new Map(), at: () => 0 }

export function hostOffsets(reading: Pick<ClockReading, 'table' | 'stampOffset'>, now_ms: number): HostOffsets {
  const certain = (host: string, time_ms: number) => {
    const stamps = reading.stampOffset(host, time_ms)
    if (stamps === null || !Number.isFinite(stamps.offset_ms)) return 0
    const { low_ms, high_ms, offset_ms } = stamps
    return low_ms > WORTH_CORRECTING_MS || high_ms < -WORTH_CORRECTING_MS ? offset_ms : 0
  }
  const off = new Map<string, { low_ms: number; high_ms: number }>()
  for (const { host, steps, to_ms } of reading.table.hosts) {
    // Times of its own stamps, which need not be near ours: at its last, and on both sides of each step.
    const times = [to_ms ?? now_ms, ...steps.flatMap(({ at_ms }) => [at_ms - 1, at_ms + 1])]
    const offsets = times.map((time_ms) => certain(host, time_ms))
    if (offsets.some((ms) => ms !== 0)) off.set(host, { low_ms: Math.min(...offsets), high_ms: Math.max(...offsets) })
  }
  const farthest = new Map([...off].sort(([, a], [, b]) => size(b) - size(a)).slice(0, OFF_HOSTS))
  return {
    off: farthest,
    at: (host, time_ms) => (host === undefined || !farthest.has(host) ? 0 : certain(host, time_ms)),
  }
}

function size({ low_ms, high_ms }: { low_ms: number; high_ms: number }): number {
  return Math.max(Math.abs(low_ms), Math.abs(high_ms))
}
