/**
 * Ten thousand hosts and an hour of their traffic, through the built command line into a store: its memory stays under the
 * promised 500 MB, and every host is there afterwards. A few records a host; AUTHTOP_E2E_ALL=1 gives each thirty.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { expect, test } from 'vitest'
import { clocksIn } from '../emitters/authtop-cli.ts'
import { temporaryFolder } from '../emitters/library-run.ts'
import { randomNumbers } from '../emitters/workload.ts'

const ENTRY = join(import.meta.dirname, '../../../dist/src/cli/entry.js')
const HOSTS = 10_000
const RECORDS_PER_HOST = process.env.AUTHTOP_E2E_ALL === '1' ? 30 : 3
const PROMISED_MB = 500
const HOUR_MS = 3_600_000
const START_MS = Date.UTC(2026, 10, 16, 8)
const LIFE_S = 300

test.skipIf(process.platform !== 'linux')(
  'ten thousand hosts and an hour of traffic are collected in less than 500 MB',
  async () => {
    const folder = temporaryFolder()
    const log = join(folder, 'fleet.log')
    await writeHour(log)
    const db = join(folder, 'store.db')
    const child = spawn(process.execPath, [ENTRY, 'collect', '--once', '--db', db, log], { stdio: 'ignore' })
    let peak_mb = 0
    const watch = setInterval(() => {
      peak_mb = Math.max(peak_mb, peakOf(child.pid!))
    }, 50)
    const [code] = await once(child, 'exit')
    clearInterval(watch)
    console.log(`${HOSTS} hosts, ${RECORDS_PER_HOST} records each: ${peak_mb.toFixed(0)} MB resident at the most`)
    expect(code).toBe(0)
    expect(peak_mb).toBeGreaterThan(50)
    expect(peak_mb, `MB resident at the most, of ${PROMISED_MB}`).toBeLessThan(PROMISED_MB)
    expect((await clocksIn(db)).hosts).toHaveLength(HOSTS)
  },
)

/** High-water mark of its resident memory, MB; 0 once it is gone. */
function peakOf(pid: number): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
}

/** pino lines in order of time; one in twenty tokens has run out. */
async function writeHour(path: string): Promise<void> {
  const random = randomNumbers(41)
  const out = createWriteStream(path)
  const all = HOSTS * RECORDS_PER_HOST
  for (let i = 0; i < all; i++) {
    const time = Math.floor(START_MS + (i / all) * HOUR_MS)
    const expired = random() < 0.05
    const iat = Math.floor(time / 1000) - Math.floor(random() * LIFE_S) - (expired ? LIFE_S : 0)
    const payload = { iss: 'https://login.example.com', aud: 'api', client_id: `app-${i % 50}`, iat, exp: iat + LIFE_S }
    const said = expired
      ? { level: 40, err: { type: 'JWTExpired', message: '"exp" claim timestamp check failed', payload } }
      : { level: 30, ...payload }
    const host = { time, pid: 7, hostname: `node-${i % HOSTS}`, name: 'orders' }
    const line = JSON.stringify({ ...host, ...said, msg: expired ? 'token refused' : 'token accepted' })
    if (!out.write(`${line}\n`)) await once(out, 'drain')
  }
  out.end()
  await finished(out)
}
