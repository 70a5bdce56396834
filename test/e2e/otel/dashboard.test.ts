/** The example service under the official SDK, and the dashboard that receives it: a refused request comes on the screen by itself. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, expect, test } from 'vitest'
import { ENTRY, environment, scratch } from '../../cli/authtop.ts'
import { missing, Screen } from '../screen/terminal.ts'
import { stop } from './collector.ts'

const home = scratch()
const running: ChildProcess[] = []
afterEach(async () => {
  for (const child of running.splice(0)) await stop(child)
})

test.skipIf(missing)('a token that is refused is on the dashboard without a key being pressed', async () => {
  const command = `${process.execPath} ${ENTRY} --otlp --otlp-http-port 0 --otlp-grpc-port 0 --db ${home}/live.db`
  const screen = new Screen(home, 'otlp', command, 160, 40)
  const [, http, grpc] = /HTTP on port (\d+), gRPC on port (\d+)/.exec(await screen.shows(/gRPC on port \d+/))!
  const child = spawn(process.execPath, [join(import.meta.dirname, 'orders-service.mjs')], {
    env: { ...environment(home), HTTP_PORT: http, GRPC_PORT: grpc, OTEL_METRICS_EXPORTER: 'none' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  running.push(child)
  const [port] = (await once(createInterface({ input: child.stdout! }), 'line')) as [string]
  const get = async (path: string, token = '') =>
    (await fetch(`http://127.0.0.1:${port}${path}`, { headers: { authorization: `Bearer ${token}` } })).text()
  await get('/orders', await get('/token?lifetime=-60&aud=orders'))
  const text = await screen.shows(/failed 1 /)
  expect(text).toMatch(/expired/i)
  screen.press('2')
  await screen.shows(/orders/)
})
