/** What the steward of a shared store promises (core/ports/shared-store.ts): on the real engine. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { NO_FILTER } from '../../../src/core/filter.ts'
import type { Steward } from '../../../src/core/ports/shared-store.ts'
import type { StoreWriter } from '../../../src/core/ports/store.ts'
import { openReader, openWriter } from '../../../src/store/index.ts'
import { ENGINE_MISSING, type Engine, startEngine } from './clickhouse/engine.ts'
import { openWay, type UnreliableWay } from './clickhouse/unreliable-way.ts'
import { batch, EVERYTHING, incident, observation } from './made-up.ts'

let engine: Engine
let way: UnreliableWay
let databases = 0
let place: (collector: string) => string
const undo: (() => Promise<void>)[] = []

const told = (host: string, offset: number) =>
  batch({ incidents: [{ incident: incident({ request_id: 'one', host }), added: [observation({ host, offset })] }] })

async function write(collector: string): Promise<StoreWriter> {
  const writer = await openWriter(place(collector))
  undo.push(() => writer.close())
  return writer
}

async function stewardOf(writer: StoreWriter): Promise<Steward> {
  const steward = await writer.shared!.steward()
  if (steward === null) throw new Error('another is steward')
  undo.push(() => steward.close())
  return steward
}

/** Ids and causes as anybody sees them, and how many failures are counted. */
async function seen() {
  const reader = await openReader(place('anybody'))
  const incidents = await reader.incidents({ range: EVERYTHING, filter: NO_FILTER, limit: 100 })
  const counted = (await reader.causes(EVERYTHING, NO_FILTER)).map(({ cause, count }) => `${cause} ${count}`)
  await reader.close()
  return { incidents: incidents.map(({ observations, cause }) => `${cause} ${observations}`), counted }
}

/** Makes one of the two incidents that were handed over. */
async function joinBoth(steward: Steward): Promise<void> {
  const [kept, other] = await steward.writer.page({ from_ms: 0, to_ms: EVERYTHING.to_ms, limit: 10 })
  await steward.writer.append(
    batch({
      incidents: [
        {
          id: kept!.incident.id,
          absorbs: [other!.incident.id],
          incident: incident({ request_id: 'one', cause: 'skew', subcause: 'fresh_token_expired' }),
          added: [],
        },
      ],
    }),
  )
}

describe.skipIf(ENGINE_MISSING !== null)(ENGINE_MISSING ?? 'the steward of a shared ClickHouse store', () => {
  beforeAll(async () => {
    engine = await startEngine()
    way = await openWay(() => engine.port)
  }, 60_000)
  beforeEach(newPlace)
  afterEach(async () => {
    way.decide(() => undefined)
    for (const step of undo.splice(0).reverse()) await step()
  })
  afterAll(async () => {
    await way.close()
    await engine.remove()
  }, 60_000)

  it('finds what collectors handed over and nothing else, each once', async () => {
    const [a, b] = [await write('a'), await write('b')]
    await a.append(told('gw', 1))
    await b.append(told('app', 2))
    const steward = await stewardOf(a)
    expect((await steward.arrivals({}, 10)).incidents).toEqual([])
    await a.shared!.release()
    const first = await steward.arrivals({}, 10)
    expect(first.incidents.map(({ incident: { host } }) => host)).toEqual(['gw'])
    await b.shared!.release()
    await b.append(told('app', 3))
    const second = await steward.arrivals(first.arrived, 10)
    expect(second.incidents.map(({ spoken }) => spoken[0]!.offset)).toEqual([2])
    expect((await steward.failures(first.arrived, 10)).failures.map(({ host }) => host)).toEqual(['app'])
    expect(await steward.arrived()).toEqual(second.arrived)
    expect((await steward.arrivals(second.arrived, 10)).incidents).toEqual([])
  })

  it('takes from a collector what it handed over: neither found nor revised there any more', async () => {
    const a = await write('a')
    await a.append(told('gw', 1))
    const around = { request_id: 'one', from_ms: 0, to_ms: EVERYTHING.to_ms, by_time: false }
    const found = (await a.neighbours([around]))[0]![0]
    await a.shared!.release()
    expect(await a.neighbours([around])).toEqual([[]])
    await a.append(batch({ incidents: [{ id: found!.incident.id, incident: incident({ cause: 'skew' }), added: [] }] }))
    expect(await seen()).toEqual({ incidents: ['expiry 1'], counted: ['expiry 1'] })
  })

  it('is one at a time: the next one comes when it gives the role back', async () => {
    const [a, b] = [await write('a'), await write('b')]
    const steward = await a.shared!.steward()
    expect(await b.shared!.steward()).toBeNull()
    expect(await steward!.hold()).toBe(true)
    await steward!.close()
    await stewardOf(b)
    expect(await a.shared!.steward()).toBeNull()
  })

  it('counts once what one steward began and another goes on with, wherever the first was cut off', async () => {
    for (const cut of [0, 1, 2, 4]) {
      newPlace()
      const [a, b] = [await write('a'), await write('b')]
      await a.append(told('gw', 1))
      await b.append(told('app', 2))
      await a.shared!.release()
      await b.shared!.release()
      const first = await stewardOf(a)
      way.decide((n) => (n < cut ? undefined : n === cut ? 'answer lost' : 'request lost'))
      await joinBoth(first).catch(() => {})
      way.decide(() => undefined)
      // As a kill would leave it: the role is not given back, and taken by force.
      const second = await openWriter(place('c'), 'whole')
      undo.push(() => second.close())
      const page = await second.page({ from_ms: 0, to_ms: EVERYTHING.to_ms, limit: 10 })
      expect(page, `cut at insert ${cut}`).toHaveLength(1)
      expect(await seen()).toEqual({ incidents: ['skew 2'], counted: ['skew 1'] })
    }
  }, 60_000)

  it('does nothing more once another has the role, however late it wakes up', async () => {
    const [a, b] = [await write('a'), await write('b')]
    await a.append(told('gw', 1))
    await b.append(told('app', 2))
    await a.shared!.release()
    await b.shared!.release()
    const asleep = await stewardOf(a)
    const whole = await openWriter(place('c'), 'whole')
    undo.push(() => whole.close())
    await joinBoth({ ...asleep, writer: whole })
    await expect(
      asleep.writer.append(batch({ incidents: [{ incident: incident(), added: [] }] })),
    ).rejects.toMatchObject({ reason: 'second_writer' })
    expect(await asleep.hold()).toBe(false)
    expect(await seen()).toEqual({ incidents: ['skew 2'], counted: ['skew 1'] })
  })
})

function newPlace(): void {
  const database = `steward_${++databases}`
  const spool = mkdtempSync(join(tmpdir(), 'authtop-steward-'))
  undo.push(async () => rmSync(spool, { recursive: true, force: true }))
  place = (collector) => `clickhouse://default@127.0.0.1:${way.port}/${database}?spool=${spool}&collector=${collector}`
}
