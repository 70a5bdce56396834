/**
 * What receiving OpenTelemetry costs: spans a second that a built `authtop collect --otlp` makes durable, its memory and its
 * processor time. Prints a table; run with `npm run build && node bench/otlp.ts [spans] [spans/s] [failures %] [protobuf|json|grpc]`.
 * The load is what the official SDK's serialiser writes for a web service; every span has ids of its own. Without a rate
 * the senders go as fast as they are answered.
 */
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import http from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import grpc from '@grpc/grpc-js'
import {
  type Attributes,
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'
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

/** What auto-instrumented services write in one request to them; with the resource's attributes a few hundred bytes a span. */
const TRACE: readonly { name: string; kind: SpanKind; scope: string; attributes: Attributes }[] = [
  {
    name: 'GET /orders/:id',
    kind: SpanKind.SERVER,
    scope: '@opentelemetry/instrumentation-http',
    attributes: {
      'http.request.method': 'GET',
      'url.path': '/orders/4711',
      'url.query': 'page=2',
      'url.scheme': 'https',
      'http.route': '/orders/:id',
      'http.response.status_code': 200,
      'server.address': 'orders.example.com',
      'server.port': 443,
      'client.address': '10.0.0.17',
      'network.protocol.version': '1.1',
      'user_agent.original':
        'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36',
    },
  },
  {
    name: 'middleware - jsonParser',
    kind: SpanKind.INTERNAL,
    scope: '@opentelemetry/instrumentation-express',
    attributes: { 'http.route': '/', 'express.name': 'jsonParser', 'express.type': 'middleware' },
  },
  {
    name: 'middleware - authenticate',
    kind: SpanKind.INTERNAL,
    scope: '@opentelemetry/instrumentation-express',
    attributes: { 'http.route': '/', 'express.name': 'authenticate', 'express.type': 'middleware' },
  },
  {
    name: 'pg.query:SELECT orders',
    kind: SpanKind.CLIENT,
    scope: '@opentelemetry/instrumentation-pg',
    attributes: {
      'db.system.name': 'postgresql',
      'db.namespace': 'orders',
      'db.query.text': 'SELECT id, customer_id, total, state FROM orders WHERE id = $1 AND tenant = $2',
      'server.address': 'db-1.internal',
      'server.port': 5432,
    },
  },
  {
    name: 'redis-GET',
    kind: SpanKind.CLIENT,
    scope: '@opentelemetry/instrumentation-redis',
    attributes: { 'db.system.name': 'redis', 'db.query.text': 'GET session:?', 'server.address': 'cache-1.internal' },
  },
  {
    name: 'GET',
    kind: SpanKind.CLIENT,
    scope: '@opentelemetry/instrumentation-undici',
    attributes: {
      'http.request.method': 'GET',
      'url.full': 'http://prices.internal:8080/v1/prices/4711?currency=EUR',
      'url.path': '/v1/prices/4711',
      'server.address': 'prices.internal',
      'server.port': 8080,
      'http.response.status_code': 200,
    },
  },
  {
    name: 'prices.v1.Prices/Quote',
    kind: SpanKind.CLIENT,
    scope: '@opentelemetry/instrumentation-grpc',
    attributes: {
      'rpc.system': 'grpc',
      'rpc.service': 'prices.v1.Prices',
      'rpc.method': 'Quote',
      'rpc.grpc.status_code': 0,
    },
  },
  {
    name: 'send order-events',
    kind: SpanKind.PRODUCER,
    scope: '@opentelemetry/instrumentation-kafkajs',
    attributes: {
      'messaging.system': 'kafka',
      'messaging.destination.name': 'order-events',
      'messaging.operation.type': 'send',
      'messaging.destination.partition.id': '7',
    },
  },
]

/** Step of {@link TRACE} that refuses a token; its root answers 401. */
const REFUSING = 2

function refuse(span: Span): void {
  const error = new Error('jwt expired')
  error.name = 'TokenExpiredError'
  span.recordException(error)
  span.setStatus({ code: SpanStatusCode.ERROR, message: 'jwt expired' })
}

/** A value that is new in every request, wherever it stands in it. */
interface Slot {
  at: number[]
  /** Bytes of an id; 0: a time. */
  id: number
  /** How long before the request's last instant; ns. */
  age: bigint
}

/** One request of a host. */
interface Request {
  body: Buffer
  /** What is new every time it is sent: trace and span ids, times. */
  slots: Slot[]
}

async function makeBody(host: string): Promise<Request> {
  const exporter = new InMemorySpanExporter()
  const resource = resourceFromAttributes({
    'service.name': 'orders',
    'service.version': '1.4.2',
    'service.instance.id': '627cc493-f310-47de-96bd-71410b7dec09',
    'host.name': host,
    'host.arch': 'amd64',
    'k8s.namespace.name': 'shop',
    'process.pid': 17,
    'process.runtime.name': 'nodejs',
    'telemetry.sdk.language': 'nodejs',
  })
  const provider = new TracerProvider({ resource, spanProcessors: [new SimpleSpanProcessor({ exporter })] })
  for (let nth = 0; nth < BATCH / TRACE.length; nth++) {
    // Two spans of a refused request fail.
    const refused = (nth * 7) % 100 < (FAILURES_PERCENT * TRACE.length) / 2
    let within: Context = ROOT_CONTEXT
    for (const [step, { name, kind, scope, attributes }] of TRACE.entries()) {
      const span = provider.getTracer(scope, '0.300.0').startSpan(name, { kind, attributes }, within)
      if (step === 0) {
        within = trace.setSpan(ROOT_CONTEXT, span)
        span.setAttributes({ 'url.path': `/orders/${nth}`, 'http.response.status_code': refused ? 401 : 200 })
      }
      if (step === REFUSING && refused) refuse(span)
      span.end()
    }
  }
  const spans = exporter.getFinishedSpans()
  const body = Buffer.from((WAY === 'json' ? JsonTraceSerializer : ProtobufTraceSerializer).serializeRequest(spans)!)
  const everywhere = (bytes: Buffer) => {
    const found: number[] = []
    for (let at = body.indexOf(bytes); at >= 0; at = body.indexOf(bytes, at + 1)) found.push(at)
    return found
  }
  const ids = new Set(spans.flatMap((span) => [span.spanContext().traceId, span.spanContext().spanId]))
  const nanos = ([seconds, rest]: readonly [number, number]) => BigInt(seconds) * 1_000_000_000n + BigInt(rest)
  const times = new Set(
    spans.flatMap((span) => [span.startTime, span.endTime, ...span.events.map(({ time }) => time)].map(nanos)),
  )
  const last = [...times].reduce((a, b) => (a > b ? a : b))
  const slots = [
    ...[...ids].map((id) => ({
      at: everywhere(Buffer.from(id, WAY === 'json' ? 'utf8' : 'hex')),
      id: id.length / 2,
      age: 0n,
    })),
    ...[...times].map((time) => ({ at: everywhere(timeBytes(time)), id: 0, age: last - time })),
  ]
  return { body, slots }
}

function timeBytes(nanos: bigint): Buffer {
  if (WAY === 'json') return Buffer.from(String(nanos))
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(nanos)
  return bytes
}

function renew(body: Buffer, slots: readonly Slot[]): void {
  const now = BigInt(Date.now()) * 1_000_000n
  for (const { at, id, age } of slots) {
    const fresh = id === 0 ? timeBytes(now - age) : randomBytes(id)
    const bytes = id > 0 && WAY === 'json' ? Buffer.from(fresh.toString('hex')) : fresh
    for (const where of at) bytes.copy(body, where)
  }
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
const requests = await Promise.all(Array.from({ length: SENDERS }, (_, nth) => makeBody(`orders-${nth}`)))
const before = processOf(child.pid!)
const start = performance.now()
let sent = 0
let durable = 0
let later = 0
async function sender({ body, slots }: Request): Promise<void> {
  while (sent < SPANS) {
    const earlier = sent
    sent += BATCH
    if (RATE > 0) {
      const due = start + (earlier / RATE) * 1000
      if (due > performance.now()) await new Promise((resolve) => setTimeout(resolve, due - performance.now()))
    }
    renew(body, slots)
    while (!(await send(body))) {
      later++
      await new Promise((resolve) => setTimeout(resolve, 2_000))
    }
    durable += BATCH
  }
}
await Promise.all(requests.map(sender))
const seconds = (performance.now() - start) / 1000
const after = processOf(child.pid!)
child.kill('SIGTERM')
await new Promise((resolve) => child.once('exit', resolve))
rmSync(folder, { recursive: true, force: true })

console.log(
  `spans            ${durable} (${WAY}, ${(requests[0]!.body.length / BATCH).toFixed(0)} bytes each, ${FAILURES_PERCENT} % failures)`,
)
console.log(`durable spans/s  ${Math.round(durable / seconds)}${RATE > 0 ? ` of ${RATE} asked for` : ''}`)
console.log(`answered "later" ${later}`)
console.log(
  `processor        ${((after.cpu_s - before.cpu_s) / seconds).toFixed(2)} cores, ${(((after.cpu_s - before.cpu_s) * 1e6) / durable).toFixed(1)} µs a span`,
)
console.log(`memory           ${before.rss_mb} MB idle, ${after.rss_mb} MB at the end, ${after.peak_mb} MB at most`)
