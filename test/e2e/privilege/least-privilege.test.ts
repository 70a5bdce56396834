/**
 * The collector with the flags that the service unit gives it, as a user who may read the logs and nothing else: it does its work, and
 * what it may not do is refused by Node itself, in a sentence.
 */
import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { permissionFlags, systemdUnit } from '../../../src/app/service/systemd-unit.ts'
import { authtop, ENTRY, environment, ndjson, scratch } from '../../cli/authtop.ts'

const home = scratch()
const NOBODY = 65_534
/** Only root can become somebody else; anybody else is unprivileged already. */
const root = process.getuid?.() === 0

const line = (n: number) =>
  `${JSON.stringify({ level: 50, time: Date.UTC(2026, 10, 16, 9) + n * 1000, pid: 7, hostname: 'orders-1', reqId: `request-${n}`, err: { type: 'TokenExpiredError', message: 'jwt expired', stack: 'TokenExpiredError: jwt expired\n    at x.js:1:2' }, msg: 'token rejected' })}\n`

/** A folder with a log that everybody may read and only its owner may write, and one for the store. */
function places(name: string) {
  const at = join(home, name)
  const [logs, state] = [join(at, 'logs'), join(at, 'state')]
  mkdirSync(logs, { recursive: true })
  mkdirSync(state, { mode: 0o700 })
  writeFileSync(join(logs, 'app.log'), Array.from({ length: 200 }, (_, n) => line(n)).join(''))
  chmodSync(join(logs, 'app.log'), 0o444)
  chmodSync(logs, 0o555)
  if (root) {
    chownSync(state, NOBODY, NOBODY)
    for (let folder = at; folder.startsWith(home); folder = dirname(folder)) chmodSync(folder, 0o755)
  }
  return { at, state, log: join(logs, 'app.log'), db: join(state, 's.db') }
}

interface Ran {
  code: number | null
  stderr: string
}

/** As the unit starts it. */
function confined(flags: readonly string[], args: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<Ran> {
  const child = spawn(process.execPath, [...flags, ENTRY, ...args], {
    env: { ...environment('/nonexistent'), ...more },
    stdio: ['ignore', 'ignore', 'pipe'],
    ...(root && { uid: NOBODY, gid: NOBODY }),
  })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stderr })))
}

/** Under a checkout that only root may enter, nobody can run it. */
const reachable = (() => {
  if (!root) return true
  for (const file of [ENTRY, process.execPath]) {
    for (let folder = dirname(file); folder !== '/'; folder = dirname(folder))
      if ((statSync(folder).mode & 0o005) !== 0o005) return false
  }
  return true
})()

test('the flags are those of the unit', () => {
  const unit = systemdUnit({ node: '/n', entry: '/e.js', config: '/c', groups: [], readAll: false, programs: false })
  const flags = permissionFlags(['/var/lib/authtop', '/var/lib/private/authtop'], false)
  expect(unit).toContain(`ExecStart=/n ${flags.join(' ')} /e.js collect`)
})

test.skipIf(!reachable)('reads logs that it cannot write, and stores what they say', { timeout: 60_000 }, async () => {
  const { at, state, log, db } = places('reads')
  const { code, stderr } = await confined(permissionFlags([state], false), ['collect', '--once', '--db', db, log])
  expect(stderr).toContain('200 lines')
  expect(code).toBe(0)
  const { stdout } = await authtop(home, ['failures', '--json', '--since', '2026-11-01', '--db', db])
  expect(ndjson(stdout)).toHaveLength(200)
  // Not even what its user might write is written.
  chmodSync(at, 0o777)
  const elsewhere = await confined(permissionFlags([state], false), [
    'collect',
    '--once',
    '--db',
    join(at, 'x.db'),
    log,
  ])
  expect(elsewhere).toMatchObject({ code: 3, stderr: expect.stringContaining('permission denied') })
  expect(existsSync(join(at, 'x.db'))).toBe(false)
})

test.skipIf(!reachable)('starts no program, whoever asks; alerts and metrics go on', { timeout: 90_000 }, async () => {
  const { at, state, log, db } = places('programs')
  const taken: string[] = []
  const receiver = createServer((request, response) => {
    taken.push(request.url!)
    response.end()
  })
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  const config = join(at, 'authtop.yaml')
  const ran = join(state, 'ran')
  writeFileSync(
    config,
    `paths: ['${log}']
store: ${db}
alerts:
  sinks:
    - { name: program, type: exec, command: [touch, '${ran}'] }
    - { name: hook, type: webhook, url: 'http://127.0.0.1:${(receiver.address() as AddressInfo).port}/told' }
`,
  )
  try {
    const flags = permissionFlags([state], false)
    const program = await confined(flags, ['alerts', 'send-test', 'program', '-c', config])
    expect(program).toMatchObject({ code: 1, stderr: expect.stringContaining('ERR_ACCESS_DENIED') })
    expect(existsSync(ran)).toBe(false)
    expect(await confined(flags, ['alerts', 'send-test', 'hook', '-c', config])).toMatchObject({ code: 0 })
    expect(taken).toEqual(['/told'])
    // systemd is told by a program too: that it cannot be is said once, and changes nothing.
    const told = await confined(flags, ['collect', '--once', '-c', config], { NOTIFY_SOCKET: join(at, 'notify') })
    expect(told.stderr.match(/cannot tell systemd/g)).toHaveLength(1)
    expect(told.code).toBe(0)
    expect(
      await confined(permissionFlags([state], true), ['alerts', 'send-test', 'program', '-c', config]),
    ).toMatchObject({ code: 0 })
    expect(existsSync(ran)).toBe(true)
  } finally {
    receiver.close()
  }
})

const straced = (() => {
  try {
    execFileSync('strace', ['-V'])
    return true
  } catch {
    return false
  }
})()

test.skipIf(!straced)('a collector of files starts no process', { timeout: 60_000 }, () => {
  const { log, db, at } = places('straced')
  const trace = join(at, 'trace')
  execFileSync(
    'strace',
    ['-f', '-e', 'trace=execve', '-o', trace, process.execPath, ENTRY, 'collect', '--once', '--db', db, log],
    {
      env: environment(home),
      stdio: 'ignore',
    },
  )
  // It may begin anew in its own place (src/cli/entry.ts), and that is all.
  const started = [...readFileSync(trace, 'utf8').matchAll(/^(\d+) +execve\("([^"]+)"/gm)]
  expect(started.length).toBeGreaterThan(0)
  expect(new Set(started.map(([, pid, program]) => `${pid} ${program}`)).size).toBe(1)
})
