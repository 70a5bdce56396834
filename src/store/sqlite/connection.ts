/**
 * Opens SQLite connections with the settings every other file here relies on, and tells foreign files apart.
 * Leaves the writer's exclusivity to write-lock.ts and the schema to migrate.ts.
 * Invariant: the database file is never opened with plain file calls once SQLite may have it open in this process:
 * closing such a descriptor would silently drop SQLite's POSIX locks.
 */
import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  statSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import Database from 'better-sqlite3'
import { StoreRefusal } from '../../core/ports/store.ts'
import { KNOWN_VERSION } from './migrations/index.ts'
import { refusalOf } from './refusal-of.ts'

/** `auth` in ASCII: lets `file(1)` and us tell an authtop store from any other SQLite database. */
export const APPLICATION_ID = 0x61757468

/** How long a statement waits for another connection's lock, ms; checkpoints and migrations take less. */
const BUSY_TIMEOUT_MS = 5000

/** Pages in the WAL at which a commit also checkpoints, 4 MB: more would make single commits, and retention slices, too long. */
const AUTOCHECKPOINT_PAGES = 1000

/** The WAL file is cut back to this after a checkpoint, bytes. */
export const WAL_LIMIT_BYTES = 64 * 1024 * 1024

/** Page cache of the writer, KiB: holds the pages that one batch over many hosts touches. */
const WRITER_CACHE_KIB = 32 * 1024

/** Makes sure that `path` may become or already is a store of ours; makes directory (0700) and file (0600) where missing. */
export function prepareFile(path: string): void {
  refusing(path, () => {
    makeDirectory(dirname(path))
    if (existsSync(path)) {
      checkPlainFile(path)
      accessSync(path, constants.R_OK | constants.W_OK)
      checkOwner(path)
      // Somebody's `touch` before us; a store in use keeps the mode its owner gave it.
      if (statSync(path).size === 0) chmodSync(path, 0o600)
    } else {
      // SQLite would create it with the umask's mode; the WAL and shared-memory files inherit this one.
      closeSync(openSync(path, 'wx', 0o600))
    }
  })
}

/** Opens a prepared file for writing. The schema may still be absent. */
export function openWritable(path: string): Database.Database {
  return refusing(path, () => {
    const db = new Database(path, { timeout: BUSY_TIMEOUT_MS })
    try {
      db.pragma('auto_vacuum = INCREMENTAL')
      db.pragma('journal_mode = WAL')
      // With WAL, NORMAL loses nothing to a killed process; a power cut may lose the last commits, data and position together.
      db.pragma('synchronous = NORMAL')
      db.pragma(`wal_autocheckpoint = ${AUTOCHECKPOINT_PAGES}`)
      db.pragma(`journal_size_limit = ${WAL_LIMIT_BYTES}`)
      db.pragma(`cache_size = -${WRITER_CACHE_KIB}`)
      db.pragma('temp_store = MEMORY')
      return db
    } catch (error) {
      db.close()
      throw error
    }
  })
}

/** Opens an existing store read-only; works beside a writer and for a cleanly closed store in a read-only directory. */
export function openReadable(path: string): Database.Database {
  return refusing(path, () => {
    checkPlainFile(path)
    const db = connectReadable(path)
    try {
      checkIdentity(db, path)
      const version = db.pragma('user_version', { simple: true }) as number
      if (version === 0) {
        throw new StoreRefusal('missing', `${path} holds no data yet`, 'collect something first, or check --db')
      }
      if (version < KNOWN_VERSION) {
        const hint =
          'start a collecting command on it once (for example: authtop collect --once); it brings the store up to date'
        throw new StoreRefusal('unsupported', `${path} was written by an older authtop (schema ${version})`, hint)
      }
      db.pragma('temp_store = MEMORY')
      return db
    } catch (error) {
      db.close()
      throw error
    }
  })
}

function connectReadable(path: string): Database.Database {
  const db = new Database(path, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT_MS })
  try {
    db.prepare('SELECT count(*) FROM sqlite_schema').get()
    return db
  } catch (error) {
    db.close()
    // A store needs its shared-memory file beside it; where none can be made, nobody can be writing either.
    const code = error instanceof Database.SqliteError ? error.code : ''
    if (!code.startsWith('SQLITE_CANTOPEN') && !code.startsWith('SQLITE_READONLY')) throw error
    return openCopy(path)
  }
}

/** Reads a store in a read-only directory by way of a private copy, which exists only as long as it is open. */
function openCopy(path: string): Database.Database {
  const directory = mkdtempSync(join(tmpdir(), 'authtop-'))
  try {
    const copy = join(directory, 'store.db')
    for (const ending of ['', '-wal']) {
      if (ending !== '' && !existsSync(path + ending)) continue
      copyFileSync(path + ending, copy + ending, constants.COPYFILE_FICLONE)
      chmodSync(copy + ending, 0o600)
    }
    const db = new Database(copy, { readonly: true, fileMustExist: true })
    try {
      db.prepare('SELECT count(*) FROM sqlite_schema').get()
      return db
    } catch (error) {
      db.close()
      throw error
    }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** Step by step: Node's `recursive` never returns for a directory that cannot be made under /proc. */
function makeDirectory(directory: string): void {
  if (existsSync(directory)) return
  makeDirectory(dirname(directory))
  try {
    mkdirSync(directory, { mode: 0o700 })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') {
      throw new StoreRefusal(
        'unreachable',
        `the directory ${directory} cannot be made`,
        'choose another place with --db',
      )
    }
    if (code !== 'EEXIST') throw error
  }
}

/** Looks at an existing file through a read-only connection, before anything is created beside it or written into it. */
function checkOwner(path: string): void {
  if (statSync(path).size === 0) return
  const db = connectReadable(path)
  try {
    checkIdentity(db, path)
  } finally {
    db.close()
  }
}

function checkIdentity(db: Database.Database, path: string): void {
  const id = db.pragma('application_id', { simple: true }) as number
  const version = db.pragma('user_version', { simple: true }) as number
  const tables = db.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() as number
  if (id !== APPLICATION_ID && (id !== 0 || version !== 0 || tables !== 0)) {
    const hint = 'name a store made by authtop, or a new file'
    throw new StoreRefusal('not_a_database', `${path} is a database of another program, not an authtop store`, hint)
  }
  if (version > KNOWN_VERSION) {
    const message = `${path} was written by a newer authtop (schema ${version}; this one knows ${KNOWN_VERSION})`
    throw new StoreRefusal('newer_version', message, 'update authtop on this machine, or choose another file with --db')
  }
}

function checkPlainFile(path: string): void {
  if (!statSync(path).isFile()) {
    throw new StoreRefusal('not_a_database', `${path} is not a file`, 'name a file, for example with --db authtop.db')
  }
}

function refusing<T>(path: string, open: () => T): T {
  try {
    return open()
  } catch (error) {
    throw refusalOf(error, path)
  }
}
