/**
 * `authtop repair` for SQLite stores: saves what is whole in a damaged store into a new one, and says what is lost.
 * Invariant: the damaged file and its log are only read, and the new store gets its name when it is complete and checked.
 */
import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs'
import Database from 'better-sqlite3'
import type { Repair, RepairLoss } from '../../../core/ports/repair.ts'
import { StoreRefusal } from '../../../core/ports/store.ts'
import { openWritable, prepareFile } from '../connection.ts'
import { MetaTable } from '../meta-table.ts'
import { migrate } from '../migrate.ts'
import { canonical } from '../open.ts'
import { refusalOf } from '../refusal-of.ts'
import { takeWriteLock, type WriteLock } from '../write-lock.ts'
import { copyRows } from './copy-rows.ts'
import { DamagedFile } from './damaged-file.ts'
import { type Mended, mend } from './mend.ts'
import { recount } from './recount.ts'
import { Salvage } from './salvage.ts'

/** Rows that every empty store has: the facts about itself and the empty name. Less is no store. */
const OF_AN_EMPTY_STORE = new Set(['meta', 'name'])

/**
 * @param target where the new store goes; null: beside the damaged one.
 * @throws StoreRefusal when nothing can be saved, or something is at `target` already.
 */
export async function repairSqlite(location: string, target: string | null, now_ms: number): Promise<Repair> {
  const path = canonical(location)
  const out = canonical(target ?? path.replace(/(?:\.db)?$/, '.repaired.db'))
  let lock: WriteLock | undefined
  let file: DamagedFile | undefined
  const partial = `${out}.partial`
  try {
    if (existsSync(out)) throw new StoreRefusal('unsupported', `${out} exists already`, 'name another file with --out')
    if (!statSync(path).isFile())
      throw new StoreRefusal('not_a_database', `${path} is not a file`, 'name a store with --db')
    lock = lockOf(path)
    file = new DamagedFile(path)
    const salvage = new Salvage(file, path)
    removeStore(partial)
    prepareFile(partial)
    const repair = fill(openWritable(partial), salvage, file, now_ms)
    if (repair.tables.every(({ table, saved }) => saved === 0 || OF_AN_EMPTY_STORE.has(table)) && !isEmptyStore(repair))
      throw new StoreRefusal('not_a_database', `nothing in ${path} can be recognised as part of an authtop store`, '')
    publish(partial, out)
    return { ...repair, out }
  } catch (error) {
    throw refusalOf(error, path)
  } finally {
    file?.close()
    lock?.release()
    removeStore(partial)
  }
}

function fill(db: Database.Database, salvage: Salvage, file: DamagedFile, now_ms: number): Omit<Repair, 'out'> {
  try {
    // What is made here is thrown away when the machine stops.
    db.pragma('synchronous = OFF')
    migrate(db, salvage.layout.version)
    const key = new MetaTable(db).get('fingerprint_key')!
    const tables = copyRows(db, salvage)
    const facts = tables.find(({ table }) => table === 'meta')!
    const keyLost = key.equals(new MetaTable(db).get('fingerprint_key')!)
    const unsure = facts.lost_pages + facts.lost_records > 0 || keyLost
    migrate(db)
    const { mended, uncounted } = db
      .transaction(() => ({ mended: mend(db, salvage, unsure, now_ms), uncounted: recount(db) }))
      .immediate()
    for (const table of tables) table.rebuilt = mended.rebuilt.get(table.table) ?? 0
    check(db)
    return {
      tables: tables.filter((t) => t.saved + t.rebuilt + t.lost_pages + t.lost_records > 0),
      losses: lossesOf(mended, uncounted, keyLost, file),
      incidents: db.prepare<[], number>('SELECT count(*) FROM incident').pluck().get()!,
    }
  } finally {
    db.close()
  }
}

function lossesOf(
  { dropped, positions, verdicts, texts }: Mended,
  uncounted: number,
  keyLost: boolean,
  file: DamagedFile,
) {
  const losses: RepairLoss[] = [
    { what: 'pages that the file was cut by', count: file.cut_pages },
    { what: 'pages in the write-ahead log behind a damaged one: the last commits', count: file.wal?.lost_frames ?? 0 },
    { what: 'failures that the rollups counted and that are gone', count: uncounted },
    {
      what: 'failures whose decided cause is lost: they have the reported one; "authtop reattribute" decides again',
      count: verdicts,
    },
    { what: 'failures whose message and reasons are lost', count: texts },
    {
      what: 'sources whose reading position is lost: where they are still there, they are read and counted again',
      count: positions,
    },
    {
      what: 'key of fingerprints: a new one was made, and tokens seen before are not known again',
      count: Number(keyLost),
    },
    ...[...dropped].map(([table, count]) => ({ what: `rows of ${table} that belong to nothing any more`, count })),
  ]
  return losses.filter(({ count }) => count > 0)
}

/** A store nothing was ever collected into: whole, with its key. */
function isEmptyStore({ tables, losses }: Omit<Repair, 'out'>): boolean {
  return losses.length === 0 && tables.some(({ table, saved }) => table === 'meta' && saved > 0)
}

function check(db: Database.Database): void {
  const said = db.pragma('integrity_check', { simple: true })
  if (said !== 'ok') throw new Error(`the repaired store is not sound: ${said}`)
}

/** Nobody may write meanwhile; where no lock can be made, nobody can. */
function lockOf(path: string): WriteLock | undefined {
  try {
    return takeWriteLock(path, () => undefined)
  } catch (error) {
    const code = error instanceof Database.SqliteError ? error.code : (error as NodeJS.ErrnoException).code
    if (code === 'EROFS' || code === 'EACCES' || code?.startsWith('SQLITE_CANTOPEN')) return undefined
    throw error
  }
}

function publish(partial: string, out: string): void {
  const descriptor = openSync(partial, 'r')
  fsyncSync(descriptor)
  closeSync(descriptor)
  renameSync(partial, out)
}

function removeStore(path: string): void {
  for (const ending of ['', '-wal', '-shm']) rmSync(path + ending, { force: true })
}
