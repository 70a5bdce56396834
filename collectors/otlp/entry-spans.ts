/**
 * Spans within spans tell of one failure several times: an exception on its way up is recorded by each that it leaves. This
 * finds, for the failed spans of one export request, the outermost failed span of the same process around each: its entry.
 * Spans beside one another have different entries: a second try, or another request of the same trace.
 * A span whose parent arrives later, in another export request, is its own entry.
 */
import type { Origin } from './origin.ts'
import type { Span } from './telemetry.ts'

/** Parents of parents that are followed; deeper nesting than any framework's. */
const DEPTH_LIMIT = 64
/** http.response.status_code from here on is a failure. */
const FIRST_ERROR = 400
const ERROR = 2

/** Where a span stands: which process's, and under which other span. */
interface Link {
  origin: Origin
  parent: string
}

export class EntrySpans {
  readonly #links = new Map<string, Link>()
  readonly #failed = new Set<string>()

  /** Any span, failed or not: chains lead through both. */
  add(trace_id: string, span_id: string, parent: string, origin: Origin): void {
    this.#links.set(`${trace_id}${span_id}`, { origin, parent })
  }

  failed({ trace_id, span_id }: Span): void {
    this.#failed.add(`${trace_id}${span_id}`)
  }

  /** Id of the outermost failed span around it, its own where there is none. */
  entryOf({ trace_id, span_id }: Span): string {
    const own = this.#links.get(`${trace_id}${span_id}`)
    let entry = span_id
    let at = own?.parent ?? ''
    for (let depth = 0; depth < DEPTH_LIMIT && at !== ''; depth++) {
      const link = this.#links.get(`${trace_id}${at}`)
      if (link === undefined || link.origin !== own!.origin) break
      if (this.#failed.has(`${trace_id}${at}`)) entry = at
      at = link.parent
    }
    return entry
  }
}

/** Does the span itself say that something went wrong? */
export function isFailed({ status_code, events, attributes }: Span): boolean {
  const code = attributes['http.response.status_code'] ?? attributes['http.status_code']
  if (status_code === ERROR || (typeof code === 'number' && code >= FIRST_ERROR)) return true
  return events.some((event) => event.attributes['exception.type'] !== undefined)
}
