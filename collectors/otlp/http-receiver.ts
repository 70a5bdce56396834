/**
 * OTLP/HTTP: POST /v1/traces and /v1/logs in protobuf or JSON. https://opentelemetry.io/docs/specs/otlp/#otlphttp
 * Leaves the body to export-service.ts. Invariant: whatever is sent, the answer is a status and the server goes on.
 */
import type { IncomingMessage } from 'node:http'
import type { FastifyReply } from 'fastify'
import type { PushSecrets } from '../../src/core/ports/push-source.ts'
import { isAllowed } from '../push/bearer.ts'
import { BodyError, readBody, STATUS_OF } from '../push/body.ts'
import type { Listening } from '../push/listening.ts'
import { newServer, portOf, RETRY_AFTER_S, renewTls } from '../push/requests.ts'
import { CODE, statusMessage, successMessage } from './answer.ts'
import type { ExportService } from './export-service.ts'
import { BODY_LIMIT_BYTES, JSON_LIMIT_BYTES } from './limits.ts'
import type { Encoding } from './read-request.ts'
import type { Signal } from './telemetry.ts'

const TYPES: Readonly<Record<string, Encoding>> = {
  'application/x-protobuf': 'protobuf',
  'application/json': 'json',
}
const MEDIA_TYPES: Readonly<Record<Encoding, string>> = { protobuf: 'application/x-protobuf', json: 'application/json' }
const SIGNALS: readonly Signal[] = ['traces', 'logs']

export interface HttpReceiver {
  port: number
  renew(secrets: PushSecrets): void
  close(): Promise<void>
}

export async function openHttpReceiver(service: ExportService, listening: Listening): Promise<HttpReceiver> {
  const { host, port } = listening
  let { token } = listening
  const server = newServer(listening)
  server.addHook('onRequest', async (request, reply) => {
    if (isAllowed(token, request.headers.authorization)) return
    const encoding = encodingOf(request.raw) ?? 'json'
    reply.header('www-authenticate', 'Bearer')
    return refuse(reply, 401, CODE.unauthenticated, 'a bearer token is needed', encoding)
  })
  for (const signal of SIGNALS)
    server.post(`/v1/${signal}`, async (request, reply) => {
      const encoding = encodingOf(request.raw)
      if (encoding === undefined)
        return refuse(reply, 415, CODE.invalid_argument, 'send application/x-protobuf or application/json', 'json')
      if (service.full) return retry(reply, 'the queue is full', encoding)
      let body: Buffer
      try {
        body = await readBody(request.raw, encoding === 'json' ? JSON_LIMIT_BYTES : BODY_LIMIT_BYTES)
      } catch (error) {
        if (!(error instanceof BodyError)) throw error
        const status = STATUS_OF[error.problem]
        if (status === 503) return retry(reply, error.message, encoding)
        return refuse(reply, status, CODE.invalid_argument, error.message, encoding)
      }
      const outcome = await service.accept(body, encoding, signal)
      if ('malformed' in outcome) return refuse(reply, 400, CODE.invalid_argument, outcome.malformed, encoding)
      if ('later' in outcome) return retry(reply, outcome.later, encoding)
      return reply.type(MEDIA_TYPES[encoding]).send(successMessage(outcome.accepted, encoding, signal))
    })
  server.setNotFoundHandler((request, reply) => {
    const metrics = request.url.startsWith('/v1/metrics')
    const text = metrics
      ? 'authtop takes traces and logs; set OTEL_METRICS_EXPORTER=none'
      : 'POST to /v1/traces or /v1/logs'
    return refuse(reply, 404, CODE.unimplemented, text, encodingOf(request.raw) ?? 'json')
  })
  server.setErrorHandler((error, request, reply) => {
    const status = (error as { statusCode?: number }).statusCode ?? 500
    const text = status < 500 ? (error as Error).message : 'internal error'
    return refuse(reply, status, CODE.internal, text, encodingOf(request.raw) ?? 'json')
  })
  await server.listen({ host, port })
  return {
    port: portOf(server, port),
    renew(secrets) {
      token = secrets.token
      renewTls(server, secrets)
    },
    close: () => server.close(),
  }
}

function encodingOf(request: IncomingMessage): Encoding | undefined {
  const [type = ''] = (request.headers['content-type'] ?? '').split(';', 1)
  return TYPES[type.trim().toLowerCase()]
}

function refuse(reply: FastifyReply, status: number, code: number, message: string, encoding: Encoding): FastifyReply {
  // The rest of the body is not worth waiting for.
  return reply
    .code(status)
    .header('connection', 'close')
    .type(MEDIA_TYPES[encoding])
    .send(statusMessage(code, message, encoding))
}

function retry(reply: FastifyReply, message: string, encoding: Encoding): FastifyReply {
  reply.header('retry-after', String(RETRY_AFTER_S))
  return refuse(reply, 503, CODE.unavailable, message, encoding)
}
