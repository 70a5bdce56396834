/**
 * Notices on their way to a receiver that is down, slow, busy, or gone in the middle, with a collector that is killed while it
 * delivers: each alert arrives, and no notice is taken twice by who dedupes by its key.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { appendFileSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { openReader } from '../../../src/store/index.ts'
import { ENTRY, environment, scratch } from '../../cli/authtop.ts'

const home = scratch()
const log = join(home, 'app.log')
const db = join(home, 's.db')
const config = join(home, 'authtop.yaml')

/** A client uses a refresh token again, three times: one alert. */
let requests = 0
function reuse(client: string): void {
  for (let i = 0; i < 3; i++)
    appendFileSync(
      log,
      `${JSON.stringify({ level: 50, time: Date.now(), pid: 7, hostname: 'orders-1', client_id: client, reqId: `0b6b8a34-58a5-4d1e-9d0c-${String(requests++).padStart(12, '0')}`, err: { type: 'InvalidGrant', message: 'refresh token already used', stack: 'InvalidGrant: refresh token already used\n    at x.js:1:2' }, msg: 'refresh token already used' })}\n`,
    )
}

interface Attempt {
  key: string
  client: string
  reason: string
  at: number
}
type Answer = (attempt: Attempt, response: ServerResponse) => Promise<void>

/** Every attempt, and the keys of those that were taken with 200. */
const attempts: Attempt[] = []
const taken: string[] = []
let answer: Answer

const take: Answer = async ({ key }, response) => {
  taken.push(key)
  response.end()
}

async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let text = ''
  for await (const part of request.setEncoding('utf8')) text += part
  const { reason, labels } = JSON.parse(text) as { reason: string; labels: { client_id: string } }
  const attempt = { key: String(request.headers['idempotency-key']), client: labels.client_id, reason, at: Date.now() }
  attempts.push(attempt)
  await answer(attempt, response)
}

let collector: ChildProcess
function start(): void {
  collector = spawn(process.execPath, [ENTRY, 'collect', '-c', config], { env: environment(home), stdio: 'ignore' })
}
const kill = () =>
  new Promise<void>((resolve) => {
    collector.once('exit', () => resolve())
    collector.kill('SIGKILL')
  })
const until = async (condition: () => boolean | Promise<boolean>) => {
  while (!(await condition())) await sleep(50)
}
const isTaken = (client: string) => attempts.some((a) => a.client === client && taken.includes(a.key))

afterAll(() => collector.kill('SIGKILL'))

test('what is told arrives once, whatever happens on the way', { timeout: 240_000 }, async () => {
  // A port that nobody listens on yet.
  const server = createServer((request, response) => void receive(request, response).catch(() => response.destroy()))
  afterAll(() => server.close())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  writeFileSync(
    config,
    `paths: [${log}]
store: ${db}
alerts:
  rules: { cause_spike: false, failure_burn: false }
  sinks: [{ name: hook, type: webhook, url: 'http://127.0.0.1:${port}/', timeout: 10s }]
`,
  )
  writeFileSync(log, '')

  // The receiver is down: the notice waits, also through a kill.
  start()
  reuse('down')
  const reader = await (async () => {
    for (;;) {
      try {
        return await openReader(db)
      } catch {
        await sleep(50)
      }
    }
  })()
  afterAll(() => reader.close())
  await until(async () => (await reader.waiting()).some((w) => w.error !== null))
  await kill()
  start()

  // It comes back, but is busy first, and says for how long.
  const busy = new Set<string>()
  answer = async (attempt, response) => {
    if (busy.has(attempt.key)) return take(attempt, response)
    busy.add(attempt.key)
    response.writeHead(429, { 'retry-after': '3' }).end('later')
  }
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  await until(() => isTaken('down'))
  const [refused, again] = attempts.filter((a) => a.client === 'down')
  expect(again!.key).toBe(refused!.key)
  expect(again!.at - refused!.at).toBeGreaterThanOrEqual(2_990)

  // It hangs, and the collector is killed while it waits for the answer.
  answer = async () => new Promise(() => {})
  reuse('killed')
  await until(() => attempts.some((a) => a.client === 'killed'))
  await kill()
  answer = take
  start()
  await until(() => isTaken('killed'))

  // It takes the notice, but the collector dies before it hears so.
  answer = async (attempt, response) => {
    taken.push(attempt.key)
    answer = async ({ key }, next) => {
      if (!taken.includes(key)) taken.push(key)
      next.end()
    }
    await kill()
    response.end()
    start()
  }
  reuse('unheard')
  await until(() => attempts.filter((a) => a.client === 'unheard').length === 2)

  // It is slow: one attempt is enough.
  answer = async (attempt, response) => {
    await sleep(2_000)
    await take(attempt, response)
  }
  reuse('slow')
  await until(() => isTaken('slow'))
  await until(async () => (await reader.waiting()).length === 0)

  expect([...new Set(attempts.map((a) => a.client))].sort()).toEqual(['down', 'killed', 'slow', 'unheard'])
  expect(attempts.filter((a) => a.client === 'slow')).toHaveLength(1)
  expect(new Set(taken).size).toBe(taken.length)
  expect(new Set(attempts.map((a) => `${a.client} ${a.reason} ${a.key}`)).size).toBe(4)
})
