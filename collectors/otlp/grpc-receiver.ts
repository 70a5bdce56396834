/**
 * OTLP/gRPC: TraceService/Export and LogsService/Export. https://opentelemetry.io/docs/specs/otlp/#otlpgrpc
 * Messages stay bytes here: export-service.ts decodes them under its own limits. Compression and message size are grpc-js's.
 */
import grpc from '@grpc/grpc-js'
import type { PushSecrets } from '../../src/core/ports/push-source.ts'
import { isAllowed } from '../push/bearer.ts'
import type { Listening } from '../push/listening.ts'
import { RETRY_AFTER_S } from '../push/requests.ts'
import { CODE, retryStatus, successMessage } from './answer.ts'
import type { ExportOutcome, ExportService } from './export-service.ts'
import { BODY_LIMIT_BYTES } from './limits.ts'
import type { Signal } from './telemetry.ts'

/** Streams of one connection; an exporter uses a few. */
const STREAMS_AT_ONCE = 100

/** An answer takes milliseconds; ms. */
const CLOSE_MS = 500

const SERVICES: Readonly<Record<Signal, string>> = {
  traces: 'opentelemetry.proto.collector.trace.v1.TraceService',
  logs: 'opentelemetry.proto.collector.logs.v1.LogsService',
}

export interface GrpcReceiver {
  port: number
  /** A new certificate takes a new socket on the same port: who connects in that millisecond is refused and comes again. */
  renew(secrets: PushSecrets): Promise<void>
  close(): Promise<void>
}

export async function openGrpcReceiver(service: ExportService, listening: Listening): Promise<GrpcReceiver> {
  let { token, tls } = listening
  const server = new grpc.Server({
    'grpc.max_receive_message_length': BODY_LIMIT_BYTES,
    'grpc.max_concurrent_streams': STREAMS_AT_ONCE,
  })
  for (const signal of Object.keys(SERVICES) as Signal[])
    server.addService(exportService(signal), {
      Export: (call: grpc.ServerUnaryCall<Buffer, Buffer>, callback: grpc.sendUnaryData<Buffer>) => {
        const [authorization] = call.metadata.get('authorization')
        if (!isAllowed(token, authorization?.toString())) {
          callback({ code: CODE.unauthenticated, details: 'a bearer token is needed' })
          return
        }
        if (service.full) {
          callback(later('the queue is full'))
          return
        }
        service.accept(call.request, 'protobuf', signal).then(
          (outcome) => answer(outcome, signal, callback),
          () => callback({ code: CODE.internal, details: 'internal error' }),
        )
      },
    })
  const { host } = listening
  const at = (port: number) => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`)
  const bind = (port: number) =>
    new Promise<number>((resolve, reject) => {
      server.bindAsync(at(port), credentialsOf(tls), (error, actual) =>
        error === null ? resolve(actual) : reject(error),
      )
    })
  const port = await bind(listening.port)
  return {
    port,
    async renew(secrets) {
      token = secrets.token
      if (tls === undefined || (tls.cert === secrets.tls?.cert && tls.key === secrets.tls.key)) return
      tls = secrets.tls
      server.unbind(at(port))
      await bind(port)
    },
    close: () => closeServer(server),
  }
}

function credentialsOf(tls: PushSecrets['tls']): grpc.ServerCredentials {
  if (tls === undefined) return grpc.ServerCredentials.createInsecure()
  return grpc.ServerCredentials.createSsl(null, [
    { cert_chain: Buffer.from(tls.cert), private_key: Buffer.from(tls.key) },
  ])
}

/** Answers that are on their way get their time; idle connections do not hold it up. */
async function closeServer(server: grpc.Server): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  server.tryShutdown(() => resolve())
  const timer = setTimeout(() => {
    server.forceShutdown()
    resolve()
  }, CLOSE_MS)
  await promise
  clearTimeout(timer)
}

function answer(outcome: ExportOutcome, signal: Signal, callback: grpc.sendUnaryData<Buffer>): void {
  if ('malformed' in outcome) callback({ code: CODE.invalid_argument, details: outcome.malformed })
  else if ('later' in outcome) callback(later(outcome.later))
  else callback(null, successMessage(outcome.accepted, 'protobuf', signal))
}

function later(details: string): { code: number; details: string; metadata: grpc.Metadata } {
  const metadata = new grpc.Metadata()
  metadata.set('grpc-status-details-bin', retryStatus(CODE.unavailable, details, RETRY_AFTER_S))
  return { code: CODE.unavailable, details, metadata }
}

/** A signal's export service (opentelemetry-proto: TraceService and LogsService), its messages left as the bytes they are. */
export function exportService(signal: Signal) {
  const same = (bytes: Buffer) => bytes
  return {
    Export: {
      path: `/${SERVICES[signal]}/Export`,
      requestStream: false,
      responseStream: false,
      requestSerialize: same,
      requestDeserialize: same,
      responseSerialize: same,
      responseDeserialize: same,
    },
  }
}
