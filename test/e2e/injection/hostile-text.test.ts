/** What strangers wrote into logs (and into the names of files) moves no cursor, runs no script and starts no formula, wherever authtop says it. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { authtop, scratch } from '../../cli/authtop.ts'

const home = scratch()
const db = join(home, 'store.db')
const ESC = '\u001b'

const PAYLOADS: Record<string, string> = {
  CSI: `${ESC}[2J${ESC}[31mred`,
  'OSC 8': `${ESC}]8;;https://evil.example${ESC}\\click${ESC}]8;;${ESC}\\`,
  'OSC 52': `${ESC}]52;c;ZXZpbA==\u0007`,
  DCS: `${ESC}P$q"p${ESC}\\`,
  C1: '\u009b31m\u009d0;title\u009c\u0090x\u009c',
  bidi: '\u202eevil\u2066x\u2069',
  'zero width': 'ad\u200bmin\u200d\ufeff',
  'carriage return': 'ok\rauthtop: all is well',
  backspaces: 'failed\u0008\u0008\u0008\u0008\u0008\u0008passed',
  HTML: '"><script>alert(1)</script><img src=x onerror=alert(2)>',
  SVG: '</text><svg onload=alert(3)>',
  Markdown: '[x](javascript:alert(4)) | `x` | ![i](http://evil.example/p.png)',
  Slack: '<!channel> <https://evil.example|click>',
  formula: '=HYPERLINK("http://evil.example","x")',
  'other formula': '@SUM(1+1)*cmd|"/c calc"!A0',
  'own line': 'x\n2026-11-16 09:12Z  certain  Revoked  faked by a log line',
}

const FORBIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/

beforeAll(async () => {
  const logs = join(home, 'logs')
  const lines: string[] = []
  let n = 0
  for (const payload of Object.values(PAYLOADS))
    for (const place of ['host', 'client_id', 'message', 'url', 'agent', 'user', 'issuer', 'service'] as const) {
      const say = (at: typeof place, usual: string) => (place === at ? payload : usual)
      lines.push(
        JSON.stringify({
          level: 50,
          time: 1_795_000_000_000 + 1_000 * n++,
          hostname: say('host', `h-${n % 3}`),
          name: say('service', 'orders'),
          client_id: say('client_id', 'web'),
          issuer: say('issuer', 'https://idp.test'),
          user: say('user', 'alice'),
          err: { type: 'JsonWebTokenError', message: `jwt audience invalid. expected: ${say('message', 'orders')}` },
          req: {
            id: `r-${n}`,
            method: 'GET',
            url: `/${say('url', 'x')}`,
            headers: { 'user-agent': say('agent', 'curl') },
          },
          msg: `login failed: ${say('message', 'no')}`,
        }),
        `level=error msg="unauthorized by policy ${n} ${say('message', 'no').replaceAll('"', "'").replaceAll('\n', ' ')}"`,
      )
    }
  mkdirSync(logs)
  writeFileSync(join(logs, `a${ESC}[31m\u202e<b>.log`), `${lines.join('\n')}\n`)
  writeFileSync(
    join(logs, `un${ESC}]0;x\u0007readable.gz`),
    Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
  )
  const { code, stdout, stderr } = await authtop(home, ['collect', '--once', '--db', db, join(logs, '*')])
  expect(code, stderr).toBe(0)
  expect(stdout + stderr).not.toMatch(FORBIDDEN)
})

const SAID: string[][] = [
  ['failures'],
  ['failures', '--host', `x${ESC}[31m`],
  ['findings', '--since', '2026-11-01'],
  ['skew'],
  ['check', '--unknown'],
  ['query', 'SELECT * FROM incidents'],
  ['query', 'SELECT * FROM observations'],
  ['query', `SELECT ${ESC}[31m FROM nowhere`],
  ['query', '--csv', 'SELECT host, client_id, message FROM incidents'],
  ['report', '--since', '2026-11-01', '--format', 'text'],
  ['report', '--since', '2026-11-01', '--format', 'md'],
  ['report', '--since', '2026-11-01', '--format', 'html'],
  ['report', '--since', '2026-11-01', '--format', 'csv'],
  ['report', '--since', `${ESC}[31mlast week`],
  ['alerts', 'backtest', '--since', '2026-11-01'],
  ['alerts', 'list'],
  ['explain', `jwt expired ${PAYLOADS.CSI} ${PAYLOADS['OSC 52']} ${PAYLOADS.bidi} ${PAYLOADS.C1}`],
  ['top', '--no-follow', 'nothing*'],
  [`fail${ESC}[31mures`, '--no-follow'],
  ['collect', '--once', `no${ESC}]0;x\u0007such.log`],
  ['collect', '-c', `no${ESC}[31msuch.yaml`],
  ['--privacy', `x${ESC}[31m`],
  ['collect', '--once', '--db', `/nonexistent/${ESC}[31m/x.db`, 'x'],
]

test.each(SAID)('%s %s: no control sequence, no hidden character', async (...args) => {
  const needsStore = !args.includes('--db') && !['explain', 'collect'].includes(args[0]!) && !args[0]!.startsWith('-')
  const { stdout, stderr } = await authtop(home, needsStore ? [...args, '--db', db] : args)
  const said = stdout + stderr
  // Line ends of CSV are CR LF (RFC 4180).
  const found = FORBIDDEN.exec(args.includes('--csv') || args.includes('csv') ? said.replaceAll('\r', '') : said)
  expect(found === null ? null : JSON.stringify(said.slice(Math.max(0, found.index - 80), found.index + 40))).toBeNull()
})

describe('a report', () => {
  const report = async (format: string) => {
    const out = join(home, `r.${format}`)
    const { code, stderr } = await authtop(home, [
      'report',
      '--since',
      '2026-11-01',
      '--format',
      format,
      '--out',
      out,
      '--db',
      db,
    ])
    expect(code, stderr).toBe(0)
    return format === 'csv'
      ? readdirSync(out)
          .map((name) => readFileSync(join(out, name), 'utf8'))
          .join('\n')
      : readFileSync(out, 'utf8')
  }

  test('in HTML holds no element or handler that a log wrote', async () => {
    const html = await report('html')
    expect(html).toContain('script&gt;')
    expect(html).not.toMatch(/<script>alert|<img src=x|<svg onload|onerror=alert\(2\)>/)
  })

  test('in Markdown holds no link, image or HTML that a log wrote', async () => {
    const md = await report('md')
    expect(md).not.toMatch(/(?<!\\)\]\(javascript:|!\[i\]\(http:\/\/evil|<script>|<img src/)
  })

  test('as CSV begins no cell with a formula', async () => {
    const { stdout } = await authtop(home, [
      'query',
      '--csv',
      '--db',
      db,
      'SELECT client_id, host, service FROM incidents',
    ])
    for (const csv of [await report('csv'), stdout])
      for (const cell of csv.split(/[\n,]/)) expect(cell).not.toMatch(/^"?[=@+]|^"?-(?!\d+(?:\.\d+)?"?$)/)
  })
})

describe('a query', () => {
  test.each([
    ["SELECT hex(value) FROM meta WHERE key = 'fingerprint_key'", /meta is the store's own/],
    ['SELECT (SELECT max(body) FROM main.outbox AS o) FROM incidents', /outbox is the store's own/],
    ["ATTACH '/etc/passwd' AS x", /only queries that read/],
    ["SELECT load_extension('/tmp/x.so')", /not authorized/],
    ['PRAGMA journal_mode = DELETE', /only queries that read/],
    ["VACUUM INTO '/tmp/copy.db'", /only queries that read/],
    ['WITH x AS (SELECT 1) DELETE FROM incident', /only queries that read/],
    ['SELECT 1; DROP TABLE incident', /more than one statement/],
    ["SELECT readfile('/etc/passwd')", /no such function/],
    ['SELECT length(zeroblob(2000000000))', /too big/],
    ["SELECT fts3_tokenizer('x', x'00')", /disabled|no such/],
  ])('%s is refused', async (sql, why) => {
    const { code, stderr } = await authtop(home, ['query', '--db', db, sql])
    expect(code).toBeGreaterThan(0)
    expect(stderr).toMatch(why)
  })
})
