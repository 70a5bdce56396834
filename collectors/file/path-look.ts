/** What is at a path now, and how that is put in words. */
import type fs from 'node:fs'
import { lstat, stat } from 'node:fs/promises'

/** What was found, or why nothing was. */
export type Look = fs.BigIntStats | NodeJS.ErrnoException

export async function look(path: string): Promise<Look> {
  try {
    return await stat(path, { bigint: true })
  } catch (error) {
    return error as NodeJS.ErrnoException
  }
}

/** True when something of exactly this name exists, be it a link that leads nowhere. */
export async function nameExists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  )
}

export function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException
  return code === 'ENOENT' || code === 'ENOTDIR'
}

/** When its content last changed; ms, 0 where it cannot be said. */
export function mtime(found: Look): number {
  return found instanceof Error ? 0 : Number(found.mtimeMs)
}

/** What it is, of what is no file. */
export function kindOf(found: fs.BigIntStats): string {
  if (found.isDirectory()) return 'a directory'
  if (found.isSocket()) return 'a socket, which cannot be read as a log'
  return 'a device, which is not read'
}

const REASONS: Record<string, string> = {
  EACCES: 'may not be read (permission denied)',
  EPERM: 'may not be read (not permitted)',
  EISDIR: 'is a directory',
  ELOOP: 'is a symbolic link that leads back to itself',
  EMFILE: 'cannot be opened (too many open files)',
  ENFILE: 'cannot be opened (too many open files on this machine)',
  EIO: 'cannot be read (input/output error)',
}

export function describe(error: NodeJS.ErrnoException): string {
  return REASONS[error.code ?? ''] ?? `cannot be read (${error.code ?? error.message})`
}
