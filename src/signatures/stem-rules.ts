/**
 * The prefilter's second look, at one record that holds a stem: may any signature match it, given all that signatures demand?
 * Ordinary logs are full of `failed`, `found` and `session`; that one of them stands beside the other words of a message is rare.
 * Leaves what is demanded to `prefilter-of.ts`. Invariant: a record that is turned away matches no signature.
 */
import type { WindowPlaces } from './rare-windows.ts'
import { StemScanner } from './stem-scanner.ts'

/** What stands in the record of a match, as stems (see stem-scanner.ts). */
export interface StemRule {
  first: string
  /** All of these stand there too… */
  all: readonly string[]
  /** …and of each of these one alternative with all its stems. */
  some: readonly (readonly (readonly string[])[])[]
}

export interface RuleSet {
  rules: readonly StemRule[]
  /** Chosen when the packs were compiled; see rare-windows.ts. */
  windows?: WindowPlaces
}

export function stemsOfRules(rules: readonly StemRule[]): string[] {
  return [...new Set(rules.flatMap(({ first, all, some }) => [first, ...all, ...some.flat(2)]))]
}

interface Compiled {
  all: readonly number[]
  some: readonly (readonly (readonly number[])[])[]
}

export class StemRules {
  readonly #scanner: StemScanner
  /** Stem → rules it is the first of. */
  readonly #byFirst: readonly Compiled[][]
  /** Stem → number of the text that held it last. */
  readonly #seen: Uint32Array
  #text = 0

  constructor({ rules, windows }: RuleSet) {
    const stems = stemsOfRules(rules)
    const ids = new Map(stems.map((stem, id) => [stem, id]))
    const idOf = (stem: string): number => ids.get(stem)!
    const byFirst: Compiled[][] = stems.map(() => [])
    for (const { first, all, some } of rules) {
      const compiled = { all: all.map(idOf), some: some.map((alternatives) => alternatives.map((a) => a.map(idOf))) }
      byFirst[idOf(first)]!.push(compiled)
    }
    this.#scanner = new StemScanner(stems, windows)
    this.#byFirst = byFirst
    this.#seen = new Uint32Array(stems.length)
  }

  test(text: string): boolean {
    const now = this.#next()
    const met: number[] = []
    this.#scanner.each(text, (id) => {
      if (this.#seen[id] === now) return
      this.#seen[id] = now
      if (this.#byFirst[id]!.length > 0) met.push(id)
    })
    const here = (id: number) => this.#seen[id] === now
    return met.some((id) =>
      this.#byFirst[id]!.some(
        ({ all, some }) => all.every(here) && some.every((alternatives) => alternatives.some((a) => a.every(here))),
      ),
    )
  }

  #next(): number {
    this.#text++
    if (this.#text > LAST_TEXT) {
      this.#seen.fill(0)
      this.#text = 1
    }
    return this.#text
  }
}

/** Numbers of texts fit 32 bits. */
const LAST_TEXT = 0xffff_ffff
