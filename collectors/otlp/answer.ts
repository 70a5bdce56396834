/**
 * What an exporter is told: ExportTraceServiceResponse/ExportLogsServiceResponse, or google.rpc.Status.
 * https://opentelemetry.io/docs/specs/otlp/#otlphttp-response
 */
import protobuf from 'protobufjs/minimal.js'
import type { Encoding } from './read-request.ts'
import type { Signal } from './telemetry.ts'

/** gRPC codes that OTLP gives a meaning; https://grpc.io/docs/guides/status-codes/ */
export const CODE = {
  invalid_argument: 3,
  resource_exhausted: 8,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const

export interface Partial {
  rejected: number
  reason: string
}

/** All accepted gives an empty message; otherwise partial_success (1): rejected (1), error_message (2). */
export function successMessage({ rejected, reason }: Partial, encoding: Encoding, signal: Signal): Buffer {
  if (encoding === 'json') {
    const counter = signal === 'traces' ? 'rejectedSpans' : 'rejectedLogRecords'
    const partial = { partialSuccess: { [counter]: String(rejected), errorMessage: reason } }
    return Buffer.from(JSON.stringify(rejected === 0 ? {} : partial))
  }
  if (rejected === 0) return Buffer.alloc(0)
  const partial = protobuf.Writer.create().uint32(8).int64(rejected).uint32(18).string(reason).finish()
  return Buffer.from(protobuf.Writer.create().uint32(10).bytes(partial).finish())
}

/** google.rpc.Status: code (1), message (2). */
export function statusMessage(code: number, message: string, encoding: Encoding): Buffer {
  if (encoding === 'json') return Buffer.from(JSON.stringify({ code, message }))
  return Buffer.from(protobuf.Writer.create().uint32(8).int32(code).uint32(18).string(message).finish())
}

/** The same with google.rpc.RetryInfo in its details (3), which tells a gRPC exporter when to come again. */
export function retryStatus(code: number, message: string, after_s: number): Buffer {
  const duration = protobuf.Writer.create().uint32(8).int64(after_s).finish()
  const info = protobuf.Writer.create().uint32(10).bytes(duration).finish()
  const any = protobuf.Writer.create()
    .uint32(10)
    .string('type.googleapis.com/google.rpc.RetryInfo')
    .uint32(18)
    .bytes(info)
    .finish()
  return Buffer.from(
    protobuf.Writer.create().uint32(8).int32(code).uint32(18).string(message).uint32(26).bytes(any).finish(),
  )
}
