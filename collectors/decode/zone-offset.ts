/**
 * Offset of an IANA zone at a wall-clock time, fast enough for every log line.
 * Zone rules are the platform's (Intl, through @date-fns/tz); this file only remembers answers: offsets change at quarter
 * hours at the earliest, so one answer serves fifteen minutes.
 */
import { tzOffset } from '@date-fns/tz'

const SLOT_MS = 900_000
const MINUTE_MS = 60_000
/** Slots remembered per zone before starting anew (about 100 days of busy logs). */
const MAX_SLOTS = 10_000

/** Local wall time (as if it were UTC, ms) → what to subtract for the instant, ms. */
export type ZoneOffset = (local_ms: number) => number

const made = new Map<string, ZoneOffset>()

/** Throws a RangeError for a name that is no zone. In the hour that clocks repeat in autumn, the first pass is meant. */
export function zoneOffset(zone: string): ZoneOffset {
  if (zone === 'UTC' || zone === 'Etc/UTC' || zone === 'GMT') return () => 0
  const known = made.get(zone)
  if (known !== undefined) return known
  if (Number.isNaN(tzOffset(zone, new Date(0)))) throw new RangeError(`"${zone}" is no IANA time zone`)
  const slots = new Map<number, number>()
  let lastSlot = Number.NaN
  let lastOffset = 0
  const offset = (local_ms: number): number => {
    const slot = Math.floor(local_ms / SLOT_MS)
    if (slot === lastSlot) return lastOffset
    let found = slots.get(slot)
    if (found === undefined) {
      if (slots.size >= MAX_SLOTS) slots.clear()
      found = lookUp(zone, slot * SLOT_MS)
      slots.set(slot, found)
    }
    lastSlot = slot
    lastOffset = found
    return found
  }
  made.set(zone, offset)
  return offset
}

function lookUp(zone: string, local_ms: number): number {
  const at = (utc_ms: number): number => {
    const minutes = tzOffset(zone, new Date(utc_ms))
    return Number.isNaN(minutes) ? 0 : minutes * MINUTE_MS
  }
  // Of the two offsets in force around that time the one that maps back onto it is right; the larger comes first in time.
  const before = at(local_ms - 86_400_000)
  const after = at(local_ms + 86_400_000)
  for (const candidate of [Math.max(before, after), Math.min(before, after)])
    if (at(local_ms - candidate) === candidate) return candidate
  return before
}
