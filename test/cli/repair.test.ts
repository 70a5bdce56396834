import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { authtop, ndjson, scratch } from './authtop.ts'

const home = scratch()
const line = (n: number) =>
  `${JSON.stringify({ level: 50, time: Date.UTC(2026, 10, 16, 9) + n * 1000, pid: 7, hostname: 'orders-1', reqId: `request-${n}`, err: { type: 'TokenExpiredError', message: 'jwt expired', stack: 'TokenExpiredError: jwt expired\n    at x.js:1:2' }, msg: 'token rejected' })}\n`

test('a damaged store is said to be one, repaired beside itself, and collected into again without counting twice', async () => {
  const log = join(home, 'app.log')
  const db = join(home, 'week.db')
  writeFileSync(log, Array.from({ length: 500 }, (_, n) => line(n)).join(''))
  expect((await authtop(home, ['collect', '--once', '--db', db, log])).code).toBe(0)

  const whole = await authtop(home, ['repair', '--db', db, '--out', join(home, 'same.db')])
  expect(whole.code).toBe(0)
  expect(whole.stdout).toContain('holds 500 failures one by one and was checked; nothing is lost')

  const content = readFileSync(db)
  content.fill(0x5a, 16 * 4096 - 4096, 16 * 4096)
  content.fill(0x5a, content.length - 4096)
  writeFileSync(db, content)
  const refused = await authtop(home, ['failures', '--db', db, '--since', '2026-11-01'])
  expect(refused.code).toBe(3)
  expect(refused.stderr).toContain(`authtop repair --db ${db}`)

  const repaired = await authtop(home, ['repair', '--db', db])
  const out = join(home, 'week.repaired.db')
  expect(repaired.stdout).toMatch(/^incident +500 rows saved/m)
  expect(repaired.stdout).toContain(`${db} stays as it is`)
  expect(readFileSync(db).equals(content)).toBe(true)
  expect((await authtop(home, ['repair', '--db', db])).code).toBe(2)

  writeFileSync(log, line(500), { flag: 'a' })
  expect((await authtop(home, ['collect', '--once', '--db', out, log])).code).toBe(0)
  const failures = await authtop(home, ['failures', '--json', '--since', '2026-11-01', '--db', out])
  expect(new Set(ndjson(failures.stdout).map(({ request_id }) => request_id)).size).toBe(501)
  expect(ndjson(failures.stdout)).toHaveLength(501)
})

test('a file that is no store of ours is refused, whatever it is called', async () => {
  const db = join(home, 'empty.db')
  writeFileSync(db, '')
  const { code, stderr } = await authtop(home, ['repair', '--db', db])
  expect(code).toBe(3)
  expect(stderr).toContain('nothing in')
  expect(existsSync(join(home, 'empty.repaired.db'))).toBe(false)
})
