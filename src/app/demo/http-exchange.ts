/** One HTTP request as it reaches a service behind the gateway, and how it was answered: what the log writers write from. */

export interface HttpRequest {
  /** The gateway's request id, sent on as X-Request-ID. */
  id: string
  method: 'GET' | 'POST'
  url: string
  /** Lower-case names, as Node hands them over. */
  headers: Readonly<Record<string, string>>
  remoteAddress: string
  remotePort: number
  /** W3C trace context, where the caller sent one. */
  trace: { trace_id: string; span_id: string } | null
}

export interface HttpAnswer {
  status: number
  /** WWW-Authenticate; absent on success. */
  challenge?: string
  /** Time the service took, ms. */
  took_ms: number
}
