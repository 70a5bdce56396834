/** What all faces to the network promise, whatever comes: the two HTTP receivers and the service's own server. */
import { request } from 'node:http'
import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { afterEach, describe, expect, test } from 'vitest'
import { openOtlpSource } from '../../../collectors/otlp/otlp-source.ts'
import { openSyslogSource } from '../../../collectors/syslog/syslog-source.ts'
import { openWebhookSource } from '../../../collectors/webhook/webhook-source.ts'
import { startServiceServer } from '../../../src/app/service/service-server.ts'
import type { PushSourceOptions } from '../../../src/core/ports/push-source.ts'
import { selfSigned } from './self-signed.ts'

const undo: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const step of undo.splice(0)) await step()
})

type Face = (more: {
  token?: string
  tls?: { cert: string; key: string }
}) => Promise<{ port: number; path: string; method: string }>

function portIn(told: string[]): number {
  return Number(/port (\d+)/.exec(told.join(' '))?.[1])
}

function optionsOf(told: string[]): PushSourceOptions {
  return { notice: ({ text }) => void told.push(text ?? ''), now: Date.now } as PushSourceOptions
}

const FACES: Record<string, Face> = {
  OTLP: async (more) => {
    const told: string[] = []
    const source = await openOtlpSource({ host: '127.0.0.1', http_port: 0, grpc_port: 0, ...more }, optionsOf(told))
    undo.push(() => source.close())
    return {
      port: Number(/HTTP[^0-9]*(\d+)/i.exec(told.join(' '))?.[1] ?? portIn(told)),
      path: '/v1/logs',
      method: 'POST',
    }
  },
  webhook: async (more) => {
    const told: string[] = []
    const source = await openWebhookSource({ host: '127.0.0.1', port: 0, ...more }, optionsOf(told))
    undo.push(() => source.close())
    return { port: portIn(told), path: '/webhook/okta', method: 'POST' }
  },
  service: async ({ token }) => {
    const server = await startServiceServer({
      host: '127.0.0.1',
      port: 0,
      token: token ?? null,
      tls: null,
      metrics: async () => 'x 1\n',
      ready: () => true,
      healthy: () => null,
    })
    undo.push(() => server.close())
    return { port: Number(new URL(server.url).port), path: '/metrics', method: 'GET' }
  },
}

function ask(
  to: { port: number; path: string; method: string },
  headers: Record<string, string>,
): Promise<{ status: number; headers: Record<string, unknown> }> {
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: '127.0.0.1', ...to, headers: { 'content-type': 'application/json', ...headers } },
      (response) => {
        response.resume().on('end', () => resolve({ status: response.statusCode!, headers: response.headers }))
      },
    )
    sent.on('error', reject).end(to.method === 'POST' ? (to.path === '/v1/logs' ? '{}' : '[]') : undefined)
  })
}

describe.each(Object.entries(FACES))('%s', (_, open) => {
  test('does not answer to a name that a page in a browser has made point here', async () => {
    const face = await open({})
    for (const host of [
      'evil.example',
      'evil.example:4318',
      'localhost.evil.example',
      '127.0.0.1.nip.io',
      'a.localhost.evil.test',
    ])
      expect((await ask(face, { host })).status, host).toBe(421)
    for (const host of ['localhost', `127.0.0.1:${face.port}`, '[::1]:4318', 'collector:4318', 'host.docker.internal'])
      expect((await ask(face, { host })).status, host).not.toBe(421)
  })

  test('does not answer a page of another site, which may send without asking first', async () => {
    const face = await open({})
    for (const origin of ['https://evil.example', 'null'])
      expect((await ask(face, { origin })).status, origin).toBe(421)
    expect((await ask(face, { origin: 'http://localhost:3000' })).status).not.toBe(421)
  })

  test('lets whoever has the token call it by any name, and nobody else', async () => {
    const face = await open({ token: 'a-token' })
    expect((await ask(face, { host: 'otel.example.com', authorization: 'Bearer a-token' })).status).toBe(200)
    for (const authorization of ['', 'Bearer', 'Bearer a-toke', 'Bearer a-tokenn', 'Bearer A-TOKEN', 'Basic a-token'])
      expect((await ask(face, { authorization })).status, authorization).toBe(401)
  })

  test('tells browsers to keep, sniff and frame nothing, and nobody which version it is', async () => {
    const { headers } = await ask(await open({}), {})
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringContaining("default-src 'none'"),
    })
    for (const name of ['server', 'x-powered-by', 'via']) expect(headers[name]).toBeUndefined()
    expect(JSON.stringify(headers)).not.toMatch(/authtop|node|fastify/i)
  })
})

// Webhooks come over the same server as OTLP.
test.each(['OTLP', 'service'])(
  '%s gives up who sends a head byte by byte, and serves others meanwhile',
  async (name) => {
    const face = await FACES[name]!({})
    const slow = connect(face.port, '127.0.0.1')
    let open_ = true
    slow.on('close', () => {
      open_ = false
    })
    slow.on('error', () => {})
    slow.write(`${face.method} ${face.path} HTTP/1.1\r\nHost: localhost\r\n`)
    const drip = setInterval(() => slow.write('x'), 500)
    expect((await ask(face, {})).status).toBeLessThan(500)
    while (open_) await new Promise((resolve) => setTimeout(resolve, 200))
    clearInterval(drip)
  },
)

describe('TLS', () => {
  test('below 1.2 is refused by every receiver', async () => {
    const tls = await selfSigned()
    const told: string[] = []
    const syslog = await openSyslogSource({ host: '127.0.0.1', port: 0, zone: 'UTC', tls }, optionsOf(told))
    undo.push(() => syslog.close())
    const ports = [
      portIn(told),
      (await FACES.OTLP!({ tls, token: 't' })).port,
      (await FACES.webhook!({ tls, token: 't' })).port,
    ]
    const handshake = (port: number, maxVersion: 'TLSv1.1' | 'TLSv1.2') =>
      new Promise<string>((resolve) => {
        const socket = connectTls(
          {
            host: '127.0.0.1',
            port,
            rejectUnauthorized: false,
            minVersion: 'TLSv1',
            maxVersion,
            ciphers: 'DEFAULT@SECLEVEL=0',
          },
          () => {
            resolve(socket.getProtocol() ?? '')
            socket.destroy()
          },
        )
        socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
      })
    for (const port of ports) {
      expect(await handshake(port, 'TLSv1.1')).toMatch(/^ERR_SSL|ECONNRESET/)
      expect(await handshake(port, 'TLSv1.2')).toBe('TLSv1.2')
    }
  })
})
