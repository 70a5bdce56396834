/**
 * Stores damaged in every way a disk, a copy or a person damages them: what is whole is saved, what is lost is told, the figures
 * agree with what was saved, and the damaged file is not touched.
 */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { NO_FILTER } from '../../../../src/core/filter.ts'
import type { Repair } from '../../../../src/core/ports/repair.ts'
import { openReader, openWriter, repairStore } from '../../../../src/store/index.ts'
import { MIGRATIONS } from '../../../../src/store/sqlite/migrations/index.ts'
import {
  batch,
  HOUR_MS,
  incident,
  MINUTE_MS,
  observation,
  START_MS,
  stream,
  success,
} from '../../../contract/store/made-up.ts'
import { createRandom } from '../../../simulation/clock/random.ts'

const PAGE = 4096
/** All instants there are: a damaged stamp may be any of them. */
const EVERYTHING = { from_ms: -8.64e15, to_ms: 8.64e15 }
const FAILURES = 360
const SUCCESSES = 900

const folder = mkdtempSync(join(tmpdir(), 'authtop-repair-'))
const good = join(folder, 'good.db')
/** A copy of the store as a killed writer leaves it: nothing of it checkpointed. */
const killed = join(folder, 'killed.db')
let bytes: Buffer
afterAll(() => rmSync(folder, { recursive: true }))

beforeAll(async () => {
  const writer = await openWriter(good)
  for (let part = 0; part < 3; part++) {
    const numbers = Array.from({ length: FAILURES / 3 }, (_, i) => (part * FAILURES) / 3 + i)
    await writer.append(
      batch({
        incidents: numbers.map((i) => ({
          incident: incident({
            time_ms: START_MS + i * MINUTE_MS,
            host: `host-${i % 7}`,
            service: `service-${i % 3}`,
            client_id: `client-${i % 40}`,
            request_id: `request-${i}`,
            subject: `subject-${i % 50}`,
            message: `token ${i} of ${'a long story '.repeat(i % 5)} is expired`,
            ...(i % 4 === 0 && { cause: 'skew' as const, subcause: 'fresh_token_expired' as const }),
          }),
          added: [0, 1].map((n) =>
            observation({ time_ms: START_MS + i * MINUTE_MS, offset: 2 * i + n, host: `host-${i % 7}` }),
          ),
        })),
        successes: Array.from({ length: SUCCESSES / 3 }, (_, i) =>
          success({
            time_ms: START_MS + (part * 300 + i) * 60_000,
            host: `host-${i % 9}`,
            client_id: `client-${i % 70}`,
          }),
        ),
        history: numbers.map((i) => ({
          party: 'token' as const,
          key: `jwt:${String(i).padStart(16, '0')}`,
          deed: 'accepted' as const,
          host: `host-${i % 7}`,
          detail: '',
          first_ms: START_MS + i * MINUTE_MS,
          last_ms: START_MS + i * MINUTE_MS,
          count: 1,
        })),
        streams: [stream({ offset: 1000 * (part + 1) })],
      }),
    )
  }
  for (const ending of ['', '-wal']) copyFileSync(good + ending, killed + ending)
  await writer.close()
  bytes = readFileSync(good)
}, 60_000)

let places = 0
function place(): string {
  const directory = join(folder, String(places++))
  mkdirSync(directory)
  return join(directory, 'store.db')
}

async function repaired(content: Buffer): Promise<Repair> {
  const path = place()
  writeFileSync(path, content)
  const repair = await repairStore(path, null, START_MS)
  expect(readFileSync(path).equals(content)).toBe(true)
  expect(readdirSync(join(path, '..')).sort()).toEqual(['store.db', 'store.db.lock', 'store.repaired.db'])
  return repair
}

const one = (db: Database.Database, sql: string) => db.prepare<[], number>(sql).pluck().get()!

/** Whatever was lost, the figures agree with one another, and everything that is asked gets an answer. */
async function expectSound({ out }: Repair): Promise<number> {
  const db = new Database(out, { readonly: true })
  expect(db.pragma('integrity_check', { simple: true })).toBe('ok')
  const failure = `series IN (SELECT s.id FROM series s JOIN verdict v ON v.id = s.verdict JOIN name n ON n.id = v.outcome AND n.text = 'failure')`
  const incidents = one(db, 'SELECT count(*) FROM incident')
  for (const grain of [0, 1, 2])
    expect(one(db, `SELECT ifnull(sum(count), 0) FROM cube WHERE grain = ${grain} AND ${failure}`)).toBe(incidents)
  expect(one(db, 'SELECT ifnull(sum(count), 0) FROM tally')).toBe(incidents)
  for (const dimension of [0, 1, 2, 3, 4, 5])
    expect(one(db, `SELECT ifnull(sum(count), 0) FROM facet WHERE grain = 1 AND dimension = ${dimension}`)).toBe(
      one(db, 'SELECT ifnull(sum(count), 0) FROM cube WHERE grain = 1'),
    )
  db.close()
  const reader = await openReader(out)
  try {
    const found = await reader.incidents({ range: EVERYTHING, filter: NO_FILTER, limit: 10_000 })
    expect(found).toHaveLength(incidents)
    expect((await reader.causes(EVERYTHING, NO_FILTER)).reduce((n, { count }) => n + count, 0)).toBe(incidents)
    for (const { id } of found.slice(0, 20)) await reader.observations(id)
    await reader.groups(EVERYTHING, NO_FILTER, 100)
    for (const dimension of ['host', 'service', 'client_id'] as const)
      await reader.dimension(dimension, EVERYTHING, NO_FILTER, 10)
    await reader.historyOf('token', EVERYTHING, 10)
    await reader.tokenUses(EVERYTHING, 10)
    await reader.sources()
  } finally {
    await reader.close()
  }
  return incidents
}

function tablesOf(db: Database.Database): string[] {
  return db
    .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
    .pluck()
    .all()
}

/** Names of tables that are not row for row the same. */
function differences(a: string, b: string): string[] {
  const db = new Database(a, { readonly: true })
  db.prepare('ATTACH ? AS other').run(b)
  const differing = tablesOf(db).filter(
    (table) =>
      one(db, `SELECT count(*) FROM (SELECT * FROM main.${table} EXCEPT SELECT * FROM other.${table})`) +
        one(db, `SELECT count(*) FROM (SELECT * FROM other.${table} EXCEPT SELECT * FROM main.${table})`) >
      0,
  )
  db.close()
  return differing
}

describe('repairing', () => {
  it('a store that is whole gives the same store, row for row', async () => {
    const repair = await repaired(bytes)
    expect(repair).toMatchObject({ losses: [], incidents: FAILURES })
    expect(differences(good, repair.out)).toEqual([])
    expect(await expectSound(repair)).toBe(FAILURES)
    const reader = await openReader(repair.out)
    expect((await reader.sql('SELECT count(*) FROM incidents', 1, 20_000)).rows).toEqual([[FAILURES]])
    await reader.close()
  })

  it('a store whose writer was killed takes over what is only in its log, and without the log what is in the file', async () => {
    const path = place()
    for (const ending of ['', '-wal']) copyFileSync(killed + ending, path + ending)
    const repair = await repairStore(path, null, START_MS)
    expect(differences(good, repair.out)).toEqual([])
    rmSync(`${path}-wal`)
    await expect(repairStore(path, join(folder, 'no-log.db'), START_MS)).rejects.toMatchObject({
      name: 'StoreRefusal',
    })
  })

  it('a damaged log gives every commit before the damage, and says that later ones are lost', async () => {
    const path = place()
    copyFileSync(killed, path)
    const log = readFileSync(`${killed}-wal`)
    // After the second of three batches, of which each is about a third.
    log.fill(0x5a, Math.floor(log.length * 0.8), Math.floor(log.length * 0.8) + 100)
    writeFileSync(`${path}-wal`, log)
    const repair = await repairStore(path, null, START_MS)
    expect(repair.losses).toContainEqual({
      what: expect.stringContaining('write-ahead log'),
      count: expect.any(Number),
    })
    expect([FAILURES / 3, (2 * FAILURES) / 3]).toContain(await expectSound(repair))
  })

  it('whichever page is overwritten, no failure is lost: each is known from two places', {
    timeout: 240_000,
  }, async () => {
    const noise = Buffer.alloc(PAGE, 0x5a)
    for (let at = 0; at < bytes.length; at += PAGE) {
      const content = Buffer.from(bytes)
      noise.copy(content, at)
      expect(await expectSound(await repaired(content)), `page ${at / PAGE + 1}`).toBe(FAILURES)
    }
  })

  it.each(Array.from({ length: 32 }, (_, seed) => [seed]))(
    'saves what is whole after damage of many kinds: %i',
    async (seed) => {
      const { next } = createRandom(seed)
      const content = damagedBy(seed % 8, next, Buffer.from(bytes))
      const repair = await repaired(content)
      const incidents = await expectSound(repair)
      const db = new Database(repair.out, { readonly: true })
      db.prepare('ATTACH ? AS good').run(good)
      // None is made up, and none is there twice.
      expect(one(db, 'SELECT count(*) FROM incident WHERE id NOT IN (SELECT id FROM good.incident)')).toBe(0)
      db.close()
      if (incidents < FAILURES)
        expect(repair.tables.some((t) => t.lost_pages + t.lost_records > 0) || repair.losses.length > 0).toBe(true)
    },
  )

  it('the new store is collected into as if nothing had been', async () => {
    const content = Buffer.from(bytes)
    content.fill(0, 20 * PAGE, 24 * PAGE)
    const { out, incidents } = await repaired(content)
    const writer = await openWriter(out)
    await writer.append(
      batch({
        incidents: [{ incident: incident({ request_id: 'new' }), added: [observation({ offset: 1e6 })] }],
        successes: [success({ host: 'new' })],
        streams: [stream({ offset: 9000 })],
      }),
    )
    const [known] = await writer.streams()
    expect(known).toMatchObject({ stream: '00000000000000a1', offset: 9000 })
    await writer.close()
    const reader = await openReader(out)
    expect((await reader.causes(EVERYTHING, NO_FILTER)).reduce((n, { count }) => n + count, 0)).toBe(incidents + 1)
    await reader.close()
  })

  it('a store that VACUUM has moved about is found all the same', async () => {
    const path = place()
    writeFileSync(path, bytes)
    const db = new Database(path)
    db.exec('VACUUM')
    db.close()
    expect(differences(good, (await repairStore(path, null, START_MS)).out)).toEqual([])
  })

  it('a store of an older version is brought up to date', async () => {
    const path = place()
    const db = new Database(path)
    db.pragma('auto_vacuum = INCREMENTAL')
    for (const sql of MIGRATIONS.slice(0, 3)) db.exec(sql)
    db.pragma('application_id = 1635087464')
    db.pragma('user_version = 3')
    db.exec(
      `INSERT INTO meta VALUES ('fingerprint_key', zeroblob(32)), ('hash_seed', 7), ('next_incident', 3);
       INSERT INTO incident (id, time_ms, series, voice, confidence, observations, text) VALUES (1, ${START_MS}, 1, 1, 0, 1, 1), (2, ${START_MS + HOUR_MS}, 1, 1, 0, 1, 1)`,
    )
    db.close()
    const repair = await repairStore(path, null, START_MS)
    // Nothing says what they were, but that they were.
    expect(await expectSound(repair)).toBe(2)
    const reader = await openReader(repair.out)
    expect(await reader.causes(EVERYTHING, NO_FILTER)).toEqual([
      { cause: 'unknown', subcause: 'unspecified', count: 2 },
    ])
    await reader.close()
  })

  it.each<[string, Buffer | string, string]>([
    ['an empty file', '', 'not_a_database'],
    ['a log', 'GET /index.html 200\n'.repeat(5000), 'not_a_database'],
    ['zeroes', Buffer.alloc(40 * PAGE), 'not_a_database'],
  ])('%s is refused, and nothing is made', async (_, content, reason) => {
    const path = place()
    writeFileSync(path, content)
    await expect(repairStore(path, null, START_MS)).rejects.toMatchObject({ name: 'StoreRefusal', reason })
    expect(readdirSync(join(path, '..')).filter((name) => name.includes('repaired'))).toEqual([])
  })

  it('a database of another program, and a store of a newer version, are refused', async () => {
    const other = place()
    const db = new Database(other)
    db.exec('PRAGMA application_id = 12; CREATE TABLE bookmarks (url TEXT)')
    db.close()
    await expect(repairStore(other, null, START_MS)).rejects.toMatchObject({ reason: 'not_a_database' })
    const newer = place()
    copyFileSync(good, newer)
    const later = new Database(newer)
    later.pragma('user_version = 1000')
    later.close()
    await expect(repairStore(newer, null, START_MS)).rejects.toMatchObject({ reason: 'newer_version' })
  })

  it('a store that is being written to is left alone, and so is a file that is there already', async () => {
    const path = place()
    const writer = await openWriter(path)
    await expect(repairStore(path, null, START_MS)).rejects.toMatchObject({ reason: 'second_writer' })
    await writer.close()
    const out = join(folder, 'there.db')
    writeFileSync(out, 'precious')
    await expect(repairStore(path, out, START_MS)).rejects.toMatchObject({
      message: expect.stringContaining('exists'),
    })
    expect(readFileSync(out, 'utf8')).toBe('precious')
    expect(existsSync(`${out}.partial`)).toBe(false)
  })
})

const FLIPS = 5

function damagedBy(kind: number, next: () => number, content: Buffer): Buffer {
  const pages = content.length / PAGE
  const some = (below: number) => Math.floor(next() * below)
  const noise = (from: number, length: number) => {
    for (let at = from; at < from + length; at++) content[at] = some(256)
  }
  switch (kind) {
    case 0:
      for (let n = 1 + some(pages / 3); n > 0; n--) noise(some(pages) * PAGE, PAGE)
      break
    case 1:
      for (let n = 1 + some(40); n > 0; n--) {
        const at = 512 * some(pages * 8)
        content.fill(0, at, at + 512)
      }
      break
    case 2:
      return content.subarray(0, 8 * PAGE + some(content.length - 8 * PAGE))
    case 3:
      noise(0, 100)
      break
    case 4:
      noise(0, PAGE)
      break
    case FLIPS:
      for (let n = 0; n < 300; n++) content[some(content.length)]! ^= 1 << some(8)
      break
    case 6:
      for (let n = 1 + some(20); n > 0; n--) bytes.copy(content, some(pages) * PAGE, some(pages) * PAGE, PAGE)
      break
    default:
      for (let n = 1 + some(20); n > 0; n--) noise(some(pages) * PAGE + 2048, 2048)
  }
  return content
}
