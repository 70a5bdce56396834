/**
 * Hands out what has a rank, the lowest first and what came first among equals. Mostly the first few are all that is asked for: they are
 * looked for one by one, and only then is the rest sorted.
 */

/** So many are looked for one by one. */
const FEW = 6

export class ByRank<T extends { readonly rank: number }> {
  #items: (T | null)[]
  #taken = 0

  /** @param items become the instance's own */
  constructor(items: T[]) {
    this.#items = items
  }

  /** Null when all were handed out. */
  next(): T | null {
    const items = this.#items
    if (this.#taken >= FEW) return items[this.#taken++ - FEW] ?? null
    let best: T | null = null
    let place = -1
    for (let i = 0; i < items.length; i++) {
      const item = items[i]!
      if (item === null || (best !== null && item.rank >= best.rank)) continue
      best = item
      place = i
    }
    if (best === null) return null
    items[place] = null
    if (++this.#taken === FEW) this.#sortRest()
    return best
  }

  #sortRest(): void {
    this.#items = (this.#items as T[]).filter((item) => item !== null).sort((a, b) => a.rank - b.rank)
  }
}
