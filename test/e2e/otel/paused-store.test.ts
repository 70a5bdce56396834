/**
 * A store that takes nothing for a while: another program holds its lock, and the thread that writes waits in it. Senders are told
 * to come again, whatever way they come, and nobody else waits; what they bring when it is over is there, once.
 */
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import grpc from '@grpc/grpc-js'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { exportService } from '../../../collectors/otlp/grpc-receiver.ts'
import { authtop, scratch } from '../../cli/authtop.ts'
import { endedSpans, serialised } from '../../unit/collectors/otlp/sdk-bodies.ts'
import { type Collector, startCollector, stop } from './collector.ts'

const home = scratch()
const db = join(home, 'paused.db')

/** A request with one failed span of its own trace. */
async function request() {
  const spans = await endedSpans((start) => {
    const span = start('GET /orders')
    span.recordException(new TypeError('jwt expired'))
    span.end()
  })
  return { trace: spans[0]!.spanContext().traceId, ...serialised(spans) }
}

async function post({ http }: Collector, type: string, body: Uint8Array<ArrayBufferLike> | string) {
  const answer = await fetch(`http://127.0.0.1:${http}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': type },
    body: Buffer.from(body),
  })
  await answer.arrayBuffer()
  return { status: answer.status, again: answer.headers.get('retry-after') }
}

/** 0, or the status and where it says when to come again. */
function call(collector: Collector, body: Uint8Array): Promise<{ status: number; again: boolean }> {
  const Client = grpc.makeGenericClientConstructor(exportService('traces'), 'TraceService')
  const client = new Client(`127.0.0.1:${collector.grpc}`, grpc.credentials.createInsecure())
  return new Promise((resolve) => {
    client.Export!(Buffer.from(body), (error: grpc.ServiceError | null) => {
      const details = error?.metadata.get('grpc-status-details-bin')[0]
      resolve({
        status: error?.code ?? 0,
        again: details?.includes('type.googleapis.com/google.rpc.RetryInfo') ?? false,
      })
      client.close()
    })
  })
}

const PROTOBUF = 'application/x-protobuf'
const JSON_TYPE = 'application/json'
/** Answered in the eight seconds after which senders are told to come again; some hundred are possible. */
const OTHERS = 20

test('while the store takes nothing senders are told to come again, and afterwards each failure is there once', {
  timeout: 120_000,
}, async () => {
  let collector = await startCollector(home, db)
  const before = await request()
  expect(await post(collector, PROTOBUF, before.protobuf)).toMatchObject({ status: 200 })

  const lock = new Database(db)
  lock.exec('BEGIN IMMEDIATE')
  const [one, two, three] = [await request(), await request(), await request()]
  const answers = Promise.all([
    post(collector, PROTOBUF, one.protobuf),
    post(collector, JSON_TYPE, two.json),
    call(collector, three.protobuf),
  ])
  // Who asks for nothing of the store does not wait for it: were the commit waited for, these would be a handful.
  let others = 0
  for (let waiting = true; waiting; others++) {
    expect((await post(collector, JSON_TYPE, '{"resourceSpans":')).status).toBe(400)
    waiting = await Promise.race([answers.then(() => false), sleep(50).then(() => true)])
  }
  expect(others).toBeGreaterThan(OTHERS)
  const later = { status: 503, again: '2' }
  expect(await answers).toEqual([later, later, { status: grpc.status.UNAVAILABLE, again: true }])
  lock.exec('ROLLBACK')

  const brought = [
    post(collector, PROTOBUF, one.protobuf),
    post(collector, JSON_TYPE, two.json),
    call(collector, three.protobuf),
  ]
  expect((await Promise.all(brought)).map(({ status }) => status)).toEqual([200, 200, 0])

  // And where the process is killed meanwhile: what it had taken in was not acknowledged, and comes again.
  lock.exec('BEGIN IMMEDIATE')
  const four = await request()
  const unanswered = post(collector, PROTOBUF, four.protobuf).then(
    () => 'answered',
    () => 'broken off',
  )
  expect((await post(collector, JSON_TYPE, '{}')).status).toBe(200)
  const gone = once(collector.child, 'exit')
  collector.child.kill('SIGKILL')
  await gone
  expect(await unanswered).toBe('broken off')
  lock.exec('ROLLBACK')
  lock.close()

  collector = await startCollector(home, db)
  expect(await post(collector, PROTOBUF, four.protobuf)).toMatchObject({ status: 200 })
  await stop(collector.child)
  const sql = 'SELECT trace_id, observations FROM incidents'
  const { stdout } = await authtop(home, ['query', '--json', '--db', db, sql])
  const kept = JSON.parse(stdout) as { trace_id: string; observations: number }[]
  const sent = [before, one, two, three, four].map(({ trace }) => ({ trace_id: trace, observations: 1 }))
  const inOrder = (a: { trace_id: string }, b: { trace_id: string }) => (a.trace_id < b.trace_id ? -1 : 1)
  expect(kept.toSorted(inOrder)).toEqual(sent.toSorted(inOrder))
})
