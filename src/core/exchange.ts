/** One side of a call between two processes, as a span states it: what two of them say about two clocks. */
export interface Exchange {
  side: 'client' | 'server'
  host: string
  trace_id: string
  /** Id of the client span: its own, or the server span's parent. */
  call_span_id: string
  /** By the clock of `host`, ms. */
  start_ms: number
  end_ms: number
}
