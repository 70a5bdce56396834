import dgram from 'node:dgram'
import { once } from 'node:events'
import net from 'node:net'
import { describe, expect, test } from 'vitest'
import { SyslogFrames } from '../../../collectors/syslog/frames.ts'
import { openSyslogSource } from '../../../collectors/syslog/syslog-source.ts'
import type { Delivery } from '../../../src/core/ports/push-source.ts'

const NEW = '<165>1 2026-11-16T09:12:01.123Z api-1 orders 4711 ID47 - jwt expired'
const OLD = '<134>Nov 16 09:12:01 api-1 orders[4711]: jwt expired'

async function opened() {
  let port = 0
  const source = await openSyslogSource(
    { host: '127.0.0.1', port: 0, zone: 'UTC' },
    {
      now: () => Date.UTC(2026, 10, 16, 9, 13),
      notice: ({ text }) => {
        port = Number(/port (\d+)/.exec(text)?.[1])
      },
    },
  )
  const deliveries = source.deliveries(new AbortController().signal)[Symbol.asyncIterator]()
  return { source, port, next: async () => (await deliveries.next()).value as Delivery }
}

describe('syslog', () => {
  test('over TCP, counted or by lines, old or new, becomes records without their wrapper', async () => {
    const { source, port, next } = await opened()
    const socket = net.connect(port, '127.0.0.1')
    socket.end(`${NEW.length} ${NEW}${OLD}\n${OLD}`)
    const records = []
    while (records.length < 3) {
      const delivery = await next()
      expect(delivery.digest).toBeNull()
      records.push(...delivery.parts.flatMap((part) => part.records))
      delivery.committed()
    }
    for (const { text, envelope } of records) {
      expect(text).toBe('jwt expired')
      expect(envelope).toMatchObject({ host: 'api-1', service: 'orders' })
      expect(Math.floor(envelope!.logged_writer_ms! / 1000)).toBe(Date.UTC(2026, 10, 16, 9, 12, 1) / 1000)
    }
    expect(new Set(records.map((record) => record.identity)).size).toBe(3)
    await source.close()
  })

  test('over UDP a datagram is a message', async () => {
    const { source, port, next } = await opened()
    const sender = dgram.createSocket('udp4')
    sender.send(NEW, port, '127.0.0.1')
    const delivery = await next()
    expect(delivery.parts[0]!.records).toMatchObject([{ text: 'jwt expired' }])
    delivery.committed()
    sender.close()
    await source.close()
  })

  test('a connection is not read on before what it brought is durable', async () => {
    const { source, port, next } = await opened()
    const socket = net.connect(port, '127.0.0.1')
    await once(socket, 'connect')
    socket.write(`${OLD}\n`)
    const first = await next()
    socket.write(`${OLD}\n`)
    let second: Delivery | null = null
    const coming = next().then((delivery) => {
      second = delivery
    })
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(second).toBeNull()
    first.committed()
    await coming
    expect(second).not.toBeNull()
    socket.destroy()
    await source.close()
  })
})

describe('messages in a stream', () => {
  test('are the same however the stream is cut into chunks', () => {
    const bytes = Buffer.from(`${NEW.length} ${NEW}${OLD}\n12 two\nlines ok${OLD}\n`)
    for (const size of [1, 2, 7, 64, bytes.length]) {
      const frames = new SyslogFrames()
      const found: string[] = []
      for (let at = 0; at < bytes.length; at += size) found.push(...frames.push(bytes.subarray(at, at + size)))
      expect(found).toEqual([NEW, OLD, 'two\nlines ok', OLD])
    }
  })

  test('of hostile length are cut, and the next one is whole', () => {
    const frames = new SyslogFrames()
    const found = [
      ...frames.push(Buffer.from('x'.repeat(3_000_000))),
      ...frames.push(Buffer.from(`tail\n${OLD}\n2000000 `)),
      ...frames.push(Buffer.alloc(2_000_000, 'y')),
      ...frames.push(Buffer.from(`${OLD}\n`)),
    ]
    expect(found.map((text) => text.length)).toEqual([1024 * 1024, OLD.length, 1024 * 1024, OLD.length])
    expect(frames.cut).toBe(2)
  })

  test.skipIf(process.platform !== 'linux')(
    'datagrams are stored or counted as dropped, also those that the kernel dropped and those that waited at the end',
    async () => {
      const told: string[] = []
      const source = await openSyslogSource(
        { host: '127.0.0.1', port: 0, zone: 'UTC' },
        { now: () => Date.UTC(2026, 10, 16, 9, 13), notice: ({ text }) => told.push(text) },
      )
      const port = Number(/port (\d+)/.exec(told[0]!)?.[1])
      const sender = dgram.createSocket('udp4')
      const sent = 20_000
      // Faster than they are taken out of the socket's buffer: this process does nothing else meanwhile.
      await Promise.all(
        Array.from(
          { length: sent },
          () => new Promise((done) => sender.send(NEW.padEnd(1_000, '.'), port, '127.0.0.1', done)),
        ),
      )
      sender.close()
      let stored = 0
      const ends = new AbortController()
      for await (const delivery of source.deliveries(ends.signal)) {
        stored += delivery.parts.flatMap(({ records }) => records).length
        delivery.committed()
        break
      }
      await source.close()
      expect(told.at(-1)).toContain(`${sent - stored} syslog datagrams dropped so far`)
    },
  )

  test('what waits when the collector is told to end is counted at once, not after its drain', async () => {
    const told: string[] = []
    const source = await openSyslogSource(
      { host: '127.0.0.1', port: 0, zone: 'UTC' },
      { now: () => Date.UTC(2026, 10, 16, 9, 13), notice: ({ text }) => told.push(text) },
    )
    const port = Number(/port (\d+)/.exec(told[0]!)?.[1])
    const ends = new AbortController()
    const deliveries = source.deliveries(ends.signal)[Symbol.asyncIterator]()
    const first = deliveries.next()
    const sender = dgram.createSocket('udp4')
    const send = () => new Promise((done) => sender.send(NEW, port, '127.0.0.1', done))
    await send()
    const { value: taken } = await first
    for (let i = 0; i < 30; i++) await send()
    await new Promise((done) => setTimeout(done, 200))
    ends.abort()
    await expect.poll(() => told.at(-1)).toContain('30 syslog datagrams dropped so far')
    taken!.committed()
    sender.close()
    await source.close()
    expect(told.at(-1)).toContain('30 syslog datagrams dropped so far')
  })
})
