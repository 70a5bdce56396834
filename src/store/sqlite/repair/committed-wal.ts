/**
 * Which pages a write-ahead log holds for certain: the last copy of each page up to the last commit whose checksums are
 * right, which is what SQLite itself would take over (https://www.sqlite.org/fileformat2.html#walformat).
 * Leaves reading the pages to damaged-file.ts.
 */
import { readSync } from 'node:fs'

const HEADER_BYTES = 32
export const FRAME_HEADER_BYTES = 24
/** The last bit says in which byte order checksums are made. */
const MAGIC = 0x377f0682

export interface CommittedWal {
  page_size: number
  /** Place of each page's content in the file, bytes. */
  places: ReadonlyMap<number, number>
  /** Pages of the database after the last commit. */
  pages: number
  /** Frames of the same run behind one that is damaged: commits that cannot be taken over; count. */
  lost_frames: number
}

/** Null where nothing was committed to it, or its header is damaged. */
export function readCommittedWal(fd: number, size: number): CommittedWal | null {
  const header = Buffer.alloc(HEADER_BYTES)
  if (size < HEADER_BYTES || readSync(fd, header, 0, HEADER_BYTES, 0) < HEADER_BYTES) return null
  const page_size = header.readUInt32BE(8)
  if (header.readUInt32BE(0) >>> 1 !== MAGIC >>> 1 || !isPageSize(page_size)) return null
  const little = (header.readUInt32BE(0) & 1) === 0
  const sum: Sum = [0, 0]
  add(sum, header.subarray(0, 24), little)
  if (!says(sum, header, 24)) return null
  const frame = Buffer.alloc(FRAME_HEADER_BYTES + page_size)
  const committed = new Map<number, number>()
  const open = new Map<number, number>()
  let pages = 0
  let damaged = false
  let lost_frames = 0
  for (let at = HEADER_BYTES; readSync(fd, frame, 0, frame.length, at) === frame.length; at += frame.length) {
    // Frames of an earlier run of the log are left behind it; they carry other salts.
    if (!frame.subarray(8, 16).equals(header.subarray(16, 24))) {
      if (!damaged) break
      continue
    }
    if (damaged) {
      lost_frames++
      continue
    }
    add(sum, frame.subarray(0, 8), little)
    add(sum, frame.subarray(FRAME_HEADER_BYTES), little)
    if (!says(sum, frame, 16)) {
      damaged = true
      continue
    }
    open.set(frame.readUInt32BE(0), at + FRAME_HEADER_BYTES)
    const after = frame.readUInt32BE(4)
    if (after === 0) continue
    for (const [page, place] of open) committed.set(page, place)
    open.clear()
    pages = after
  }
  return pages === 0 && lost_frames === 0 ? null : { page_size, places: committed, pages, lost_frames }
}

/** Powers of two from 512 to 65,536. */
export function isPageSize(bytes: number): boolean {
  return bytes >= 512 && bytes <= 65_536 && (bytes & (bytes - 1)) === 0
}

type Sum = [number, number]

function add(sum: Sum, bytes: Buffer, little: boolean): void {
  let [a, b] = sum
  for (let at = 0; at < bytes.length; at += 8) {
    a = (a + (little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at)) + b) >>> 0
    b = (b + (little ? bytes.readUInt32LE(at + 4) : bytes.readUInt32BE(at + 4)) + a) >>> 0
  }
  sum[0] = a
  sum[1] = b
}

function says([a, b]: Sum, bytes: Buffer, at: number): boolean {
  return bytes.readUInt32BE(at) === a && bytes.readUInt32BE(at + 4) === b
}
