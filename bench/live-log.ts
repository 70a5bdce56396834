/**
 * Writes a log as a busy service would, for measuring the dashboard that follows it: tokens verified and refused by pino.
 * Run with `node bench/live-log.ts FILE EVENTS_PER_SECOND SECONDS`; look at the threads of the other process meanwhile
 * (`top -H -p PID`): the first is the one that draws.
 */
import { appendFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

const [file, rate, seconds] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])]
if (file === undefined || !(rate > 0) || !(seconds > 0)) {
  throw new Error('node bench/live-log.ts FILE EVENTS_PER_SECOND SECONDS')
}

const TICK_MS = 100
const HOSTS = 6
const CLIENTS = 40
/** One request in so many is refused. */
const REFUSED_EVERY = 20

let made = 0
function line(at_ms: number): string {
  const n = made++
  const common = {
    time: at_ms,
    hostname: `orders-${n % HOSTS}`,
    service: 'orders',
    reqId: `r-${n}`,
    client_id: `client-${n % CLIENTS}`,
  }
  if (n % REFUSED_EVERY !== 0) return JSON.stringify({ level: 30, ...common, msg: 'token verified' })
  const err = {
    type: 'TokenExpiredError',
    message: 'jwt expired',
    stack: 'TokenExpiredError: jwt expired\n    at verify (/app/node_modules/jsonwebtoken/verify.js:152:21)',
    expiredAt: new Date(at_ms - 40_000).toISOString(),
  }
  return JSON.stringify({ level: 50, ...common, err, msg: 'token rejected' })
}

const start_ms = Date.now()
while (Date.now() < start_ms + seconds * 1000) {
  const due = Math.floor(((Date.now() - start_ms) / 1000) * rate)
  const lines: string[] = []
  for (const now_ms = Date.now(); made < due; ) lines.push(line(now_ms))
  if (lines.length > 0) appendFileSync(file, `${lines.join('\n')}\n`)
  await sleep(TICK_MS)
}
console.log(`${made} lines in ${seconds} s`)
