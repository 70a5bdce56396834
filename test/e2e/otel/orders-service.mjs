/**
 * The example of docs/instrumentation.md: a service whose tokens are told about. `GET /token?lifetime=60&aud=orders` issues,
 * `GET /orders` checks. Run: OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318 node orders-service.mjs
 */
import http from 'node:http'
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-proto'
import { OTLPTraceExporter as Grpc } from '@opentelemetry/exporter-trace-otlp-grpc'
import { OTLPTraceExporter as Json } from '@opentelemetry/exporter-trace-otlp-http'
import { OTLPTraceExporter as Protobuf } from '@opentelemetry/exporter-trace-otlp-proto'
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http'
import { BatchLogRecordProcessor } from '@opentelemetry/sdk-logs'
import { NodeSDK } from '@opentelemetry/sdk-node'
import { BatchSpanProcessor } from '@opentelemetry/sdk-trace'
import { traceTokenIssuance, traceTokenValidation } from 'authtop/instrumentation'
import jsonwebtoken from 'jsonwebtoken'

/** Which signals this run sends, and to where. */
const { SIGNALS = 'traces,logs', HTTP_PORT = '4318', GRPC_PORT = '4317' } = process.env
const KEY = 'only-for-this-example'
const base = `http://127.0.0.1:${HTTP_PORT}`
/** Soon enough to watch; ms. */
const scheduledDelayMillis = 200

const sdk = new NodeSDK({
  serviceName: 'orders',
  instrumentations: [new HttpInstrumentation({ ignoreOutgoingRequestHook: () => true })],
  spanProcessors: SIGNALS.includes('traces')
    ? [
        new Protobuf({ url: `${base}/v1/traces`, compression: 'gzip' }),
        new Json({ url: `${base}/v1/traces` }),
        new Grpc({ url: `http://127.0.0.1:${GRPC_PORT}` }),
      ].map((exporter) => new BatchSpanProcessor({ exporter, scheduledDelayMillis }))
    : [],
  logRecordProcessors: SIGNALS.includes('logs')
    ? [new BatchLogRecordProcessor({ exporter: new OTLPLogExporter({ url: `${base}/v1/logs` }), scheduledDelayMillis })]
    : [],
})
sdk.start()

const server = http.createServer((request, response) => {
  const url = new URL(request.url, 'http://localhost')
  if (url.pathname === '/token') {
    const claims = { iss: 'https://id.example', aud: url.searchParams.get('aud'), sub: 'alice', client_id: 'web' }
    const expiresIn = Number(url.searchParams.get('lifetime'))
    const token = traceTokenIssuance(
      { library: 'jsonwebtoken', grant_type: 'client_credentials', client_id: 'web' },
      () => jsonwebtoken.sign(claims, url.searchParams.get('key') ?? KEY, { expiresIn, keyid: 'k1' }),
    )
    response.end(token)
    return
  }
  const token = request.headers.authorization?.replace(/^Bearer /, '')
  try {
    traceTokenValidation({ library: 'jsonwebtoken', token }, () =>
      jsonwebtoken.verify(token, KEY, { audience: 'orders' }),
    )
    response.end('ok')
  } catch {
    response.writeHead(401).end()
  }
})
server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => console.log(server.address().port))
process.on('SIGTERM', async () => {
  server.close()
  await sdk.shutdown()
  process.exit(0)
})
