/**
 * The rotated files beside an asked path, newest first: the only files that are ever looked at without being asked for.
 * For a link, those beside what it points to count as well (Kubernetes, `current` links).
 */
import { lstat, readdir, realpath, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { SIBLINGS_LOOKED_AT, STATS_AT_ONCE } from './limits.ts'
import { type FileStat, toFileStat } from './open-files.ts'
import { isRotationOf, sameSeries } from './rotation.ts'

export interface Sibling extends FileStat {
  path: string
}

/** True when a stream last seen at `name` may be older content of the log at `path`. */
export function isOlderContentOf(path: string, name: string): boolean {
  if (dirname(path) !== dirname(name)) return false
  return path === name || isRotationOf(basename(path), basename(name))
}

/** The same for a path and all older content of it; keeps looking for it from costing the square of the number of files. */
export function familyOf(path: string): string {
  return join(dirname(path), basename(path).split(/[.\-_]/, 1)[0] ?? '')
}

export async function listSiblings(path: string): Promise<Sibling[]> {
  const found = await besides(path, (name) => isRotationOf(basename(path), name))
  const target = await targetOf(path)
  if (target) {
    const base = basename(target)
    found.push(...(await besides(target, (name) => isRotationOf(base, name) || sameSeries(base, name))))
  }
  const byFile = new Map(found.map((sibling) => [sibling.key, sibling]))
  return [...byFile.values()]
    .toSorted((a, b) => Number(b.mtime_ns > a.mtime_ns) - Number(b.mtime_ns < a.mtime_ns))
    .slice(0, SIBLINGS_LOOKED_AT)
}

/** What a symbolic link leads to; null when it is none, or leads nowhere. */
export async function targetOf(path: string): Promise<string | null> {
  try {
    return (await lstat(path)).isSymbolicLink() ? await realpath(path) : null
  } catch {
    return null
  }
}

async function besides(path: string, isSibling: (name: string) => boolean): Promise<Sibling[]> {
  const directory = dirname(path)
  let names: string[]
  try {
    names = (await readdir(directory)).filter(isSibling)
  } catch {
    // Listing may be forbidden where opening by name is not; then there is nothing to be found.
    return []
  }
  const found: Sibling[] = []
  for (let at = 0; at < names.length; at += STATS_AT_ONCE) {
    const stats = await Promise.all(names.slice(at, at + STATS_AT_ONCE).map((name) => look(join(directory, name))))
    for (const sibling of stats) if (sibling) found.push(sibling)
  }
  return found
}

async function look(path: string): Promise<Sibling | null> {
  try {
    const found = await stat(path, { bigint: true })
    return found.isFile() ? { ...toFileStat(found), path } : null
  } catch {
    // Renamed between listing and looking; it is found under its new name next time.
    return null
  }
}
