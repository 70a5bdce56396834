/** `authtop migrate`'s promise, on the real engine: everything arrives once, cut off or not, and collecting goes on from there. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { migrateStore } from '../../../src/app/migrate-store.ts'
import { NO_FILTER } from '../../../src/core/filter.ts'
import type { StoreReader } from '../../../src/core/ports/store.ts'
import { openDesk, openReader, openWriter } from '../../../src/store/index.ts'
import { alert } from './alert-questions.ts'
import { ENGINE_MISSING, type Engine, startEngine } from './clickhouse/engine.ts'
import { openWay, type UnreliableWay } from './clickhouse/unreliable-way.ts'
import { nthBatch, STREAM } from './crash-history.ts'
import { batch, DAY_MS, EVERYTHING, failures, HOUR_MS, START_MS, success } from './made-up.ts'

let engine: Engine
let way: UnreliableWay
let folder: string
let databases = 0
const never = new AbortController().signal
const quiet = () => {}

/** A store with everything in it, some of it past the time that detail is kept. */
async function makeSource(file: string): Promise<void> {
  const writer = await openWriter(file)
  for (let n = 1; n <= 8; n++) await writer.append(await nthBatch(writer, n))
  await writer.append(
    batch({
      successes: [
        success({ time_ms: START_MS - 9 * DAY_MS, host: 'old' }),
        success({
          request_id: 'r1',
          token: 'jwt:3fa9c1d2e4b5a697',
          evidence: { exp_ms: START_MS + 5, iat_ms: START_MS },
        }),
      ],
      history: [
        {
          party: 'token',
          key: 'jwt:3fa9c1d2e4b5a697',
          deed: 'issued',
          host: 'auth-1',
          detail: 'web',
          first_ms: START_MS,
          last_ms: START_MS,
          count: 1,
        },
        {
          party: 'fleet',
          key: '',
          deed: 'accepted',
          host: 'a',
          detail: '',
          first_ms: START_MS,
          last_ms: START_MS + 9,
          count: 3,
        },
      ],
      clocks: {
        rows: [{ key: 'host a', state: Uint8Array.from([1, 2, 255]) }],
        gone: [],
        readings: [
          { at_ms: START_MS, host: 'a', reference: 'b', offset_s: 1.5, low_s: null, high_s: 2, drift_ppm: -3 },
        ],
      },
    }),
  )
  await writer.append(
    failures({ time_ms: START_MS - 9 * DAY_MS, host: 'old', subject: 'sub:00' }, { subject: 'sub:11' }),
  )
  while (await writer.retain({ detail_days: 5, rollup_days: 400 }, START_MS));
  await writer.saveAlerts({ alerts: [alert()], state: {}, deliveries: [] })
  await writer.close()
  const desk = await openDesk(file)
  await desk.acknowledge('a1', 77)
  await desk.silence({ id: 's1', matchers: { host: 'a' }, from_ms: 1, to_ms: START_MS, comment: 'works' })
  await desk.close()
}

/** Everything a reader says. */
async function everythingOf(reader: StoreReader) {
  const incidents = await reader.incidents({ range: EVERYTHING, filter: NO_FILTER, limit: 1e6 })
  const short = { from_ms: START_MS, to_ms: START_MS + 90_000 }
  return {
    extent: await reader.extent(),
    incidents,
    observations: await Promise.all(incidents.map(({ id }) => reader.observations(id))),
    kinds: await reader.kinds(EVERYTHING, NO_FILTER),
    short: await reader.causes(short, NO_FILTER),
    hours: await reader.series(EVERYTHING, HOUR_MS, 'kind', NO_FILTER),
    hosts: await reader.dimension('host', EVERYTHING, NO_FILTER, 100),
    signatures: await reader.signatures(EVERYTHING),
    subjects: await reader.failedSubjects(EVERYTHING),
    unrecognised: await reader.unrecognised(100),
    unrecognisedCount: await reader.unrecognisedCount(EVERYTHING),
    limits: await reader.limits(),
    token: await reader.history([{ party: 'token', key: 'jwt:3fa9c1d2e4b5a697', from_ms: START_MS, to_ms: START_MS }]),
    fleet: await reader.historyOf('fleet', EVERYTHING, 10),
    uses: await reader.tokenUses(EVERYTHING, 10),
    sources: await reader.sources(),
    clocks: (await reader.clockRows()).map(({ key, state }) => [key, ...state]),
    readings: await reader.clockReadings(EVERYTHING),
    alerts: await reader.alerts(EVERYTHING, 10),
    silences: await reader.silences(0),
    last: await reader.lastFailureId(),
  }
}

describe.skipIf(ENGINE_MISSING !== null)(ENGINE_MISSING ?? 'a store that is migrated to ClickHouse', () => {
  beforeAll(async () => {
    engine = await startEngine()
    way = await openWay(() => engine.port)
    folder = mkdtempSync(join(tmpdir(), 'authtop-migrate-'))
    await makeSource(join(folder, 'a.db'))
  }, 60_000)
  afterEach(() => way.decide(() => undefined))
  afterAll(async () => {
    await way.close()
    await engine.remove()
    rmSync(folder, { recursive: true, force: true })
  }, 60_000)

  const newTarget = () =>
    `clickhouse://default@127.0.0.1:${way.port}/migrate_${++databases}?spool=${join(folder, 'spool')}&collector=a`

  it('says in its new place word for word what it said in its old one', async () => {
    const to = newTarget()
    const from = join(folder, 'a.db')
    const migrated = await migrateStore({ from, to, progress: quiet }, never)
    expect(migrated.to).toEqual(migrated.from)
    expect(migrated.same_key).toBe(true)
    const [old, now] = [await openReader(from), await openReader(to)]
    try {
      expect(await everythingOf(now)).toEqual(await everythingOf(old))
    } finally {
      await old.close()
      await now.close()
    }
  })

  it('counts the same where nothing has been given up yet, from the middle of an hour on', async () => {
    const from = join(folder, 'young.db')
    const writer = await openWriter(from)
    await writer.append(await nthBatch(writer, 1))
    await writer.close()
    const migrated = await migrateStore({ from, to: newTarget(), progress: quiet }, never)
    expect(migrated.to).toEqual(migrated.from)
  })

  it('arrives once, however often it is cut off and begun again', async () => {
    const to = newTarget()
    const from = join(folder, 'a.db')
    let runs = 0
    for (let migrated: unknown; migrated === undefined; runs++) {
      // Each run gets a few inserts further; of the last one the answer is lost.
      way.decide((n) => (n < 4 + runs * 3 ? undefined : n === 4 + runs * 3 ? 'answer lost' : 'request lost'))
      migrated = await migrateStore({ from, to, progress: quiet }, never).catch(() => undefined)
      if (runs > 40) throw new Error('it gets nowhere')
    }
    expect(runs).toBeGreaterThan(3)
    way.decide(() => undefined)
    const again = await migrateStore({ from, to, progress: quiet }, never)
    expect(again.to).toEqual(again.from)
  })

  it('goes on as a collector with the next record and number', async () => {
    const to = newTarget()
    await migrateStore({ from: join(folder, 'a.db'), to, progress: quiet }, never)
    const writer = await openWriter(to)
    const reader = await openReader(to)
    try {
      expect((await writer.streams())[0]).toMatchObject({ stream: STREAM, offset: 8 })
      expect((await writer.clockRows())[0]?.key).toBe('host a')
      const last = await reader.lastFailureId()
      await writer.append(await nthBatch(writer, 9))
      expect((await reader.failureRowsSince(last, 100)).map(({ id }) => id - last)[0]).toBe(1)
    } finally {
      await reader.close()
      await writer.close()
    }
  })

  it('is not mixed with what a collector of that name has brought, nor with another source', async () => {
    const to = newTarget()
    const writer = await openWriter(to)
    await writer.append(await nthBatch(writer, 1))
    await writer.close()
    const from = join(folder, 'a.db')
    await expect(migrateStore({ from, to, progress: quiet }, never)).rejects.toMatchObject({ name: 'StoreRefusal' })
    await expect(migrateStore({ from: to, to: from, progress: quiet }, never)).rejects.toMatchObject({
      reason: 'unsupported',
    })
  })
})
