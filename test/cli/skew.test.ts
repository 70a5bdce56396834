import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import type { ClockTable } from '../../src/core/host-clock.ts'
import { createRandom } from '../simulation/clock/random.ts'
import { authtop, scratch } from './authtop.ts'

const home = scratch()
const DB = join(home, 'clocks.db')
const START_MS = Date.UTC(2026, 10, 16, 8)
const ISSUER = 'https://id.example'
/** True offsets against the issuer, ms. */
const HOSTS = { 'orders-1': 120, 'orders-2': -40, 'orders-3': 0, late: -9_300 } as const

/** What services on pino write when they log the claims of what they accepted: one-second `iat`, millisecond stamps. */
function logOf(host: string, offset_ms: number, random: () => number): string {
  let at = START_MS
  const lines: string[] = []
  for (let n = 0; n < 200; n++) {
    at += 2_000 + random() * 20_000
    const fresh = n % 4 === 0
    const iat = Math.floor((fresh ? at : at - random() * 250_000) / 1000)
    const time = Math.floor(at + offset_ms + 5 - 40 * Math.log(1 - random()))
    const payload = { iss: ISSUER, aud: 'orders', iat, exp: iat + 300, jti: `${host}-${n}` }
    lines.push(JSON.stringify({ level: 30, time, pid: 7, hostname: host, msg: 'token verified', payload }))
  }
  return `${lines.join('\n')}\n`
}

describe('authtop skew', () => {
  beforeAll(async () => {
    const random = createRandom(11)
    mkdirSync(join(home, 'logs'))
    for (const [host, offset] of Object.entries(HOSTS))
      writeFileSync(
        join(home, 'logs', `${host}.log`),
        logOf(host, offset, () => random.next()),
      )
    const { code } = await authtop(home, ['collect', '--once', '--db', DB, join(home, 'logs', '*.log')])
    expect(code).toBe(0)
  }, 60_000)

  test('--json states every clock with an interval that holds the truth, and accuses the wrong one only', async () => {
    const { stdout, code } = await authtop(home, ['skew', '--db', DB, '--json'])
    expect(code).toBe(0)
    const table = JSON.parse(stdout) as ClockTable
    expect(table.reference).toBe(`issuer ${ISSUER}`)
    expect(table.hosts.map((h) => h.host).sort()).toEqual(Object.keys(HOSTS).sort())
    for (const clock of table.hosts) {
      const truth = HOSTS[clock.host as keyof typeof HOSTS] / 1000
      expect(clock.low_s!, clock.host).toBeLessThanOrEqual(truth)
      expect(clock.high_s!, clock.host).toBeGreaterThanOrEqual(truth)
      expect(Math.abs(clock.offset_s! - truth), clock.host).toBeLessThan(0.15)
      expect(clock.at_fault, clock.host).toBe(clock.host === 'late')
      expect(clock).toMatchObject({ samples: expect.any(Number), steps: [], from_ms: expect.any(Number) })
      for (const field of ['drift_ppm', 'leeway_s', 'breach_ms', 'to_ms']) expect(clock).toHaveProperty(field)
    }
  })

  test('in words, the wrong clock comes first, with why', async () => {
    const { stdout } = await authtop(home, ['skew', '--db', DB])
    expect(stdout).toMatch(/late +9\.\d+ s behind/)
    expect(stdout).toMatch(/late\n {2}- 9\.\d s behind issuer/)
    expect(stdout.indexOf('late')).toBeLessThan(stdout.indexOf('orders-1'))
  })

  test('any clock can be the reference', async () => {
    const { stdout } = await authtop(home, ['skew', '--db', DB, '--json', '--reference', 'late'])
    const { hosts, reference } = JSON.parse(stdout) as ClockTable
    expect(reference).toBe('host late')
    expect(hosts.find((h) => h.host === 'late')!.offset_s).toBe(0)
    expect(hosts.find((h) => h.host === 'orders-1')!.offset_s!).toBeCloseTo(9.42, 0)
  })

  test('an unknown reference is wrong usage and names the known ones', async () => {
    const { code, stderr } = await authtop(home, ['skew', '--db', DB, '--reference', 'nobody'])
    expect(code).toBe(2)
    expect(stderr).toContain('host late')
  })

  test('--since leaves out hosts that were not seen since', async () => {
    const { stdout } = await authtop(home, ['skew', '--db', DB, '--json', '--since', '2026-11-17'])
    expect((JSON.parse(stdout) as ClockTable).hosts).toEqual([])
  })

  test('what was seen is kept as readings for charts', async () => {
    const { stdout } = await authtop(home, [
      'query',
      '--db',
      DB,
      '--json',
      "SELECT host, offset_s FROM clock_readings WHERE host = 'late'",
    ])
    const rows = JSON.parse(stdout) as { offset_s: number }[]
    expect(rows.length).toBeGreaterThan(0)
    for (const { offset_s } of rows) expect(offset_s).toBeCloseTo(-9.3, 0)
  })
})
