/**
 * Webhooks as a push source: `POST /webhook/NAME` (auth0, okta, entra, keycloak, or any name) takes what an identity
 * provider's log stream sends.
 * Delivery guarantee: as the sender repeats. 200 is answered after the commit; without room, or when the store is slow, 503 with
 * Retry-After. The same body, or the same event in another body, counts once.
 */
import { hash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { PushSource, PushSourceOptions } from '../../src/core/ports/push-source.ts'
import { BodyError, readBody, STATUS_OF } from '../push/body.ts'
import { identityOf, streamId } from '../push/identity.ts'
import { Inbox } from '../push/inbox.ts'
import type { Listening } from '../push/listening.ts'
import { newServer, portOf, RETRY_AFTER_S, renewTls, settled } from '../push/requests.ts'
import { eventsIn, MalformedEvents } from './events-in.ts'
import { cloudEventsAnswer, eventGridAnswer, oktaAnswer } from './handshake.ts'
import { isSigned, maySend, type Query } from './may-send.ts'

/** Event Hubs' largest batch is 1 MB, audit batches some MB; bytes, decompressed. */
const BODY_LIMIT_BYTES = 8 * 1024 * 1024
/** Streams told apart by the name in the path; more are counted together. */
const NAMES_LIMIT = 50
const NAME = /^[a-z0-9][a-z0-9-]{0,40}$/

export async function openWebhookSource(listening: Listening, options: PushSourceOptions): Promise<PushSource> {
  const inbox = new Inbox()
  const server = newServer(listening)
  const names = new Set<string>()
  const { host, port } = listening
  let { token } = listening

  async function take(request: FastifyRequest<{ Params: { name: string }; Querystring: Query }>, reply: FastifyReply) {
    const received_collector_ms = options.now()
    const { headers, query } = request
    const secret = token
    const allowed = maySend(secret, headers, query)
    if (allowed === false) return refuse(reply, 401, 'the token or signature is missing or wrong')
    if (!NAME.test(request.params.name)) return refuse(reply, 404, 'post to /webhook/NAME')
    if (inbox.full) return later(reply, 'the queue is full')
    let events: string[]
    let body: Buffer
    try {
      body = await readBody(request.raw, BODY_LIMIT_BYTES)
      if (allowed === undefined && !isSigned(secret!, headers, body))
        return refuse(reply, 401, 'the signature is wrong')
      const handshake = eventGridAnswer(headers, body)
      if (handshake !== null) return handshake
      events = eventsIn(body)
    } catch (error) {
      if (error instanceof MalformedEvents) return refuse(reply, 400, error.message)
      if (!(error instanceof BodyError)) throw error
      const status = STATUS_OF[error.problem]
      return status === 503 ? later(reply, error.message) : refuse(reply, status, error.message)
    }
    if (events.length > 0) {
      if (names.size < NAMES_LIMIT) names.add(request.params.name)
      const name = `webhook ${names.has(request.params.name) ? request.params.name : '(others)'}`
      const info = { stream: streamId('webhook', name), name, identity: null }
      const records = events.map((text) => ({ text, envelope: { wrapper: 'webhook' }, identity: identityOf(text) }))
      const content = { digest: hash('sha256', body), parts: [{ info, records }], received_collector_ms }
      const reason = await settled(inbox, content, body.length)
      if (reason !== null) return later(reply, reason)
    }
    return { accepted: events.length }
  }

  server.post('/webhook/:name', take)
  server.get(
    '/webhook/:name',
    async (request, reply) => oktaAnswer(request.headers) ?? refuse(reply, 405, 'post events'),
  )
  server.options('/webhook/:name', async (request, reply) => {
    const answer = cloudEventsAnswer(request.headers)
    return answer === null ? refuse(reply, 405, 'post events') : reply.headers(answer).code(200).send()
  })
  server.setNotFoundHandler((_request, reply) => refuse(reply, 404, 'post to /webhook/NAME'))
  server.setErrorHandler((error, _request, reply) => {
    const status = (error as { statusCode?: number }).statusCode ?? 500
    // Messages may repeat the address, and with it the token.
    return refuse(reply, status, status < 500 ? 'not a request that is understood' : 'internal error')
  })
  await server.listen({ host, port })
  options.notice({
    kind: 'listening',
    name: 'webhook',
    text: `receiving webhooks on ${host}: port ${portOf(server, port)}`,
  })
  return {
    deliveries: (signal) => inbox.deliveries(signal),
    async renew(secrets) {
      token = secrets.token
      renewTls(server, secrets)
    },
    async close() {
      inbox.close()
      await server.close()
    },
  }
}

function refuse(reply: FastifyReply, status: number, error: string): FastifyReply {
  return reply.code(status).header('connection', 'close').send({ error })
}

function later(reply: FastifyReply, error: string): FastifyReply {
  reply.header('retry-after', String(RETRY_AFTER_S))
  return refuse(reply, 503, error)
}
