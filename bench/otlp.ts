/**
 * What receiving OpenTelemetry costs: spans a second that a built `authtop collect --otlp` makes durable, its memory and its
 * processor time. Prints a table; run with `npm run build && node bench/otlp.ts [spans] [spans/s] [failures %] [protobuf|json|grpc]`.
 * The load is what the official SDK's serialiser writes for a web service; every span has ids of its own. Without a rate
 * the senders go as fast as they are answered.
 */
import { spawn } from 'node:child_process'
import { randomBytes, randomFillSync } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import http from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import grpc from '@grpc/grpc-js'
import { SpanKind, SpanStatusCode } from '@opentelemetry/api'
import { JsonTraceSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { exportService } from '../collectors/otlp/grpc-receiver.ts'

const SPANS = Number(process.argv[2] ?? 400_000)
const RATE = Number(process.argv[3] ?? 0)
const FAILURES_PERCENT = Number(process.argv[4] ?? 2)
const WAYS = ['protobuf', 'json', 'grpc'] as const
const WAY = WAYS.find((way) => way === (process.argv[5] ?? 'protobuf'))
if (WAY === undefined) throw new RangeError(`the way is one of ${WAYS.join(', ')}`)
/** The SDKs' default batch. */
const BATCH = 512
const SENDERS = 8

/** One request, and where its trace and span ids stand. */
async function makeBody(): Promise<{ body: Buffer; ids: { at: number; length: number }[] }> {
  const exporter = new InMemorySpanExporter()
  const resource = resourceFromAttributes({
    'service.name': 'orders',
    'host.name': 'orders-1',
    'service.version': '1.4.2',
  })
  const provider = new TracerProvider({ resource, spanProcessors: [new SimpleSpanProcessor({ exporter })] })
  const tracer = provider.getTracer('@opentelemetry/instrumentation-http', '0.300.0')
  for (let i = 0; i < BATCH; i++) {
    const fails = i % 100 < FAILURES_PERCENT
    const span = tracer.startSpan('GET /orders/:id', {
      kind: i % 4 === 0 ? SpanKind.SERVER : SpanKind.INTERNAL,
      root: true,
    })
    span.setAttributes({
      'http.request.method': 'GET',
      'url.path': `/orders/${i}`,
      'url.scheme': 'https',
      'http.route': '/orders/:id',
      'http.response.status_code': fails ? 401 : 200,
      'server.address': 'orders.example.com',
      'server.port': 443,
      'client.address': `10.0.0.${i % 250}`,
      'network.protocol.version': '1.1',
      'user_agent.original':
        'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36',
    })
    if (fails) {
      const error = new Error('jwt expired')
      error.name = 'TokenExpiredError'
      span.recordException(error)
      span.setStatus({ code: SpanStatusCode.ERROR, message: 'jwt expired' })
    }
    span.end()
  }
  const spans = exporter.getFinishedSpans()
  const serializer = WAY === 'json' ? JsonTraceSerializer : ProtobufTraceSerializer
  const body = Buffer.from(serializer.serializeRequest(spans)!)
  const ids: { at: number; length: number }[] = []
  let from = 0
  for (const span of spans) {
    const { traceId, spanId } = span.spanContext()
    for (const id of [traceId, spanId]) {
      const bytes = WAY === 'json' ? Buffer.from(id) : Buffer.from(id, 'hex')
      const at = body.indexOf(bytes, from)
      ids.push({ at, length: bytes.length })
      from = at + bytes.length
    }
  }
  return { body, ids }
}

/** Sends a request; true once it is durable, false: it should come again. */
type Send = (body: Buffer) => Promise<boolean>

function overHttp(port: number): Send {
  const agent = new http.Agent({ keepAlive: true, maxSockets: SENDERS })
  const type = WAY === 'json' ? 'application/json' : 'application/x-protobuf'
  return (body) =>
    new Promise((resolve, reject) => {
      const headers = { 'content-type': type, 'content-length': body.length }
      const request = http.request(
        { agent, port, host: '127.0.0.1', path: '/v1/traces', method: 'POST', headers },
        (response) => {
          response.resume()
          response.on('end', () => resolve(response.statusCode === 200))
        },
      )
      request.on('error', reject)
      request.end(body)
    })
}

function overGrpc(port: number): Send {
  const Client = grpc.makeGenericClientConstructor(exportService('traces'), 'TraceService')
  const client = new Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure())
  return (body) => new Promise((resolve) => client.Export!(body, (error: unknown) => resolve(error === null)))
}

function processOf(pid: number): { rss_mb: number; peak_mb: number; cpu_s: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
  const mb = (field: string) => Math.round(Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1]) / 1024)
  return { rss_mb: mb('VmRSS'), peak_mb: mb('VmHWM'), cpu_s: (Number(stat[11]) + Number(stat[12])) / 100 }
}

const folder = mkdtempSync(join(tmpdir(), 'authtop-bench-'))
const entry = join(import.meta.dirname, '../dist/src/cli/entry.js')
const child = spawn(
  process.execPath,
  [entry, 'collect', '--otlp', '--otlp-http-port', '0', '--otlp-grpc-port', '0', '--db', join(folder, 'a.db')],
  { stdio: ['ignore', 'ignore', 'pipe'] },
)
const send = await new Promise<Send>((resolve) => {
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    const [, httpPort, grpcPort] = /HTTP on port (\d+), gRPC on port (\d+)/.exec(text) ?? []
    if (grpcPort !== undefined) resolve(WAY === 'grpc' ? overGrpc(Number(grpcPort)) : overHttp(Number(httpPort)))
  })
})
const { body, ids } = await makeBody()
const before = processOf(child.pid!)
const start = performance.now()
let sent = 0
let durable = 0
let later = 0
async function sender(): Promise<void> {
  const own = Buffer.from(body)
  while (sent < SPANS) {
    const nth = sent
    sent += BATCH
    if (RATE > 0) {
      const due = start + (nth / RATE) * 1000
      if (due > performance.now()) await new Promise((resolve) => setTimeout(resolve, due - performance.now()))
    }
    for (const { at, length } of ids)
      if (WAY === 'json') own.write(randomBytes(length / 2).toString('hex'), at)
      else randomFillSync(own, at, length)
    while (!(await send(own))) {
      later++
      await new Promise((resolve) => setTimeout(resolve, 2_000))
    }
    durable += BATCH
  }
}
await Promise.all(Array.from({ length: SENDERS }, sender))
const seconds = (performance.now() - start) / 1000
const after = processOf(child.pid!)
child.kill('SIGTERM')
await new Promise((resolve) => child.once('exit', resolve))
rmSync(folder, { recursive: true, force: true })

console.log(
  `spans            ${durable} (${WAY}, ${(body.length / BATCH).toFixed(0)} bytes each, ${FAILURES_PERCENT} % failures)`,
)
console.log(`durable spans/s  ${Math.round(durable / seconds)}${RATE > 0 ? ` of ${RATE} asked for` : ''}`)
console.log(`answered "later" ${later}`)
console.log(
  `processor        ${((after.cpu_s - before.cpu_s) / seconds).toFixed(2)} cores, ${(((after.cpu_s - before.cpu_s) * 1e6) / durable).toFixed(1)} µs a span`,
)
console.log(`memory           ${before.rss_mb} MB idle, ${after.rss_mb} MB at the end, ${after.peak_mb} MB at most`)
