/** `authtop report` as its users run it: where it goes and when it fails. Its figures are proven in test/e2e/report. */
import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { unzipSync } from 'fflate'
import { SMTPServer } from 'smtp-server'
import { beforeAll, describe, expect, test } from 'vitest'
import { writeRawWeeks } from '../e2e/report/raw-weeks.ts'
import { authtop, scratch } from './authtop.ts'

const DAY_MS = 86_400_000
const home = scratch()
const db = join(home, 'weeks.db')
const END_MS = Math.floor(Date.now() / DAY_MS) * DAY_MS
const PERIOD = [
  '--db',
  db,
  '--since',
  new Date(END_MS - 7 * DAY_MS).toISOString(),
  '--until',
  new Date(END_MS).toISOString(),
]
const FORMULA = "=cmd|'/c calc'!A0"

beforeAll(async () => {
  const raw = writeRawWeeks({
    folder: join(home, 'raw'),
    from_ms: END_MS - 14 * DAY_MS,
    to_ms: END_MS,
    seed: 11,
    per_hour: 6,
    worse_from_ms: END_MS - 7 * DAY_MS,
    more_clients: [FORMULA, '<!channel>'],
  })
  await authtop(home, ['collect', '--once', '--db', db, raw.paths])
}, 60_000)

describe('--fail-on', () => {
  test.each([
    ['rate>2%', 1],
    ['rate>90%', 0],
    ['expiry>0', 1],
    ['outage>0', 0],
    ['failures>=100000', 0],
  ])('%s: exit %d', async (condition, expected) => {
    const { code, stderr } = await authtop(home, ['report', ...PERIOD, '--fail-on', condition])
    expect(code).toBe(expected)
    expect(stderr).toEqual(expected === 0 ? '' : expect.stringContaining(`--fail-on ${condition} holds`))
  })
})

test.each([
  [['--fail-on', 'rate>2']],
  [['--fail-on', 'gremlins>1']],
  [['--format', 'csv']],
  [['--email', 'nobody']],
  [['--email', 'team@example.com']],
  [['--webhook', 'ftp://x']],
  [['--week', '2026-47']],
  [['--week', '2026-W47', '--month', '2026-11']],
  [['--compare', 'soon']],
])('%j is wrong usage: exit 2 and one sentence', async (args) => {
  const { code, stderr, stdout } = await authtop(home, ['report', '--db', db, ...args])
  expect(code).toBe(2)
  expect(stderr).not.toMatch(/\n\s+at /)
  expect(stdout).toBe('')
})

/** The schema lets newer versions add fields; a test must not. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed)
  if (typeof schema !== 'object' || schema === null) return schema
  const parts = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]))
  return 'properties' in parts && parts.type === 'object' ? { ...parts, additionalProperties: false } : parts
}

test('the JSON is what docs/report.schema.json says, every field of it and no other', async () => {
  const schema = JSON.parse(readFileSync(new URL('../../docs/report.schema.json', import.meta.url), 'utf8')) as object
  const validate = new Ajv({ allErrors: true, strict: false }).compile(closed(schema) as object)
  for (const compare of ['previous', 'none']) {
    const { stdout } = await authtop(home, ['report', ...PERIOD, '--format', 'json', '--compare', compare])
    validate(JSON.parse(stdout))
    expect(validate.errors).toBeNull()
  }
})

test('csv is a zip or a folder of the same tables, and a formula stays text', async () => {
  const zip = join(home, 'week.zip')
  const folder = join(home, 'tables')
  for (const out of [zip, folder])
    expect((await authtop(home, ['report', ...PERIOD, '--format', 'csv', '--out', out])).code).toBe(0)
  const files = unzipSync(readFileSync(zip))
  expect(Object.keys(files).sort()).toEqual(readdirSync(folder).sort())
  const clients = readFileSync(join(folder, 'clients.csv'), 'utf8')
  expect(Buffer.from(files['clients.csv']!).toString()).toBe(clients)
  expect(clients).toContain(`"'${FORMULA}"`)
  expect(clients).not.toMatch(/^=/m)
  const { stdout } = await authtop(home, ['report', ...PERIOD, '--format', 'json'])
  const { totals } = JSON.parse(stdout) as { totals: { failures: number; events: number } }
  const [head, now] = readFileSync(join(folder, 'totals.csv'), 'utf8')
    .split('\r\n')
    .map((line) => line.split(','))
  expect(now![head!.indexOf('failures')]).toBe(String(totals.failures))
  expect(now![head!.indexOf('events')]).toBe(String(totals.events))
})

test('--email sends HTML and text to a real SMTP server', async () => {
  const mails: { to: string[]; source: string }[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, session, done) {
      let source = ''
      stream.setEncoding('utf8').on('data', (text: string) => {
        source += text
      })
      stream.on('end', () => {
        mails.push({ to: session.envelope.rcptTo.map(({ address }) => address), source })
        done()
      })
    },
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.server.address() as AddressInfo
  try {
    const args = ['report', ...PERIOD, '--email', 'team@example.com', '--out', join(home, 'mail.txt')]
    const ran = await authtop(home, args, '', {
      AUTHTOP_SMTP_URL: `smtp://127.0.0.1:${port}`,
      AUTHTOP_MAIL_FROM: 'authtop@example.com',
    })
    expect(ran.code, ran.stderr).toBe(0)
    expect(mails).toHaveLength(1)
    expect(mails[0]!.to).toEqual(['team@example.com'])
    expect(mails[0]!.source).toMatch(/^Subject: Authentication failures/m)
    expect(mails[0]!.source).toContain('Content-Type: text/plain')
    expect(mails[0]!.source).toContain('Content-Type: text/html')
  } finally {
    await new Promise<void>((resolve) => server.close(resolve))
  }
  const refused = await authtop(
    home,
    ['report', ...PERIOD, '--email', 'team@example.com', '--out', join(home, 'mail.txt')],
    '',
    {
      AUTHTOP_SMTP_URL: `smtp://user:secret@127.0.0.1:${port}`,
      AUTHTOP_MAIL_FROM: 'authtop@example.com',
    },
  )
  expect(refused.code).toBe(3)
  expect(refused.stderr).not.toContain('secret')
})

test('--webhook posts the document, and an unwilling receiver is exit 3', async () => {
  const bodies: string[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text
    })
    request.on('end', () => {
      bodies.push(body)
      response.statusCode = request.url === '/no' ? 403 : 200
      response.end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  try {
    const post = (path: string) =>
      authtop(home, [
        'report',
        ...PERIOD,
        '--webhook',
        `http://127.0.0.1:${port}${path}`,
        '--out',
        join(home, 'hook.txt'),
      ])
    expect((await post('/key-4711')).code).toBe(0)
    expect(JSON.parse(bodies[0]!)).toMatchObject({ version: 1, totals: { failures: expect.any(Number) } })
    const refused = await post('/no')
    expect(refused.code).toBe(3)
    expect(refused.stderr).toContain('403')
  } finally {
    server.close()
  }
})
