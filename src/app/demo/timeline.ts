/**
 * The demo's only source of time: work scheduled at moments of the story and done in their order, one piece after the
 * other. Whether a second of the story takes a second or none is left to whoever calls `runUntil`.
 * Invariant: while a piece of work runs, `now_ms` is the moment it was scheduled for, however late it is really done.
 */

interface Work {
  at_ms: number
  /** Order of scheduling; decides between works of one moment. */
  turn: number
  run: () => void | Promise<void>
}

export class Timeline {
  /** Moment of the story, ms since its start; negative in the history before it. */
  now_ms: number
  /** Binary heap: every entry is due before its children at 2i+1 and 2i+2. */
  readonly #heap: Work[] = []
  #turns = 0

  constructor(start_ms: number) {
    this.now_ms = start_ms
  }

  /** Schedules work `delay_ms` (0 or more) from now. */
  after(delay_ms: number, run: Work['run']): void {
    this.#push({ at_ms: this.now_ms + delay_ms, turn: this.#turns++, run })
  }

  /** Does everything that is due up to and including `until_ms`; stops early when the signal aborts. */
  async runUntil(until_ms: number, signal?: AbortSignal): Promise<void> {
    for (let next = this.#heap[0]; next !== undefined && next.at_ms <= until_ms; next = this.#heap[0]) {
      if (signal?.aborted) return
      this.#pop()
      this.now_ms = next.at_ms
      await next.run()
    }
    this.now_ms = Math.max(this.now_ms, until_ms)
  }

  #push(work: Work): void {
    const heap = this.#heap
    heap.push(work)
    for (let i = heap.length - 1; i > 0; ) {
      const parent = (i - 1) >> 1
      if (isBefore(heap[parent] as Work, work)) break
      heap[i] = heap[parent] as Work
      heap[parent] = work
      i = parent
    }
  }

  #pop(): void {
    const heap = this.#heap
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return
    let i = 0
    for (;;) {
      const left = 2 * i + 1
      const right = left + 1
      if (left >= heap.length) break
      const child = right < heap.length && isBefore(heap[right] as Work, heap[left] as Work) ? right : left
      if (isBefore(last, heap[child] as Work)) break
      heap[i] = heap[child] as Work
      i = child
    }
    heap[i] = last
  }
}

function isBefore(a: Work, b: Work): boolean {
  return a.at_ms < b.at_ms || (a.at_ms === b.at_ms && a.turn < b.turn)
}
