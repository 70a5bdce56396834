/**
 * What HTTP receivers share: a server whose bodies are read by their handlers, and the wait for an inbox.
 * What is asked and answered is each receiver's own.
 */
import type { Server as TlsServer } from 'node:tls'
import fastify, { type FastifyInstance } from 'fastify'
import { CHECK_CONNECTIONS_MS, SECURITY_HEADERS, TLS_HANDSHAKE_MS, TLS_MIN_VERSION } from '../../src/core/http-face.ts'
import { isLocalName, isLocalOrigin } from '../../src/core/local-name.ts'
import type { PushSecrets } from '../../src/core/ports/push-source.ts'
import type { Inbox, Settlement } from './inbox.ts'
import type { Listening } from './listening.ts'

/** A sender that does not finish its request in this time has gone; ms. */
const REQUEST_TIMEOUT_MS = 30_000
/** Lines of a head come together; ms. */
const HEADERS_TIMEOUT_MS = 10_000
/** Exporters keep one or two open each. */
const CONNECTIONS_LIMIT = 1_000
/** Answered "later" when the store has not taken it by then: before the senders' own usual time-out of 10 s; ms. */
const COMMIT_PATIENCE_MS = 8_000
/** When a refused sender should come again; seconds. A full queue is worked off in a fraction of that. */
export const RETRY_AFTER_S = 2

export function newServer({ tls, token }: Listening): FastifyInstance {
  const options = {
    ...(tls === undefined
      ? { http: { connectionsCheckingInterval: CHECK_CONNECTIONS_MS } }
      : {
          https: {
            cert: tls.cert,
            key: tls.key,
            minVersion: TLS_MIN_VERSION,
            handshakeTimeout: TLS_HANDSHAKE_MS,
            connectionsCheckingInterval: CHECK_CONNECTIONS_MS,
          },
        }),
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: true,
  }
  const server = fastify(options as { requestTimeout: number })
  server.server.maxConnections = CONNECTIONS_LIMIT
  server.server.headersTimeout = HEADERS_TIMEOUT_MS
  server.addHook('onRequest', async (request, reply) => {
    reply.headers(SECURITY_HEADERS)
    const { host, origin } = request.headers
    // Who has a token is no page in a browser.
    if (token !== undefined || (isLocalName(host) && isLocalOrigin(origin))) return
    return reply
      .code(421)
      .header('connection', 'close')
      .send({ error: 'ask for this machine by its own name, or set a token' })
  })
  // Bodies are read by the handlers, whatever type they claim.
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
  return server
}

/** Null once the records are durable, else why the sender should come again. */
export async function settled(
  inbox: Inbox,
  content: Parameters<Inbox['deliver']>[0],
  weight: number,
): Promise<string | null> {
  const { promise: patience, resolve } = Promise.withResolvers<'slow'>()
  const timer = setTimeout(() => resolve('slow'), COMMIT_PATIENCE_MS)
  const settlement: Settlement | 'slow' = await Promise.race([inbox.deliver(content, weight), patience])
  clearTimeout(timer)
  return settlement === 'committed' ? null : REASONS[settlement]
}

const REASONS: Readonly<Record<Exclude<Settlement, 'committed'> | 'slow', string>> = {
  full: 'the queue is full',
  slow: 'the store does not keep up',
  refused: 'closing',
}

/** Another certificate for connections to come. */
export function renewTls({ server }: FastifyInstance, { tls }: PushSecrets): void {
  if (tls !== undefined) (server as unknown as TlsServer).setSecureContext({ ...tls, minVersion: TLS_MIN_VERSION })
}

/** The port a server got. */
export function portOf(server: FastifyInstance, asked: number): number {
  const address = server.server.address()
  return typeof address === 'object' && address !== null ? address.port : asked
}
