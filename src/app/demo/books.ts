/**
 * What really happened in the demo, counted where it happened and from the state of its world. Nothing of authtop reads
 * it: tests hold it against what the pipeline made of the logs.
 */
import type { Cause, SubcauseOf } from '../../core/cause.ts'

/** Why a request was refused: `cause/subcause`. */
export type Truth = { [C in Cause]: `${C}/${SubcauseOf<C>}` }[Cause]

export class Books {
  readonly failures: Partial<Record<Truth, number>> = {}
  readonly successes = { issuance: 0, refresh: 0, validation: 0 }

  /** `truth` null: refused although nothing speaks against it, which would be a fault of the demo itself. */
  refused(truth: Truth | null): void {
    const key: Truth = truth ?? 'unknown/unspecified'
    this.failures[key] = (this.failures[key] ?? 0) + 1
  }

  succeeded(step: keyof Books['successes']): void {
    this.successes[step]++
  }
}
