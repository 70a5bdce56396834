/** A service under the official SDK, exporting protobuf, JSON and gRPC at once, seen by the built command. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, describe, expect, test } from 'vitest'
import { authtop, environment, ndjson, scratch } from '../../cli/authtop.ts'
import { type Collector, startCollector, stop } from './collector.ts'

const SERVICE = join(import.meta.dirname, 'orders-service.mjs')
const home = scratch()
const running: ChildProcess[] = []

afterEach(async () => {
  for (const child of running.splice(0).reverse()) await stop(child)
})

async function collector(db: string): Promise<Collector> {
  const started = await startCollector(home, db)
  running.push(started.child)
  return started
}

async function service(signals: string, http: string, grpc: string) {
  const env = {
    ...environment(home),
    SIGNALS: signals,
    HTTP_PORT: http,
    GRPC_PORT: grpc,
    OTEL_METRICS_EXPORTER: 'none',
  }
  const child = spawn(process.execPath, [SERVICE], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  running.push(child)
  const [port] = (await once(createInterface({ input: child.stdout! }), 'line')) as [string]
  const get = async (path: string, token?: string) => {
    const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
    return (await fetch(`http://127.0.0.1:${port}${path}`, { headers })).text()
  }
  return { child, get }
}

/** Two good requests and five refused ones. */
async function workload(get: (path: string, token?: string) => Promise<string>): Promise<string[]> {
  const good = await get('/token?lifetime=60&aud=orders')
  const tokens = [
    good,
    await get('/token?lifetime=-60&aud=orders'),
    await get('/token?lifetime=60&aud=billing'),
    await get('/token?lifetime=60&aud=orders&key=another'),
  ]
  for (const token of [...tokens, good, 'no-token']) await get('/orders', token)
  await get('/orders')
  return tokens
}

async function incidentsIn(db: string) {
  const { stdout } = await authtop(home, ['failures', '--json', '--since', '1h', '--db', db])
  return ndjson(stdout)
}

/** Successes by step, as counted. */
async function successesIn(db: string) {
  const sql =
    "SELECT kind, sum(count) AS n FROM rollups WHERE outcome = 'success' AND system = 'authtop' GROUP BY 1 ORDER BY 1"
  const { stdout } = await authtop(home, ['query', '--csv', '--db', db, sql])
  return stdout.trim().split(/\r?\n/).slice(1)
}

describe('a service that tells about its tokens', () => {
  test('gives the same incidents in spans alone, in logs alone and in both, each counted once', async () => {
    const results: Record<string, unknown>[] = []
    for (const signals of ['traces', 'logs', 'traces,logs']) {
      const db = join(home, `${signals}.db`)
      const { child, http, grpc } = await collector(db)
      const { child: app, get } = await service(signals, http, grpc)
      await workload(get)
      // The SDK sends what it holds before it ends.
      await stop(app)
      await stop(child)
      const incidents = await incidentsIn(db)
      results.push({
        incidents: incidents.map((i) => `${i.cause}/${i.subcause} ${i.service}`).toSorted(),
        successes: await successesIn(db),
      })
    }
    expect(results[0]).toEqual({
      incidents: [
        'expiry/access_token orders',
        'malformed/missing orders',
        'malformed/signature orders',
        'malformed/structure orders',
        'misconfiguration/audience_mismatch orders',
      ],
      successes: ['issuance,4', 'validation,2'],
    })
    expect(results[1]).toEqual(results[0])
    expect(results[2]).toEqual(results[0])
  })

  test('shows a failure while it runs, and never the token', async () => {
    const db = join(home, 'live.db')
    const { http, grpc } = await collector(db)
    const { get } = await service('traces,logs', http, grpc)
    const tokens = await workload(get)
    let incidents: Record<string, unknown>[] = []
    while (incidents.length < 5) incidents = await incidentsIn(db)
    const told = JSON.stringify(incidents)
    for (const token of tokens) expect(told).not.toContain(token.slice(-20))
    expect(incidents.every((i) => i.trace_id !== undefined)).toBe(true)
  })

  test('a failure within failures is one, whichever request its spans come in and however often', async () => {
    const { child, http, failures } = await collector(join(home, 'within.db'))
    const traceId = 'c0'.repeat(16)
    const span = (n: number, parent: number) => ({
      traceId,
      spanId: `${n}`.padStart(16, 'e'),
      ...(parent === 0 ? {} : { parentSpanId: `${parent}`.padStart(16, 'e') }),
      name: `step ${n}`,
      kind: 1,
      endTimeUnixNano: String(BigInt(Date.now()) * 1_000_000n),
      status: { code: 2, message: 'jwt expired' },
    })
    const send = async (...spans: object[]) => {
      const attributes = [{ key: 'service.name', value: { stringValue: 'orders' } }]
      const response = await fetch(`http://127.0.0.1:${http}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ resourceSpans: [{ resource: { attributes }, scopeSpans: [{ spans }] }] }),
      })
      expect(response.status).toBe(200)
    }
    // 1 holds 2 and 4, 2 holds 3: children end first. 5 is a failure of its own.
    await send(span(3, 2))
    await send(span(4, 1), span(5, 0))
    await send(span(3, 2), span(2, 1))
    await send(span(1, 0))
    await stop(child)
    expect((await failures()).map(({ observations }) => observations)).toEqual([1, 4])
  })

  test('nothing acknowledged is lost when the collector is killed', async () => {
    const db = join(home, 'killed.db')
    const { child, http } = await collector(db)
    const accepted: string[] = []
    const send = async (n: number) => {
      const traceId = n.toString(16).padStart(32, 'a')
      const attributes = [{ key: 'exception.message', value: { stringValue: 'jwt expired' } }]
      const record = {
        timeUnixNano: String(BigInt(Date.now()) * 1_000_000n),
        traceId,
        body: { stringValue: 'refused' },
        attributes,
      }
      const response = await fetch(`http://127.0.0.1:${http}/v1/logs`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: [record] }] }] }),
      })
      if (response.ok) accepted.push(traceId)
      await response.arrayBuffer()
    }
    const sending = (async () => {
      for (let n = 0; n < 2_000; n += 4) await Promise.all([0, 1, 2, 3].map((i) => send(n + i)))
    })().catch(() => {})
    while (accepted.length < 100) await new Promise((resolve) => setTimeout(resolve, 5))
    child.kill('SIGKILL')
    await sending
    const incidents = await incidentsIn(db)
    const kept = new Set(incidents.map((i) => i.trace_id))
    expect(accepted.filter((id) => !kept.has(id))).toEqual([])
  })
})
