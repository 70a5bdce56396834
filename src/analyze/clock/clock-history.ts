/**
 * Readings of every clock over time, for charts: one per five minutes of a host's own time while the clock moves, one per
 * hour while it does not. Takes them off the fitted lines, so that history read in one go has them too.
 * Invariant: a host's readings come in order of time; one instant is not given twice.
 */
import type { ClockReading as Reading } from '../../core/clock-lookup.ts'
import type { ClockReading } from './clock-table.ts'

/** Distance of the instants, ms. */
const EVERY_MS = 300_000
/** A clock that does not move is noted this often, ms: 24 rows a day for each of thousands of hosts. */
const AT_LEAST_MS = 3_600_000
/** Smaller moves are no news, ms; nor are those within a quarter of the interval. */
const MOVED_MS = 50
/** Instants looked at per host and call: six days; the rest comes with the next call. */
const INSTANTS_LIMIT = 1_728

export class ClockHistory {
  readonly #last = new Map<string, { looked_ms: number; reading: Reading | null }>()

  /** What is new since the last call. */
  since(clocks: ClockReading): Reading[] {
    const fresh: Reading[] = []
    for (const { host, kind, from_ms, to_ms } of clocks.table.hosts) {
      if (kind !== 'value' || from_ms === null || to_ms === null) continue
      const known = this.#last.get(host)
      const start = Math.max(Math.ceil(from_ms / EVERY_MS) * EVERY_MS, (known?.looked_ms ?? -Infinity) + EVERY_MS)
      const end = Math.min(to_ms, start + INSTANTS_LIMIT * EVERY_MS)
      let last = known?.reading ?? null
      let looked_ms = known?.looked_ms ?? -Infinity
      for (let at_ms = start; at_ms <= end; at_ms += EVERY_MS) {
        looked_ms = at_ms
        const reading = clocks.readingAt(host, at_ms)
        if (reading === null || !isNews(reading, last)) continue
        last = reading
        fresh.push(reading)
      }
      if (looked_ms > -Infinity) this.#last.set(host, { looked_ms, reading: last })
    }
    return fresh
  }
}

function isNews(reading: Reading, last: Reading | null): boolean {
  if (last === null || reading.reference !== last.reference || reading.at_ms - last.at_ms >= AT_LEAST_MS) return true
  if (reading.offset_s === null || last.offset_s === null) return reading.offset_s !== last.offset_s
  const width_ms = ((last.high_s ?? last.offset_s) - (last.low_s ?? last.offset_s)) * 1000
  return Math.abs(reading.offset_s - last.offset_s) * 1000 > Math.max(MOVED_MS, width_ms / 4)
}
