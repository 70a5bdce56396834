/** No token, secret or code of the input is found in the store, its side files, the output, or anything authtop says. */
import { createHmac, randomBytes } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { authtop, scratch } from '../../cli/authtop.ts'

const home = scratch()
const b64 = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

function jwt(): string {
  const now = Math.floor(Date.now() / 1000)
  const body = `${b64({ alg: 'HS256', typ: 'JWT', kid: 'k1' })}.${b64({ iss: 'https://a.example', sub: `user-${randomBytes(6).toString('hex')}`, aud: 'orders', iat: now - 600, exp: now - 300 })}`
  return `${body}.${createHmac('sha256', 'x').update(body).digest('base64url')}`
}

const opaque = () => randomBytes(24).toString('base64url')

test('grep finds nothing of what was secret', async () => {
  const secrets: string[] = []
  const secret = (value: string) => {
    secrets.push(value)
    return value
  }
  const lines: string[] = []
  for (let i = 0; i < 200; i++) {
    const time = Date.now() + i
    const token = secret(jwt())
    const fail = (extra: object) =>
      JSON.stringify({
        level: 50,
        time,
        hostname: 'orders-1',
        err: {
          type: 'TokenExpiredError',
          message: 'jwt expired',
          stack: 'TokenExpiredError: jwt expired\n    at x.js:1:1',
        },
        msg: 'token rejected',
        ...extra,
      })
    lines.push(
      fail({
        req: {
          method: 'GET',
          url: `/cb?code=${secret(opaque())}&state=${secret(opaque())}`,
          headers: { authorization: `Bearer ${token}`, cookie: `session=${secret(opaque())}` },
        },
      }),
      fail({
        body: JSON.stringify({
          grant_type: 'refresh_token',
          refresh_token: secret(opaque()),
          client_secret: secret(opaque()),
        }),
      }),
      `2026-11-16T09:12:01.${String(i).padStart(3, '0')}Z warn: authentication failed: jwt expired token=${secret(jwt())} password=${secret(opaque())}`,
      `203.0.113.7 - - [16/Nov/2026:09:12:01 +0000] "GET /orders?access_token=${secret(jwt())} HTTP/1.1" 401 127 "https://x.example/?code=${secret(opaque())}" "curl/8"`,
      `E, [2026-11-16T09:12:01.123456 #4711] ERROR -- : JWT::ExpiredSignature: Signature has expired for Authorization: Basic ${secret(Buffer.from(`u:${opaque()}`).toString('base64'))}`,
      `2026-11-16 09:12:01,123 WARN  [org.keycloak.events] (x-1) type="REFRESH_TOKEN_ERROR", realmId="r", clientId="web", error="invalid_token", refresh_token="${secret(opaque())}"`,
      `order ${i}: nothing here is an auth event, but a stray ${secret(jwt())} is`,
    )
  }
  const log = join(home, 'app.log')
  const db = join(home, 'store.db')
  writeFileSync(log, `${lines.join('\n')}\n`)
  const said: string[] = []
  for (const args of [
    ['collect', '--once', '--db', db, log],
    ['top', '--no-follow', '--db', db, log],
    ['failures', '--json', '--db', db],
    ['query', '--json', '--db', db, 'SELECT * FROM incidents'],
    ['query', '--json', '--db', db, 'SELECT * FROM observations'],
    ['check', '--unknown', '--json', '--db', db],
    ['classify', '--all', log],
    ['explain', ...lines.slice(0, 7)],
  ]) {
    const { stdout, stderr, code } = await authtop(home, args)
    expect(code, stderr).toBe(0)
    said.push(stdout, stderr)
  }
  const kept = readdirSync(home, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'app.log')
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
  expect(kept.length).toBeGreaterThan(0)
  const everything = [...said, ...kept].join('\n')
  const leaked = secrets.filter((value) => {
    const parts = value.includes('.') ? value.split('.') : [value]
    return parts.slice(-2).some((part) => part.length >= 12 && everything.includes(part))
  })
  expect(leaked).toEqual([])
  expect(everything).toMatch(/jwt:[0-9a-f]{16}/)
})
