import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { join } from 'node:path'
import grpc from '@grpc/grpc-js'
import Database from 'better-sqlite3'
import { afterEach, describe, expect, test } from 'vitest'
import { selfSigned } from '../contract/source/self-signed.ts'
import { freePort } from '../e2e/emitters/ports.ts'
import { authtop, ENTRY, environment, ndjson, scratch } from './authtop.ts'

const home = scratch()
const running: ChildProcess[] = []
const atEnd: (() => void)[] = []
afterEach(() => {
  for (const step of atEnd.splice(0)) step()
  for (const child of running.splice(0)) child.kill('SIGKILL')
})

let stamp = Date.UTC(2026, 10, 16, 9)
const failures = (n: number) =>
  Array.from({ length: n }, () => {
    stamp += 1_000
    return `${JSON.stringify({ level: 50, time: stamp, pid: 7, hostname: 'orders-1', err: { type: 'TokenExpiredError', message: 'jwt expired', stack: 'TokenExpiredError: jwt expired\n    at x.js:1:2' }, msg: 'token rejected' })}\n`
  }).join('')

/** A collector that is running; `says` waits for a sentence on stderr. */
function collector(args: readonly string[], more: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, [ENTRY, 'collect', ...args], { env: { ...environment(home), ...more } })
  running.push(child)
  let stderr = ''
  let stdout = ''
  const listeners = new Set<() => void>()
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
    for (const listener of listeners) listener()
  })
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  const says = (pattern: RegExp, from = 0) =>
    new Promise<number>((resolve, reject) => {
      const look = () => {
        const match = pattern.exec(stderr.slice(from))
        if (match !== null) resolve(from + match.index + match[0].length)
      }
      listeners.add(look)
      void ended.then(() => reject(new Error(`ended without saying ${pattern}: ${stderr}`)))
      look()
    })
  return { child, ended, says, stderr: () => stderr, stdout: () => stdout }
}

function folder(name: string) {
  const path = join(home, name)
  mkdirSync(path)
  return path
}

const stored = async (db: string) => ndjson((await authtop(home, ['failures', '--json', '--db', db])).stdout).length

/** Until the store has so many failures. */
async function until(db: string, n: number): Promise<void> {
  while ((await stored(db)) < n) await new Promise((resolve) => setTimeout(resolve, 100))
}

describe('a collector as a service', () => {
  test('reads its configuration again without losing a line, and keeps the old one when the new one is wrong', {
    timeout: 120_000,
  }, async () => {
    const at = folder('reload')
    const config = join(at, 'authtop.yaml')
    const db = join(at, 's.db')
    const write = (paths: string, more = '') => writeFileSync(config, `paths: [${paths}]\nstore: ${db}\n${more}`)
    const [first, second] = [join(at, 'first.log'), join(at, 'second.log')]
    writeFileSync(first, failures(10))
    write(first)
    const { child, ended, says } = collector(['-c', config])
    let from = await says(/first\.log: pino/)

    write(first, 'alerts: { repaet: 2h }\n')
    child.kill('SIGHUP')
    from = await says(/not taken.*did you mean "repeat"/, from)

    write(first, 'alerts: { repeat: 2h }\n')
    expect((await authtop(home, ['reload', '-c', config])).code).toBe(0)
    from = await says(/is in force/, from)

    // Lines keep coming while it begins anew with another path.
    const writer = setInterval(() => appendFileSync(first, failures(5)), 20)
    atEnd.push(() => clearInterval(writer))
    writeFileSync(second, failures(7))
    write(`${first}, ${second}`)
    child.kill('SIGHUP')
    from = await says(/second\.log: pino/, from)
    clearInterval(writer)
    appendFileSync(first, failures(3))
    const total = (stamp - Date.UTC(2026, 10, 16, 9)) / 1000
    await until(db, total)
    child.kill('SIGTERM')
    expect(await ended).toBe(0)
    expect(await stored(db)).toBe(total)
  })

  test('says that its store takes nothing for as long as it does, and is no slower to say it', {
    timeout: 120_000,
  }, async () => {
    const at = folder('health')
    const [config, db, log] = [join(at, 'authtop.yaml'), join(at, 's.db'), join(at, 'a.log')]
    const port = await freePort()
    writeFileSync(log, failures(3))
    writeFileSync(config, `paths: [${log}]\nstore: ${db}\nservice: { listen: '127.0.0.1:${port}' }\n`)
    const { child, ended, says } = collector(['-c', config])
    await says(/a\.log: pino/)
    const health = async () => (await fetch(`http://127.0.0.1:${port}/healthz`)).status
    expect(await health()).toBe(200)

    const lock = new Database(db)
    atEnd.push(() => lock.close())
    lock.exec('BEGIN IMMEDIATE')
    appendFileSync(log, failures(4))
    // Until the commit is given up for now, five seconds later; one that is waited for leaves room for a handful of answers.
    let answers = 0
    for (; (await health()) === 200; answers++) await new Promise((resolve) => setTimeout(resolve, 50))
    expect(answers).toBeGreaterThan(15)
    expect(await health()).toBe(503)
    lock.exec('ROLLBACK')
    while ((await health()) !== 200) await new Promise((resolve) => setTimeout(resolve, 50))
    child.kill('SIGTERM')
    expect(await ended).toBe(0)
    expect(await stored(db)).toBe(7)
  })

  test('receives as its configuration says, and takes new tokens and certificates without hanging up', {
    timeout: 120_000,
  }, async () => {
    const at = folder('receivers')
    const config = join(at, 'authtop.yaml')
    const db = join(at, 's.db')
    const file = (name: string, text: string) => {
      writeFileSync(join(at, name), text)
      return join(at, name)
    }
    const renew = async (token: string) => {
      const { cert, key } = await selfSigned()
      file('token', `${token}\n`)
      const files = `token: { file: ${join(at, 'token')} }, tls: { cert: ${file('cert', cert)}, key: ${file('key', key)} }`
      return { cert, files }
    }
    const write = (otlp: string, more = '') =>
      file(
        'authtop.yaml',
        `receivers:\n  otlp: { ${otlp} }\n  webhook: { port: 0, token: { env: HOOK } }\nstore: ${db}\n${more}`,
      )
    const first = await renew('one')
    const ports = 'http_port: 0, grpc_port: 0'
    write(`${ports}, ${first.files}`)
    const { child, ended, says, stderr } = collector(['-c', config], { HOOK: 'hook-secret' })
    let from = await says(/receiving webhooks on 127\.0\.0\.1: port \d+/)
    const [, http, rpc] = /HTTP on port (\d+), gRPC on port (\d+)/.exec(stderr())!
    const [, hook] = /webhooks on 127\.0\.0\.1: port (\d+)/.exec(stderr())!

    /** What an exporter is answered, over both ways. */
    const answers = async (ca: string, token: string) => {
      const status = new Promise((resolve, reject) => {
        const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
        const asked = request(
          { port: http, servername: 'localhost', path: '/v1/traces', method: 'POST', headers, ca, agent: false },
          (answer) => answer.resume().on('end', () => resolve(answer.statusCode)),
        )
        asked.on('error', reject).end('{}')
      })
      const client = new grpc.Client(`127.0.0.1:${rpc}`, grpc.credentials.createSsl(Buffer.from(ca)))
      const metadata = new grpc.Metadata()
      metadata.set('authorization', `Bearer ${token}`)
      const same = (bytes: Buffer) => bytes
      const path = '/opentelemetry.proto.collector.trace.v1.TraceService/Export'
      const code = await new Promise((resolve) =>
        client.makeUnaryRequest(path, same, same, Buffer.alloc(0), metadata, (error) => resolve(error?.code ?? 0)),
      )
      client.close()
      return [await status, code]
    }
    expect(await answers(first.cert, 'one')).toEqual([200, 0])
    expect(await answers(first.cert, 'two')).toEqual([401, 16])
    const pushed = await fetch(`http://127.0.0.1:${hook}/webhook/entra?access_token=hook-secret`, {
      method: 'POST',
      body: '{}',
    })
    expect(pushed.status).toBe(200)
    expect((await fetch(`http://127.0.0.1:${hook}/webhook/entra?access_token=x`, { method: 'POST' })).status).toBe(401)

    const second = await renew('two')
    child.kill('SIGHUP')
    from = await says(/is in force/, from)
    expect(await answers(second.cert, 'two')).toEqual([200, 0])
    expect(await answers(second.cert, 'one')).toEqual([401, 16])

    file('key', first.cert)
    child.kill('SIGHUP')
    from = await says(/not taken.*no certificate and its key/, from)
    write(`${ports}, token: { file: ${join(at, 'token')} }`)
    child.kill('SIGHUP')
    await says(/receivers changed: it takes a restart/, from)
    child.kill('SIGTERM')
    expect(await ended).toBe(0)
    expect(stderr()).not.toContain('hook-secret')

    file('authtop.yaml', 'receivers: { otlp: { listen: 0.0.0.0 } }\n')
    const refused = await authtop(home, ['collect', '-c', config])
    expect([refused.code, refused.stderr]).toEqual([
      2,
      expect.stringContaining('beyond this machine a token is needed'),
    ])
  })

  test('nobody to ask: exit 3, and a collector without a configuration is not hung up on', {
    timeout: 60_000,
  }, async () => {
    const at = folder('nobody')
    const db = join(at, 's.db')
    writeFileSync(join(at, 'a.log'), failures(2))
    await authtop(home, ['collect', '--once', '--db', db, join(at, 'a.log')])
    expect((await authtop(home, ['reload', '--db', db])).code).toBe(3)
    const { child, says, ended } = collector(['--db', db, join(at, 'a.log')])
    await says(/a\.log/)
    expect((await authtop(home, ['reload', '--db', db])).code).toBe(3)
    child.kill('SIGHUP')
    expect(await ended).toBe(0)
  })

  test.skipIf(!existsSync('/proc/self/cmdline'))(
    'holds less young garbage than V8 would by itself, in the process that was started; a size that was chosen is kept',
    { timeout: 60_000 },
    async () => {
      const path = folder('memory')
      const commandOf = async (more: NodeJS.ProcessEnv) => {
        const { child, says } = collector(['--db', join(path, 's.db'), '--syslog', '--syslog-port', '0'], more)
        await says(/receiving syslog/)
        const command = readFileSync(`/proc/${child.pid}/cmdline`, 'utf8')
        child.kill('SIGKILL')
        return command
      }
      expect(await commandOf({})).toContain('--max-semi-space-size=8')
      expect(await commandOf({ NODE_OPTIONS: '--max-semi-space-size=24' })).not.toContain('semi-space')
    },
  )

  test('speaks JSON where it is asked to', { timeout: 60_000 }, async () => {
    const at = folder('json')
    writeFileSync(join(at, 'a.log'), failures(2))
    const { code, stderr } = await authtop(home, [
      'collect',
      '--once',
      '--log',
      'json',
      '--db',
      join(at, 's.db'),
      join(at, 'a.log'),
    ])
    expect(code).toBe(0)
    const lines = ndjson(stderr)
    expect(lines.at(-1)).toMatchObject({ level: 'info', name: 'authtop', source: join(at, 'a.log') })
    expect(String(lines.at(-1)!.msg)).toContain('pino')
  })

  const hasNotify = (() => {
    try {
      execFileSync('systemd-notify', ['--version'])
      return true
    } catch {
      return false
    }
  })()

  test.skipIf(!hasNotify)(
    'tells systemd when it is ready, reads again, lives and stops',
    { timeout: 120_000 },
    async () => {
      const at = folder('systemd')
      const socket = join(at, 'notify.sock')
      const config = join(at, 'authtop.yaml')
      writeFileSync(join(at, 'a.log'), failures(2))
      writeFileSync(config, `paths: [${join(at, 'a.log')}]\nstore: ${join(at, 's.db')}\n`)
      // A receiver as systemd is one: a datagram socket, and the barrier's descriptor closed at once.
      const receiver = spawn('python3', [
        '-u',
        '-c',
        `import socket, os
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(${JSON.stringify(socket)})
while True:
    data, fds, _, _ = socket.recv_fds(s, 4096, 4)
    for fd in fds: os.close(fd)
    print(data.decode().replace('\\n', ' '), flush=True)`,
      ])
      running.push(receiver)
      let told = ''
      receiver.stdout.setEncoding('utf8').on('data', (text: string) => {
        told += text
      })
      const hears = async (pattern: RegExp) => {
        while (!pattern.test(told)) await new Promise((resolve) => setTimeout(resolve, 50))
      }
      while (!existsSync(socket)) await new Promise((resolve) => setTimeout(resolve, 50))
      const { child, ended } = collector(['-c', config], { NOTIFY_SOCKET: socket, WATCHDOG_USEC: '2000000' })
      await hears(/READY=1/)
      await hears(/STATUS=collecting/)
      await hears(/WATCHDOG=1/)
      child.kill('SIGHUP')
      await hears(/RELOADING=1[\s\S]*READY=1/)
      child.kill('SIGTERM')
      expect(await ended).toBe(0)
      await hears(/STOPPING=1/)
      expect(told).toMatch(new RegExp(`MAINPID=${child.pid}`))
      expect(told.indexOf('READY=1')).toBeLessThan(told.indexOf('RELOADING=1'))
      expect(told.indexOf('RELOADING=1')).toBeLessThan(told.indexOf('STOPPING=1'))
    },
  )
})
