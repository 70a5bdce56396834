/** Who is forgotten is gone from the bytes of the store, also where only a fingerprint stood; the others and the counts stay. */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { beforeEach, describe, expect, test } from 'vitest'
import { authtop, scratch } from '../../cli/authtop.ts'

const b64 = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
const NOW_S = Math.floor(Date.now() / 1000)

function jwt(sub: string, client: string): string {
  return `${b64({ alg: 'RS256', kid: 'k1' })}.${b64({ iss: 'https://idp.test', sub, azp: client, iat: NOW_S - 900, exp: NOW_S - 600 })}.${Buffer.from(`${sub}${client}`.repeat(8)).toString('base64url').slice(0, 86)}`
}

const line = (fields: object) =>
  JSON.stringify({ level: 50, time: Date.now(), hostname: 'orders-1', name: 'orders', ...fields })
const expired = (sub: string, client: string, extra: object = {}) =>
  line({
    msg: `jwt expired for user ${sub}`,
    err: { type: 'TokenExpiredError', message: 'jwt expired' },
    req: { headers: { authorization: `Bearer ${jwt(sub, client)}` }, remoteAddress: '192.0.2.9' },
    user: sub,
    client_id: client,
    ...extra,
  })

const ALICE = 'alice.petrova'
const MAIL = 'alice.petrova@example.com'
const BOB = 'bob.smithson'
const CLIENT = 'mobile-app-7'

const LINES = [
  ...Array.from({ length: 6 }, () => expired(ALICE, CLIENT)),
  ...Array.from({ length: 4 }, () => expired(BOB, 'web-shop-1')),
  expired(ALICE, 'web-shop-1', { msg: `jwt expired (${MAIL})` }),
  // The same token where nobody says whose it is.
  line({
    msg: 'invalid signature',
    err: { type: 'JsonWebTokenError', message: 'invalid signature' },
    token: jwt(ALICE, CLIENT),
  }),
  line({ msg: `login refused: account ${ALICE} is not welcome, authentication denied by policy 77` }),
  line({ msg: `login refused: account ${MAIL} is not welcome, unauthorized by policy 78` }),
  `2026-11-16 09:12:01,123 WARN  [org.keycloak.events] (x-1) type="REFRESH_TOKEN_ERROR", realmId="r", clientId="${CLIENT}", userId="${ALICE}", error="invalid_token"`,
]

let home: string
let db: string
beforeEach(() => {
  home = scratch()
  db = join(home, 'store.db')
  writeFileSync(join(home, 'app.log'), `${LINES.join('\n')}\n`)
})

async function run(...args: string[]) {
  const { stdout, stderr, code } = await authtop(home, args)
  expect(code, stderr).toBe(0)
  return stdout
}
const collect = (...args: string[]) => run('collect', '--once', '--db', db, ...args, join(home, 'app.log'))
const ask = async (sql: string) =>
  JSON.parse(await run('query', '--json', '--db', db, sql)) as Record<string, unknown>[]
/** Bytes of the store and everything SQLite keeps beside it. */
const bytes = () =>
  readdirSync(home)
    .filter((name) => name.startsWith('store.db'))
    .map((name) => readFileSync(join(home, name)))
    .reduce((all, part) => Buffer.concat([all, part]), Buffer.alloc(0))

describe('a subject', () => {
  test.each(['off', 'default', 'strict'])('is gone from file and WAL, kept under privacy %s', async (level) => {
    await collect('--privacy', level)
    const [before] = await ask('SELECT sum(count) AS n FROM rollups_hourly')
    const prints = await ask(
      `SELECT DISTINCT subject AS text FROM incidents WHERE subject IS NOT NULL AND client_id = '${CLIENT}'`,
    )
    expect(prints.length).toBeGreaterThan(0)
    for (const name of [ALICE, MAIL])
      expect(await run('forget', '--subject', name, '--db', db)).toMatch(/^gone: \d+ incidents/)
    const left = bytes()
    expect(left.includes(ALICE)).toBe(false)
    for (const { text } of prints) {
      expect(left.includes(String(text))).toBe(false)
      // As key-code.ts packs a fingerprint.
      const [, hex] = String(text).split(':')
      if (hex !== undefined) expect(left.includes(Buffer.from(hex, 'hex'))).toBe(false)
    }
    expect(await ask('SELECT sum(count) AS n FROM rollups_hourly')).toEqual([before])
    expect(await ask("SELECT count(*) AS n FROM incidents WHERE client_id = 'web-shop-1'")).toEqual([{ n: 4 }])
    expect(await ask(`SELECT count(*) AS n FROM incidents WHERE client_id = '${CLIENT}'`)).toEqual([{ n: 0 }])
  })

  test('is found under the key that was in use before', async () => {
    await collect()
    const [{ subject }] = (await ask(
      `SELECT subject FROM incidents WHERE client_id = '${CLIENT}' AND subject IS NOT NULL LIMIT 1`,
    )) as [{ subject: string }]
    await run('rekey', '--db', db)
    await run('forget', '--subject', ALICE, '--db', db)
    expect(bytes().includes(Buffer.from(subject.slice(4), 'hex'))).toBe(false)
  })

  test('is only counted in a dry run', async () => {
    await collect()
    const before = await ask('SELECT count(*) AS n FROM incidents')
    const counts = JSON.parse(await run('forget', '--subject', ALICE, '--dry-run', '--json', '--db', db))
    expect(counts).toMatchObject({ dry_run: true, incidents: expect.any(Number) })
    expect(counts.incidents).toBeGreaterThan(0)
    expect(await ask('SELECT count(*) AS n FROM incidents')).toEqual(before)
  })
})

describe('a client', () => {
  test('is gone by name and its counts stay without one', async () => {
    await collect()
    const [before] = await ask(`SELECT sum(count) AS n FROM rollups_hourly WHERE client_id = '${CLIENT}'`)
    await run('forget', '--client', CLIENT, '--db', db)
    expect(bytes().includes(CLIENT)).toBe(false)
    expect(await ask("SELECT sum(count) AS n FROM rollups_hourly WHERE client_id = '(forgotten)'")).toEqual([before])
    expect(await ask("SELECT count(*) AS n FROM incidents WHERE client_id = 'web-shop-1'")).not.toEqual([{ n: 0 }])
  })

  test('that is met again later is counted under its name again', async () => {
    await collect()
    await run('forget', '--client', CLIENT, '--db', db)
    writeFileSync(join(home, 'later.log'), `${expired('carol.jones', CLIENT)}\n`)
    await run('collect', '--once', '--db', db, join(home, 'later.log'))
    expect(await ask(`SELECT count(*) AS n FROM incidents WHERE client_id = '${CLIENT}'`)).toEqual([{ n: 1 }])
  })
})

test('a discarded key is gone from the bytes', async () => {
  await collect()
  const store = new Database(db, { readonly: true })
  const key = store.prepare("SELECT value FROM meta WHERE key = 'fingerprint_key'").pluck().get() as Buffer
  store.close()
  expect(bytes().includes(key)).toBe(true)
  await run('rekey', '--discard', '--db', db)
  expect(bytes().includes(key)).toBe(false)
  expect(bytes().includes(key.toString('hex'))).toBe(false)
})

test('whom to forget must be clear', async () => {
  for (const args of [['forget'], ['forget', '--subject', 'a', '--client', 'b'], ['forget', '--subject', ' ']]) {
    const { code } = await authtop(home, [...args, '--db', db])
    expect(code).toBe(2)
  }
})

test.each(['a new store', 'a file that was there'])(
  '%s and what SQLite keeps beside it are for their owner only',
  async (which) => {
    if (which !== 'a new store') writeFileSync(db, '', { mode: 0o644 })
    await collect()
    const store = new Database(db)
    store.exec('BEGIN; CREATE TEMP TABLE t (a); COMMIT')
    store.prepare('SELECT count(*) FROM meta').get()
    const names = readdirSync(home).filter((name) => name.startsWith('store.db'))
    expect(names).toContain('store.db-wal')
    for (const name of names) expect(statSync(join(home, name)).mode & 0o777, name).toBe(0o600)
    store.close()
  },
)
