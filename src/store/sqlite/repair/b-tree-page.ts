/**
 * Takes a b-tree page apart (https://www.sqlite.org/fileformat2.html#b_tree_pages): what it points to, and the payloads of its
 * cells with their overflow pages. A cell that makes no sense is counted and left out; the others of the page are read.
 */
import type { DamagedFile } from './damaged-file.ts'
import { readVarint } from './decode-record.ts'

const KINDS = { 2: 'index interior', 5: 'table interior', 10: 'index leaf', 13: 'table leaf' } as const
type PageKind = (typeof KINDS)[keyof typeof KINDS]

/** No record of ours is longer: JSON states of a few hundred KB; bytes. */
const PAYLOAD_LIMIT = 64 * 1024 * 1024

interface Cell {
  /** Of a table's leaf; 0 elsewhere. */
  rowid: number
  payload: Buffer
}

export interface BTreePage {
  kind: PageKind
  children: number[]
  cells: Cell[]
  /** Cells that could not be read; count. */
  bad_cells: number
}

/** Null for what is no b-tree page. */
export function readBTreePage(file: DamagedFile, number: number, withCells: boolean): BTreePage | null {
  const page = file.page(number)
  if (page === null) return null
  const start = number === 1 ? 100 : 0
  const kind = KINDS[page[start] as keyof typeof KINDS]
  if (kind === undefined) return null
  const interior = kind === 'index interior' || kind === 'table interior'
  const pointers = start + (interior ? 12 : 8)
  const count = page.readUInt16BE(start + 3)
  const content = page.readUInt16BE(start + 5) || 65_536
  if (pointers + 2 * count > Math.min(content, file.usable) || content > file.usable) return null
  const read: BTreePage = { kind, children: [], cells: [], bad_cells: 0 }
  for (let i = 0; i < count; i++) {
    const at = page.readUInt16BE(pointers + 2 * i)
    if (at < content || at + 4 > file.usable) {
      read.bad_cells++
      continue
    }
    if (interior) read.children.push(page.readUInt32BE(at))
    if (!withCells || kind === 'table interior') continue
    const cell = readCell(file, page, kind, interior ? at + 4 : at)
    if (cell === null) read.bad_cells++
    else read.cells.push(cell)
  }
  if (interior) read.children.push(page.readUInt32BE(start + 8))
  if (kind === 'table leaf') {
    const ordered = inOrder(read.cells)
    read.bad_cells += read.cells.length - ordered.length
    read.cells = ordered
  }
  return read
}

/** Row ids ascend within a page; one that does not is damaged, and with it what it is the id of. */
function inOrder(cells: readonly Cell[]): Cell[] {
  const ordered: Cell[] = []
  cells.forEach((cell, i) => {
    const before = ordered.at(-1)?.rowid ?? -Infinity
    const after = cells[i + 1]?.rowid ?? Infinity
    if (cell.rowid > before && (cell.rowid < after || after <= before)) ordered.push(cell)
  })
  return ordered
}

function readCell(file: DamagedFile, page: Buffer, kind: PageKind, at: number): Cell | null {
  const length = readVarint(page, at)
  if (length === null || length[0] < 1 || length[0] > PAYLOAD_LIMIT) return null
  at += length[1]
  let rowid = 0
  if (kind === 'table leaf') {
    const id = readVarint(page, at)
    if (id === null) return null
    rowid = id[0]
    at += id[1]
  }
  const local = localBytes(file.usable, length[0], kind === 'table leaf')
  const end = at + local + (local < length[0] ? 4 : 0)
  if (end > file.usable) return null
  const head = page.subarray(at, at + local)
  if (local === length[0]) return { rowid, payload: head }
  const payload = withOverflow(file, head, page.readUInt32BE(at + local), length[0])
  return payload && { rowid, payload }
}

/** How many bytes of a payload are in the cell itself; file format, section 1.6. */
function localBytes(usable: number, length: number, table: boolean): number {
  const most = table ? usable - 35 : Math.floor(((usable - 12) * 64) / 255) - 23
  if (length <= most) return length
  const least = Math.floor(((usable - 12) * 32) / 255) - 23
  const local = least + ((length - least) % (usable - 4))
  return local <= most ? local : least
}

function withOverflow(file: DamagedFile, head: Buffer, first: number, length: number): Buffer | null {
  if (length > file.pages * file.usable) return null
  const payload = Buffer.alloc(length)
  head.copy(payload)
  let filled = head.length
  for (let next = first; filled < length; ) {
    const page = next === 0 ? null : file.page(next)
    if (page === null) return null
    filled += page.copy(payload, filled, 4, file.usable)
    next = page.readUInt32BE(0)
  }
  return payload
}
