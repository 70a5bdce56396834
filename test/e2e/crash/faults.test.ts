/**
 * What happens to a machine while a collector runs: stopped, its clock set, its disk full, its log unreadable for a while or cut
 * behind its back. Each record is stored once, or its loss is told.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { appendFileSync, existsSync, mkdirSync, renameSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { authtop, ENTRY, environment, ndjson, scratch } from '../../cli/authtop.ts'
import { kill, until } from './kills/kill-run.ts'

const home = scratch()
const running: ChildProcess[] = []
const undo: (() => void)[] = []
afterEach(async () => {
  for (const child of running.splice(0)) await kill(child)
  for (const step of undo.splice(0).reverse()) step()
})

/** One failed request each, told apart by its id. */
const line = (n: number) =>
  `${JSON.stringify({ level: 40, time: Date.UTC(2026, 10, 16, 9) + n * 1000, pid: 1, hostname: 'orders-1', reqId: `0b6b8a34-58a5-4d1e-9d0c-${String(n).padStart(12, '0')}`, err: { type: 'TokenExpiredError', message: 'jwt expired', stack: 'TokenExpiredError: jwt expired\n    at verify.js:190:21' }, msg: 'token rejected' })}\n`
const lines = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => line(from + i)).join('')

function folder(name: string): string {
  const path = join(home, name)
  mkdirSync(path)
  return path
}

function collector(args: readonly string[], more: NodeJS.ProcessEnv = {}, before: readonly string[] = []) {
  const [program, ...rest] = [...before, process.execPath, ENTRY, 'collect', ...args] as [string, ...string[]]
  const child = spawn(program, rest, {
    env: { ...environment(home), ...more },
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: before.length > 0,
  })
  running.push(child)
  // A tracer that is killed lets go of whom it traces.
  if (before.length > 0) undo.push(() => void process.kill(-child.pid!, 'SIGKILL'))
  let stderr = ''
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  return { child, ended, stderr: () => stderr }
}

async function stored(db: string): Promise<string[]> {
  const { stdout } = await authtop(home, [
    'failures',
    '--json',
    '--since',
    '2026-11-01',
    '--until',
    '2026-12-01',
    '--db',
    db,
  ])
  return ndjson(stdout).map((incident) => String(incident.request_id))
}

async function storesAll(db: string, n: number): Promise<void> {
  await until(async () => existsSync(db) && (await stored(db)).length >= n)
  const ids = await stored(db)
  expect(ids).toHaveLength(n)
  expect(new Set(ids).size).toBe(n)
}

function has(program: string): boolean {
  try {
    execFileSync('which', [program], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

test('stopped and continued while its log grows and is rotated, it loses nothing', { timeout: 120_000 }, async () => {
  const at = folder('stopped')
  const [db, log] = [join(at, 's.db'), join(at, 'app.log')]
  writeFileSync(log, lines(0, 100))
  const { child } = collector(['--db', db, `${log}*`])
  await storesAll(db, 100)
  for (let round = 1; round <= 3; round++) {
    child.kill('SIGSTOP')
    appendFileSync(log, lines(round * 100, round * 100 + 50))
    renameSync(log, `${log}.${round}`)
    writeFileSync(log, lines(round * 100 + 50, round * 100 + 100))
    await sleep(300)
    child.kill('SIGCONT')
    await storesAll(db, (round + 1) * 100)
  }
})

const FAKETIME = [
  '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1',
  '/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1',
].find((path) => existsSync(path))

test.skipIf(FAKETIME === undefined)(
  "set an hour ahead and an hour back, this machine's clock holds nothing up",
  { timeout: 180_000 },
  async () => {
    const at = folder('clock')
    const [db, log, offset] = [join(at, 's.db'), join(at, 'app.log'), join(at, 'offset')]
    writeFileSync(offset, '+0')
    writeFileSync(log, lines(0, 10))
    collector(['--db', db, log], {
      LD_PRELOAD: FAKETIME,
      FAKETIME_TIMESTAMP_FILE: offset,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    })
    await storesAll(db, 10)
    let written = 10
    // It never rests: a commit must come of itself, not because nothing else does.
    const writer = setInterval(() => appendFileSync(log, lines(written, ++written)), 20)
    undo.push(() => clearInterval(writer))
    for (const step of ['+3600', '+0', '-3600', '+0']) {
      writeFileSync(offset, step)
      const before = written
      await until(async () => (await stored(db)).length > before)
    }
    clearInterval(writer)
    await storesAll(db, written)
  },
)

test.skipIf(process.getuid?.() !== 0)(
  'a full disk makes it wait, and say so; then it goes on',
  { timeout: 180_000 },
  async (context) => {
    const at = folder('full')
    const disk = folder('disk')
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk], { stdio: 'ignore' })
    } catch {
      return context.skip('no right to mount here')
    }
    undo.push(() => execFileSync('umount', ['--lazy', disk]))
    const [db, log] = [join(disk, 's.db'), join(at, 'app.log')]
    writeFileSync(log, lines(0, 12_000))
    const { child, stderr } = collector(['--db', db, log])
    await until(() => /no space left .*waiting/s.test(stderr()))
    appendFileSync(log, lines(12_000, 12_500))
    await sleep(1_500)
    expect(child.exitCode).toBe(null)
    execFileSync('mount', ['-o', 'remount,size=64m', disk])
    await storesAll(db, 12_500)
    expect(stderr()).toContain('the store takes data again')
  },
)

test.skipIf(process.getuid?.() !== 0)(
  'a disk that turns read-only ends it with a sentence; what was not stored is read again',
  { timeout: 120_000 },
  async (context) => {
    const at = folder('frozen')
    const disk = folder('frozen-disk')
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', disk], { stdio: 'ignore' })
    } catch {
      return context.skip('no right to mount here')
    }
    undo.push(() => execFileSync('umount', ['--lazy', disk]))
    const [db, log] = [join(disk, 's.db'), join(at, 'app.log')]
    writeFileSync(log, lines(0, 100))
    const first = collector(['--once', '--db', db, log])
    expect(await first.ended).toBe(0)
    execFileSync('mount', ['-o', 'remount,ro', disk])
    appendFileSync(log, lines(100, 200))
    const refused = collector(['--once', '--db', db, log])
    expect(await refused.ended).toBe(3)
    expect(refused.stderr()).toMatch(/read-only\n {2}choose another place with --db\n$/)
    execFileSync('mount', ['-o', 'remount,rw', disk])
    expect(await collector(['--once', '--db', db, log]).ended).toBe(0)
    await storesAll(db, 200)
  },
)

test.skipIf(!has('strace'))(
  'reads of its log that fail (EIO) are told and tried again',
  { timeout: 120_000 },
  async () => {
    const at = folder('eio')
    const [db, log] = [join(at, 's.db'), join(at, 'app.log')]
    writeFileSync(log, lines(0, 500))
    // The kernel's answers to reads of this one file are replaced: the second to the fourth of the one thread that reads fail.
    const inject = ['-P', log, '-e', 'trace=read,pread64', '-e', 'inject=read,pread64:error=EIO:when=2..4']
    const { stderr } = collector(['--db', db, log], { UV_THREADPOOL_SIZE: '1' }, [
      'strace',
      '-f',
      '-qq',
      '-o',
      '/dev/null',
      ...inject,
    ])
    await until(() => stderr().includes('input/output error'))
    appendFileSync(log, lines(500, 600))
    await storesAll(db, 600)
    expect(stderr()).toMatch(/app\.log: can be read again/)
  },
)

test('cut to nothing behind its back, a log goes on with what is written next; what was gone is told', {
  timeout: 120_000,
}, async () => {
  const at = folder('cut')
  const [db, log] = [join(at, 's.db'), join(at, 'app.log')]
  writeFileSync(log, lines(0, 100))
  const { child, stderr } = collector(['--db', db, log])
  await storesAll(db, 100)
  child.kill('SIGSTOP')
  appendFileSync(log, lines(100, 200))
  truncateSync(log)
  appendFileSync(log, lines(200, 250))
  child.kill('SIGCONT')
  await storesAll(db, 150)
  expect(stderr()).toMatch(/app\.log.*(?:rewritten|replaced|truncated|shorter)/)
})
