/**
 * A cheap test on a record's raw, unredacted text: false proves that no signature can match it and that it does not look like
 * a failure of authentication either, so most lines are never decoded. Two looks: for any of a few stems, in bytes of any
 * length; then, at a record that holds one, for all that signatures demand.
 */
import type { WindowPlaces } from './rare-windows.ts'
import { type RuleSet, StemRules } from './stem-rules.ts'
import { StemScanner } from './stem-scanner.ts'

/** Records with a stem that come before the rules are made, which takes some 50 ms: a short input does without. */
const PATIENCE = 100
/** A second look costs about a fifth of what it saves. Of so many looks in a row this share must have saved something… */
const LOOKS = 200
const WORTH = 0.2
/** …or so many records go without, until it is tried again: a log of nothing but events does not pay for looks. */
const PAUSE = 2_000

export interface PrefilterOptions {
  stems: readonly string[]
  /** Asked for once, when they are needed. */
  rules: () => RuleSet
  windows?: WindowPlaces
  /** See {@link PATIENCE}; 0: every record with a stem is looked at twice. */
  patience?: number
}

export class Prefilter {
  readonly #scanner: StemScanner
  readonly #options: PrefilterOptions
  /** Records that go without a second look. */
  #patience: number
  readonly #pause: number
  #rules: StemRules | null = null
  #looks = 0
  #dropped = 0

  constructor(options: PrefilterOptions) {
    this.#options = options
    this.#scanner = new StemScanner(options.stems, options.windows)
    this.#patience = options.patience ?? PATIENCE
    this.#pause = options.patience === 0 ? 0 : PAUSE
  }

  /** False: the record is no auth event. */
  test(text: string): boolean {
    if (!this.#scanner.test(text)) return false
    if (this.#patience > 0) {
      this.#patience--
      return true
    }
    this.#rules ??= new StemRules(this.#options.rules())
    const may = this.#rules.test(text)
    if (!may) this.#dropped++
    if (++this.#looks === LOOKS) {
      if (this.#dropped < LOOKS * WORTH) this.#patience = this.#pause
      this.#looks = 0
      this.#dropped = 0
    }
    return may
  }

  /** Whether any stem stands between two places of the bytes (UTF-8): the first look alone, for parts of a record. */
  within(bytes: Uint8Array, from: number, to: number): boolean {
    return this.#scanner.within(bytes, from, to)
  }

  /** Where the next stem begins at or after `from`, or −1: no record before it is an auth event. */
  next(bytes: Uint8Array, from: number): number {
    return this.#scanner.next(bytes, from)
  }
}
