/**
 * Three services of one OAuth stack under the official SDK, each with automatic instrumentation of what it is built from:
 * `idp` (oidc-provider on Koa), `api` (Express, express-oauth2-jwt-bearer, jose) and `web`, which calls them with fetch.
 * Run: ROLE=api HTTP_PORT=… GRPC_PORT=… node oauth-stack.mjs; prints its port. Each exports protobuf, JSON and gRPC at once.
 */
import http from 'node:http'
import { register } from 'node:module'
import { logs, trace } from '@opentelemetry/api'
import { OTLPLogExporter as GrpcLogs } from '@opentelemetry/exporter-logs-otlp-grpc'
import { OTLPLogExporter as JsonLogs } from '@opentelemetry/exporter-logs-otlp-http'
import { OTLPLogExporter as ProtobufLogs } from '@opentelemetry/exporter-logs-otlp-proto'
import { OTLPTraceExporter as Grpc } from '@opentelemetry/exporter-trace-otlp-grpc'
import { OTLPTraceExporter as Json } from '@opentelemetry/exporter-trace-otlp-http'
import { OTLPTraceExporter as Protobuf } from '@opentelemetry/exporter-trace-otlp-proto'
import { ExpressInstrumentation } from '@opentelemetry/instrumentation-express'
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http'
import { KoaInstrumentation } from '@opentelemetry/instrumentation-koa'
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchLogRecordProcessor } from '@opentelemetry/sdk-logs'
import { NodeSDK } from '@opentelemetry/sdk-node'
import { BatchSpanProcessor } from '@opentelemetry/sdk-trace'

// What instrumentations need to see modules that are imported, as `node --import` would register it.
register('@opentelemetry/instrumentation/hook.mjs', import.meta.url)

const { ROLE, HTTP_PORT, GRPC_PORT, ISSUER, API } = process.env
const base = `http://127.0.0.1:${HTTP_PORT}`
const grpc = { url: `http://127.0.0.1:${GRPC_PORT}` }
const sdk = new NodeSDK({
  serviceName: ROLE,
  resource: resourceFromAttributes({ 'host.name': `${ROLE}-1` }),
  instrumentations: [
    new HttpInstrumentation({ ignoreOutgoingRequestHook: () => true }),
    new ExpressInstrumentation(),
    new KoaInstrumentation(),
    new UndiciInstrumentation(),
  ],
  spanProcessors: [
    new Protobuf({ url: `${base}/v1/traces`, compression: 'gzip' }),
    new Json({ url: `${base}/v1/traces` }),
    new Grpc(grpc),
  ].map((exporter) => new BatchSpanProcessor({ exporter })),
  logRecordProcessors: [
    new ProtobufLogs({ url: `${base}/v1/logs`, compression: 'gzip' }),
    new JsonLogs({ url: `${base}/v1/logs` }),
    new GrpcLogs(grpc),
  ].map((exporter) => new BatchLogRecordProcessor({ exporter })),
})
sdk.start()

const SECRET = 'only-for-this-test-0123456789abcdef'
const AUDIENCE = 'urn:api'
const logger = logs.getLogger(ROLE)

/** As a logging library's OpenTelemetry transport writes an error. */
function logError(body, error) {
  logger.emit({
    severityNumber: 17,
    severityText: 'ERROR',
    body,
    attributes: {
      'exception.type': error.name,
      'exception.message': error.message,
      'exception.stacktrace': error.stack,
    },
  })
}

// Loaded behind sdk.start(), so that they are instrumented.
const roles = {
  async idp() {
    const { default: Provider } = await import('oidc-provider')
    const { instrumentOidcProvider } = await import('authtop/instrumentation')
    const provider = new Provider(ISSUER, {
      clients: [
        {
          client_id: 'web',
          client_secret: SECRET,
          grant_types: ['client_credentials'],
          redirect_uris: [],
          response_types: [],
        },
      ],
      features: { clientCredentials: { enabled: true } },
    })
    instrumentOidcProvider(provider)
    return provider.callback()
  },

  async api() {
    const { default: express } = await import('express')
    const { auth, requiredScopes } = await import('express-oauth2-jwt-bearer')
    const { jwtVerify } = await import('jose')
    const { instrumentJwtBearer } = await import('authtop/instrumentation')
    const app = express()
    const check = instrumentJwtBearer(
      auth({ issuer: ISSUER, audience: AUDIENCE, secret: SECRET, tokenSigningAlg: 'HS256' }),
    )
    app.get('/orders', check, (_request, response) => response.send('ok'))
    app.get('/admin', check, requiredScopes('admin'), (_request, response) => response.send('ok'))
    // A service of one's own making: a span for the whole, one for the part, and each tells of the same error.
    app.get('/nested', async (request, response, next) => {
      const token = (request.headers.authorization ?? '').slice('Bearer '.length)
      const telling = (name, work) =>
        trace.getTracer('shop').startActiveSpan(name, async (span) => {
          try {
            return await work()
          } catch (error) {
            span.recordException(error)
            span.setStatus({ code: 2, message: error.message })
            throw error
          } finally {
            span.end()
          }
        })
      try {
        await telling('authorize', () =>
          telling('verify', () =>
            jwtVerify(token, new TextEncoder().encode(SECRET), { issuer: ISSUER, audience: AUDIENCE }),
          ),
        )
        response.send('ok')
      } catch (error) {
        error.status = 401
        next(error)
      }
    })
    app.use((error, _request, response, _next) => {
      logError('request refused', error)
      response.status(error.status ?? 500).set(error.headers ?? {})
      response.end()
    })
    return app
  },

  async web() {
    const { SignJWT } = await import('jose')
    const now = () => Math.floor(Date.now() / 1000)
    const token = ({ lifetime = 300, audience = AUDIENCE, key = SECRET, scope = 'orders' }) =>
      new SignJWT({ scope, client_id: 'web' })
        .setProtectedHeader({ alg: 'HS256', kid: 'k1', typ: 'at+jwt' })
        .setIssuer(ISSUER)
        .setAudience(audience)
        .setSubject('web')
        .setIssuedAt(now() + Math.min(0, lifetime) - 300)
        .setExpirationTime(now() + lifetime)
        .setJti(crypto.randomUUID())
        .sign(new TextEncoder().encode(key))
    const get = async (path, options) => {
      const headers = options === undefined ? {} : { authorization: `Bearer ${await token(options)}` }
      return fetch(`${API}${path}`, { headers })
    }
    const grant = (secret, grant_type = 'client_credentials') =>
      fetch(`${ISSUER}/token`, {
        method: 'POST',
        headers: { authorization: `Basic ${Buffer.from(`web:${secret}`).toString('base64')}` },
        body: new URLSearchParams({ grant_type }),
      })
    const plays = {
      good: () => get('/orders', {}),
      granted: () => grant(SECRET),
      expired: () => get('/orders', { lifetime: -60 }),
      audience: () => get('/orders', { audience: 'urn:other' }),
      signature: () => get('/orders', { key: 'another-key-0123456789-0123456789ab' }),
      missing: () => get('/orders'),
      scope: () => get('/admin', {}),
      nested: () => get('/nested', { lifetime: -60 }),
      secret: () => grant('wrong'),
      grant: () => grant(SECRET, 'password'),
    }
    return async (request, response) => {
      const answer = await plays[request.url.slice(1)]()
      await answer.text()
      response.end(String(answer.status))
    }
  },
}

const server = http.createServer(await roles[ROLE]())
server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => console.log(server.address().port))
process.on('SIGTERM', async () => {
  server.close()
  await sdk.shutdown()
  process.exit(0)
})
