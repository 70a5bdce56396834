/**
 * What really happened in the demo, counted where it happened and from the state of its world. Nothing of authtop reads
 * it: tests hold it against what the pipeline made of the logs.
 */
import type { Truth } from './truth.ts'

export class Books {
  /** Refused requests by `cause/subcause`. */
  readonly failures: Record<string, number> = {}
  readonly successes = { issuance: 0, refresh: 0, validation: 0 }

  /** `truth` null: refused although nothing speaks against it, which would be a fault of the demo itself. */
  refused(truth: Truth | null): void {
    const key = truth ?? 'unknown/unspecified'
    this.failures[key] = (this.failures[key] ?? 0) + 1
  }

  succeeded(step: keyof Books['successes']): void {
    this.successes[step]++
  }
}
