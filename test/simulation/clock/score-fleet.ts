/** Runs a simulated fleet through the estimator and sets the rows of its clock table against the truth. */
import { ClockBook } from '../../../src/analyze/clock/clock-book.ts'
import { ClockReading } from '../../../src/analyze/clock/clock-table.ts'
import type { ClockTable, HostClock } from '../../../src/core/host-clock.ts'
import { type Fleet, type FleetPlan, simulateFleet } from './simulate-fleet.ts'

export interface HostScore {
  row: HostClock
  /** Estimate − truth at the row's `to_ms`, ms; null where no value was published. */
  error_ms: number | null
  /** The truth lies within [low, high], or within the bound; true where nothing was claimed. */
  covered: boolean
  /** Accused although its clock was within `GOOD_MS` of true time at the end. */
  wronged: boolean
}

/** NTP keeps clocks far closer; from a second on a clock is accused. */
const GOOD_MS = 100

export function readFleet(plan: FleetPlan): { fleet: Fleet; book: ClockBook; reading: ClockReading } {
  const fleet = simulateFleet(plan)
  const book = new ClockBook()
  for (const sample of fleet.samples) book.add(sample)
  return { fleet, book, reading: new ClockReading(book, { now_ms: fleet.end_ms }) }
}

/** When the host's clock read so: its row speaks of an instant by its own clock. */
function trueTime(fleet: Fleet, host: string, reading_ms: number | null): number {
  let at = fleet.end_ms
  if (reading_ms !== null) for (let round = 0; round < 4; round++) at = reading_ms - fleet.clock(host, at)
  return at
}

/** Scores the planned hosts against the clock that their row names. */
export function scoreFleet(plan: FleetPlan): HostScore[] {
  return scoreWhole(plan).scores
}

export function scoreWhole(plan: FleetPlan): { scores: HostScore[]; table: ClockTable } {
  const { fleet, reading } = readFleet(plan)
  const scores = plan.hosts.map((host) => {
    const row = reading.table.hosts.find((r) => r.host === host.name)!
    const issuer = host.issuer ?? plan.issuers[0]!.name
    const at = trueTime(fleet, host.name, row.to_ms)
    const against = row.reference?.replace(/^(issuer|host) /, '') ?? issuer
    const truth = fleet.clock(host.name, at) - fleet.clock(against, at)
    return {
      row,
      error_ms: row.offset_s === null ? null : row.offset_s * 1000 - truth,
      covered: (row.low_s ?? -Infinity) * 1000 <= truth && truth <= (row.high_s ?? Infinity) * 1000,
      wronged: row.at_fault && Math.abs(fleet.clock(host.name, fleet.end_ms)) <= GOOD_MS,
    }
  })
  return { scores, table: reading.table }
}
