/**
 * Ten times more than the collector may store, through a file, OTLP and syslog at once: it is let run for a tenth of the time only, while
 * its senders write as fast as it would take when it runs alone. Counts what becomes of every record.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import dgram from 'node:dgram'
import { once } from 'node:events'
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { authtop, ENTRY, environment } from '../../cli/authtop.ts'

/** Runs so long, then stands still for nine times as long; ms. */
const RUNS_MS = 20
const STANDS_MS = 180
/** Lines of the log, written together every 100 ms; 10,000 a second are about what one core stores. */
const LINES_EACH = 1_000
const OTLP_RECORDS = 200
const DATAGRAMS_EACH = 100

export interface Overload {
  /** Peak of the resident set, MB. */
  peak_mb: number
  /** The greatest `authtop_collector_lag_seconds` that was served. */
  lag_s: number
  written: number
  /** Lines that the store says it read, and the different failures it has of them. */
  read: number
  stored: number
  otlp: { accepted: number; refused: number; other: number; stored: number }
  syslog: { sent: number; stored: number; dropped: number }
}

const uuid = (n: number) => `0b6b8a34-58a5-4d1e-9d0c-${String(n).padStart(12, '0')}`

/** @param seconds how long to overload it; @param catch_up_s how long it may run freely afterwards */
export async function overload(folder: string, seconds: number, catch_up_s: number): Promise<Overload> {
  const [log, db, config] = [join(folder, 'app.log'), join(folder, 's.db'), join(folder, 'authtop.yaml')]
  writeFileSync(log, '')
  writeFileSync(config, `paths: ['${log}']\nstore: ${db}\nservice: { listen: '127.0.0.1:0' }\n`)
  const args = ['collect', '-c', config, '--otlp', '--otlp-http-port', '0', '--otlp-grpc-port', '0', '--syslog']
  const child = spawn(process.execPath, [ENTRY, ...args, '--syslog-port', '0'], {
    env: environment(folder),
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  const number = (pattern: RegExp) => Number(pattern.exec(said)?.[1])
  const HTTP = /HTTP[^\n]*? port (\d+)/i
  const SYSLOG = /TCP and UDP port (\d+)/
  const METRICS = /metrics and health at http:\/\/127\.0\.0\.1:(\d+)/
  while (![HTTP, SYSLOG, METRICS].every((pattern) => pattern.test(said))) await sleep(50)
  const result: Overload = {
    peak_mb: 0,
    lag_s: 0,
    written: 0,
    read: 0,
    stored: 0,
    otlp: { accepted: 0, refused: 0, other: 0, stored: 0 },
    syslog: { sent: 0, stored: 0, dropped: 0 },
  }
  const end = performance.now() + seconds * 1_000
  const over = () => performance.now() >= end
  await Promise.all([
    throttle(child, over),
    writeLines(log, result, over),
    exportLogs(number(HTTP), result, over),
    sendDatagrams(number(SYSLOG), result, over),
    watch(number(METRICS), child, result, over),
  ])
  child.kill('SIGCONT')
  const given = performance.now() + catch_up_s * 1_000
  const ask = async <T>(sql: string) =>
    JSON.parse((await authtop(folder, ['query', '--json', '--db', db, sql])).stdout) as T[]
  const progress = async () =>
    (
      await ask<{ offset: number; size: number; lines: number }>(
        `SELECT offset, size, lines FROM sources WHERE name = '${log}'`,
      )
    )[0]
  let at = await progress()
  while ((at === undefined || at.offset < at.size) && performance.now() < given) {
    await sleep(1_000)
    at = await progress()
  }
  child.kill('SIGTERM')
  await once(child, 'exit')
  result.peak_mb = Math.max(result.peak_mb, 0)
  result.read = (await progress())?.lines ?? 0
  const kinds = await ask<{ kind: string; n: number; observations: number }>(
    'SELECT substr(request_id, 1, 1) AS kind, count(DISTINCT request_id) AS n, sum(observations) AS observations FROM incidents WHERE request_id IS NOT NULL GROUP BY 1',
  )
  const of = (kind: string) => kinds.find((each) => each.kind === kind)
  for (const { n, observations } of kinds)
    if (n !== observations) throw new Error(`${observations} records of ${n} requests: doubled`)
  result.stored = of('0')?.n ?? 0
  result.otlp.stored = of('1')?.n ?? 0
  result.syslog.stored = of('2')?.n ?? 0
  result.syslog.dropped = Math.max(0, ...[...said.matchAll(/(\d+) syslog datagrams dropped/g)].map((m) => Number(m[1])))
  return result
}

async function throttle(child: ChildProcess, over: () => boolean): Promise<void> {
  while (!over()) {
    child.kill('SIGSTOP')
    await sleep(STANDS_MS)
    child.kill('SIGCONT')
    await sleep(RUNS_MS)
  }
}

async function writeLines(log: string, result: Overload, over: () => boolean): Promise<void> {
  const line = (n: number) =>
    `{"level":40,"time":${Date.now()},"hostname":"orders-1","reqId":"${uuid(n)}","err":{"type":"TokenExpiredError","message":"jwt expired"},"msg":"token rejected"}\n`
  while (!over()) {
    let text = ''
    for (let i = 0; i < LINES_EACH; i++) text += line(result.written++)
    appendFileSync(log, text)
    await sleep(100)
  }
}

/** As an exporter does: what was not taken is sent again, until it is time to stop. */
async function exportLogs(port: number, { otlp }: Overload, over: () => boolean): Promise<void> {
  let sent = 0
  const body = () => {
    const logRecords = Array.from({ length: OTLP_RECORDS }, () => ({
      timeUnixNano: `${Date.now()}000000`,
      severityNumber: 17,
      body: { stringValue: 'jwt expired' },
      attributes: [
        { key: 'exception.message', value: { stringValue: 'jwt expired' } },
        { key: 'request_id', value: { stringValue: uuid(sent++).replace('0', '1') } },
      ],
    }))
    return JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] })
  }
  let next = body()
  while (!over()) {
    const answer = await fetch(`http://127.0.0.1:${port}/v1/logs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: next,
    }).catch(() => null)
    await answer?.arrayBuffer()
    if (answer?.status === 200) {
      otlp.accepted += OTLP_RECORDS
      next = body()
    } else if (answer?.status === 503 && answer.headers.has('retry-after')) otlp.refused++
    else otlp.other++
  }
}

async function sendDatagrams(port: number, { syslog }: Overload, over: () => boolean): Promise<void> {
  const socket = dgram.createSocket('udp4')
  while (!over()) {
    for (let i = 0; i < DATAGRAMS_EACH; i++) {
      const id = uuid(syslog.sent++).replace('0', '2')
      socket.send(
        `<165>1 ${new Date().toISOString()} api-1 orders 17 ID47 - {"reqId":"${id}","msg":"jwt expired"}`,
        port,
        '127.0.0.1',
      )
    }
    await sleep(50)
  }
  await new Promise<void>((resolve) => socket.close(() => resolve()))
}

async function watch(port: number, child: ChildProcess, result: Overload, over: () => boolean): Promise<void> {
  while (!over()) {
    await sleep(1_000)
    const peak = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${child.pid}/status`, 'latin1'))?.[1]
    result.peak_mb = Math.max(result.peak_mb, Number(peak) / 1024)
    const metrics = await fetch(`http://127.0.0.1:${port}/metrics`, { signal: AbortSignal.timeout(20_000) })
      .then((answer) => answer.text())
      .catch(() => '')
    const lag = /^authtop_collector_lag_seconds(?:\{[^}]*\})? (\S+)/m.exec(metrics)?.[1]
    result.lag_s = Math.max(result.lag_s, Number(lag ?? 0))
  }
}
