/** Killed while a store of the first version is brought up to date: it is of some version, whole, and goes on from there. */
import { fork } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { APPLICATION_ID } from '../../../../src/store/sqlite/connection.ts'
import { KNOWN_VERSION, MIGRATIONS } from '../../../../src/store/sqlite/migrations/index.ts'
import { type Differences, type KillCount, type KillRun, kill, putStore } from './kill-run.ts'

const INCIDENTS = 60_000
const STORE_PROCESS = join(import.meta.dirname, 'store-process.ts')
/** Starting and bringing such a store up to date takes less on an idle machine, ms. */
const LONGEST_MS = 400

export async function killMigration({ kills, next, folder }: KillRun): Promise<KillCount> {
  const first = join(folder, 'first.db')
  makeFirstVersion(first)
  const path = join(folder, 's.db')
  const anew = () => putStore(first, path)
  anew()
  let lost = 0
  let doubled = 0
  for (let n = 0; n < kills; n++) {
    const child = fork(STORE_PROCESS, ['migrate', path, '0'], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
    const begins = new Promise<void>((resolve) => child.once('message', () => resolve()))
    await begins
    await sleep(next() * LONGEST_MS)
    await kill(child)
    const { version, ...found } = migratedDifferences(path)
    lost += found.lost
    doubled += found.doubled
    if (version === KNOWN_VERSION) anew()
  }
  return { kills, expected: INCIDENTS, lost, doubled }
}

/** Against what {@link makeFirstVersion} wrote. Throws where the file is damaged. */
export function migratedDifferences(path: string): Differences & { version: number } {
  const db = new Database(path)
  const version = db.pragma('user_version', { simple: true }) as number
  if (db.pragma('quick_check', { simple: true }) !== 'ok') throw new Error(`a store of version ${version} is damaged`)
  const count = (sql: string) => db.prepare<[], number>(sql).pluck().get()!
  const found = { version, lost: 0, doubled: 0 }
  for (const there of [
    count('SELECT count(*) FROM incident'),
    count('SELECT count(*) FROM incident INDEXED BY incident_time WHERE time_ms > 0'),
    ...(version >= 2 ? [count('SELECT sum(count) FROM tally')] : []),
  ]) {
    found.lost += Math.max(0, INCIDENTS - there)
    found.doubled += Math.max(0, there - INCIDENTS)
  }
  db.close()
  return found
}

/** A store as the first version wrote it. */
export function makeFirstVersion(path: string): void {
  const db = new Database(path)
  db.pragma('auto_vacuum = INCREMENTAL')
  db.pragma('journal_mode = WAL')
  db.exec(MIGRATIONS[0]!)
  db.pragma(`application_id = ${APPLICATION_ID}`)
  db.pragma('user_version = 1')
  db.exec(
    `INSERT INTO meta VALUES ('fingerprint_key', zeroblob(32)), ('hash_seed', 7), ('next_incident', ${INCIDENTS + 1});
     WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${INCIDENTS})
       INSERT INTO incident (id, time_ms, series, voice, confidence, observations, text, vars)
       SELECT i, 1794820000000 + i * 997, 1, 1 + i % 9, i % 3, 1, 1, 'word ' || i FROM n`,
  )
  db.close()
}
