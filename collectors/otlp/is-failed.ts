/** Does the span itself say that something went wrong? */
import type { Span } from './telemetry.ts'

/** http.response.status_code from here on is a failure. */
export const FIRST_ERROR = 400
/** StatusCode of opentelemetry-proto. */
export const STATUS_ERROR = 2
/** Present and former name; https://opentelemetry.io/docs/specs/semconv/http/http-spans/ */
export const HTTP_STATUS: readonly string[] = ['http.response.status_code', 'http.status_code']

export function isFailed({ status_code, events, attributes }: Span): boolean {
  if (status_code === STATUS_ERROR) return true
  for (const name of HTTP_STATUS) {
    const code = attributes[name]
    if (typeof code === 'number' && code >= FIRST_ERROR) return true
  }
  return events.some((event) => event.attributes['exception.type'] !== undefined)
}
