/**
 * Tells which table or index each page belongs to, although pages between it and its root may be damaged.
 * A store is auto-vacuumed, so its file says of every page what it is and which page points to it (pointer map, file format
 * section 1.8): owners are found upwards from the page. Where the map itself is damaged, downwards from the root.
 * Invariant: a page has one owner at most, and pages that are free have none, so that nothing deleted comes back.
 */
import { readBTreePage } from './b-tree-page.ts'
import type { DamagedFile } from './damaged-file.ts'

/** Kinds of entries in the pointer map. */
const ROOT = 1
const FREE = 2
const OVERFLOW = 4
const B_TREE = 5
const ENTRY_BYTES = 5
/** A b-tree of a billion rows is less deep. */
const DEPTH_LIMIT = 40

interface Entry {
  kind: number
  parent: number
}

type Owners = ReadonlyMap<number, number>

export interface PageOwners {
  /** Root page of the owner by page. */
  owners: Owners
  /** Pages that others say to be below: what they hold themselves is no rows of a table, but the way to them. */
  parents: ReadonlySet<number>
}

export function findPageOwners(file: DamagedFile, roots: ReadonlySet<number>): PageOwners {
  const map = new PointerMap(file)
  const owners = new Map<number, number>()
  const parents = new Set<number>()
  for (const root of roots) {
    owners.set(root, root)
    const open = [root]
    for (let page = open.pop(); page !== undefined; page = open.pop()) {
      for (const child of readBTreePage(file, page, false)?.children ?? []) {
        if (child < 2 || child > file.pages || owners.has(child)) continue
        const entry = map.entry(child)
        if (entry !== null && (entry.kind !== B_TREE || entry.parent !== page)) continue
        owners.set(child, root)
        open.push(child)
      }
    }
  }
  for (let page = 2; page <= file.pages; page++) {
    if (map.isMap(page)) continue
    const entry = map.entry(page)
    if (entry?.kind === B_TREE) parents.add(entry.parent)
    const root = owners.has(page) ? null : climb(map, owners, page)
    if (root !== null) owners.set(page, root)
  }
  return { owners, parents }
}

function climb(map: PointerMap, owners: Owners, page: number): number | null {
  let at = page
  for (let depth = 0; depth < DEPTH_LIMIT; depth++) {
    const known = owners.get(at)
    if (known !== undefined) return known
    const entry = map.entry(at)
    if (entry?.kind !== B_TREE) return null
    at = entry.parent
  }
  return null
}

class PointerMap {
  readonly #file: DamagedFile
  readonly #perMap: number
  /** By map page; null where it is damaged. */
  readonly #read = new Map<number, Buffer | null>()

  constructor(file: DamagedFile) {
    this.#file = file
    this.#perMap = Math.floor(file.usable / ENTRY_BYTES)
  }

  isMap(page: number): boolean {
    return page === this.#file.lockPage || this.#mapOf(page) === page
  }

  /** Null where the map is damaged there. */
  entry(page: number): Entry | null {
    const at = this.#mapOf(page)
    if (page <= at) return null
    let map = this.#read.get(at)
    if (map === undefined) {
      map = this.#file.page(at)
      if (map !== null && !this.#isSound(map, at)) map = null
      this.#read.set(at, map)
    }
    return map && entryIn(map, page - at - 1)
  }

  #mapOf(page: number): number {
    const at = Math.floor((page - 2) / (this.#perMap + 1)) * (this.#perMap + 1) + 2
    return at === this.#file.lockPage ? at + 1 : at
  }

  /** Other bytes than a map's make no map: every entry has to be possible. */
  #isSound(map: Buffer, at: number): boolean {
    const { pages, lockPage } = this.#file
    for (let i = 0; i < this.#perMap && at + 1 + i <= pages; i++) {
      if (at + 1 + i === lockPage) continue
      const { kind, parent } = entryIn(map, i)
      if (kind < ROOT || kind > B_TREE || parent > pages) return false
      if ((kind === ROOT || kind === FREE) !== (parent === 0)) return false
      if (kind >= OVERFLOW - 1 && parent === at + 1 + i) return false
    }
    return true
  }
}

function entryIn(map: Buffer, place: number): Entry {
  return { kind: map[place * ENTRY_BYTES]!, parent: map.readUInt32BE(place * ENTRY_BYTES + 1) }
}
