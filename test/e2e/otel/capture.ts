/** Stands where a collector would: keeps what the official exporters send, byte for byte, and sends it again to a real one. */
import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import grpc from '@grpc/grpc-js'
import { exportService } from '../../../collectors/otlp/grpc-receiver.ts'

export interface Captured {
  protocol: 'protobuf' | 'json' | 'grpc'
  signal: 'traces' | 'logs'
  headers: Record<string, string>
  body: Buffer
}

export async function startCapture() {
  const captured: Captured[] = []
  const server = http.createServer(async (request, response) => {
    const chunks: Buffer[] = []
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer)
    } catch {
      // The sender broke off: what it has not sent whole it sends again.
      return
    }
    const type = request.headers['content-type']!
    const encoding = request.headers['content-encoding']
    captured.push({
      protocol: type.includes('json') ? 'json' : 'protobuf',
      signal: request.url === '/v1/traces' ? 'traces' : 'logs',
      headers: { 'content-type': type, ...(encoding === undefined ? {} : { 'content-encoding': encoding }) },
      body: Buffer.concat(chunks),
    })
    response.writeHead(200, { 'content-type': type }).end(type.includes('json') ? '{}' : '')
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const rpc = new grpc.Server()
  for (const signal of ['traces', 'logs'] as const)
    rpc.addService(exportService(signal), {
      Export: (call: grpc.ServerUnaryCall<Buffer, Buffer>, callback: grpc.sendUnaryData<Buffer>) => {
        captured.push({ protocol: 'grpc', signal, headers: {}, body: Buffer.from(call.request) })
        callback(null, Buffer.alloc(0))
      },
    })
  const grpcPort = await new Promise<number>((resolve, reject) =>
    rpc.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) =>
      error === null ? resolve(port) : reject(error),
    ),
  )
  return {
    captured,
    http: String((server.address() as AddressInfo).port),
    grpc: String(grpcPort),
    async stop() {
      rpc.forceShutdown()
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** In the order they were sent, each answered before the next goes. */
export async function replay(bodies: readonly Captured[], ports: { http: string; grpc: string }): Promise<void> {
  const client = new grpc.Client(`127.0.0.1:${ports.grpc}`, grpc.credentials.createInsecure())
  for (const { protocol, signal, headers, body } of bodies) {
    if (protocol === 'grpc') {
      const { path, requestSerialize, responseDeserialize } = exportService(signal).Export
      await new Promise<void>((resolve, reject) =>
        client.makeUnaryRequest(path, requestSerialize, responseDeserialize, body, (error) =>
          error === null ? resolve() : reject(error),
        ),
      )
    } else {
      const response = await fetch(`http://127.0.0.1:${ports.http}/v1/${signal}`, {
        method: 'POST',
        headers,
        body: new Uint8Array(body),
      })
      if (!response.ok) throw new Error(`${signal} in ${protocol}: ${response.status} ${await response.text()}`)
      await response.arrayBuffer()
    }
  }
  client.close()
}
