/**
 * What a verdict may look at beside the incident itself: the clocks, what speaks of the incident, and the history.
 * Invariant: everything is given; attribution asks no store and no clock on the wall.
 */
import type { ClockLookup } from '../../core/clock-lookup.ts'
import type { HistoryFact, Party } from '../../core/history.ts'
import type { Spoken } from '../../core/ports/store.ts'

export interface Background {
  clocks: ClockLookup
  /** Every record that speaks of the incident. */
  spoken: readonly Spoken[]
  /** Facts about a party around the incident's time; empty where nothing is known. */
  facts: (party: Party, key: string | undefined) => readonly HistoryFact[]
}

/** For records looked at alone, and until clocks are known. */
export const UNKNOWN_CLOCKS: ClockLookup = { offset: () => null, between: () => null, atFault: () => null }

export const NO_BACKGROUND: Background = { clocks: UNKNOWN_CLOCKS, spoken: [], facts: () => [] }
