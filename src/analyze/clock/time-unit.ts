/**
 * Recognises instants in the wrong unit: seconds taken for milliseconds or the reverse. A factor of 1,000 is never skew.
 * Invariant: an instant within a factor of 1.2 of its reference is left alone.
 */

export type UnitMistake = 'milliseconds_as_seconds' | 'seconds_as_milliseconds'

interface UnitReading {
  ms: number
  mistake: UnitMistake | null
}

/** Instants of one age differ by less than this factor (now to 1.2 × now is ten years). */
const NEAR = 1.2

/** Reads `instant_ms` against a reference instant of the same age, both supposed to be epoch ms. */
export function readUnit(instant_ms: number, reference_ms: number): UnitReading {
  const ratio = instant_ms / reference_ms
  if (ratio > 1000 / NEAR && ratio < 1000 * NEAR) return { ms: instant_ms / 1000, mistake: 'milliseconds_as_seconds' }
  if (ratio > 0.001 / NEAR && ratio < 0.001 * NEAR) return { ms: instant_ms * 1000, mistake: 'seconds_as_milliseconds' }
  return { ms: instant_ms, mistake: null }
}
