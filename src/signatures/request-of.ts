/**
 * What a record says of the HTTP request it is about: from the attributes that layouts fill, else from the places where callers
 * put it, `GET /orders/17 failed` and the error's own status. Path without query string, cut to what a store keeps.
 * Invariant: names a request for joining records and for reading; no signature matches on it.
 */
import type { AttributeValue, LogRecord } from '../core/log-record.ts'

export interface NamedRequest {
  method?: AttributeValue
  path?: AttributeValue
  status?: number
}

/** At the start of what was said, or after a colon; one pass, nothing to go back for. */
const REQUEST_LINE =
  /(?:^|[:\]] )(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) (?:https?:\/\/[^\s/?#]{1,255})?(\/[^\s?#"]{0,500})/
/** Where HTTP clients put the status of the answer: axios, got, superagent, undici, openid-client. */
const ERROR_STATUS = [
  'err.status',
  'err.statusCode',
  'err.response.status',
  'error.status',
  'error.statusCode',
  'error.response.status',
]
/** Of a text only the beginning is looked at; characters. */
const LOOKED_AT = 600

export function requestOf({ attributes, body }: Pick<LogRecord, 'attributes' | 'body'>): NamedRequest {
  const request: NamedRequest = {}
  const status = attributes['http.response.status_code'] ?? ERROR_STATUS.map((name) => attributes[name]).find(isStatus)
  if (typeof status === 'number') request.status = status
  const method = attributes['http.request.method']
  const path = attributes['url.path']
  if (method !== undefined) request.method = method
  if (path !== undefined) request.path = path
  if (method !== undefined || path !== undefined) return request
  const line = REQUEST_LINE.exec(body.slice(0, LOOKED_AT))
  if (line !== null) Object.assign(request, { method: line[1]!, path: line[2]! })
  return request
}

function isStatus(value: AttributeValue | undefined): value is number {
  return typeof value === 'number' && value >= 400 && value < 600
}
