/**
 * A regular expression of many alternatives, most of which most texts rule out by lacking a word: only those that may match are
 * tried. Invariant: what is found is what the whole expression would find.
 */

export interface Alternative {
  source: string
  /** In lower case; one of them stands in whatever `source` matches. */
  needs: readonly string[]
}

/** Expressions kept; texts that would make more of them are searched with the whole one. */
const KEPT = 500

export class Alternation {
  readonly #alternatives: readonly Alternative[]
  readonly #flags: string
  readonly #made = new Map<number, RegExp>()

  /** @param alternatives at most 31 */
  constructor(alternatives: readonly Alternative[], flags: string) {
    this.#alternatives = alternatives
    this.#flags = flags
  }

  /** What may match in the text; null where nothing can. */
  in(text: string): RegExp | null {
    const lower = text.toLowerCase()
    let chosen = 0
    for (let i = 0; i < this.#alternatives.length; i++)
      for (const need of this.#alternatives[i]!.needs)
        if (lower.includes(need)) {
          chosen |= 1 << i
          break
        }
    if (chosen === 0) return null
    return this.#made.get(chosen) ?? this.#make(this.#made.size < KEPT ? chosen : -1)
  }

  #make(chosen: number): RegExp {
    const sources = this.#alternatives.filter((_, i) => (chosen & (1 << i)) !== 0).map(({ source }) => source)
    const made = new RegExp(sources.join('|'), this.#flags)
    this.#made.set(chosen, made)
    return made
  }
}
