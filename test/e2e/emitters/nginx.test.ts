/** A failed request stands in nginx's access log and in the service's log behind it: one incident, with the service's reason. */
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Failure, failuresIn } from './authtop-cli.ts'
import { expectEachRequest } from './expect-truth.ts'
import type { Fault, Truth } from './faults.ts'
import { temporaryFolder } from './library-run.ts'
import { type NginxLayout, startNginx } from './nginx.ts'
import { needs } from './software.ts'
import { startServer } from './start-server.ts'
import { openTokenForge } from './token-forge.ts'
import { makeWorkload } from './workload.ts'

const FAULTS: Fault[] = [
  'expired_just_now',
  'expired_hours_ago',
  'not_yet_valid',
  'wrong_audience',
  'wrong_issuer',
  'wrong_algorithm',
  'forged_claims',
  'garbage',
  'missing',
]
const FAILED_REQUESTS = 100
/** Requests under way at the same time, so that lines of different requests interleave. */
const CONCURRENCY = 8

test.for(['combined with request id', 'json'] as NginxLayout[])(
  'a request refused behind nginx (%s) is one incident with two observations',
  async (layout, context) => {
    needs(context, 'nginx', 'jsonwebtoken')
    const { failures, truth } = await throughNginx(layout, FAULTS, 0)
    expectEachRequest(failures, truth)
    expect(new Set(failures.map(({ observations }) => observations))).toEqual(new Set([2]))
  },
)

test('fresh tokens refused by a service whose clock is ahead count as skew, because the gateway knows better', async (context) => {
  needs(context, 'nginx', 'jsonwebtoken', 'faketime')
  const faults: Fault[] = ['fresh_to_a_clock_ahead', 'expired_hours_ago', 'garbage']
  const { failures, truth } = await throughNginx('combined with request id', faults, 250)
  expectEachRequest(failures, truth)
})

async function throughNginx(layout: NginxLayout, faults: readonly Fault[], clockOffset_s: number) {
  const folder = temporaryFolder()
  const forge = await openTokenForge()
  const { issuer, audience, publicPem } = forge
  const log = join(folder, 'logs/orders-1/orders.log')
  const input = { issuer, audience, publicPem }
  const service = await startServer({ script: 'resource-server.mjs', input, log, clockOffset_s })
  const nginx = await startNginx(join(folder, 'logs/gateway-1'), service.port, layout)
  const { requests, truth } = await makeWorkload(forge, faults, FAILED_REQUESTS)
  const truthById = new Map<string, Truth>()
  const queue = requests.values()
  await Promise.all(
    Array.from({ length: CONCURRENCY }, async () => {
      for (const { id, token } of queue) {
        const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
        const response = await fetch(`http://127.0.0.1:${nginx.port}/orders`, { headers })
        await response.arrayBuffer()
        const refused = truth.get(id)
        expect(response.status).toBe(refused === undefined ? 200 : 401)
        if (refused !== undefined) truthById.set(response.headers.get('x-request-id')!, refused)
      }
    }),
  )
  await nginx.stop()
  await service.stop()
  const failures: Failure[] = await failuresIn([join(folder, 'logs/{host}/*.log')], join(folder, 'store.db'))
  return { failures, truth: truthById }
}
