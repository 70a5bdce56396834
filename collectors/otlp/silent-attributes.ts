/**
 * Attributes that every span carries and no signature looks at. They are kept for the record and left out of the
 * prefilter's sight, because they are full of its words (`user_agent`, `http.route`).
 * Invariant (tested against the packs): no signature has a condition on them or looks for text in them.
 */

/** https://opentelemetry.io/docs/specs/semconv/http/http-spans/, present and former names. */
const NAMES: ReadonlySet<string> = new Set([
  'user_agent.original',
  'http.user_agent',
  'http.route',
  'http.scheme',
  'http.flavor',
  'http.host',
  'http.server_name',
  'http.client_ip',
  'http.request.body.size',
  'http.response.body.size',
  'http.request_content_length',
  'http.response_content_length',
  'http.status_text',
  'url.scheme',
  'server.address',
  'server.port',
  'client.address',
  'client.port',
  'error.message_template',
  'rpc.system',
  'rpc.system.name',
])
const PREFIXES = ['net.', 'network.', 'thread.', 'code.', 'telemetry.', 'process.', 'otel.', 'express.', 'log.']

/** OK says nothing; everything else is a gRPC status that a signature may know. */
export const SILENT_AT_ZERO = 'rpc.grpc.status_code'

export function isSilent(name: string, value?: unknown): boolean {
  if (name === SILENT_AT_ZERO) return value === 0
  return NAMES.has(name) || PREFIXES.some((prefix) => name.startsWith(prefix))
}
