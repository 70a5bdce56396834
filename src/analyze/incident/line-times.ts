/**
 * When a line was written within its second, told from where it stands in its file: lines follow each other in order of time,
 * and within a few seconds as many bytes are written in each. For stamps that are whole seconds, as gateways write them.
 * Invariant: never outside the second that the stamp names; null where too few lines are known.
 */
import type { Spoken } from '../../core/ports/store.ts'

const SECOND_MS = 1_000
/** Lines stamped so far from a line's own second say how much was written a second, ms; traffic changes beyond. */
const REACH_MS = 2_000
/** Fewer lines say nothing about their rate; count. */
const LEAST = 4
/** More of one stream are not looked at for one line; count. */
const MOST = 256

type Line = Pick<Spoken, 'stream' | 'offset' | 'time_ms'>

export class LineTimes {
  /** In order of offset. */
  readonly #streams = new Map<string, Line[]>()
  readonly #known = new Map<string, number | null>()

  constructor(lines: Iterable<Line>) {
    for (const line of lines) {
      const list = this.#streams.get(line.stream)
      if (list === undefined) this.#streams.set(line.stream, [line])
      else list.push(line)
    }
    for (const [stream, list] of this.#streams) {
      if (list.some(({ time_ms }) => time_ms % SECOND_MS !== 0)) this.#streams.delete(stream)
      else list.sort((a, b) => a.offset - b.offset)
    }
  }

  /** ms; null: the stamp is all that is known. */
  of({ stream, offset, time_ms }: Line): number | null {
    const list = this.#streams.get(stream)
    if (list === undefined) return null
    const key = `${stream}\u001f${offset}`
    let known = this.#known.get(key)
    if (known === undefined) {
      known = within(list, offset, time_ms)
      this.#known.set(key, known)
    }
    return known
  }
}

/** The line through the lines around it, each in the middle of its second on average, at this one's place. */
function within(list: readonly Line[], offset: number, time_ms: number): number | null {
  const near = (line: Line | undefined): boolean => line !== undefined && Math.abs(line.time_ms - time_ms) <= REACH_MS
  const middle = list.findIndex((line) => line.offset >= offset)
  let [from, to] = [middle, middle]
  while (near(list[from - 1]) && middle - from < MOST / 2) from--
  while (near(list[to]) && to - middle < MOST / 2) to++
  let [n, x, y, xx, xy] = [0, 0, 0, 0, 0]
  for (const line of list.slice(from, to)) {
    const [dx, dy] = [line.offset - offset, line.time_ms - time_ms]
    n++
    x += dx
    y += dy
    xx += dx * dx
    xy += dx * dy
  }
  const spread = n * xx - x * x
  if (n < LEAST || spread <= 0) return null
  const slope = Math.max(0, (n * xy - x * y) / spread)
  if (slope === 0) return null
  const at_ms = SECOND_MS / 2 + (y - slope * x) / n
  return time_ms + Math.min(SECOND_MS - 1, Math.max(0, at_ms))
}
