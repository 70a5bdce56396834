/**
 * What a rule knows of each source that is followed: made when it is first met, kept while its path is nobody's for a moment, ended
 * and forgotten when it stays away. Leaves to the rule what a step of a source means.
 * Invariant: bounded, however many sources there are.
 */

export interface FollowedSource {
  source: string
  firing: boolean
  /** Steps in a row in which it was not followed. */
  absent: number
}

const SERIES_LIMIT = 2_000
/** Not followed for so many steps (an hour): nobody's concern any more; for so many (a week): forgotten. */
const GONE_STEPS = 12
const FORGET_STEPS = 2_016

export class FollowedSources<S extends FollowedSource> {
  readonly #series = new Map<string, S>()
  readonly #make: (source: string, at_ms: number) => S

  constructor(make: (source: string, at_ms: number) => S) {
    this.#make = make
  }

  /** Takes one step: `weigh` of each source in it, `end` of each that was firing and is gone. */
  take<T extends { name: string }>(
    sources: readonly T[],
    at_ms: number,
    weigh: (series: S, source: T) => void,
    end: (series: S) => void,
  ): void {
    const followed = new Set<string>()
    for (const source of sources) {
      followed.add(source.name)
      const series = this.#seriesOf(source.name, at_ms)
      if (series === null) continue
      series.absent = 0
      weigh(series, source)
    }
    for (const [name, series] of this.#series) {
      if (followed.has(name)) continue
      // While a file is rotated its path is nobody's for a moment.
      series.absent++
      if (series.absent === GONE_STEPS && series.firing) {
        series.firing = false
        end(series)
      }
      if (series.absent > FORGET_STEPS) this.#series.delete(name)
    }
  }

  save(): S[] {
    return [...this.#series.values()]
  }

  restore(saved: unknown): void {
    for (const series of saved as S[]) this.#series.set(series.source, series)
  }

  #seriesOf(source: string, at_ms: number): S | null {
    const known = this.#series.get(source)
    if (known !== undefined || this.#series.size >= SERIES_LIMIT) return known ?? null
    const made = this.#make(source, at_ms)
    this.#series.set(source, made)
    return made
  }
}
