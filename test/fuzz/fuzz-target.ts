/** What a fuzz target is: a decoder of ours, inputs to begin from, and what must hold of it whatever the input. */

export interface FuzzTarget {
  name: string
  /** Inputs that reach deep; mutated ones are made from these and the kept corpus. */
  seeds(): readonly (string | Uint8Array)[]
  /** Throws for a finding: an exception that is no answer, a broken invariant. Bad input is no finding. */
  run(input: Uint8Array): void | Promise<void>
  /** Where {@link BUDGET_MS} is not enough for what a small input may ask for; ms of CPU. */
  budget_ms?: number
}

/** Bytes of one input: larger ones take longer and find no more. */
export const INPUT_LIMIT = 64 * 1024

/** CPU one input may cost, ms; linear decoders take a hundredth. */
export const BUDGET_MS = 4_000

/** A finding unless it holds. */
export function holds(condition: boolean, what: string): void {
  if (!condition) throw new Error(what)
}
