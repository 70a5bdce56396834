import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { authtop, scratch } from './authtop.ts'

const home = scratch()
const T = Date.UTC(2026, 10, 16, 9)

const pino = (host: string, at_ms: number, fields: object) =>
  JSON.stringify({ level: 30, time: at_ms, pid: 7, hostname: host, ...fields })
const grant = (at_ms: number, kid: string) =>
  pino('auth-1', at_ms, {
    ...{ client_id: 'web', grant_type: 'client_credentials', kid, jti: `j${at_ms}-${kid}` },
    ...{ iat: Math.floor(at_ms / 1000), exp: Math.floor(at_ms / 1000) + 300, msg: 'grant.success' },
  })
const refusal = (at_ms: number) =>
  pino('orders-1', at_ms, {
    err: {
      type: 'JWKSNoMatchingKey',
      message: 'no applicable key found in the JSON Web Key Set',
      code: 'ERR_JWKS_NO_MATCHING_KEY',
    },
    msg: 'refused',
  })

describe('authtop reattribute', () => {
  test('decides again with what was read later, says what changed, and changes nothing the second time', async () => {
    const db = join(home, 'again.db')
    const [orders, auth] = [join(home, 'orders.log'), join(home, 'auth.log')]
    writeFileSync(orders, `${[20_000, 25_000, 40_000].map((ms) => refusal(T + ms)).join('\n')}\n`)
    writeFileSync(auth, `${[grant(T - 600_000, 'k1'), grant(T + 1_000, 'k2'), grant(T + 50_000, 'k2')].join('\n')}\n`)
    const causes = async () => {
      const { stdout } = await authtop(home, ['failures', '--json', '--db', db])
      return stdout
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line).subcause as string)
    }
    await authtop(home, ['collect', '--once', '--db', db, orders])
    expect(await causes()).toEqual(['key_not_found', 'key_not_found', 'key_not_found'])
    await authtop(home, ['collect', '--once', '--db', db, auth])

    const first = await authtop(home, ['reattribute', '--db', db])
    expect(first.code).toBe(0)
    expect(first.stdout).toContain('3 incidents looked at, 3 changed, 0 joined to others')
    expect(first.stdout).toContain('\n       3  misconfiguration/key_not_found → misconfiguration/stale_jwks\n')
    expect(await causes()).toEqual(['stale_jwks', 'stale_jwks', 'stale_jwks'])

    const second = await authtop(home, ['reattribute', '--since', '2026-11-16', '--json', '--db', db])
    expect(JSON.parse(second.stdout)).toEqual({ looked: 3, changed: 0, joined: 0, moves: {} })
  })
})
