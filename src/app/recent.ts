/** Remembers the last so many keys, for what senders repeat; older ones are forgotten in bulk. */

export class Recent<Key> {
  readonly #limit: number
  #young = new Set<Key>()
  #old = new Set<Key>()

  /** Between `limit` and twice as many keys are remembered. */
  constructor(limit: number, keys: Iterable<Key> = []) {
    this.#limit = limit
    for (const key of keys) this.add(key)
  }

  has(key: Key): boolean {
    return this.#young.has(key) || this.#old.has(key)
  }

  add(key: Key): void {
    this.#young.add(key)
    if (this.#young.size < this.#limit) return
    this.#old = this.#young
    this.#young = new Set()
  }
}
