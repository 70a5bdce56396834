/** While the demo's clock runs away, what is told second by second is never about a clock that is right. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { collect } from '../../../src/app/collecting.ts'
import { Fleet } from '../../../src/app/demo/fleet.ts'
import { loadClocks } from '../../../src/app/load-clocks.ts'
import { openReader } from '../../../src/store/index.ts'

const BASE_MS = Date.parse('2026-11-16T09:14:00Z')
const RIGHT = ['gw-1', 'auth-1', 'orders-1', 'orders-2']
const dir = mkdtempSync(join(tmpdir(), 'authtop-runaway-'))
afterAll(() => rmSync(dir, { recursive: true }))

/** In the middle of it, at its end, and when all has been seen; seconds of the story. */
const LOOKS = [50, 62, 90]

test('the demo accuses its one runaway clock, and no right one meanwhile', async () => {
  const folder = mkdtempSync(join(dir, 'seed-'))
  const store = join(folder, 'demo.db')
  const logs = join(folder, 'logs')
  const fleet = await Fleet.create({ dir: logs, seed: 7 }, BASE_MS)
  const told: string[] = []
  let accused = false
  for (const second of LOOKS) {
    await fleet.live(second * 1_000)
    await collect(
      {
        paths: [join(logs, '{host}', '*.log')],
        store,
        follow: false,
        zone: 'UTC',
        retention: { detail_days: 35, rollup_days: 400 },
        notice: () => {},
      },
      new AbortController().signal,
    )
    const reader = await openReader(store)
    const { hosts, issuers } = await loadClocks(reader, BASE_MS + second * 1_000)
    await reader.close()
    for (const { host, at_fault, low_s, high_s } of hosts) {
      if (host === 'reports-1') accused = at_fault
      if (RIGHT.includes(host) && (at_fault || (low_s ?? -9) > 1 || (high_s ?? 9) < -1))
        told.push(`${second} s: ${host} ${low_s} … ${high_s}`)
    }
    told.push(...issuers.filter((issuer) => issuer.at_fault).map(({ name }) => `${second} s: ${name}`))
  }
  fleet.close()
  expect(told).toEqual([])
  expect(accused).toBe(true)
})
