/**
 * The receivers with whom they are for: the official exporters, over TLS and with a token; and with whom they are not for,
 * who send what no exporter would.
 */
import grpc from '@grpc/grpc-js'
import { OTLPTraceExporter as Grpc } from '@opentelemetry/exporter-trace-otlp-grpc'
import { OTLPTraceExporter as Json } from '@opentelemetry/exporter-trace-otlp-http'
import { OTLPTraceExporter as Protobuf } from '@opentelemetry/exporter-trace-otlp-proto'
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import type { ForwardTo } from '../../../collectors/otlp/forward.ts'
import { openOtlpSource } from '../../../collectors/otlp/otlp-source.ts'
import type { PushSecrets } from '../../../src/core/ports/push-source.ts'
import { refused, spanBodies } from '../../unit/collectors/otlp/sdk-bodies.ts'
import { selfSigned } from './self-signed.ts'

const TOKEN = 'a-token-of-this-test'
const undo: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

/** A source whose deliveries are committed as they come. */
async function committing(more: PushSecrets & { forward?: ForwardTo } = {}) {
  let said = ''
  const source = await openOtlpSource(
    { host: '127.0.0.1', http_port: 0, grpc_port: 0, ...more },
    {
      now: Date.now,
      notice: ({ text }) => {
        said = text
      },
    },
  )
  const abort = new AbortController()
  const names: string[] = []
  const running = (async () => {
    for await (const { parts, committed } of source.deliveries(abort.signal)) {
      for (const { records } of parts) names.push(...records.map(({ text }) => JSON.parse(text).span_name as string))
      committed()
    }
  })()
  undo.push(async () => {
    abort.abort()
    await running
    await source.close()
  })
  const [http, rpc] = [...said.matchAll(/port (\d+)/g)].map((found) => found[1]!)
  return { names, http: http!, rpc: rpc! }
}

async function spanOf(name: string): Promise<ReadableSpan[]> {
  const exporter = new InMemorySpanExporter()
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] })
  provider.getTracer('test').startSpan(name).end()
  await provider.forceFlush()
  return exporter.getFinishedSpans()
}

interface Exporter {
  export(spans: ReadableSpan[], done: (result: { code: number; error?: Error }) => void): void
  shutdown(): Promise<void>
}

async function exported(exporter: Exporter, name: string): Promise<{ code: number; error?: Error }> {
  const spans = await spanOf(name)
  const result = await new Promise<{ code: number; error?: Error }>((resolve) => exporter.export(spans, resolve))
  await exporter.shutdown()
  return result
}

describe('the official exporters', () => {
  async function exporters(token: string) {
    const tls = await selfSigned()
    const { names, http, rpc } = await committing({ token: TOKEN, tls })
    const headers = { authorization: `Bearer ${token}` }
    const metadata = new grpc.Metadata()
    metadata.set('authorization', headers.authorization)
    const url = `https://127.0.0.1:${http}/v1/traces`
    const httpAgentOptions = { ca: tls.cert }
    return {
      names,
      protobuf: new Protobuf({ url, headers, httpAgentOptions }) as Exporter,
      json: new Json({ url, headers, httpAgentOptions }) as Exporter,
      grpc: new Grpc({
        url: `https://127.0.0.1:${rpc}`,
        metadata,
        credentials: grpc.credentials.createSsl(Buffer.from(tls.cert)),
      }) as Exporter,
    }
  }

  test('are heard over TLS with the token, in protobuf, JSON and gRPC', async () => {
    const { names, ...all } = await exporters(TOKEN)
    for (const [name, exporter] of Object.entries(all)) expect(await exported(exporter, name)).toEqual({ code: 0 })
    expect(names).toEqual(['protobuf', 'json', 'grpc'])
  })

  test('are told for good that a wrong token is wrong', async () => {
    const { names, ...all } = await exporters('another')
    for (const [name, exporter] of Object.entries(all)) {
      const { code, error } = await exported(exporter, name)
      expect([name, code]).toEqual([name, 1])
      expect(String((error as { code?: number }).code)).toBe(name === 'grpc' ? '16' : '401')
    }
    expect(names).toEqual([])
  })
})

describe('malformed, truncated and hostile bodies', () => {
  test('get 4xx, or INVALID_ARGUMENT, and never stop the service', async () => {
    const { http, rpc } = await committing()
    const client = new grpc.Client(`127.0.0.1:${rpc}`, grpc.credentials.createInsecure())
    undo.push(async () => client.close())
    const same = (bytes: Buffer) => bytes
    const { protobuf: good, json } = await spanBodies((start) => refused(start('GET /')))
    const broken = (whole: Uint8Array) =>
      fc.oneof(
        fc.uint8Array({ maxLength: 300 }),
        fc.nat(whole.length - 1).map((length) => whole.slice(0, length)),
        fc
          .tuple(fc.nat(whole.length - 1), fc.nat(255))
          .map(([at, byte]) => whole.map((was, i) => (i === at ? byte : was))),
      )
    const statuses = new Set<number>()
    const post = async (body: Uint8Array, headers: Record<string, string>) => {
      const response = await fetch(`http://127.0.0.1:${http}/v1/traces`, {
        method: 'POST',
        headers,
        body: Buffer.from(body),
      })
      await response.arrayBuffer()
      statuses.add(response.status)
      expect([200, 400, 413, 415]).toContain(response.status)
    }
    const types = fc.constantFrom('application/x-protobuf', 'application/json')
    const encodings = fc.constantFrom<Record<string, string>>(
      {},
      { 'content-encoding': 'gzip' },
      { 'content-encoding': 'x' },
    )
    await fc.assert(
      fc.asyncProperty(fc.oneof(broken(good), broken(json)), types, encodings, async (body, type, encoding) => {
        await post(body, { 'content-type': type, ...encoding })
      }),
      { numRuns: 250, seed: 8 },
    )
    const codes = new Set<number>()
    await fc.assert(
      fc.asyncProperty(broken(good), async (body) => {
        const code = await new Promise<number>((resolve) =>
          client.makeUnaryRequest(
            '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
            same,
            same,
            Buffer.from(body),
            (error) => resolve(error?.code ?? grpc.status.OK),
          ),
        )
        codes.add(code)
        expect([grpc.status.OK, grpc.status.INVALID_ARGUMENT]).toContain(code)
      }),
      { numRuns: 200, seed: 8 },
    )
    expect(statuses).toContain(400)
    expect(codes).toContain(grpc.status.INVALID_ARGUMENT)
    // Whatever came before, the next good one is taken.
    await post(good, { 'content-type': 'application/x-protobuf' })
    expect(statuses).toContain(200)
  })
})

describe('what is handed on to another endpoint', () => {
  test('arrives there as it came, and the sender is told so only when both have it', async () => {
    const behind = await committing({ token: TOKEN })
    const { names, http } = await committing({ forward: { url: `http://127.0.0.1:${behind.http}/`, token: TOKEN } })
    const exporter = new Protobuf({ url: `http://127.0.0.1:${http}/v1/traces` }) as Exporter
    expect(await exported(exporter, 'both')).toEqual({ code: 0 })
    expect([names, behind.names]).toEqual([['both'], ['both']])
  })

  test('makes the sender come again while nobody answers there, and is taken as done when it is refused for good', async () => {
    const gone = await committing()
    await undo.pop()!()
    const { protobuf: body } = await spanBodies((start) => start('GET /').end())
    const post = async (http: string) => {
      const headers = { 'content-type': 'application/x-protobuf' }
      const response = await fetch(`http://127.0.0.1:${http}/v1/traces`, {
        method: 'POST',
        headers,
        body: Buffer.from(body),
      })
      return response.status
    }
    expect(await post((await committing({ forward: { url: `http://127.0.0.1:${gone.http}` } })).http)).toBe(503)
    const strict = await committing({ token: TOKEN })
    expect(await post((await committing({ forward: { url: `http://127.0.0.1:${strict.http}` } })).http)).toBe(200)
    expect(strict.names).toEqual([])
  })
})
