import { appendFileSync, copyFileSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { authtop, ndjson, scratch } from './authtop.ts'

const home = scratch()
let stamp = Date.UTC(2026, 10, 16, 9)

const failure = (message: string, type: string, extra: object = {}) => {
  stamp += 1_000
  return `${JSON.stringify({ level: 50, time: stamp, pid: 7, hostname: 'orders-1', err: { type, message, stack: `${type}: ${message}\n    at x.js:1:2` }, msg: 'token rejected', ...extra })}\n`
}

const log = (n: number) =>
  Array.from({ length: n }, (_, i) =>
    i % 2 === 0
      ? failure('jwt expired', 'TokenExpiredError')
      : failure('jwt audience invalid. expected: orders', 'JsonWebTokenError'),
  ).join('')

const counts = async (db: string) => {
  const { stdout, code, stderr } = await authtop(home, ['failures', '--json', '--db', db])
  expect(stderr).toBe('')
  expect(code).toBe(0)
  const tally: Record<string, number> = {}
  for (const { cause, subcause } of ndjson(stdout))
    tally[`${cause}/${subcause}`] = (tally[`${cause}/${subcause}`] ?? 0) + 1
  return tally
}

describe('collect --once', () => {
  test('counts what is in the files; again, rotated, copied and compressed it counts nothing twice', async () => {
    const folder = `${home}/once`
    mkdirSync(folder)
    const db = `${folder}/store.db`
    writeFileSync(`${folder}/app.log`, log(40))
    const collect = () => authtop(home, ['collect', '--once', '--db', db, `${folder}/*.log*`])
    const first = await collect()
    expect(first.code).toBe(0)
    expect(first.stderr).toContain('app.log: pino')
    const expected = { 'expiry/access_token': 20, 'misconfiguration/audience_mismatch': 20 }
    expect(await counts(db)).toEqual(expected)
    expect((await collect()).stderr).toContain('app.log: was read before; it has nothing new')
    expect(await counts(db)).toEqual(expected)

    renameSync(`${folder}/app.log`, `${folder}/app.log.1`)
    appendFileSync(`${folder}/app.log.1`, log(2))
    writeFileSync(`${folder}/app.log`, log(4))
    await collect()
    const more = { 'expiry/access_token': 23, 'misconfiguration/audience_mismatch': 23 }
    expect(await counts(db)).toEqual(more)

    const { readFileSync } = await import('node:fs')
    writeFileSync(`${folder}/app.log.2.gz`, gzipSync(readFileSync(`${folder}/app.log.1`)))
    writeFileSync(`${folder}/app.log.3.zst`, zstdCompressSync(readFileSync(`${folder}/app.log.1`)))
    copyFileSync(`${folder}/app.log`, `${folder}/copy.log`)
    await collect()
    expect(await counts(db)).toEqual(more)
  })

  test('takes host and service from the path', async () => {
    const folder = `${home}/labels`
    mkdirSync(`${folder}/pay-7/billing`, { recursive: true })
    writeFileSync(`${folder}/pay-7/billing/app.log`, log(1))
    const db = `${folder}/store.db`
    await authtop(home, ['collect', '--once', '--db', db, `${folder}/{host}/{service}/*.log`])
    const { stdout } = await authtop(home, ['failures', '--json', '--db', db])
    expect(ndjson(stdout)).toMatchObject([{ host: 'pay-7', service: 'billing' }])
  })

  test('reads standard input to its end', async () => {
    const db = `${home}/stdin.db`
    const { code } = await authtop(home, ['collect', '--once', '--db', db, '-'], log(1000))
    expect(code).toBe(0)
    expect(await counts(db)).toEqual({ 'expiry/access_token': 500, 'misconfiguration/audience_mismatch': 500 })
  })

  test('nothing to read: exit 3', async () => {
    const { code, stderr } = await authtop(home, ['collect', '--once', '--db', `${home}/x.db`, `${home}/none/*.log`])
    expect(code).toBe(3)
    expect(stderr).toContain('no file matches')
  })

  test('a source of which nothing is recognised says so and shows what its lines look like', async () => {
    const file = `${home}/other.log`
    writeFileSync(file, 'kernel: eth0 link up\n'.repeat(30))
    const { stdout } = await authtop(home, ['top', '--no-follow', '--db', `${home}/other.db`, file])
    expect(stdout).toContain('kernel: eth0 link up')
    expect(stdout).toMatch(/nothing recognised|No auth events recognised/i)
  })

  test('filters narrow what failures lists', async () => {
    const db = `${home}/stdin.db`
    const list = async (...args: string[]) =>
      ndjson((await authtop(home, ['failures', '--json', '--db', db, ...args])).stdout)
    expect(await list('--cause', 'expiry')).toHaveLength(500)
    expect(await list('--cause', '!expiry')).toHaveLength(500)
    expect(await list('--host', 'nobody')).toHaveLength(0)
    expect(await list('--limit', '3')).toHaveLength(3)
    const times = (await list('--limit', '700')).map((i) => i.time_ms as number)
    expect(times).toEqual([...times].sort((a, b) => b - a))
  })

  test('query answers SQL and refuses to write', async () => {
    const db = `${home}/stdin.db`
    const { stdout } = await authtop(home, [
      'query',
      '--json',
      '--db',
      db,
      'SELECT cause, count(*) AS n FROM incidents GROUP BY cause ORDER BY cause',
    ])
    expect(JSON.parse(stdout)).toEqual([
      { cause: 'expiry', n: 500 },
      { cause: 'misconfiguration', n: 500 },
    ])
    const { code, stderr } = await authtop(home, ['query', '--db', db, 'DELETE FROM incident'])
    expect(code).not.toBe(0)
    expect(stderr).not.toMatch(/\n\s+at /)
  })

  test('a second writer is refused with the reason', async () => {
    const { spawn } = await import('node:child_process')
    const { environment, ENTRY } = await import('./authtop.ts')
    const db = `${home}/locked.db`
    writeFileSync(`${home}/locked.log`, log(2))
    const first = spawn(process.execPath, [ENTRY, 'collect', '--db', db, `${home}/locked.log`], {
      env: environment(home),
    })
    try {
      await new Promise<void>((resolve) => {
        first.stderr.on('data', (text) => String(text).includes('locked.log: pino') && resolve())
      })
      const { code, stderr } = await authtop(home, ['collect', '--once', '--db', db, `${home}/locked.log`])
      expect(code).toBe(3)
      expect(stderr).toContain(String(first.pid))
    } finally {
      first.kill('SIGKILL')
    }
  })

  test('a text file is no store', async () => {
    const { code, stderr } = await authtop(home, ['failures', '--db', `${home}/other.log`])
    expect(code).toBe(3)
    expect(stderr).toContain('other.log')
  })
})
