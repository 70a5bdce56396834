/** Senders that mean no good, all at once: requests that never end, bombs over HTTP and gRPC. Others are served meanwhile. */
import http2 from 'node:http2'
import net from 'node:net'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, expect, test } from 'vitest'
import { scratch } from '../../cli/authtop.ts'
import { startCollector, stop } from './collector.ts'

const home = scratch()
const UNFINISHED = 300
const MIB = 1024 * 1024
const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

/** Length and compression flag, as gRPC puts them before a message. */
function framed(message: Buffer, compressed: boolean): Buffer {
  const head = Buffer.alloc(5)
  head[0] = compressed ? 1 : 0
  head.writeUInt32BE(message.length, 1)
  return Buffer.concat([head, message])
}

test('a service under such senders takes what others send', async () => {
  const { child, http, grpc, failures } = await startCollector(home, join(home, 'hostile.db'))
  undo.push(() => stop(child))
  const begin = (port: string, text: string) => {
    const socket = net.connect(Number(port), '127.0.0.1').on('error', () => {})
    socket.write(text)
    undo.push(() => socket.destroy())
  }
  for (let i = 0; i < UNFINISHED; i++) {
    begin(
      http,
      'POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 5000000\r\n\r\n{',
    )
    begin(http, 'POST /v1/traces HTTP/1.1\r\nhost: x\r\n')
    begin(grpc, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')
  }
  const post = (body: Buffer, headers: Record<string, string>) =>
    fetch(`http://127.0.0.1:${http}/v1/logs`, { method: 'POST', headers, body }).then(({ status }) => status)
  let sent = 0
  const good = () => {
    const record = { traceId: `${++sent}`.padStart(32, 'a'), body: { stringValue: `jwt expired` } }
    const body = JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: [record] }] }] })
    return post(Buffer.from(body), { 'content-type': 'application/json' })
  }
  expect(await good()).toBe(200)

  const bomb = gzipSync(Buffer.alloc(200 * MIB))
  const packed = { 'content-type': 'application/x-protobuf', 'content-encoding': 'gzip' }
  const statuses = await Promise.all(Array.from({ length: 4 }, () => post(bomb, packed)))
  // 503: others' bombs fill the room for bodies that are being read.
  for (const status of statuses) expect([413, 503]).toContain(status)
  expect(statuses).toContain(413)

  const session = http2.connect(`http://127.0.0.1:${grpc}`).on('error', () => {})
  undo.push(() => session.destroy())
  const call = (message: Buffer) =>
    new Promise<string>((resolve) => {
      const stream = session.request({
        ':method': 'POST',
        ':path': '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
        'content-type': 'application/grpc',
        'grpc-encoding': 'gzip',
        te: 'trailers',
      })
      for (const event of ['response', 'trailers'] as const)
        stream.on(event, ({ 'grpc-status': status }) => status !== undefined && resolve(String(status)))
      stream.on('error', () => {})
      stream.resume()
      stream.end(framed(message, true))
    })
  // RESOURCE_EXHAUSTED for what is too large, INTERNAL for what is no gzip: nobody should send either again.
  expect(await call(bomb)).toBe('8')
  expect(await call(Buffer.from('no gzip'))).toBe('13')

  expect(await good()).toBe(200)
  expect(await failures()).toHaveLength(2)
})
