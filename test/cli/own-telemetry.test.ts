import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { authtop, scratch } from './authtop.ts'

const home = scratch()
const received: { url: string; body: Buffer }[] = []
const server = createServer((request, response) => {
  const parts: Buffer[] = []
  request.on('data', (part: Buffer) => parts.push(part))
  request.on('end', () => {
    received.push({ url: request.url ?? '', body: Buffer.concat(parts) })
    response.end()
  })
})
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
afterAll(() => server.close())

describe("authtop's own telemetry", () => {
  test('is sent where the standard environment variable points, and names no secret', async () => {
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const { code } = await authtop(
      home,
      ['collect', '--once', '--db', `${home}/t.db`, '-'],
      '2026-11-16T09:12:01.123Z warn: authentication failed: jwt expired, password=hunter2hunter2\n',
      { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint },
    )
    expect(code).toBe(0)
    const metrics = received.filter((r) => r.url === '/v1/metrics')
    expect(metrics.length).toBeGreaterThan(0)
    const text = Buffer.concat(metrics.map((r) => r.body)).toString('latin1')
    expect(text).toContain('authtop.record.count')
    expect(text).toContain('authtop.incident.count')
    expect(text).not.toContain('hunter2')
    const spans = received.filter((r) => r.url === '/v1/traces')
    const traces = Buffer.concat(spans.map((r) => r.body)).toString('latin1')
    expect(traces).toContain('authtop.commit')
    expect(traces).not.toContain('hunter2')
  })

  test('is silent otherwise', async () => {
    const before = received.length
    await authtop(home, ['collect', '--once', '--db', `${home}/t2.db`, '-'], 'x\n')
    expect(received.length).toBe(before)
  })
})
