/**
 * The gateway's access log: nginx with a JSON `log_format` (escape=json) of nginx's own variables, `$request_id` among
 * them. One line per request, written when it is answered, by the gateway's clock in whole seconds.
 */
import type { HttpRequest } from './http-exchange.ts'

export interface AccessEntry {
  request: HttpRequest
  /** The caller's, which the service behind sees only in X-Forwarded-For. */
  address: string
  /** Address and port of the service that answered. */
  upstream: string
  status: number
  /** Size of the answer's body. */
  bytes: number
  took_ms: number
  /** Gateway's clock, epoch ms. */
  now_ms: number
}

export function accessLine({ request, address, upstream, status, bytes, took_ms, now_ms }: AccessEntry): string {
  const { method, url, headers, id } = request
  // nginx quotes every variable, numbers too.
  return `${JSON.stringify({
    time_iso8601: `${new Date(now_ms).toISOString().slice(0, 19)}+00:00`,
    remote_addr: address,
    request: `${method} ${url} HTTP/1.1`,
    status: String(status),
    body_bytes_sent: String(bytes),
    request_time: (took_ms / 1000).toFixed(3),
    upstream_addr: upstream,
    upstream_status: String(status),
    request_id: id,
    http_user_agent: headers['user-agent'] ?? '',
  })}\n`
}
