import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PersonMask } from '../../../src/redact/persons.ts'
import { Redactor } from '../../../src/redact/redactor.ts'

const redactor = new Redactor(new Uint8Array(32).fill(7))
const maskOf = (level: 'strict' | 'default' | 'off') =>
  new PersonMask(level, (kind, value) => redactor.fingerprint(kind, value))
const strict = maskOf('strict')
const byDefault = maskOf('default')

const RECORDS: Record<string, (name: string, mail: string, ip: string) => string> = {
  prose: (name, mail, ip) => `jwt expired for user ${name} (${mail}) from ${ip}`,
  'Keycloak event': (name, mail, ip) => `type="LOGIN_ERROR", username="${name}", email="${mail}", ipAddress="${ip}"`,
  JSON: (name, mail, ip) => JSON.stringify({ user: { name }, email: mail, remoteAddress: ip }),
  'JSON in JSON': (name, mail, ip) => JSON.stringify({ log: JSON.stringify({ username: name, mail, ip }) }),
  OpenSSH: (name, mail, ip) => `Failed password for invalid user ${name} from ${ip} port 22 ssh2 (${mail})`,
  'common log': (name, mail, ip) =>
    `${ip} - ${name} [16/Nov/2026:09:12:01 +0000] "GET /users/${name}/x?u=${mail.replace('@', '%40')} HTTP/1.1" 401 1`,
  MySQL: (name, mail, ip) => `Access denied for user '${name}'@'${ip}' (mail ${mail})`,
  PostgreSQL: (name, mail, ip) =>
    `FATAL: password authentication failed for user "${name}" host=${ip} contact=<${mail}>`,
  logfmt: (name, mail, ip) => `level=warn user=${name} email=${mail} ip=${ip} msg="token expired"`,
  'e-mail in a quoted name': (name, mail, ip) => `{"display_name":"${name}","m":"mailto:${mail}","from":"[${ip}]:443"}`,
}

const names = fc.stringMatching(/^[a-z]{4,9}[._-][a-z]{5,9}$/).map((name) => `q${name}`)
const mails = fc
  .tuple(names, fc.stringMatching(/^[a-z]{4,9}\.(?:example|test)$/))
  .map(([name, domain]) => `${name}@${domain}`)
const addresses = fc.oneof(
  fc.ipV4(),
  fc.ipV6().filter((ip) => ip.length > 6 && !ip.includes('.')),
)

describe('strict leaves nobody', () => {
  for (const [record, write] of Object.entries(RECORDS)) {
    test(`in ${record}`, () => {
      fc.assert(
        fc.property(names, mails, addresses, (name, mail, ip) => {
          const masked = strict.text(write(name, mail, ip))
          for (const trace of [name, mail.split('@')[0]!, ip]) expect(masked).not.toContain(trace)
          expect(masked).toContain(redactor.fingerprint('ip', ip))
          expect(strict.text(masked)).toBe(masked)
        }),
        { numRuns: 40, seed: 20261128 },
      )
    })
  }
})

test('by default e-mail addresses go, and names and addresses of machines stay', () => {
  const text = byDefault.text('Invalid user alice (alice@example.com) from 192.0.2.1')
  expect(text).toBe(`Invalid user alice (${redactor.fingerprint('sub', 'alice@example.com')}) from 192.0.2.1`)
})

test('off keeps what was written', () => {
  const text = 'Invalid user alice (alice@example.com) from 192.0.2.1'
  expect(maskOf('off').text(text)).toBe(text)
})

test('an e-mail address that a limit has cut off goes as well', () => {
  for (const cut of ['for alice@example.co', 'for alice@exam', 'for alice@'])
    expect(byDefault.text(cut)).not.toContain('alice')
})

test('a name in a message is the fingerprint its owner has as a subject', () => {
  expect(strict.text('account "alice" is locked')).toBe(`account "${redactor.fingerprint('sub', 'alice')}" is locked`)
  expect(strict.text('alice and malice', ['alice'])).toBe(`${redactor.fingerprint('sub', 'alice')} and malice`)
})

test('what is said about users, and service accounts, name nobody', () => {
  for (const text of [
    'user not found',
    'User is disabled',
    'the user has not consented',
    'invalid user credentials',
    'login failed',
    'user session expired at 12:31:07',
    'client robot@project.iam.gserviceaccount.com is unknown',
    'version 1.2.3, std::string, 10:20:30',
  ])
    expect(strict.text(text)).toBe(text)
})

test('masking twice is masking once, for any text', () => {
  const parts = fc.constantFrom(
    'user ',
    'user=',
    '"user":"',
    'alice',
    '@',
    'example.com',
    '.',
    ':',
    '::1',
    '10.0.0.7',
    ' ',
    '"',
    "'",
    '/users/',
    '%40',
    'sub:0123456789abcdef',
    'from ',
    'for ',
    '<',
    '>',
    '[',
    ']',
    '=',
    '\\"',
    '\n',
  )
  fc.assert(
    fc.property(fc.array(parts, { maxLength: 20 }), (list) => {
      const once = strict.text(list.join(''))
      expect(strict.text(once)).toBe(once)
    }),
    { numRuns: 2000, seed: 20261128 },
  )
})

test('a text twice as long takes about twice the work, whatever it is made of', () => {
  const work = (text: string) => {
    const start = process.cpuUsage()
    for (let i = 0; i < 3; i++) strict.text(text)
    const { user } = process.cpuUsage(start)
    return user
  }
  for (const part of ['a@', 'user ', 'user="', '::', '1.', '/users/', 'a', "'", 'for ', 'sudo: ']) {
    work(part.repeat(2_000))
    const short = work(part.repeat(10_000))
    expect(work(part.repeat(40_000)), part).toBeLessThan(16 * Math.max(short, 4_000))
  }
})
