/**
 * OpenTelemetry as a push source: HTTP and gRPC into one inbox.
 * Delivery guarantee: at least once from the sender's side, counted once by ours. An answer of success means that the
 * records are committed; a request or record that comes again is known (core/ports/push-source.ts).
 */
import type { PushSource, PushSourceOptions } from '../../src/core/ports/push-source.ts'
import { Inbox } from '../push/inbox.ts'
import type { Listening } from '../push/listening.ts'
import { ExportService } from './export-service.ts'
import { Forward, type ForwardTo } from './forward.ts'
import { openGrpcReceiver } from './grpc-receiver.ts'
import { openHttpReceiver } from './http-receiver.ts'
import type { ReadBy } from './read-request.ts'

export interface OtlpListening extends Omit<Listening, 'port'> {
  http_port: number
  grpc_port: number
  /** Where everything is handed on to as well. */
  forward?: ForwardTo
}

export async function openOtlpSource(
  listening: OtlpListening,
  options: PushSourceOptions,
  by: ReadBy = {},
): Promise<PushSource> {
  const inbox = new Inbox()
  const { http_port, grpc_port, forward, ...common } = listening
  const onward = forward === undefined ? undefined : new Forward(forward, options.notice)
  const service = new ExportService(inbox, { now: options.now, forward: onward, by })
  const http = await openHttpReceiver(service, { ...common, port: http_port })
  const grpc = await openGrpcReceiver(service, { ...common, port: grpc_port }).catch(async (error) => {
    await http.close()
    throw error
  })
  options.notice({
    kind: 'listening',
    name: 'otlp',
    text: `receiving OpenTelemetry on ${common.host}: HTTP on port ${http.port}, gRPC on port ${grpc.port}`,
  })
  return {
    deliveries: (signal) => inbox.deliveries(signal),
    async renew(secrets) {
      http.renew(secrets)
      await grpc.renew(secrets)
    },
    async close() {
      inbox.close()
      await Promise.all([grpc.close(), http.close()])
    },
  }
}
