import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { authtop, scratch } from './authtop.ts'

const home = scratch()
const DB = join(home, 'f.db')
const START_MS = Date.UTC(2026, 10, 16, 8)

/** A client on jose that uses each token until it is refused, some seconds too late; others use fresh ones. */
function expiries(): string {
  return Array.from({ length: 40 }, (_, n) => {
    const time = START_MS + n * 60_000
    const exp = time / 1000 - 5 - ((n * 37) % 240)
    const claims = { iss: 'https://id.example', aud: 'orders' }
    const payload = { ...claims, client_id: 'batch-3', iat: exp - 300, exp, jti: `t${n}` }
    const err = {
      type: 'JWTExpired',
      message: '"exp" claim timestamp check failed',
      code: 'ERR_JWT_EXPIRED',
      claim: 'exp',
      payload,
    }
    const base = { pid: 7, hostname: 'orders-1', name: 'orders' }
    const fresh = { ...claims, client_id: 'web', iat: time / 1000 + 10, exp: time / 1000 + 310, jti: `w${n}` }
    return [
      JSON.stringify({ level: 40, time, ...base, msg: 'token rejected', err }),
      JSON.stringify({ level: 30, time: time + 10_300 + n * 9, ...base, msg: 'token verified', payload: fresh }),
      '',
    ].join('\n')
  }).join('')
}

describe('authtop findings', () => {
  beforeAll(async () => {
    writeFileSync(join(home, 'app.log'), expiries())
    expect((await authtop(home, ['collect', '--once', '--db', DB, join(home, 'app.log')])).code).toBe(0)
  }, 60_000)

  test('--json is one array with the promised fields', async () => {
    const { stdout, code } = await authtop(home, ['findings', '--db', DB, '--json'])
    expect(code).toBe(0)
    const [finding] = JSON.parse(stdout) as Record<string, unknown>[]
    expect(finding).toMatchObject({ kind: 'client_never_refreshes', client_id: 'batch-3', incidents: 40, host: null })
    const promised = 'kind severity cause subcause host service client_id issuer from_ms to_ms incidents title why fix'
    for (const field of promised.split(' ')) expect(finding).toHaveProperty(field)
    expect(finding!.from_ms).toBe(START_MS)
  })

  test('in words it says what to do and what that would have avoided', async () => {
    const { stdout } = await authtop(home, ['findings', '--db', DB])
    expect(stdout).toContain('warning  Client batch-3 uses its tokens until they are refused')
    expect(stdout).toContain(
      'client batch-3 refreshing at 80 % of the lifetime would have avoided 100 % of its 40 expiries',
    )
  })

  test('a period without anything has no findings', async () => {
    const { stdout, code } = await authtop(home, ['findings', '--db', DB, '--json', '--until', '2026-11-15'])
    expect(stdout).toBe('[]\n')
    expect(code).toBe(0)
  })

  test('something critical makes exit code 1', async () => {
    const lines = Array.from({ length: 5 }, (_, n) => {
      const time = START_MS + 40 * 60_000 + n * 1_000
      const err = { type: 'JWKSTimeout', message: 'request timed out', code: 'ERR_JWKS_TIMEOUT' }
      return `${JSON.stringify({ level: 50, time, pid: 7, hostname: 'orders-1', name: 'orders', msg: 'auth failed', err })}\n`
    }).join('')
    writeFileSync(join(home, 'down.log'), lines)
    await authtop(home, ['collect', '--once', '--db', DB, join(home, 'down.log')])
    const { stdout, code } = await authtop(home, ['findings', '--db', DB, '--json'])
    expect((JSON.parse(stdout) as { kind: string; severity: string }[])[0]).toMatchObject({
      kind: 'outage',
      severity: 'critical',
    })
    expect(code).toBe(1)
  })
})
