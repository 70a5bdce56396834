/** A real relay, rsyslog, forwards to the collector: UDP, TCP by lines and by counts, TLS; RFC 3164 and RFC 5424. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { authtop, ENTRY, environment, ndjson, scratch } from '../../cli/authtop.ts'
import { selfSigned } from '../../contract/source/self-signed.ts'
import { needs } from '../emitters/software.ts'

const home = scratch()
const running: ChildProcess[] = []
afterEach(async () => {
  for (const child of running.splice(0)) {
    child.kill('SIGTERM')
    if (child.exitCode === null && child.signalCode === null)
      await new Promise((resolve) => child.once('exit', resolve))
  }
})

async function collector(db: string, more: readonly string[]): Promise<number> {
  const args = [ENTRY, 'collect', '--syslog', '--syslog-port', '0', '--db', db, ...more]
  const child = spawn(process.execPath, args, { env: environment(home), stdio: ['ignore', 'ignore', 'pipe'] })
  running.push(child)
  for await (const line of createInterface({ input: child.stderr! })) {
    const port = /port (\d+)/.exec(line)?.[1]
    if (port === undefined) continue
    child.stderr!.resume()
    return Number(port)
  }
  throw new Error('the collector ended')
}

/** By which way, and how rsyslog is told to go it; the program's name chooses the way. */
const WAYS: Readonly<Record<string, string>> = {
  'udp-old': 'protocol="udp" template="RSYSLOG_TraditionalForwardFormat"',
  'udp-new': 'protocol="udp" template="RSYSLOG_SyslogProtocol23Format"',
  'lines-old': 'protocol="tcp" template="RSYSLOG_TraditionalForwardFormat"',
  'lines-precise': 'protocol="tcp" template="RSYSLOG_ForwardFormat"',
  'counted-new': 'protocol="tcp" TCP_Framing="octet-counted" template="RSYSLOG_SyslogProtocol23Format"',
}
const TLS =
  'StreamDriver="gtls" StreamDriverMode="1" StreamDriverAuthMode="x509/name" StreamDriverPermittedPeers="localhost"'
const TLS_WAYS: Readonly<Record<string, string>> = {
  'tls-new': `protocol="tcp" TCP_Framing="octet-counted" template="RSYSLOG_SyslogProtocol23Format" ${TLS}`,
  'tls-old': `protocol="tcp" template="RSYSLOG_TraditionalForwardFormat" ${TLS}`,
}

/** Starts a relay; gives how to log by it. */
async function relay(name: string, ways: Readonly<Record<string, string>>, port: number, ca: string) {
  const socket = join(home, `${name}.sock`)
  const config = join(home, `${name}.conf`)
  const actions = Object.entries(ways).map(
    ([program, way]) =>
      `if $programname == '${program}' then action(type="omfwd" target="127.0.0.1" port="${port}" ${way} action.resumeRetryCount="-1")`,
  )
  writeFileSync(
    config,
    [
      `global(workDirectory="${home}" localHostname="api-1"${ca})`,
      'module(load="imuxsock" SysSock.Use="off")',
      `input(type="imuxsock" Socket="${socket}" ratelimit.interval="0")`,
      ...actions,
      '',
    ].join('\n'),
  )
  running.push(spawn('rsyslogd', ['-n', '-f', config, '-i', join(home, `${name}.pid`)], { stdio: 'ignore' }))
  while (!existsSync(socket)) await sleep(20)
  return (program: string, message: string) => {
    expect(spawnSync('logger', ['-u', socket, '-t', program, message]).status).toBe(0)
  }
}

async function services(db: string, count: number): Promise<Record<string, unknown>[]> {
  for (;;) {
    const found = ndjson((await authtop(home, ['failures', '--json', '--db', db])).stdout)
    if (found.length >= count) return found
    await sleep(200)
  }
}

async function logsByEveryWay(
  name: string,
  ways: Readonly<Record<string, string>>,
  more: readonly string[],
  ca: string,
) {
  const db = join(home, `${name}.db`)
  const log = await relay(name, ways, await collector(db, more), ca)
  const before = Date.now()
  const programs = Object.keys(ways)
  for (const program of programs) log(program, 'token refused: jwt expired')
  const found = await services(db, programs.length)
  expect(found.map(({ service }) => service).toSorted()).toEqual(programs.toSorted())
  for (const { host, cause, time_ms } of found) {
    expect([host, cause]).toEqual(['api-1', 'expiry'])
    // The old stamps have whole seconds.
    expect(Number(time_ms)).toBeGreaterThan(before - 1_000)
    expect(Number(time_ms)).toBeLessThanOrEqual(Date.now())
  }
}

test('over UDP and TCP, by lines and counts, in both forms', async (context) => {
  needs(context, 'rsyslog')
  await logsByEveryWay('plain', WAYS, [], '')
})

test('over TLS', async (context) => {
  needs(context, 'rsyslog')
  const { cert, key } = await selfSigned()
  const [certificate, secret] = [join(home, 'cert.pem'), join(home, 'key.pem')]
  writeFileSync(certificate, cert)
  writeFileSync(secret, key)
  const files = ['--tls-cert', certificate, '--tls-key', secret]
  await logsByEveryWay('tls', TLS_WAYS, files, ` defaultNetstreamDriverCAFile="${certificate}"`)
})
