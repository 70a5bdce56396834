/**
 * `kill -9` at random moments while senders export over HTTP and gRPC, each repeating what it got no answer for, as exporters
 * do: what was acknowledged is there, and everything is there once. AUTHTOP_E2E_ALL=1 kills more often, KILLS=n as often as
 * is wanted.
 */
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import grpc from '@grpc/grpc-js'
import { expect, test } from 'vitest'
import { exportService } from '../../../collectors/otlp/grpc-receiver.ts'
import { authtop, scratch } from '../../cli/authtop.ts'
import { endedSpans, serialised } from '../../unit/collectors/otlp/sdk-bodies.ts'
import { type Collector, startCollector, stop } from './collector.ts'

const KILLS = Number(process.env.KILLS ?? (process.env.AUTHTOP_E2E_ALL === '1' ? 10 : 4))
const SENDERS = 4
const home = scratch()

type Send = (body: Uint8Array) => Promise<boolean>

function overHttp(port: string): Send {
  return async (body) => {
    const headers = { 'content-type': 'application/x-protobuf' }
    const answer = await fetch(`http://127.0.0.1:${port}/v1/traces`, {
      method: 'POST',
      headers,
      body: Buffer.from(body),
    })
    await answer.arrayBuffer()
    return answer.ok
  }
}

function overGrpc(port: string): Send {
  const Client = grpc.makeGenericClientConstructor(exportService('traces'), 'TraceService')
  const client = new Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure())
  return (body) =>
    new Promise((resolve) => {
      client.Export!(Buffer.from(body), { deadline: Date.now() + 10_000 }, (error: unknown) => resolve(error === null))
    })
}

/** A request with one failed span of its own trace. */
async function request(): Promise<{ trace: string; body: Uint8Array }> {
  const spans = await endedSpans((start) => {
    const span = start('GET /orders')
    span.recordException(new TypeError('jwt expired'))
    span.end()
  })
  return { trace: spans[0]!.spanContext().traceId, body: serialised(spans).protobuf }
}

test(`${KILLS} kills lose nothing that was acknowledged and double nothing that was repeated`, {
  timeout: 60_000 + KILLS * 10_000,
}, async () => {
  const db = join(home, 'killed.db')
  let seed = 11
  const random = () => {
    seed = (seed * 48_271) % 2_147_483_647
    return seed / 2_147_483_647
  }
  /** Answered, and sent without an answer so far. */
  const accepted = new Set<string>()
  const open: { trace: string; body: Uint8Array }[] = []

  async function sender(send: Send, collector: Collector): Promise<void> {
    while (collector.child.exitCode === null && collector.child.signalCode === null) {
      const next = open.pop() ?? (await request())
      if (await send(next.body).catch(() => false)) accepted.add(next.trace)
      else open.push(next)
    }
  }

  for (let kill = 0; kill < KILLS; kill++) {
    const collector = await startCollector(home, db)
    const gone = once(collector.child, 'exit')
    const before = accepted.size
    const senders = Array.from({ length: SENDERS }, (_, i) =>
      sender(i % 2 === 0 ? overHttp(collector.http) : overGrpc(collector.grpc), collector),
    )
    while (accepted.size === before) await sleep(5)
    await sleep(random() * 500)
    collector.child.kill('SIGKILL')
    await gone
    await Promise.all(senders)
  }
  const last = await startCollector(home, db)
  const send = overHttp(last.http)
  for (const { trace, body } of open) if (await send(body)) accepted.add(trace)
  await stop(last.child)
  const sql = 'SELECT trace_id, observations FROM incidents'
  const { stdout } = await authtop(home, ['query', '--json', '--db', db, sql])
  const kept = JSON.parse(stdout) as { trace_id: string; observations: number }[]
  expect(kept.map(({ trace_id }) => trace_id).toSorted()).toEqual([...accepted].toSorted())
  expect(kept.filter(({ observations }) => observations !== 1)).toEqual([])
})
