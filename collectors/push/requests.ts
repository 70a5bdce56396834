/**
 * What HTTP receivers share: a server whose bodies are read by their handlers, and the wait for an inbox.
 * What is asked and answered is each receiver's own.
 */
import fastify, { type FastifyInstance } from 'fastify'
import type { Inbox, Settlement } from './inbox.ts'
import type { Listening } from './listening.ts'

/** A sender that does not finish its request in this time has gone; ms. */
const REQUEST_TIMEOUT_MS = 30_000
/** Answered "later" when the store has not taken it by then: before the senders' own usual time-out of 10 s; ms. */
const COMMIT_PATIENCE_MS = 8_000
/** When a refused sender should come again; seconds. A full queue is worked off in a fraction of that. */
export const RETRY_AFTER_S = 2

export function newServer({ tls }: Listening): FastifyInstance {
  const server = fastify({
    ...(tls === undefined ? {} : { https: { cert: tls.cert, key: tls.key } }),
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: true,
  } as { requestTimeout: number })
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

/** The port a server got. */
export function portOf(server: FastifyInstance, asked: number): number {
  const address = server.server.address()
  return typeof address === 'object' && address !== null ? address.port : asked
}
