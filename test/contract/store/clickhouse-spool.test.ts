/** What a ClickHouse store promises when the server or the way to it fails, and when several collectors share it: on the real engine. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { NO_FILTER } from '../../../src/core/filter.ts'
import type { StoreReader, StoreWriter } from '../../../src/core/ports/store.ts'
import { openReader, openWriter } from '../../../src/store/index.ts'
import { ENGINE_MISSING, type Engine, startEngine } from './clickhouse/engine.ts'
import { openWay, type UnreliableWay } from './clickhouse/unreliable-way.ts'
import { nthBatch, STREAM, totalsAfter } from './crash-history.ts'
import { batch, EVERYTHING, failures, incident, observation, START_MS, stream, success } from './made-up.ts'

let engine: Engine
let way: UnreliableWay
let databases = 0
const undo: (() => Promise<void>)[] = []

/** A database and a spool of their own; the way there can be made to fail. */
function newPlace(options = ''): { location(collector?: string): string } {
  const database = `spool_${++databases}`
  const spool = mkdtempSync(join(tmpdir(), 'authtop-spool-'))
  undo.push(async () => rmSync(spool, { recursive: true, force: true }))
  return {
    location: (collector = 'a') =>
      `clickhouse://default@127.0.0.1:${way.port}/${database}?spool=${spool}&collector=${collector}${options}`,
  }
}

async function write(location: string): Promise<StoreWriter> {
  const writer = await openWriter(location)
  undo.push(() => writer.close())
  return writer
}

async function read(location: string): Promise<StoreReader> {
  const reader = await openReader(location)
  undo.push(() => reader.close())
  return reader
}

async function totalsOf(reader: StoreReader) {
  const kinds = await reader.kinds(EVERYTHING, NO_FILTER)
  const of = (outcome: string) => kinds.find((kind) => kind.outcome === outcome)?.count ?? 0
  const incidents = await reader.incidents({ range: EVERYTHING, filter: NO_FILTER, limit: 1e6 })
  const unrecognised = await reader.unrecognised(100)
  return {
    successes: of('success'),
    failures: of('failure'),
    skew: incidents.filter(({ cause }) => cause === 'skew').length,
    observations: incidents.reduce((sum, one) => sum + one.observations, 0),
    listed: incidents.length,
    unrecognised: unrecognised.reduce((sum, { count }) => sum + count, 0),
    position: (await reader.sources())[0]?.offset,
  }
}

const expected = (n: number) => ({ ...totalsAfter(n), listed: totalsAfter(n).failures, unrecognised: n, position: n })

/** Appends batches `from` to `to` of the crash history. */
async function appendAll(writer: StoreWriter, from: number, to: number): Promise<void> {
  for (let n = from; n <= to; n++) await writer.append(await nthBatch(writer, n))
}

describe.skipIf(ENGINE_MISSING !== null)(ENGINE_MISSING ?? 'a ClickHouse store', () => {
  beforeAll(async () => {
    engine = await startEngine()
    way = await openWay(() => engine.port)
  }, 60_000)
  afterEach(async () => {
    way.decide(() => undefined)
    for (const step of undo.splice(0).reverse()) await step()
  })
  afterAll(async () => {
    await way.close()
    await engine.remove()
  }, 60_000)

  it.each([
    ['by itself', ''],
    ['gathered by the server with others', '&async_insert=1'],
  ])('counts once what the server took while its answers got lost, each insert %s', async (_, options) => {
    const place = newPlace(options)
    const writer = await write(place.location())
    const reader = await read(place.location())
    const faults = ['answer lost', undefined, 'request lost', undefined, 'no space', undefined, undefined] as const
    way.decide((n) => faults[n % faults.length])
    await appendAll(writer, 1, 12)
    way.decide(() => undefined)
    await vi.waitFor(async () => expect(await totalsOf(reader)).toEqual(expected(12)), {
      timeout: 60_000,
      interval: 200,
    })
  })

  it('counts once what was sent by a process that was killed before it heard of it', async () => {
    const place = newPlace()
    const first = await write(place.location())
    await appendAll(first, 1, 2)
    // The data of the third batch arrive, and nothing is heard from the server any more, as if the process had been killed then.
    way.decide((n) => (n < 4 ? 'answer lost' : 'request lost'))
    await appendAll(first, 3, 3)
    await first.close()
    way.decide(() => undefined)
    const second = await write(place.location())
    expect((await second.streams())[0]).toMatchObject({ stream: STREAM, offset: 3 })
    await appendAll(second, 4, 5)
    expect(await totalsOf(await read(place.location()))).toEqual(expected(5))
  })

  it('goes on into the spool while the server is away, and everything arrives in order when it is back', async () => {
    const place = newPlace()
    const writer = await write(place.location())
    const reader = await read(place.location())
    await appendAll(writer, 1, 3)
    await engine.kill()
    // Each batch revises an incident of the one before: that is known without the server too.
    await appendAll(writer, 4, 8)
    expect((await writer.streams())[0]).toMatchObject({ offset: 8 })
    expect(writer.away?.()).toMatchObject({ batches: 5, why: expect.stringContaining('does not answer') })
    await engine.start()
    await vi.waitFor(async () => expect(await totalsOf(reader)).toEqual(expected(8)), {
      timeout: 60_000,
      interval: 200,
    })
    await appendAll(writer, 9, 10)
    expect(writer.away?.()).toBeNull()
    expect(await totalsOf(reader)).toEqual(expected(10))
  })

  it('starts without the server where it has been before, with its positions and its key, and not where it has not', async () => {
    const place = newPlace()
    const before = await write(place.location())
    await appendAll(before, 1, 2)
    const key = await before.fingerprintKey()
    await before.close()
    await engine.kill()
    try {
      await expect(openWriter(newPlace().location())).rejects.toMatchObject({ reason: 'unreachable' })
      await expect(openReader(place.location())).rejects.toMatchObject({ reason: 'unreachable' })
      const away = await openWriter(place.location())
      expect(await away.fingerprintKey()).toEqual(key)
      expect((await away.streams())[0]).toMatchObject({ offset: 2 })
      await away.append(batch({ successes: [success()], streams: [stream({ stream: STREAM, offset: 3 })] }))
      await away.close()
    } finally {
      await engine.start()
    }
    const after = await write(place.location())
    expect((await after.streams())[0]).toMatchObject({ offset: 3 })
    expect((await totalsOf(await read(place.location()))).successes).toBe(totalsAfter(2).successes + 1)
  })

  it('takes nothing more once the spool is full, whole batches only, and goes on when the server is back', async () => {
    const place = newPlace('&spool_mib=1')
    const writer = await write(place.location())
    await writer.append(failures({}))
    const long = (n: number) =>
      failures(...Array.from({ length: 300 }, (_, i) => ({ request_id: `${n}-${i}`, message: 'x'.repeat(400) })))
    way.decide(() => 'no space')
    let taken = 0
    let refused: unknown
    while (refused === undefined && taken < 50)
      await writer.append(long(taken)).then(
        () => taken++,
        (error: unknown) => (refused = error),
      )
    expect(refused).toMatchObject({ name: 'StoreRefusal', reason: 'disk_full' })
    way.decide(() => undefined)
    await writer.append(long(taken))
    const reader = await read(place.location())
    await vi.waitFor(async () => expect((await totalsOf(reader)).failures).toBe(1 + 300 * (taken + 1)), {
      timeout: 60_000,
      interval: 200,
    })
  })

  it('tells no password, whatever goes wrong', async () => {
    const location = newPlace().location().replace('default@', 'reader:not-this-one@')
    const refused = await openWriter(location).catch((error: Error) => error)
    expect(refused).toMatchObject({ name: 'StoreRefusal', reason: 'unreachable' })
    expect(`${(refused as Error).message} ${JSON.stringify(refused)}`).not.toContain('not-this-one')
  })

  describe('shared by several collectors', () => {
    it('adds up what they bring, each with positions and incidents of its own', async () => {
      const place = newPlace()
      const [a, b] = [await write(place.location('a')), await write(place.location('b'))]
      await a.append({ ...failures({ host: 'a-1', request_id: 'same' }), streams: [stream({ offset: 1 })] })
      await b.append({ ...failures({ host: 'b-1', request_id: 'same' }), streams: [stream({ offset: 2 })] })
      expect((await a.streams()).map(({ offset }) => offset)).toEqual([1])
      expect((await b.streams()).map(({ offset }) => offset)).toEqual([2])
      expect(await a.fingerprintKey()).toEqual(await b.fingerprintKey())
      const around = { request_id: 'same', from_ms: START_MS - 1, to_ms: START_MS + 1, by_time: false }
      const [own] = await b.neighbours([around])
      expect(own!.map(({ incident: { host } }) => host)).toEqual(['b-1'])
      const reader = await read(place.location('a'))
      const all = await reader.incidents({ range: EVERYTHING, filter: NO_FILTER, limit: 10 })
      expect(new Set(all.map(({ id }) => id)).size).toBe(2)
      expect((await reader.causes(EVERYTHING, NO_FILTER))[0]!.count).toBe(2)
      expect(await reader.sources()).toHaveLength(2)
      const onlyB = await openReader(place.location('b'), 'collector')
      undo.push(() => onlyB.close())
      expect((await onlyB.causes(EVERYTHING, NO_FILTER))[0]!.count).toBe(1)
      expect((await onlyB.failureRowsSince(0, 10)).map(({ host }) => host)).toEqual(['b-1'])
    })

    it('lets each know at once what another has seen of a token', async () => {
      const place = newPlace()
      const [a, b] = [await write(place.location('a')), await write(place.location('b'))]
      const issued = {
        party: 'token',
        key: 'jwt:3fa9c1d2e4b5a697',
        deed: 'issued',
        host: 'auth-1',
        detail: 'web',
        first_ms: START_MS,
        last_ms: START_MS,
        count: 1,
        exp_ms: START_MS + 300_000,
      } as const
      await a.append(batch({ history: [issued] }))
      const [facts] = await b.history([{ party: 'token', key: issued.key, from_ms: START_MS, to_ms: START_MS }])
      expect(facts).toEqual([issued])
    })

    it('joins across collectors where the whole store is opened for it', async () => {
      const place = newPlace()
      const [a, b] = [await write(place.location('a')), await write(place.location('b'))]
      await a.append(
        batch({ incidents: [{ incident: incident({ request_id: 'one' }), added: [observation({ offset: 1 })] }] }),
      )
      await b.append(
        batch({
          incidents: [
            {
              incident: incident({ request_id: 'one', host: 'gw' }),
              added: [observation({ offset: 2, stream: 'b2' })],
            },
          ],
        }),
      )
      await a.shared!.release()
      await b.shared!.release()
      const whole = await openWriter(place.location('a'), 'whole')
      undo.push(() => whole.close())
      const page = await whole.page({ from_ms: 0, to_ms: EVERYTHING.to_ms, limit: 10 })
      const [kept, other] = page.map(({ incident: { id } }) => id)
      await whole.append(
        batch({ incidents: [{ id: kept!, absorbs: [other!], incident: incident({ request_id: 'one' }), added: [] }] }),
      )
      const reader = await read(place.location('a'))
      expect(await reader.incidents({ range: EVERYTHING, filter: NO_FILTER, limit: 10 })).toMatchObject([
        { id: kept, observations: 2 },
      ])
      expect((await reader.causes(EVERYTHING, NO_FILTER))[0]!.count).toBe(1)
    })
  })
})
