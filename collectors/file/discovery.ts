/**
 * Walks the disk for the files that a path template names, asynchronously and bounded.
 * Opens nothing and judges nothing: files, FIFOs and whatever else a name may be are told apart when they are looked at.
 * Invariant: `**` never follows a symbolic link to a directory, so recursive links end; named components do.
 */
import type { Dirent } from 'node:fs'
import { lstat, opendir } from 'node:fs/promises'
import { matchSegment, type PathLabels, type PathTemplate, type Segment } from './path-template.ts'

export interface Found {
  path: string
  labels: PathLabels
}

export interface Discovered {
  files: Map<string, Found>
  /** Directories whose changes can add or remove files. */
  directories: Set<string>
  /** Directories that could not be listed, with the error code. */
  unreadable: Map<string, string>
  /** True when the limit was reached and files were left out. */
  truncated: boolean
}

interface Place {
  directory: string
  at: number
  labels: PathLabels
}

interface Gathering {
  found: Discovered
  /** Files at most; count. */
  limit: number
}

/** Entries of one directory that are looked at for every file that may be found; most directories hold logs and little else. */
const ENTRIES_PER_FILE = 2
const ENTRIES_AT_ONCE = 1_000

/** Directories deeper than this below a `**` are left out; the longest possible path has 2048 components. */
const DEPTH_LIMIT = 64

export async function discover(template: PathTemplate, limit: number): Promise<Discovered> {
  const found: Discovered = { files: new Map(), directories: new Set(), unreadable: new Map(), truncated: false }
  const listings = new Map<string, Promise<Dirent[]>>()
  for (const segments of template.alternatives) {
    const todo: Place[] = [{ directory: '/', at: 0, labels: {} }]
    const seen = new Set<string>()
    for (let place = todo.pop(); place; place = todo.pop()) {
      if (found.files.size >= limit) {
        found.truncated = true
        return found
      }
      await step(segments, place, todo, seen, listings, { found, limit })
    }
  }
  return found
}

async function step(
  segments: readonly Segment[],
  place: Place,
  todo: Place[],
  seen: Set<string>,
  listings: Map<string, Promise<Dirent[]>>,
  into: Gathering,
): Promise<void> {
  const { found } = into
  const segment = segments[place.at]
  if (!segment) return
  const last = place.at === segments.length - 1
  if (segment.kind === 'name') {
    const path = join(place.directory, segment.name)
    if (!last) todo.push({ directory: path, at: place.at + 1, labels: place.labels })
    else {
      found.directories.add(place.directory)
      if (await exists(path)) add(into, path, place.labels)
    }
    return
  }
  const key = `${place.at} ${place.directory}`
  if (seen.has(key)) return
  seen.add(key)
  const entries = await list(place.directory, listings, into)
  if (segment.kind === 'any') {
    todo.push({ ...place, at: place.at + 1 })
    for (const entry of entries) {
      const matched = entry.isDirectory() && matchSegment(segment, entry.name, place.labels)
      const path = join(place.directory, entry.name)
      if (matched && depth(path) < DEPTH_LIMIT) todo.push({ ...place, directory: path })
      if (last && !entry.isDirectory() && !entry.name.startsWith('.')) add(into, path, place.labels)
    }
    return
  }
  for (const entry of entries) {
    const labels = matchSegment(segment, entry.name, place.labels)
    if (!labels) continue
    const path = join(place.directory, entry.name)
    if (!last) {
      if (entry.isDirectory() || entry.isSymbolicLink()) todo.push({ directory: path, at: place.at + 1, labels })
    } else if (!entry.isDirectory()) add(into, path, labels)
  }
}

function add({ found, limit }: Gathering, path: string, labels: PathLabels): void {
  if (found.files.has(path)) return
  if (found.files.size >= limit) found.truncated = true
  else found.files.set(path, { path, labels })
}

async function list(
  directory: string,
  listings: Map<string, Promise<Dirent[]>>,
  { found, limit }: Gathering,
): Promise<readonly Dirent[]> {
  let listing = listings.get(directory)
  if (!listing) {
    listing = entriesOf(directory, limit, found).catch((error: NodeJS.ErrnoException) => {
      // A path that is a file or is gone simply does not match; what exists and may not be listed is worth a word.
      if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') found.unreadable.set(directory, error.code ?? 'error')
      return []
    })
    listings.set(directory, listing)
  }
  const entries = await listing
  if (!found.unreadable.has(directory)) found.directories.add(directory)
  return entries
}

/** Not `readdir`: a spool of a million files would be a million objects before the first is looked at. */
async function entriesOf(directory: string, limit: number, found: Discovered): Promise<Dirent[]> {
  const entries: Dirent[] = []
  for await (const entry of await opendir(directory, { bufferSize: ENTRIES_AT_ONCE })) {
    if (entries.length >= ENTRIES_PER_FILE * limit) {
      found.truncated = true
      break
    }
    entries.push(entry)
  }
  return entries
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EACCES'
  }
}

function join(directory: string, name: string): string {
  return directory === '/' ? `/${name}` : `${directory}/${name}`
}

function depth(path: string): number {
  let count = 0
  for (const character of path) if (character === '/') count++
  return count
}
