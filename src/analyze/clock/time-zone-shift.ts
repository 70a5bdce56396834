/**
 * Recognises offsets that are a time-zone mistake: stamps written in local time and read as UTC, or the reverse.
 * Such a host's clock is right; its log stamps are off by the zone. Result in ms.
 * Invariant: what is left after taking the zone away is at most `REST_MS`.
 */

const QUARTER_MS = 900_000
/** Largest difference between two zones in use, UTC−12 and UTC+14. */
const LARGEST_MS = 26 * 3_600_000
/** Zones at a quarter of an hour: Nepal, Eucla, Chatham (standard and summer). */
const QUARTER_ZONES = [5.75, 8.75, 12.75, 13.75].map((h) => h * 3_600_000)
/** A wrong zone comes with an ordinary clock: what is left must be ordinary too; ms. */
const REST_MS = 90_000

/** The zone's share of the offset; null where the offset is not one. */
export function zoneShift(offset_ms: number): number | null {
  const size = Math.abs(offset_ms)
  const shift = Math.round(size / QUARTER_MS) * QUARTER_MS
  if (shift === 0 || shift > LARGEST_MS || Math.abs(size - shift) > REST_MS) return null
  if (shift % (2 * QUARTER_MS) !== 0 && !QUARTER_ZONES.includes(shift)) return null
  return Math.sign(offset_ms) * shift
}
