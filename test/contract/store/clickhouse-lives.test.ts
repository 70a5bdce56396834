/** What a ClickHouse server itself is to do for a store: drop what is too old, keep what it acknowledged, speak TLS. On the real engine. */
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { NO_FILTER } from '../../../src/core/filter.ts'
import { openReader, openWriter } from '../../../src/store/index.ts'
import { selfSigned } from '../source/self-signed.ts'
import { ENGINE_MISSING, type Engine, startEngine } from './clickhouse/engine.ts'
import { DAY_MS, EVERYTHING, failures, success } from './made-up.ts'

const DOCUMENTATION = new URL('../../../docs/clickhouse.md', import.meta.url)
const NOW_MS = Date.now()

let engine: Engine
let databases = 0
const undo: (() => Promise<void>)[] = []

function newPlace(options = '') {
  const database = `lives_${++databases}`
  const spool = mkdtempSync(join(tmpdir(), 'authtop-lives-'))
  undo.push(async () => rmSync(spool, { recursive: true, force: true }))
  return {
    database,
    location: `clickhouse://default@127.0.0.1:${engine.port}/${database}?spool=${spool}&collector=a${options}`,
  }
}

describe.skipIf(ENGINE_MISSING !== null)(ENGINE_MISSING ?? 'a ClickHouse server with a store', () => {
  beforeAll(async () => {
    engine = await startEngine()
  }, 60_000)
  afterEach(async () => {
    for (const step of undo.splice(0).reverse()) await step()
  })
  afterAll(() => engine.remove(), 60_000)

  it('drops by itself what is older than the policy, also where no collector comes any more, and nothing else', async () => {
    const { database, location } = newPlace()
    const writer = await openWriter(location)
    await writer.append(failures({ time_ms: NOW_MS, subject: 'sub:1' }))
    await writer.retain({ detail_days: 30, rollup_days: 100 }, NOW_MS)
    // What comes late is as old as it says.
    for (const days of [29, 31, 99, 101]) {
      const time_ms = NOW_MS - days * DAY_MS
      await writer.append({
        ...failures({ time_ms, subject: `sub:${days}` }),
        successes: [success({ time_ms, request_id: `${days}` })],
      })
    }
    await writer.close()
    const ages = async (table: string, column: string) =>
      (
        await engine.ask(
          `SELECT DISTINCT intDiv(${NOW_MS} - ${column} + 3600000, ${DAY_MS}) AS age FROM ${database}.${table} ORDER BY age FORMAT TSV`,
        )
      )
        .trim()
        .split('\n')
        .map(Number)
    const tables = {
      incident: 'time_ms',
      count_minute: 'start_ms',
      tally: 'start_ms',
      affected: 'start_ms',
      success: 'time_ms',
    }
    for (const [table, column] of Object.entries({ ...tables, count_hour: 'start_ms', count_day: 'start_ms' })) {
      await engine.ask(`OPTIMIZE TABLE ${database}.${table} FINAL`)
      const oldest = Math.max(...(await ages(table, column)))
      expect(oldest, table).toBe(table === 'count_hour' || table === 'count_day' ? 99 : 29)
    }
  }, 60_000)

  it.each(['', '&async_insert=1'])(
    'has what it acknowledged, also when it is cut off right after (%s)',
    async (options) => {
      const { location } = newPlace(options)
      const writer = await openWriter(location)
      await writer.append(failures({ request_id: 'one' }, { request_id: 'two' }))
      await engine.kill()
      await engine.start()
      // A reader of its own, and no spool that could send anything again.
      const reader = await openReader(location)
      expect(await reader.incidents({ range: EVERYTHING, filter: NO_FILTER, limit: 10 })).toHaveLength(2)
      expect((await reader.causes(EVERYTHING, NO_FILTER)).map(({ count }) => count)).toEqual([2])
      await reader.close()
      await writer.close()
    },
    60_000,
  )

  it('is spoken to with TLS where the location says so, and only if its certificate is trusted', async () => {
    const { cert, key } = await selfSigned()
    const front = createServer({ key, cert }, (incoming, answer) => {
      const { method, url, headers } = incoming
      const on = request({ host: '127.0.0.1', port: engine.port, method, path: url, headers }, (from) => {
        answer.writeHead(from.statusCode!, from.headers)
        from.pipe(answer)
      })
      incoming.pipe(on)
    }).listen(0, '127.0.0.1')
    await once(front, 'listening')
    undo.push(async () => void front.close())
    const { location } = newPlace('&secure=1')
    const secure = location.replace(/:\d+/, `:${(front.address() as AddressInfo).port}`)
    await expect(openWriter(secure)).rejects.toMatchObject({ reason: 'unreachable' })
    const folder = mkdtempSync(join(tmpdir(), 'authtop-lives-'))
    undo.push(async () => rmSync(folder, { recursive: true, force: true }))
    const authority = join(folder, 'ca.pem')
    writeFileSync(authority, cert)
    const writer = await openWriter(`${secure}&ca_file=${authority}`)
    await writer.append(failures({}))
    expect(await writer.page({ from_ms: 0, to_ms: EVERYTHING.to_ms, limit: 10 })).toHaveLength(1)
    await writer.close()
  })

  it('understands the grants that the documentation names', async () => {
    const text = readFileSync(DOCUMENTATION, 'utf8')
    const statements = [...text.matchAll(/^(?:CREATE USER|GRANT) .*?;/gm)].map(([statement]) => statement.slice(0, -1))
    expect(statements.length).toBeGreaterThan(5)
    for (const statement of statements)
      expect(await engine.ask(`EXPLAIN AST ${statement}`), statement).toMatch(/^(CreateUserQuery|GrantQuery)/)
  })
})
