/**
 * Draws secrets of forty-odd kinds, writes each into logs in every way we know of, lets authtop do everything it can with them, and looks
 * through all it kept, said, showed, served and sent. `LEAK_SEED` and `LEAK_EACH` draw others and more.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { authtop, ENTRY, environment, scratch } from '../../cli/authtop.ts'
import { placeDumps } from './dumps.ts'
import { findTraces } from './find-traces.ts'
import { type Placed, placeAll } from './places.ts'
import { drawSecrets } from './secret-kinds.ts'

const SEED = Number(process.env.LEAK_SEED ?? 20261128)
const EACH = Number(process.env.LEAK_EACH ?? 1)

const home = scratch()
const logs = join(home, 'in')
const db = join(home, 'kept', 'store.db')
const secrets = drawSecrets(SEED, EACH)
/** Dumps over several lines come apart into records; test/unit/redact has them whole. */
const placed = [...placeAll(secrets), ...placeDumps(secrets, 7).filter(({ text }) => !text.includes('\n'))]
const files = new Map<string, string>()

beforeAll(async () => {
  mkdirSync(logs)
  mkdirSync(join(home, 'kept'))
  const byWrapper = Map.groupBy(placed, ({ wrapper }) => wrapper)
  for (const [wrapper, those] of byWrapper) {
    const file = join(logs, `${wrapper.replace(/\W+/g, '-')}.log`)
    files.set(wrapper, file)
    writeFileSync(file, `${those.map(({ text }) => text).join('\n')}\n`)
  }
  const otlp = placed.filter(({ way, wrapper }) => wrapper === 'plain' && /OTLP|^JSON member/.test(way))
  writeFileSync(
    join(logs, 'telemetry.json'),
    otlp
      .map(({ text }) =>
        JSON.stringify({
          resourceLogs: [
            {
              resource: { attributes: [{ key: 'service.name', value: { stringValue: 'orders' } }] },
              scopeLogs: [
                {
                  logRecords: [
                    text.includes('timeUnixNano')
                      ? JSON.parse(text)
                      : { timeUnixNano: '1795000000000000000', body: { stringValue: text } },
                  ],
                },
              ],
            },
          ],
        }),
      )
      .join('\n'),
  )
  await startLive()
})

async function run(...args: string[]) {
  const { stdout, stderr, code } = await authtop(home, args)
  expect(code, stderr).toBeLessThanOrEqual(1)
  return `${stdout}\n${stderr}`
}

/** Everything in the folder, as bytes. */
const kept = () =>
  readdirSync(join(home, 'kept'), { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))

function expectNone(texts: readonly string[], of: readonly Placed[] = placed) {
  const found = findTraces(texts, of)
  expect(
    found.map(({ placed: p, trace, around }) => `${p.secret.kind} | ${p.way} | ${p.wrapper}: ${trace} in ${around}`),
  ).toEqual([])
}

test('nothing is left in the store, its side files and the own log', async () => {
  const said = await run('collect', '--once', '--log', 'json', '--db', db, join(logs, '*'))
  const told = 'SELECT (SELECT count(*) FROM observations) + (SELECT total(count) FROM unrecognised_records) AS n'
  const { stdout } = await authtop(home, ['query', '--json', '--db', db, told])
  // The search means something only where texts are kept.
  expect(JSON.parse(stdout)[0].n).toBeGreaterThan(placed.length / 2)
  expectNone([said, ...kept()])
})

test('nothing is said by any command that shows what is stored', async () => {
  const said: string[] = []
  for (const args of [
    ['failures', '--json'],
    ['failures'],
    ['findings', '--json'],
    ['skew'],
    ['check', '--unknown', '--json'],
    ['query', '--json', 'SELECT * FROM incidents'],
    ['query', '--csv', 'SELECT * FROM observations'],
    ['query', 'SELECT * FROM unrecognised_records'],
    ['query', '--json', 'SELECT * FROM sources'],
    ['alerts', 'backtest', '--json', '--since', '2026-01-01'],
    ...['text', 'md', 'html', 'json', 'csv'].map((format) => [
      'report',
      '--since',
      '2026-01-01',
      '--format',
      format,
      '--out',
      join(home, 'kept', `report.${format}`),
    ]),
  ])
    said.push(await run(...args, '--db', db))
  expectNone([...said, ...kept()])
})

test('nothing is said by explain, classify and a pipe, also of what they cannot read', async () => {
  const said = [
    await run('classify', '--all', join(logs, '*')),
    await run('top', '--no-follow', '--db', join(home, 'kept', 'top.db'), join(logs, '*')),
  ]
  // One of each way is enough for the slowest command.
  const few = [...Map.groupBy(placed, ({ way }) => way).values()].map((those) => those[those.length >> 1]!)
  const jsonl = few.map(({ text }, i) => JSON.stringify({ id: String(i), record: text })).join('\n')
  said.push(...Object.values(await authtop(home, ['classify', '--jsonl', '--all'], jsonl)).map(String))
  for (const [, those] of Map.groupBy(few, (_, i) => i % 8)) {
    const { stdout, stderr } = await authtop(home, ['explain', '-'], those.map(({ text }) => text).join('\n'))
    said.push(stdout, stderr)
  }
  expectNone([...said, ...kept()])
})

const received: string[] = []
const hook = createServer((request, response) => {
  let body = ''
  request.setEncoding('utf8').on('data', (text: string) => {
    body += text
  })
  request.on('end', () => {
    received.push(JSON.stringify(request.headers), body)
    response.end('ok')
  })
})
let live: ChildProcessWithoutNullStreams
let liveSaid = ''

/** Runs beside the other tests: rules look once a minute. */
async function startLive() {
  await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve))
  const log = join(home, 'live.log')
  writeFileSync(log, '')
  writeFileSync(
    join(home, 'authtop.yaml'),
    `
paths: ['${log}']
store: ${join(home, 'kept', 'live.db')}
service: { listen: '127.0.0.1:0' }
alerts:
  own:
    - name: any_failure
      metric: failures
      by: [client_id, host, service, cause]
      over: 1m
      condition: { above: 0 }
      annotations: { summary: '{{labels.client_id}} {{labels.host}} {{labels.service}} {{value}}' }
  sinks: [{ name: hook, type: webhook, url: 'http://127.0.0.1:${(hook.address() as AddressInfo).port}/' }]
`,
  )
  live = spawn(process.execPath, [ENTRY, 'collect', '-c', join(home, 'authtop.yaml'), '--log', 'json'], {
    env: environment(home),
  })
  for (const stream of [live.stdout, live.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      liveSaid += text
    })
  await until(() => liveSaid.includes('metrics and health'))
  const now = new Date().toISOString()
  const lines = placed
    .filter(({ text, wrapper }) => wrapper === 'plain' && !text.includes('\n'))
    .map(({ text }) =>
      (text.startsWith('{') ? text : `${now} ERROR ${text}`).replace('{', `{"time":${Date.now()},"hostname":"h1",`),
    )
  writeFileSync(log, `${lines.join('\n')}\n`, { flag: 'a' })
}

async function until(met: () => boolean) {
  while (!met() && live.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 50))
}

afterAll(() => {
  live.kill('SIGKILL')
  hook.close()
})

test('nothing is sent in alerts or served at /metrics', async () => {
  await until(() => received.length > 0)
  const url = /http:\/\/127\.0\.0\.1:[0-9]{1,5}/.exec(liveSaid)![0]
  const answer = await fetch(`${url}/metrics`)
  const metrics = await answer.text()
  expect(metrics).toContain('authtop_')
  expect(received.join('')).toContain('any_failure')
  live.kill('SIGTERM')
  await until(() => live.exitCode !== null)
  expectNone([liveSaid, metrics, JSON.stringify([...answer.headers]), ...received, ...kept()])
})
