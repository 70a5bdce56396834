/**
 * A store's file and its write-ahead log as pages, however damaged; reads only, and never through SQLite, which refuses them.
 * Format: https://www.sqlite.org/fileformat2.html. Leaves what a page means to b-tree-page.ts and page-owners.ts.
 */
import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs'
import { type CommittedWal, isPageSize, readCommittedWal } from './committed-wal.ts'

const MAGIC = Buffer.from('SQLite format 3\0', 'latin1')
/** What SQLite makes unless told otherwise; all stores of ours have it. */
const USUAL_PAGE_SIZE = 4096
/** The lock bytes; the page that holds them is never used. */
const PENDING_BYTE = 0x40000000

export interface FileHeader {
  application_id: number
  user_version: number
}

export class DamagedFile {
  readonly page_size: number
  /** Bytes of a page that hold content. */
  readonly usable: number
  /** Pages there should be. */
  readonly pages: number
  /** Null where it is damaged. */
  readonly header: FileHeader | null
  readonly wal: CommittedWal | null
  /** Pages behind the end of a file that was cut; count. */
  readonly cut_pages: number
  readonly #file: number
  readonly #walFile: number | null

  constructor(path: string) {
    this.#file = openSync(path, 'r')
    this.#walFile = existsSync(`${path}-wal`) ? openSync(`${path}-wal`, 'r') : null
    this.wal = this.#walFile === null ? null : readCommittedWal(this.#walFile, fstatSync(this.#walFile).size)
    const start = this.#start()
    const sound = start.subarray(0, 16).equals(MAGIC) && isPageSize(pageSizeIn(start)) && start[21] === 64
    this.page_size = sound ? pageSizeIn(start) : (this.wal?.page_size ?? USUAL_PAGE_SIZE)
    this.usable = this.page_size - (sound ? start[20]! : 0)
    this.header = sound ? { application_id: start.readInt32BE(68), user_version: start.readInt32BE(60) } : null
    const there = Math.ceil(fstatSync(this.#file).size / this.page_size)
    const said = this.wal?.pages || (sound ? start.readUInt32BE(28) : there)
    this.pages = Math.max(said, this.wal?.pages ? 0 : there)
    this.cut_pages = Math.max(0, this.pages - Math.max(there, ...(this.wal?.places.keys() ?? [])))
  }

  /** The page as last committed; null where the file ends before it. */
  page(number: number): Buffer | null {
    const page = Buffer.alloc(this.page_size)
    const place = this.wal?.places.get(number)
    const read =
      place === undefined
        ? readSync(this.#file, page, 0, page.length, (number - 1) * this.page_size)
        : readSync(this.#walFile!, page, 0, page.length, place)
    return read === page.length ? page : null
  }

  /** The page that is never used. */
  get lockPage(): number {
    return Math.floor(PENDING_BYTE / this.page_size) + 1
  }

  close(): void {
    closeSync(this.#file)
    if (this.#walFile !== null) closeSync(this.#walFile)
  }

  /** The first hundred bytes, from the log where it has a newer copy of them. */
  #start(): Buffer {
    const start = Buffer.alloc(100)
    const place = this.wal?.places.get(1)
    if (place === undefined) readSync(this.#file, start, 0, start.length, 0)
    else readSync(this.#walFile!, start, 0, start.length, place)
    return start
  }
}

/** 1 stands for 65,536. */
function pageSizeIn(start: Buffer): number {
  const size = start.readUInt16BE(16)
  return size === 1 ? 65_536 : size
}
