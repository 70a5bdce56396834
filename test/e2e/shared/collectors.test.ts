/** Collectors on several hosts with one ClickHouse store between them, on the real engine and through the command line. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { authtop, ENTRY, environment, ndjson, scratch } from '../../cli/authtop.ts'
import { ENGINE_MISSING, type Engine, startEngine } from '../../contract/store/clickhouse/engine.ts'

const home = scratch()
const T = Date.UTC(2026, 10, 28, 9)
/** How far the service's clock is ahead; ms. */
const AHEAD_MS = 312_000
const REQUESTS = 20

const requestId = (n: number) => `0c5c7fd0-a6a3-4450-9513-${String(n).padStart(12, '0')}`
const gateway = (at_ms: number, n: number) =>
  JSON.stringify({
    ...{
      time: new Date(at_ms).toISOString(),
      level: 'info',
      host: 'gw-1',
      service: 'gateway',
      request_id: requestId(n),
    },
    ...{ method: 'GET', path: `/orders/${n}`, status: 401, msg: 'request completed' },
  })
const service = (at_ms: number, n: number) =>
  JSON.stringify({
    ...{ level: 50, time: at_ms + AHEAD_MS, hostname: 'app-1', name: 'orders', request_id: requestId(n) },
    err: { type: 'TokenExpiredError', message: 'jwt expired', expiredAt: new Date(at_ms + 290_000).toISOString() },
    ...{ iat: Math.floor((at_ms - 10_000) / 1000), exp: Math.floor((at_ms + 290_000) / 1000), msg: 'jwt expired' },
  })

let engine: Engine
const storeOf = (database: string, collector: string) =>
  `clickhouse://default@127.0.0.1:${engine.port}/${database}?collector=${collector}&spool=${join(home, 'spool')}`

async function failuresOf(...where: string[]) {
  const { stdout } = await authtop(home, ['failures', '--since', '2026-11-01', '--json', ...where])
  return ndjson(stdout).map(({ id: _, ...failure }) => failure)
}

async function clocksOf(...where: string[]) {
  const { stdout } = await authtop(home, ['skew', '--json', ...where])
  const { hosts } = JSON.parse(stdout) as { hosts: { host: string; offset_s: number; samples: number; kind: string }[] }
  return hosts.map(({ host, offset_s, samples }) => ({ host, offset_s: Math.abs(offset_s), samples }))
}

describe.skipIf(ENGINE_MISSING !== null)(ENGINE_MISSING ?? 'collectors that share a ClickHouse store', () => {
  beforeAll(async () => {
    engine = await startEngine()
  }, 60_000)
  afterAll(() => engine.remove(), 60_000)

  it('know together what one that had read everything would know: the requests, why they failed, and the clocks', async () => {
    const [front, back, both] = [join(home, 'gw.log'), join(home, 'app.log'), join(home, 'both.db')]
    const numbers = Array.from({ length: REQUESTS }, (_, n) => n)
    writeFileSync(front, `${numbers.map((n) => gateway(T + n * 60_000 + (n % 7) * 311, n)).join('\n')}\n`)
    writeFileSync(back, `${numbers.map((n) => service(T + n * 60_000 + (n % 7) * 311, n)).join('\n')}\n`)
    await authtop(home, ['collect', '--once', '--db', both, front, back])
    for (const [collector, file] of [
      ['gw-1', front],
      ['app-1', back],
    ] as const) {
      const { code, stderr } = await authtop(home, ['collect', '--once', '--store', storeOf('once', collector), file])
      expect(code, stderr).toBe(0)
    }
    const store = ['--store', storeOf('once', 'anybody')]
    const failures = await failuresOf(...store)
    expect(failures).toHaveLength(REQUESTS)
    expect(failures[0]).toMatchObject({ cause: 'skew', subcause: 'fresh_token_expired', observations: 2 })
    expect(failures).toEqual(await failuresOf('--db', both))
    const clocks = await clocksOf(...store)
    expect(clocks).toContainEqual({ host: 'app-1', offset_s: 312, samples: REQUESTS })
    expect(clocks.map(({ host }) => host)).toEqual((await clocksOf('--db', both)).map(({ host }) => host))
  }, 120_000)

  it('alert once for what only all of them together bring, whoever of them is there to do it', async () => {
    const notices: { rule: string; resolved: string | null }[] = []
    const hook = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        notices.push(JSON.parse(Buffer.concat(chunks).toString()))
        response.end()
      })
    }).listen(0, '127.0.0.1')
    await once(hook, 'listening')
    const config = join(home, 'authtop.yaml')
    writeFileSync(
      config,
      `alerts:
  rules: { clock_offset: false, skew_spike: false, cause_spike: false, failure_burn: false, new_template: false, silent_source: false, recognition_lost: false }
  own:
    - { name: many_hosts, metric: hosts, over: 10m, condition: { above: 1 } }
  sinks:
    - { name: hook, type: webhook, url: 'http://127.0.0.1:${(hook.address() as AddressInfo).port}/' }
`,
    )
    const collectors = ['left', 'right'].map((name) => {
      const folder = join(home, name)
      mkdirSync(folder)
      const log = join(folder, 'app.log')
      writeFileSync(log, '')
      const child = spawn(process.execPath, [ENTRY, 'collect', '-c', config, '--store', storeOf('live', name), log], {
        env: environment(folder),
        stdio: 'ignore',
      })
      return { name, log, child }
    })
    const refuse = (which: number, n: number) => {
      const { name, log } = collectors[which]!
      const line = { level: 50, time: Date.now(), hostname: `${name}-1`, name, request_id: requestId(n) }
      appendFileSync(
        log,
        `${JSON.stringify({ ...line, err: { type: 'JsonWebTokenError', message: 'invalid signature' } })}\n`,
      )
    }
    const fired = () => notices.filter(({ rule, resolved }) => rule === 'many_hosts' && resolved === null).length
    try {
      // One host alone is not above one, whichever collector brings it.
      const store = ['--store', storeOf('live', 'anybody')]
      await vi.waitFor(async () => expect((await authtop(home, ['failures', ...store])).code).toBe(0), {
        timeout: 60_000,
        interval: 1_000,
      })
      refuse(0, 1)
      refuse(0, 2)
      await vi.waitFor(async () => expect(await failuresOf(...store)).toHaveLength(2), {
        timeout: 60_000,
        interval: 500,
      })
      // The steward may be either of them; the one that stays has to be it in the end.
      collectors[0]!.child.kill('SIGTERM')
      await once(collectors[0]!.child, 'exit')
      expect(fired()).toBe(0)
      refuse(1, 3)
      await vi.waitFor(() => expect(fired()).toBe(1), { timeout: 60_000, interval: 500 })
      refuse(1, 4)
      await vi.waitFor(async () => expect(await failuresOf(...store)).toHaveLength(4), {
        timeout: 60_000,
        interval: 500,
      })
      const { stdout } = await authtop(home, ['alerts', 'list', '--json', ...store])
      expect((JSON.parse(stdout) as { rule: string }[]).map(({ rule }) => rule)).toEqual(['many_hosts'])
    } finally {
      for (const { child } of collectors) child.kill('SIGKILL')
      hook.close()
    }
    expect(fired()).toBe(1)
  }, 180_000)
})
