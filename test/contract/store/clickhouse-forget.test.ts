/** `authtop forget`, `rekey` and `reload` on a ClickHouse store that several collectors share: on the real engine. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { NO_FILTER } from '../../../src/core/filter.ts'
import { COLLECTOR_STATE } from '../../../src/core/ports/alert-store.ts'
import type { Forgotten } from '../../../src/core/ports/forget.ts'
import type { StoreWriter } from '../../../src/core/ports/store.ts'
import { openDesk, openReader, openWriter } from '../../../src/store/index.ts'
import { alert } from './alert-questions.ts'
import { ENGINE_MISSING, type Engine, startEngine } from './clickhouse/engine.ts'
import { batch, DAY_MS, EVERYTHING, incident, observation, START_MS, stream, success } from './made-up.ts'

const ALICE = "alice.o'hara@example.com"
const PRINT = 'sub:00112233445566aa'
const TOKEN = 'jwt:3fa9c1d2e4b5a697'
const CLIENT = 'mobile-app-7'

let engine: Engine
let databases = 0
let database: string
let location: (collector: string) => string
const undo: (() => Promise<void>)[] = []

async function write(collector: string): Promise<StoreWriter> {
  const writer = await openWriter(location(collector))
  undo.push(() => writer.close())
  return writer
}

/** What of the store holds a text anywhere, by table; the inserts of the engine's own log are not asked. */
async function holding(text: string): Promise<string[]> {
  const tables = (
    await engine.ask(
      `SELECT name FROM system.tables WHERE database = '${database}' AND engine LIKE '%MergeTree' ORDER BY name FORMAT TSV`,
    )
  )
    .trim()
    .split('\n')
  const found: string[] = []
  for (const table of tables) {
    const quoted = text.replace(/[\\']/g, '\\$&')
    const columns = `(SELECT toJSONString(tuple(*)) AS row FROM ${database}.${table})`
    const rows = await engine.ask(`SELECT count() FROM ${columns} WHERE position(row, '${quoted}') > 0 FORMAT TSV`)
    if (Number(rows) > 0) found.push(table)
  }
  return found
}

async function counted() {
  const reader = await openReader(location('anybody'))
  const clients = await reader.dimension('client_id', EVERYTHING, NO_FILTER, 10)
  const listed = await reader.incidents({ range: EVERYTHING, filter: NO_FILTER, limit: 10 })
  await reader.close()
  return {
    clients: clients.map(({ value, successes, failures }) => `${value} ${successes} ${failures}`).sort(),
    listed: listed.map(({ client_id, message }) => `${client_id}: ${message}`),
  }
}

/** Alice's failures and traces of her, read by two collectors, beside somebody else's. */
async function fill(): Promise<void> {
  const [a, b] = [await write('a'), await write('b')]
  const hers = incident({ client_id: CLIENT, subject: PRINT, token: TOKEN, message: 'jwt expired' })
  await a.append(
    batch({
      incidents: [
        { incident: hers, added: [observation({ message: `jwt expired for ${ALICE}` })] },
        { incident: incident({ client_id: 'web', message: 'jwt expired' }), added: [] },
      ],
      successes: [success({ client_id: CLIENT, token: TOKEN, request_id: 'r-1' })],
      history: [
        {
          party: 'token',
          key: TOKEN,
          deed: 'access_token',
          host: 'h',
          detail: CLIENT,
          first_ms: START_MS,
          last_ms: START_MS,
          count: 1,
        },
        {
          party: 'issuer',
          key: 'https://id',
          deed: 'issued',
          host: 'h',
          detail: CLIENT,
          first_ms: START_MS,
          last_ms: START_MS,
          count: 4,
        },
      ],
      unrecognised: [
        { system: 'x', template: 'login refused', sample: `login refused: ${ALICE}`, time_ms: START_MS, stream: 's' },
        { system: 'x', template: 'other', sample: 'login refused: bob', time_ms: START_MS, stream: 's' },
      ],
      streams: [stream({ sample: [`login refused: ${ALICE}`] })],
    }),
  )
  // The same token where nobody says whose it is.
  await b.append(
    batch({ incidents: [{ incident: incident({ client_id: CLIENT, token: TOKEN, message: 'bad' }), added: [] }] }),
  )
  await a.saveAlerts({
    alerts: [alert({ summary: `${ALICE} and ${CLIENT} fail` })],
    state: { rules: `["${ALICE}"]` },
    deliveries: [],
  })
  await a.shared!.release()
}

async function forget(whose: Forgotten['whose'], texts: string[], rehearse = false) {
  const writer = await openWriter(location('c'))
  const counts = await writer.forget({ whose, texts }, rehearse)
  await writer.close()
  return counts
}

describe.skipIf(ENGINE_MISSING !== null)(ENGINE_MISSING ?? 'a ClickHouse store that is to forget', () => {
  beforeAll(async () => {
    engine = await startEngine()
  }, 60_000)
  beforeEach(() => {
    database = `forget_${++databases}`
    const spool = mkdtempSync(join(tmpdir(), 'authtop-forget-'))
    undo.push(async () => rmSync(spool, { recursive: true, force: true }))
    const url = `clickhouse://default@127.0.0.1:${engine.port}/${database}?spool=${spool}`
    location = (collector) => `${url}&collector=${collector}`
  })
  afterEach(async () => {
    for (const step of undo.splice(0).reverse()) await step()
  })
  afterAll(() => engine.remove(), 60_000)

  it('holds nothing of a person in any table any more, whoever brought it; the others and all counts stay', async () => {
    await fill()
    const { clients } = await counted()
    expect(await holding(ALICE)).toEqual(['document', 'incident', 'unrecognised'])
    expect(await forget('subject', [ALICE, PRINT], true)).toMatchObject({
      incidents: 2,
      history: 1,
      successes: 1,
      samples: 2,
      alert_texts: 2,
    })
    expect((await counted()).listed).toHaveLength(3)
    expect(await forget('subject', [ALICE, PRINT])).toEqual({
      ...{ incidents: 2, history: 1, successes: 1, samples: 2, alert_texts: 2, names: 0 },
    })
    for (const text of [ALICE, PRINT, TOKEN]) expect(await holding(text), text).toEqual([])
    expect(await counted()).toEqual({ clients, listed: ['web: jwt expired'] })
    const reader = await openReader(location('a'))
    expect((await reader.unrecognised(10)).map(({ template }) => template)).toEqual(['other'])
    expect((await reader.alerts(EVERYTHING, 10))[0]!.summary).toBe(`(forgotten) and ${CLIENT} fail`)
    expect(await reader.failedSubjects(EVERYTHING)).toEqual({ count: 0, at_least: false })
    await reader.close()
  })

  it('counts a client under no name, in minutes and in hours without minutes, also when told twice', async () => {
    await fill()
    const c = await write('c')
    await c.append(batch({ successes: [success({ client_id: CLIENT, time_ms: START_MS - 40 * DAY_MS })] }))
    await engine.ask(
      `ALTER TABLE ${database}.count_minute DELETE WHERE start_ms < ${START_MS - DAY_MS} SETTINGS mutations_sync = 2`,
    )
    await c.retain({ detail_days: 30, rollup_days: 400 }, START_MS)
    await c.close()
    undo.pop()
    expect((await counted()).clients).toEqual([`${CLIENT} 2 2`, 'web 0 1'])
    expect((await forget('client', [CLIENT])).names).toBe(1)
    expect(await holding(CLIENT)).toEqual([])
    expect((await counted()).clients).toEqual(['(forgotten) 2 2', 'web 0 1'])
    expect(await forget('client', [CLIENT])).toMatchObject({ incidents: 0, names: 0 })
    expect((await counted()).clients).toEqual(['(forgotten) 2 2', 'web 0 1'])
  })

  it('takes no name for a piece of SQL', async () => {
    await fill()
    const { clients } = await counted()
    for (const text of ["' OR 1 = 1 --", "\\' OR 1=1 --", '%', '_', '`', "a'; DROP TABLE incident; --", '\u0000'])
      for (const whose of ['subject', 'client'] as const)
        expect(await forget(whose, [text])).toMatchObject({ incidents: 0, names: 0 })
    expect((await counted()).clients).toEqual(clients)
  })

  it('makes fingerprints by another key from now on and keeps the old one only where it is wanted', async () => {
    const writer = await write('a')
    const first = await writer.fingerprintKey()
    await writer.rotateKey(true, START_MS)
    const second = await writer.fingerprintKey()
    expect(second).not.toEqual(first)
    expect(await (await write('b')).fingerprintKey()).toEqual(second)
    expect(await writer.retiredKeys()).toEqual([first])
    await writer.rotateKey(false, START_MS)
    expect(await writer.retiredKeys()).toEqual([])
    for (const key of [first, second]) expect(await holding(Buffer.from(key).toString('hex'))).toEqual([])
    expect(await (await write('c')).fingerprintKey()).toEqual(await writer.fingerprintKey())
  })

  it('finds the collector that runs on this host, while it runs', async () => {
    const writer = await openWriter(location('a'))
    await writer.saveAlerts({ alerts: [], state: { [COLLECTOR_STATE]: String(process.pid) }, deliveries: [] })
    const desk = await openDesk(location('a'))
    undo.push(() => desk.close())
    expect(await desk.collector()).toBe(process.pid)
    const other = await openDesk(location('b'))
    expect(await other.collector()).toBeNull()
    await other.close()
    await writer.close()
    expect(await desk.collector()).toBeNull()
  })
})
