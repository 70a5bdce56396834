/**
 * `kill -9` at random moments while a log is being written and rotated: afterwards every failed request is there once.
 * AUTHTOP_E2E_ALL=1 (set by .ci/run) runs the long version.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { appendFileSync, copyFileSync, existsSync, renameSync, truncateSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { authtop, ENTRY, environment, ndjson, scratch } from '../../cli/authtop.ts'

const KILLS = process.env.AUTHTOP_E2E_ALL === '1' ? 100 : 12
const home = scratch()

/** mulberry32: the same kills every run. */
function random(seed: number): () => number {
  let a = seed
  return () => {
    a = (a + 0x6d2b79f5) | 0
    let t = Math.imul(a ^ (a >>> 15), 1 | a)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

const line = (n: number) =>
  `${JSON.stringify({ level: 40, time: 1_794_820_321_000 + n * 7, pid: 1, hostname: 'orders-1', reqId: `0b6b8a34-58a5-4d1e-9d0c-${String(n).padStart(12, '0')}`, err: { type: 'TokenExpiredError', message: 'jwt expired', stack: 'TokenExpiredError: jwt expired\n    at verify.js:190:21' }, msg: 'token rejected' })}\n`

type Rotation = (log: string, n: number) => void

const ROTATIONS: Record<string, Rotation> = {
  'rename and create': (log, n) => renameSync(log, `${log}.${n}`),
  copytruncate: (log, n) => {
    copyFileSync(log, `${log}.${n}`)
    truncateSync(log)
  },
}

describe('kill -9 while collecting', () => {
  test.each(Object.entries(ROTATIONS))(
    'loses and doubles nothing, with %s',
    async (name, rotate) => {
      const db = join(home, `${name.length}.db`)
      const log = join(home, `${name.length}-app.log`)
      const next = random(name.length)
      let written = 0
      let rotations = 0
      const write = (count: number) => {
        for (let i = 0; i < count; i++) appendFileSync(log, line(written++))
      }
      write(5)
      for (let kill = 0; kill < KILLS; kill++) {
        const child = spawn(process.execPath, [ENTRY, 'collect', '--db', db, `${log}*`], {
          env: environment(home),
          stdio: 'ignore',
        })
        const until = performance.now() + 250 + next() * 900
        while (performance.now() < until) {
          write(1 + Math.floor(next() * 20))
          if (next() < 0.05 && existsSync(log)) {
            rotate(log, ++rotations)
            write(1)
          }
          await sleep(5)
        }
        await killed(child)
      }
      const { code, stderr } = await authtop(home, ['collect', '--once', '--db', db, `${log}*`])
      expect(stderr).not.toContain('Error')
      expect(code).toBe(0)
      const { stdout } = await authtop(home, ['failures', '--json', '--db', db])
      const ids = ndjson(stdout).map((incident) => incident.request_id as string)
      expect(new Set(ids).size).toBe(ids.length)
      expect(ids.length).toBe(written)
      const counted = await authtop(home, [
        'query',
        '--json',
        '--db',
        db,
        'SELECT sum(observations) AS n FROM incidents',
      ])
      expect(JSON.parse(counted.stdout)).toEqual([{ n: written }])
      unlinkSync(log)
    },
    20_000 + KILLS * 4_000,
  )
})

function killed(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve())
    child.kill('SIGKILL')
  })
}
