/** Real receivers on this machine that answer as told: HTTP, SMTP, and a program. */
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SMTPServer } from 'smtp-server'

/** `slow`: no answer at all; `cut`: the connection breaks; `closed`: nobody listens. */
export type Behaviour = 'takes' | 'busy' | 'asks' | 'refuses' | 'slow' | 'cut' | 'closed'

export interface Receiver {
  /** Settings of the sink that point at it. */
  config: Record<string, unknown>
  /** What arrived, as text. */
  arrived(): string[]
  close(): Promise<void>
}

const STATUS = { takes: 200, busy: 503, asks: 429, refuses: 400 } as const

/** `settings`: the sink's configuration for a base URL. */
export function http(settings: (url: string) => Record<string, unknown>) {
  return async (behaviour: Behaviour): Promise<Receiver> => {
    const arrived: string[] = []
    const server = createServer((request, response) => {
      let body = ''
      request.on('data', (chunk) => (body += chunk))
      request.on('end', () => {
        arrived.push(`${request.method} ${request.url}\n${JSON.stringify(request.headers)}\n${body}`)
        if (behaviour === 'slow') return
        if (behaviour === 'cut' || behaviour === 'closed') return void request.socket.destroy()
        if (behaviour === 'asks') response.setHeader('retry-after', '7')
        response.writeHead(STATUS[behaviour]).end('said so')
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const close = () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
    if (behaviour === 'closed') await close()
    return {
      config: settings(`http://127.0.0.1:${port}`),
      arrived: () => arrived,
      close: behaviour === 'closed' ? async () => {} : close,
    }
  }
}

export async function smtp(behaviour: Behaviour): Promise<Receiver> {
  const arrived: string[] = []
  const settings = (port: number) => ({
    host: '127.0.0.1',
    port,
    security: 'none',
    from: 'authtop@example.com',
    to: ['ops@example.com'],
  })
  if (behaviour === 'slow' || behaviour === 'cut' || behaviour === 'closed') {
    const server = createTcpServer((socket) => void (behaviour === 'cut' && socket.destroy()))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const close = () => new Promise<void>((resolve) => void server.close(() => resolve()))
    if (behaviour === 'closed') await close()
    return { config: settings(port), arrived: () => arrived, close: async () => {} }
  }
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onMailFrom: (_, __, done) => done(behaviour === 'takes' ? null : answerOf(behaviour === 'refuses' ? 550 : 451)),
    onData: (stream, _, done) => {
      let text = ''
      stream.on('data', (chunk) => (text += chunk))
      stream.on('end', () => {
        arrived.push(text)
        done()
      })
    },
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.server.address() as AddressInfo
  return {
    config: settings(port),
    arrived: () => arrived,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

function answerOf(responseCode: number): Error {
  return Object.assign(new Error('said so'), { responseCode })
}

export async function program(behaviour: Behaviour): Promise<Receiver> {
  const directory = mkdtempSync(join(tmpdir(), 'authtop-sink-'))
  const file = join(directory, 'sink.sh')
  const out = join(directory, 'out')
  const end = {
    takes: 'exit 0',
    busy: 'exit 75',
    asks: 'exit 75',
    refuses: 'exit 1',
    slow: 'sleep 30',
    cut: 'kill -9 $$',
    closed: '',
  }
  if (behaviour !== 'closed') {
    writeFileSync(file, `#!/bin/sh\ncat >> '${out}'\n${behaviour === 'slow' ? 'exec ' : ''}${end[behaviour]}\n`)
    chmodSync(file, 0o755)
  }
  return {
    config: { command: [file, '$(touch /tmp/never)'] },
    arrived: () => (existsSync(out) ? readFileSync(out, 'utf8').trim().split('\n') : []),
    close: async () => rmSync(directory, { recursive: true, force: true }),
  }
}

/** By the type of the sink that talks to it. */
export const RECEIVERS: Readonly<Record<string, (behaviour: Behaviour) => Promise<Receiver>>> = {
  webhook: http((url) => ({ url, secret: 'hmac-key' })),
  slack: http((url) => ({ url })),
  teams: http((url) => ({ url })),
  pagerduty: http((url) => ({ url, routing_key: 'pd-key' })),
  opsgenie: http((url) => ({ url, api_key: 'og-key' })),
  alertmanager: http((url) => ({ url })),
  email: smtp,
  exec: program,
}
