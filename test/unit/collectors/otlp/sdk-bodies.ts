/** Export requests as the official SDK makes them: what its serialisers write, in both encodings. */
import { ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import {
  JsonLogsSerializer,
  JsonTraceSerializer,
  ProtobufLogsSerializer,
  ProtobufTraceSerializer,
} from '@opentelemetry/otlp-transformer'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs'
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import type { Encoding } from '../../../../collectors/otlp/read-request.ts'

const resource = resourceFromAttributes({ 'service.name': 'orders', 'host.name': 'api-1' })

export type Start = (name: string, kind?: SpanKind, parent?: Span) => Span

/** One body per encoding, of the spans that `make` ends. */
export async function spanBodies(make: (start: Start) => void) {
  return serialised(await endedSpans(make))
}

/** In the order in which they end. */
export async function endedSpans(make: (start: Start) => void): Promise<ReadableSpan[]> {
  const exporter = new InMemorySpanExporter()
  const provider = new TracerProvider({ resource, spanProcessors: [new SimpleSpanProcessor({ exporter })] })
  const tracer = provider.getTracer('test', '1.0')
  make((name, kind = SpanKind.SERVER, parent) =>
    tracer.startSpan(name, { kind }, parent === undefined ? ROOT_CONTEXT : trace.setSpan(ROOT_CONTEXT, parent)),
  )
  await provider.forceFlush()
  return exporter.getFinishedSpans()
}

export function serialised(spans: ReadableSpan[]): Record<Encoding, Uint8Array> {
  return bodies(ProtobufTraceSerializer.serializeRequest(spans), JsonTraceSerializer.serializeRequest(spans))
}

export async function logBodies(make: (emit: ReturnType<LoggerProvider['getLogger']>) => void) {
  const exporter = new InMemoryLogRecordExporter()
  const provider = new LoggerProvider({ resource, processors: [new SimpleLogRecordProcessor({ exporter })] })
  make(provider.getLogger('test'))
  await provider.forceFlush()
  const records = exporter.getFinishedLogRecords()
  return bodies(ProtobufLogsSerializer.serializeRequest(records), JsonLogsSerializer.serializeRequest(records))
}

function bodies(protobuf: Uint8Array | undefined, json: Uint8Array | undefined): Record<Encoding, Uint8Array> {
  if (protobuf === undefined || json === undefined) throw new Error('the SDK wrote nothing')
  return { protobuf, json }
}

/** A server span that was refused, with the exception its middleware recorded. */
export function refused(span: Span): void {
  span.setAttributes({
    'http.request.method': 'GET',
    'url.path': '/orders/17',
    'http.route': '/orders/:id',
    'http.response.status_code': 401,
    'user_agent.original': 'invalid signature',
    'http.request.header.authorization': ['Bearer 0a1b2c3d4e5f60718293a4b5c6d7e8f9'],
  })
  const error = new Error('jwt expired')
  error.name = 'TokenExpiredError'
  span.recordException(error)
  span.setStatus({ code: SpanStatusCode.ERROR, message: 'jwt expired' })
  span.end()
}
