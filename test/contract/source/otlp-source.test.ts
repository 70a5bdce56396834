import { gzipSync } from 'node:zlib'
import grpc from '@grpc/grpc-js'
import { ProtobufLogsSerializer } from '@opentelemetry/otlp-transformer'
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs'
import { expect, test } from 'vitest'
import { BODY_LIMIT_BYTES } from '../../../collectors/otlp/limits.ts'
import { openOtlpSource } from '../../../collectors/otlp/otlp-source.ts'
import type { PushSourceOptions } from '../../../src/core/ports/push-source.ts'
import { type PushUnderTest, pushContract, type Told } from './push-contract.ts'

const TOKEN = 'a-token-of-this-test'

async function logBody(text: string): Promise<Buffer> {
  const exporter = new InMemoryLogRecordExporter()
  const provider = new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter })] })
  provider.getLogger('test').emit({ body: text, timestamp: 1_700_000_000_000, observedTimestamp: 1_700_000_000_000 })
  return Buffer.from(ProtobufLogsSerializer.serializeRequest(exporter.getFinishedLogRecords())!)
}

function told(status: number): Told {
  return status < 300 ? 'accepted' : status === 503 || status === 429 ? 'later' : 'refused'
}

/** The source and where it listens, from what it says. */
async function open(options: PushSourceOptions) {
  let text = ''
  const notice: PushSourceOptions['notice'] = (n) => {
    text = n.text
  }
  const source = await openOtlpSource(
    { host: '127.0.0.1', http_port: 0, grpc_port: 0, token: TOKEN },
    { ...options, notice },
  )
  const [http, grpcPort] = [...text.matchAll(/port (\d+)/g)].map((found) => Number(found[1]))
  return { source, http: http!, grpcPort: grpcPort! }
}

function overHttp(encode: (body: Buffer) => Buffer, headers: Record<string, string>): PushUnderTest {
  let port = 0
  async function post(body: Buffer, authorization = `Bearer ${TOKEN}`): Promise<Told> {
    const response = await fetch(`http://127.0.0.1:${port}/v1/logs`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-protobuf', authorization, ...headers },
      body: new Uint8Array(encode(body)),
    })
    if (response.status === 503) expect(response.headers.get('retry-after')).toMatch(/^\d+$/)
    return told(response.status)
  }
  return {
    async open(options) {
      const opened = await open(options)
      port = opened.http
      return opened.source
    },
    send: async (text) => post(await logBody(text)),
    sendBroken: () => post(Buffer.from('this is no protobuf')),
    sendUnauthorised: async () => post(await logBody('x'), 'Bearer another'),
  }
}

pushContract('OTLP over HTTP', async () => overHttp((body) => body, {}))
pushContract('OTLP over HTTP, compressed', async () => overHttp(gzipSync, { 'content-encoding': 'gzip' }))

pushContract('OTLP over gRPC', async () => {
  let client: grpc.Client
  const call = (body: Buffer, token = TOKEN) =>
    new Promise<Told>((resolve) => {
      const metadata = new grpc.Metadata()
      metadata.set('authorization', `Bearer ${token}`)
      const same = (bytes: Buffer) => bytes
      client.makeUnaryRequest(
        '/opentelemetry.proto.collector.logs.v1.LogsService/Export',
        same,
        same,
        body,
        metadata,
        (error) => {
          if (error === null) return resolve('accepted')
          resolve(error.code === grpc.status.UNAVAILABLE ? 'later' : 'refused')
        },
      )
    })
  return {
    async open(options) {
      const { source, grpcPort } = await open(options)
      client = new grpc.Client(`127.0.0.1:${grpcPort}`, grpc.credentials.createInsecure())
      return {
        ...source,
        close: async () => {
          await source.close()
          client.close()
        },
      }
    },
    send: async (text) => call(await logBody(text)),
    sendBroken: () => call(Buffer.from('this is no protobuf')),
    sendUnauthorised: async () => call(await logBody('x'), 'another'),
  }
})

test('what inflates beyond the limit is refused with 413 and never held', async () => {
  const { source, http } = await open({ notice: () => {}, now: Date.now })
  const post = (body: Uint8Array<ArrayBuffer>, headers: Record<string, string>) =>
    fetch(`http://127.0.0.1:${http}/v1/traces`, {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKEN}`, ...headers },
      body,
    })
  const bomb = new Uint8Array(gzipSync(Buffer.alloc(BODY_LIMIT_BYTES + 1)))
  const type = { 'content-type': 'application/x-protobuf' }
  expect((await post(bomb, { ...type, 'content-encoding': 'gzip' })).status).toBe(413)
  expect((await post(bomb.slice(0, 100), { ...type, 'content-encoding': 'gzip' })).status).toBe(400)
  expect((await post(bomb, { ...type, 'content-encoding': 'br' })).status).toBe(415)
  expect((await post(bomb, { 'content-type': 'text/plain' })).status).toBe(415)
  await source.close()
})
