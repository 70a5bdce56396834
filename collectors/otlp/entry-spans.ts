/**
 * Spans within spans tell of one failure several times: an exception on its way up is recorded by each that it leaves. This
 * finds the failed spans of one process that lie within one another, whichever export requests bring them, and gives them a
 * name in common: the id of the outermost, or, where an inner one was told of first (children end before their parents), the
 * name that it was told under. Spans beside one another have different names: a second try, or another request of the trace.
 * Invariant: what is named keeps its name; a later run of the collector knows nothing of an earlier one's spans.
 */

/** Parents of parents that are followed; deeper nesting than any framework's. */
const DEPTH_LIMIT = 64
/** Spans of one trace that are remembered; a batch job's trace has thousands. */
const TRACE_LIMIT = 10_000
/** Spans remembered at all, those of the traces that failed longest ago go first; about 10 MB. */
const SPANS_KEPT = 60_000
/** Names that one span can have: as many failures beside one another as are told of before the span around them. */
const NAMES_LIMIT = 4

export interface EntrySpan {
  span_id: string
  /** Empty where there is none. */
  parent_span_id: string
  /** Whose it is: spans of different processes are never one failure here. */
  place: string
  failed: boolean
}

interface Kept extends EntrySpan {
  names?: readonly string[]
}

export class EntrySpans {
  /** By trace, those in which something failed. */
  readonly #traces = new Map<number, Map<string, Kept>>()
  #count = 0

  /** Has something failed in this trace? Then all its spans are worth remembering, because chains lead through them. */
  knows(trace: number): boolean {
    return this.#traces.has(trace)
  }

  add(trace: number, span: EntrySpan): void {
    let spans = this.#traces.get(trace)
    if (spans === undefined) {
      spans = new Map()
      this.#traces.set(trace, spans)
    }
    if (spans.has(span.span_id) || spans.size >= TRACE_LIMIT) return
    spans.set(span.span_id, span)
    this.#count++
    while (this.#count > SPANS_KEPT) {
      const [[oldest, { size }]] = this.#traces as unknown as [[number, Map<string, Kept>]]
      this.#traces.delete(oldest)
      this.#count -= size
    }
  }

  /** Names of every failed span of a trace; several where failures beside one another turned out to be within one. */
  name(trace: number): Map<string, readonly string[]> {
    const spans = this.#traces.get(trace) ?? new Map<string, Kept>()
    const within = new Map<string, Kept[]>()
    for (const span of spans.values()) {
      if (!span.failed) continue
      const outermost = outermostAround(span, spans)
      const group = within.get(outermost)
      if (group === undefined) within.set(outermost, [span])
      else group.push(span)
    }
    const named = new Map<string, readonly string[]>()
    for (const [outermost, group] of within) {
      const given = [...new Set(group.flatMap(({ names = [] }) => names))].sort().slice(0, NAMES_LIMIT)
      for (const span of group) {
        span.names ??= given.length > 0 ? given : [outermost]
        named.set(span.span_id, span.names)
      }
    }
    return named
  }
}

/** Id of the outermost failed span of the same process around it, its own where there is none. */
function outermostAround(span: EntrySpan, spans: ReadonlyMap<string, EntrySpan>): string {
  let outermost = span.span_id
  let at = span.parent_span_id
  for (let depth = 0; depth < DEPTH_LIMIT && at !== ''; depth++) {
    const around = spans.get(at)
    if (around === undefined || around.place !== span.place) break
    if (around.failed) outermost = at
    at = around.parent_span_id
  }
  return outermost
}
