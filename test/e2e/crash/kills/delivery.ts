/** Killed while alerts arise and are delivered: each is taken, and none under two keys. */
import { spawn } from 'node:child_process'
import { appendFileSync, existsSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openReader } from '../../../../src/store/index.ts'
import { ENTRY, environment } from '../../../cli/authtop.ts'
import { type KillCount, type KillRun, kill, timeUntil, until } from './kill-run.ts'

const line = (client: string, n: number) =>
  `${JSON.stringify({ level: 50, time: Date.now(), pid: 7, hostname: 'orders-1', client_id: client, reqId: `0b6b8a34-58a5-4d1e-9d0c-${String(n).padStart(12, '0')}`, err: { type: 'InvalidGrant', message: 'refresh token already used', stack: 'InvalidGrant: refresh token already used\n    at x.js:1:2' }, msg: 'refresh token already used' })}\n`

export async function killDelivery({ kills, next, folder }: KillRun): Promise<KillCount> {
  /** Keys under which a client's alert was taken. */
  const taken = new Map<string, Set<string>>()
  const receiver = createServer(async (request, response) => {
    let text = ''
    for await (const part of request.setEncoding('utf8')) text += part
    const { reason, labels } = JSON.parse(text) as { reason: string; labels: { client_id?: string } }
    if (next() < 0.5) await sleep(next() * 60)
    if (next() < 0.1) response.statusCode = 503
    else if (labels.client_id !== undefined) {
      const client = labels.client_id
      taken.set(client, (taken.get(client) ?? new Set()).add(`${reason} ${request.headers['idempotency-key']}`))
    }
    response.end()
  })
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  const log = join(folder, 'app.log')
  const db = join(folder, 's.db')
  const config = join(folder, 'authtop.yaml')
  writeFileSync(log, '')
  writeFileSync(
    config,
    `paths: [${log}]
store: ${db}
alerts:
  rules: { cause_spike: false, failure_burn: false }
  sinks: [{ name: hook, type: webhook, url: 'http://127.0.0.1:${(receiver.address() as AddressInfo).port}/' }]
`,
  )
  const start = () =>
    spawn(process.execPath, [ENTRY, 'collect', '-c', config], { env: environment(folder), stdio: 'ignore' })
  const clients: string[] = []
  let requests = 0
  try {
    const start_ms = await timeUntil(start(), () => existsSync(db))
    for (let n = 0; n < kills; n++) {
      const child = start()
      await sleep(start_ms * (0.5 + next()))
      const client = `client-${n}`
      clients.push(client)
      for (let i = 0; i < 3; i++) appendFileSync(log, line(client, requests++))
      await sleep(start_ms * next() + 700 * next())
      await kill(child)
    }
    const child = start()
    try {
      let reader = await openReader(db).catch(() => null)
      // Where every one was killed before it had made the store, the last one makes it now.
      await until(async () => {
        reader ??= await openReader(db).catch(() => null)
        return reader !== null
      })
      const all = () => clients.every((client) => taken.has(client))
      const end = performance.now() + 60_000
      await until(async () => performance.now() > end || (all() && (await reader!.waiting()).length === 0))
      await reader!.close()
    } finally {
      await kill(child)
    }
  } finally {
    receiver.close()
    receiver.closeAllConnections()
  }
  const doubled = [...taken.values()].map((keys) => keys.size - new Set([...keys].map((k) => k.split(' ')[0])).size)
  return {
    kills,
    expected: clients.length,
    lost: clients.filter((client) => !taken.has(client)).length,
    doubled: doubled.reduce((sum, n) => sum + n, 0),
  }
}
