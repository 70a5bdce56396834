/**
 * A real OAuth stack under the official SDK with automatic instrumentation, exporting protobuf, JSON and gRPC at once. What it
 * sends is captured and sent again byte for byte to the built command: by signal, by protocol and all together.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { environment, scratch } from '../../cli/authtop.ts'
import { freePort } from '../emitters/ports.ts'
import { type Captured, replay, startCapture } from './capture.ts'
import { startCollector, stop } from './collector.ts'

const SCRIPT = join(import.meta.dirname, 'oauth-stack.mjs')
const home = scratch()

/** What is asked of the stack, and what of it is a failure. */
const PLAYS: Record<string, string | null> = {
  good: null,
  granted: null,
  expired: 'expiry/access_token api',
  audience: 'misconfiguration/audience_mismatch api',
  signature: 'malformed/signature api',
  missing: 'malformed/missing api',
  scope: 'misuse/insufficient_scope api',
  nested: 'expiry/access_token api',
  secret: 'misconfiguration/client_credentials idp',
  grant: 'misconfiguration/grant_type idp',
}
/** Twice the same play is two failures. */
const ROUNDS = 2
const EXPECTED = Object.values(PLAYS)
  .filter((failure) => failure !== null)
  .flatMap((failure) => Array.from({ length: ROUNDS }, () => failure))
  .toSorted()

let bodies: readonly Captured[] = []

beforeAll(async () => {
  const capture = await startCapture()
  const running: ChildProcess[] = []
  const ISSUER = `http://127.0.0.1:${await freePort()}`
  const start = async (ROLE: string, more: Record<string, string>) => {
    const env = { ...environment(home), ROLE, ISSUER, HTTP_PORT: capture.http, GRPC_PORT: capture.grpc, ...more }
    const child = spawn(process.execPath, [SCRIPT], {
      env: { ...env, OTEL_METRICS_EXPORTER: 'none' },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    running.push(child)
    // oidc-provider prints warnings about a set-up for development before the port.
    for await (const line of createInterface({ input: child.stdout! }))
      if (/^\d+$/.test(line)) return `http://127.0.0.1:${line}`
    throw new Error(`${ROLE} ended`)
  }
  try {
    const [, api] = await Promise.all([start('idp', { PORT: new URL(ISSUER).port }), start('api', {})])
    const web = await start('web', { API: api })
    for (let round = 0; round < ROUNDS; round++)
      for (const [play, failure] of Object.entries(PLAYS)) {
        const status = Number(await (await fetch(`${web}/${play}`)).text())
        expect([play, status >= 400]).toEqual([play, failure !== null])
      }
  } finally {
    // The SDK sends what it holds before it ends.
    for (const child of running.reverse()) await stop(child)
    await capture.stop()
  }
  bodies = capture.captured
})

const collectors: ChildProcess[] = []
afterAll(async () => {
  for (const child of collectors) await stop(child)
})

async function incidentsFrom(name: string, wanted: (body: Captured) => boolean): Promise<string[]> {
  const collector = await startCollector(home, join(home, `${name}.db`))
  collectors.push(collector.child)
  await replay(bodies.filter(wanted), collector)
  await stop(collector.child)
  return (await collector.failures()).map((i) => `${i.cause}/${i.subcause} ${i.service}`).toSorted()
}

describe('a real OAuth stack under the official SDK', () => {
  test('every exporter and every signal was used', () => {
    const used = new Set(bodies.map(({ protocol, signal }) => `${protocol} ${signal}`))
    expect([...used].toSorted()).toEqual([
      'grpc logs',
      'grpc traces',
      'json logs',
      'json traces',
      'protobuf logs',
      'protobuf traces',
    ])
  })

  test('gives each failed request once, from spans alone', async () => {
    expect(await incidentsFrom('spans', ({ signal }) => signal === 'traces')).toEqual(EXPECTED)
  })

  test('gives the same from log records alone', async () => {
    expect(await incidentsFrom('logs', ({ signal }) => signal === 'logs')).toEqual(EXPECTED)
  })

  test('gives the same from both together, in all encodings at once', async () => {
    expect(await incidentsFrom('both', () => true)).toEqual(EXPECTED)
  })
})
