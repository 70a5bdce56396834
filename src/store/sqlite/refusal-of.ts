/**
 * Turns what SQLite and the file system throw into a {@link StoreRefusal}: one clear sentence and a hint.
 * Errors that are nobody's circumstance (a bug in our SQL) pass through unchanged and crash.
 */
import { dirname } from 'node:path'
import { type RefusalReason, StoreRefusal } from '../../core/ports/store.ts'

/** The StoreRefusal for an error met while working on the store at `path`; any other error unchanged. */
export function refusalOf(error: unknown, path: string): unknown {
  if (error instanceof StoreRefusal || !(error instanceof Error) || !('code' in error)) return error
  const found = explain(String(error.code), path)
  return found ? new StoreRefusal(found[0], found[1], found[2], { cause: error }) : error
}

function explain(code: string, path: string): [RefusalReason, string, string] | undefined {
  // SHMSIZE: the shared-memory file could not be grown, which only a full disk causes.
  if (code === 'SQLITE_FULL' || code === 'SQLITE_IOERR_SHMSIZE' || code === 'ENOSPC' || code === 'EDQUOT') {
    return [
      'disk_full',
      `no space left for ${path}`,
      `free some space in ${dirname(path)}; nothing is lost, the batch is tried again`,
    ]
  }
  if (code.startsWith('SQLITE_READONLY') || code === 'EROFS') {
    return [
      'read_only',
      `${path} cannot be written: the file or its file system is read-only`,
      'choose another place with --db',
    ]
  }
  if (
    code === 'EACCES' ||
    code === 'EPERM' ||
    code === 'ERR_ACCESS_DENIED' ||
    code === 'SQLITE_PERM' ||
    code === 'SQLITE_AUTH'
  ) {
    return [
      'read_only',
      `${path} cannot be opened: permission denied`,
      `check the owner and mode of ${path} and ${dirname(path)}`,
    ]
  }
  if (code === 'SQLITE_NOTADB') {
    return [
      'not_a_database',
      `${path} is not an authtop store`,
      `name a store made by authtop, or a new file; if it was one, its beginning is damaged: authtop repair --db ${path}`,
    ]
  }
  if (code.startsWith('SQLITE_CORRUPT')) {
    return ['corrupt', `${path} is damaged`, `save what is whole into a new store: authtop repair --db ${path}`]
  }
  if (code === 'SQLITE_BUSY' || code.startsWith('SQLITE_BUSY_')) {
    return ['second_writer', `another program holds a lock on ${path}`, 'close it and try again']
  }
  if (
    code.startsWith('SQLITE_CANTOPEN') ||
    code === 'ENOTDIR' ||
    code === 'EISDIR' ||
    code === 'ELOOP' ||
    code === 'ENAMETOOLONG'
  ) {
    return ['unreachable', `${path} cannot be opened (${code})`, 'check the path given with --db']
  }
  if (code === 'ENOENT') return ['missing', `${path} does not exist`, 'collect something first, or check --db']
  if (code.startsWith('SQLITE_IOERR')) {
    return [
      'unreachable',
      `the disk under ${path} failed to read or write (${code})`,
      'check the disk and the kernel log',
    ]
  }
  return undefined
}
