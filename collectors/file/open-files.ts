/**
 * Regular files by their place in the file system, and the bounded set of descriptors they are read through.
 * A file keeps its descriptor while it has news, because only that survives a rename or a deletion; the least recently
 * used one is closed when there are too many. What is in a file is others' business.
 * Invariant: bytes are only ever read from the device and inode that were asked for; otherwise {@link FileGone}.
 */
import fs from 'node:fs'
import { promisify } from 'node:util'
import { LIVE_READ_BYTES, TAIL_BYTES } from './limits.ts'

const openFile = promisify(fs.open)
const closeFile = promisify(fs.close)
const statOpen = promisify(fs.fstat)

/** Never blocks on a FIFO and never becomes a controlling terminal, should the path lead to one by now. */
const OPEN_FLAGS = fs.constants.O_RDONLY | fs.constants.O_NONBLOCK | fs.constants.O_NOCTTY

/** A path no longer leads to the file it led to. */
export class FileGone extends Error {
  override name = 'FileGone'
}

/** Device and inode of an existing file, with where it was last seen. */
export interface DiskFile {
  path: string
  readonly device: string
  readonly inode: string
}

export interface FileStat {
  key: string
  device: string
  inode: string
  size: number
  mtime_ns: bigint
  mtime_ms: number
}

interface Slot {
  fd: Promise<number>
  users: number
  used_ms: number
  closing: boolean
}

export function fileKey(device: string, inode: string): string {
  return `${device}:${inode}`
}

export function toFileStat(stat: fs.BigIntStats): FileStat {
  const device = String(stat.dev)
  const inode = String(stat.ino)
  return {
    key: fileKey(device, inode),
    device,
    inode,
    size: Number(stat.size),
    mtime_ns: stat.mtimeNs,
    mtime_ms: Number(stat.mtimeMs),
  }
}

export class OpenFiles {
  readonly #limit: number
  readonly #now: () => number
  /** In order of last use. */
  readonly #slots = new Map<DiskFile, Slot>()

  constructor(limit: number, now: () => number) {
    this.#limit = limit
    this.#now = now
  }

  get size(): number {
    return this.#slots.size
  }

  /** Opens what is at `path` now. @throws FileGone when that is no regular file. */
  async open(path: string): Promise<{ file: DiskFile; stat: FileStat }> {
    const fd = await openFile(path, OPEN_FLAGS)
    try {
      const raw = await statOpen(fd, { bigint: true })
      if (!raw.isFile()) throw new FileGone(`${path} is no regular file`)
      const stat = toFileStat(raw)
      const file: DiskFile = { path, device: stat.device, inode: stat.inode }
      this.#slots.set(file, { fd: Promise.resolve(fd), users: 0, used_ms: this.#now(), closing: false })
      this.#closeLeastUsed()
      return { file, stat }
    } catch (error) {
      await closeFile(fd)
      throw error
    }
  }

  /**
   * Fills `buffer` up to `length` from `position`; fewer bytes only at the end of the file.
   * @throws FileGone when the file is closed and its path leads elsewhere.
   */
  async read(file: DiskFile, buffer: Uint8Array, length: number, position: number): Promise<number> {
    return this.#use(file, async (fd) => {
      let filled = 0
      while (filled < length) {
        const count = await readAt(fd, buffer, filled, length - filled, position + filled)
        filled += count
        // A short read of a small piece is taken for the end: one call less for every line that is followed.
        if (count === 0 || length <= SHORT_READ_IS_END) break
      }
      return filled
    })
  }

  async bytes(file: DiskFile, position: number, length: number): Promise<Uint8Array> {
    const buffer = Buffer.allocUnsafeSlow(length)
    return buffer.subarray(0, await this.read(file, buffer, length, position))
  }

  async stat(file: DiskFile): Promise<FileStat> {
    return this.#use(file, async (fd) => toFileStat(await statOpen(fd, { bigint: true })))
  }

  /** Keeps a file open until the returned function is called, however long it is not read. */
  hold(file: DiskFile): () => void {
    const slot = this.#slot(file)
    slot.users++
    let held = true
    return () => {
      if (!held) return
      held = false
      this.#release(slot)
    }
  }

  isOpen(file: DiskFile): boolean {
    return this.#slots.has(file)
  }

  close(file: DiskFile): void {
    const slot = this.#slots.get(file)
    if (!slot) return
    this.#slots.delete(file)
    slot.closing = true
    if (slot.users === 0) void closeSlot(slot)
  }

  /** Closes what was not used since `before_ms`. */
  closeIdle(before_ms: number): void {
    for (const [file, slot] of this.#slots) {
      if (slot.used_ms >= before_ms) return
      if (slot.users === 0) this.close(file)
    }
  }

  closeAll(): void {
    for (const file of [...this.#slots.keys()]) this.close(file)
  }

  async #use<T>(file: DiskFile, work: (fd: number) => Promise<T>): Promise<T> {
    const slot = this.#slot(file)
    slot.users++
    try {
      return await work(await slot.fd)
    } finally {
      this.#release(slot)
    }
  }

  #release(slot: Slot): void {
    slot.users--
    if (slot.closing && slot.users === 0) void closeSlot(slot)
    this.#closeLeastUsed()
  }

  #slot(file: DiskFile): Slot {
    let slot = this.#slots.get(file)
    if (slot) this.#slots.delete(file)
    else {
      const made: Slot = { fd: reopen(file), users: 0, used_ms: 0, closing: false }
      // A slot whose file could not be opened must not stay; the error itself reaches the user of the slot.
      made.fd.catch(() => {
        if (this.#slots.get(file) === made) this.#slots.delete(file)
      })
      slot = made
    }
    this.#slots.set(file, slot)
    slot.used_ms = this.#now()
    return slot
  }

  #closeLeastUsed(): void {
    if (this.#slots.size <= this.#limit) return
    for (const [file, slot] of this.#slots) {
      if (slot.users === 0) this.close(file)
      if (this.#slots.size <= this.#limit) return
    }
  }
}

/** Reads this small are made for every line that is followed. */
const SHORT_READ_IS_END = LIVE_READ_BYTES + TAIL_BYTES

function readAt(fd: number, buffer: Uint8Array, offset: number, length: number, position: number): Promise<number> {
  return new Promise((done, fail) => {
    fs.read(fd, buffer, offset, length, position, (error, count) => (error ? fail(error) : done(count)))
  })
}

async function reopen(file: DiskFile): Promise<number> {
  const fd = await openFile(file.path, OPEN_FLAGS)
  try {
    const stat = await statOpen(fd, { bigint: true })
    if (String(stat.dev) === file.device && String(stat.ino) === file.inode) return fd
    throw new FileGone(`${file.path} is another file now`)
  } catch (error) {
    await closeFile(fd)
    throw error
  }
}

async function closeSlot(slot: Slot): Promise<void> {
  try {
    await closeFile(await slot.fd)
  } catch {
    // It was never opened, or the file system lost it: nothing is held any more in both cases.
  }
}
