/** Killed while a log is written and rotated: afterwards every failed request is there once. */
import { spawn } from 'node:child_process'
import { appendFileSync, copyFileSync, existsSync, renameSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { authtop, ENTRY, environment, ndjson } from '../../../cli/authtop.ts'
import { type KillCount, type KillRun, kill, timeUntil } from './kill-run.ts'

export type Rotation = (log: string, n: number) => void

export const renameAndCreate: Rotation = (log, n) => renameSync(log, `${log}.${n}`)
export const copyTruncate: Rotation = (log, n) => {
  copyFileSync(log, `${log}.${n}`)
  truncateSync(log)
}

const line = (n: number) =>
  `${JSON.stringify({ level: 40, time: 1_794_820_321_000 + n * 7, pid: 1, hostname: 'orders-1', reqId: `0b6b8a34-58a5-4d1e-9d0c-${String(n).padStart(12, '0')}`, err: { type: 'TokenExpiredError', message: 'jwt expired', stack: 'TokenExpiredError: jwt expired\n    at verify.js:190:21' }, msg: 'token rejected' })}\n`

export async function killIngest({ kills, next, folder }: KillRun, rotate: Rotation): Promise<KillCount> {
  const db = join(folder, 's.db')
  const log = join(folder, 'app.log')
  let written = 0
  let rotations = 0
  const write = (count: number) => {
    for (let i = 0; i < count; i++) appendFileSync(log, line(written++))
  }
  const start = () =>
    spawn(process.execPath, [ENTRY, 'collect', '--db', db, `${log}*`], { env: environment(folder), stdio: 'ignore' })
  write(5)
  const start_ms = await timeUntil(start(), () => existsSync(db))
  for (let n = 0; n < kills; n++) {
    const child = start()
    const end = performance.now() + start_ms * (0.5 + next()) + 500 * next()
    while (performance.now() < end) {
      write(1 + Math.floor(next() * 20))
      if (next() < 0.05 && existsSync(log)) {
        rotate(log, ++rotations)
        write(1)
      }
      await sleep(10)
    }
    await kill(child)
  }
  const { code, stderr } = await authtop(folder, ['collect', '--once', '--db', db, `${log}*`])
  if (code !== 0) throw new Error(stderr)
  const { stdout } = await authtop(folder, ['failures', '--json', '--db', db])
  const ids = ndjson(stdout).map((incident) => incident.request_id as string)
  const counted = await authtop(folder, ['query', '--json', '--db', db, 'SELECT sum(observations) AS n FROM incidents'])
  const [{ n }] = JSON.parse(counted.stdout) as [{ n: number }]
  const different = new Set(ids).size
  return { kills, expected: written, lost: written - different, doubled: Math.max(ids.length, n) - different }
}
