/**
 * The grants that docs/clickhouse.md names, on the real engine: a collector, a reader and a reader of the Collector's tables do all that
 * is theirs with them, and nothing else.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadFindings } from '../../../src/app/load-findings.ts'
import { loadReport } from '../../../src/app/load-report.ts'
import { NO_FILTER } from '../../../src/core/filter.ts'
import { openDesk, openReader, openWriter } from '../../../src/store/index.ts'
import { ENGINE_MISSING, type Engine, startEngine } from './clickhouse/engine.ts'
import { DAY_MS, EVERYTHING, failures, stream, success } from './made-up.ts'

const DOCUMENTATION = new URL('../../../docs/clickhouse.md', import.meta.url)
const NOW_MS = Date.now()
const OLD_MS = NOW_MS - 40 * DAY_MS

/** What the documentation grants to a user, without the user. */
function grantsOf(user: string): string[] {
  const text = readFileSync(DOCUMENTATION, 'utf8')
  const grants = [...text.matchAll(/GRANT [^;`]*? TO (\w+)/g)].filter(([, to]) => to === user).map(([grant]) => grant)
  return grants.map((grant) => grant.replace(/ TO \w+$/, ''))
}

describe.skipIf(ENGINE_MISSING !== null)(ENGINE_MISSING ?? 'users of a ClickHouse server with a store', () => {
  const spool = mkdtempSync(join(tmpdir(), 'authtop-grants-'))
  const all = grantsOf('authtop_collector')
  let engine: Engine
  const location = () => `clickhouse://default@127.0.0.1:${engine.port}/authtop?spool=${spool}&collector=a`
  async function as(grants: readonly string[], settings: Record<string, string> = {}): Promise<void> {
    await engine.kill()
    await engine.start({ grants, settings })
  }

  beforeAll(async () => {
    engine = await startEngine()
  }, 60_000)
  afterAll(async () => {
    await engine.remove()
    rmSync(spool, { recursive: true, force: true })
  }, 60_000)

  it('are granted what the documentation says, and the engine obeys it', async () => {
    expect(all).toHaveLength(3)
    await as(all)
    await expect(engine.ask('CREATE DATABASE another')).rejects.toThrow(/Not enough privileges/)
    await expect(engine.ask('CREATE TABLE default.one (a Int64) ENGINE = Memory')).rejects.toThrow(/Not enough priv/)
  }, 60_000)

  it('make the store as a collector, write, retain, forget and join', async () => {
    await as(all)
    const writer = await openWriter(location())
    await writer.append({
      ...failures({ time_ms: OLD_MS }, { time_ms: NOW_MS, subject: 'sub:0011223344556677', request_id: 'one' }),
      successes: [success({ time_ms: NOW_MS })],
      streams: [stream()],
    })
    const query = { request_id: 'one', from_ms: NOW_MS - 1, to_ms: NOW_MS + 1, by_time: false }
    expect((await writer.neighbours([query]))[0]).toHaveLength(1)
    while (await writer.retain({ detail_days: 35, rollup_days: 400 }, NOW_MS));
    await writer.close()
    // Only the documented way of whoever forgets: every collector is stopped, the whole store is opened.
    const whole = await openWriter(location(), 'whole')
    expect((await whole.forget({ whose: 'subject', texts: ['sub:0011223344556677'] }, false)).incidents).toBe(1)
    await whole.close()
    const partitions = await engine.ask(`SELECT count() FROM authtop.incident WHERE time_ms < ${NOW_MS - 36 * DAY_MS}`)
    expect(Number(partitions)).toBe(0)
  }, 120_000)

  it('collect with SELECT and INSERT alone where the store is there already', async () => {
    await as(all.slice(0, 1))
    const writer = await openWriter(location())
    await writer.append(failures({ time_ms: NOW_MS, request_id: 'two' }))
    await writer.close()
    expect(await engine.ask("SELECT count() FROM authtop.incident WHERE request_id = 'two'")).toBe('1\n')
  }, 60_000)

  it('ask everything as a reader, and write nothing', async () => {
    const [reading] = grantsOf('authtop_reader')
    await as([reading!], { readonly: '2' })
    const reader = await openReader(location())
    const last = { from_ms: NOW_MS - 7 * DAY_MS, to_ms: NOW_MS + 1 }
    expect(await reader.incidents({ range: last, filter: NO_FILTER, limit: 10 })).toHaveLength(1)
    await loadFindings(reader, last, NOW_MS)
    const report = await loadReport([reader], {
      period: last,
      previous: { from_ms: NOW_MS - 14 * DAY_MS, to_ms: NOW_MS - 7 * DAY_MS },
      zone: 'UTC',
      week_start: 1,
      now_ms: NOW_MS,
    })
    expect(report.totals.failures).toBe(2) // forgotten ones stay counted
    expect((await reader.sql('SELECT count() FROM incidents', 1, 10_000)).rows).toEqual([[1]])
    for (const question of [
      () => reader.extent(),
      () => reader.version(),
      () => reader.limits(),
      () => reader.sources(),
      () => reader.clockRows(),
      () => reader.alerts(EVERYTHING, 10),
      () => reader.silences(NOW_MS),
      () => reader.watchSteps(EVERYTHING),
    ])
      await question()
    await reader.close()
    await expect(
      engine.ask("INSERT INTO authtop.document (collector, kind, key) VALUES (1, 'a', 'b')"),
    ).rejects.toThrow(/readonly|Not enough privileges/)
  }, 120_000)

  it('silence alerts as a reader who may', async () => {
    await as(grantsOf('authtop_reader'))
    const desk = await openDesk(location())
    await desk.silence({ id: 's1', matchers: {}, from_ms: NOW_MS, to_ms: NOW_MS + DAY_MS, comment: 'quiet' })
    await desk.close()
    const reader = await openReader(location())
    expect(await reader.silences(NOW_MS + 1)).toHaveLength(1)
    await reader.close()
    await expect(engine.ask('INSERT INTO authtop.incident (time_ms, id, version) VALUES (1, 1, 1)')).rejects.toThrow(
      /Not enough privileges/,
    )
  }, 60_000)
})
