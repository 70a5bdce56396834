/** Offsets of clocks in words: "reports-1 is 311.8–312.4 s ahead of auth-1". */
import type { OffsetInterval } from '../../core/clock-lookup.ts'
import { seconds } from './seconds.ts'

/** False for a bound: one side is not known. */
export function isTwoSided({ low_ms, high_ms }: OffsetInterval): boolean {
  return Number.isFinite(low_ms) && Number.isFinite(high_ms)
}

/** `low_ms`, `high_ms`: this clock minus the other, ms. */
export function offsetWords(host: string, low_ms: number, high_ms: number, other: string): string {
  if (low_ms <= 0 && high_ms >= 0)
    return `${host} agrees with ${other} to within ${seconds(Math.max(-low_ms, high_ms))}`
  const [near, far, side] = low_ms > 0 ? [low_ms, high_ms, 'ahead of'] : [-high_ms, -low_ms, 'behind']
  return `${host} is ${range(near, far)} ${side} ${other}`
}

/** Two durations in one unit where that is seconds, as exactly as they were measured. */
function range(near_ms: number, far_ms: number): string {
  const [near, far] = [seconds(near_ms), seconds(far_ms)]
  if (near === far) return near
  const unit = ' s'
  return near.endsWith(unit) && far.endsWith(unit) && !near.endsWith(' ms') && !far.endsWith(' ms')
    ? `${near.slice(0, -unit.length)}–${far}`
    : `${near} to ${far}`
}
