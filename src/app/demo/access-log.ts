/**
 * The gateway's access log: nginx's predefined "combined" format with `$request_id` added at the end, as in
 * `log_format main '… "$http_user_agent" "$request_id"'`. One line per request, written when it is answered, by the
 * gateway's clock in whole seconds.
 */
import type { HttpRequest } from './http-exchange.ts'

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const

/** `address`: the caller's, which the service behind sees only in X-Forwarded-For. `bytes`: size of the body. */
export function accessLine(
  request: HttpRequest,
  address: string,
  status: number,
  bytes: number,
  now_ms: number,
): string {
  const { method, url, headers, id } = request
  return `${address} - - [${timeLocal(now_ms)}] "${method} ${url} HTTP/1.1" ${status} ${bytes} "-" "${headers['user-agent']}" "${id}"\n`
}

/** nginx's `$time_local` on a machine whose zone is UTC. */
function timeLocal(now_ms: number): string {
  const at = new Date(now_ms)
  const two = (value: number): string => String(value).padStart(2, '0')
  const day = `${two(at.getUTCDate())}/${MONTHS[at.getUTCMonth()]}/${at.getUTCFullYear()}`
  return `${day}:${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())} +0000`
}
