/**
 * Decides what the content of a newly met file is: a stream that was read before and goes on here, a copy of one, or new.
 * Compares content only; which file is asked for, and what follows from the verdict, is file-source.ts's business.
 *
 * Order matters wherever a file may be a copy in the making: its size is taken first, then the original is found intact, so
 * a copy can never look longer than its original.
 */
import type { Mark } from './identity.ts'
import { COMPARED_FILES, HEAD_BYTES, TELLING_BYTES } from './limits.ts'
import { PlainContent } from './plain-content.ts'
import { isRotationOf } from './rotation.ts'
import type { Stream, StreamRegistry } from './stream-registry.ts'
import type { StreamedContent } from './streamed-content.ts'
import type { Tail } from './tail.ts'

export type Verdict =
  /** Read it from `from`; what lies before was read as (part of) another stream. */
  | { kind: 'new'; from: Mark | null }
  /** It is this stream, whose own file is gone or no longer holds it, and goes on at the mark; `from` is what read it. */
  | { kind: 'known'; stream: Stream; mark: Mark; from: Tail | null }
  /** Everything in it was, or is being, read as this stream. */
  | { kind: 'copy'; of: Stream }
  /** It may be a copy of an archive that is being read, or of a file that was just truncated: ask again. */
  | { kind: 'later'; after: Stream }

const NEW: Verdict = { kind: 'new', from: null }

/** The file in question, as a sequence of marks that are asked for in any order (file) or ascending order (archive). */
export interface Candidate {
  path: string
  inode: string
  beginning: Uint8Array
  /** Null when the content ends before the offset. */
  markAt(offset: number): Promise<Mark | null>
  /** True when the content goes on behind the offset. */
  goesBeyond(offset: number): Promise<boolean>
  /** Length of the content; only asked when `goesBeyond` said no, or for plain files. */
  length(): number
}

interface Point {
  stream: Stream
  mark: Mark
}

/** @param size of the file, taken before anything it is compared with is looked at. */
export async function recogniseFile(candidate: Candidate, registry: StreamRegistry, size: number): Promise<Verdict> {
  const alike = registry.beginningAs(candidate.beginning)
  const points = alike
    .flatMap((stream) => stream.marks.map((mark) => ({ stream, mark })))
    .filter(({ mark }) => mark.offset > 0 && mark.offset <= size)
    .toSorted((a, b) => preference(candidate, b) - preference(candidate, a) || b.mark.offset - a.mark.offset)
    .slice(0, COMPARED_FILES)
  const judged = new Set<Stream>()
  for (const point of points) {
    // Only the furthest mark that holds counts: an older one would be judged by what its file has become meanwhile.
    if (judged.has(point.stream) || !(await same(candidate, point.mark))) continue
    judged.add(point.stream)
    const verdict = await judge(candidate, point)
    if (verdict) return verdict
  }
  const original = await findOriginal(candidate, [...alike, ...shorterBeginnings(candidate, registry)], size)
  return original ?? NEW
}

/** As {@link recogniseFile}, in one pass over the decompressed content. */
export async function recogniseArchive(candidate: Candidate, registry: StreamRegistry): Promise<Verdict> {
  const alike = registry.beginningAs(candidate.beginning)
  const points: Point[] = alike
    .flatMap((stream) => stream.marks.map((mark) => ({ stream, mark })))
    .filter(({ mark }) => mark.offset > 0)
  for (const stream of alike.filter(isPlainlyRead).slice(0, COMPARED_FILES)) {
    const mark = await endOf(stream)
    if (mark && mark.offset > 0) points.push({ stream, mark })
  }
  points.sort((a, b) => a.mark.offset - b.mark.offset)
  let last: Point | null = null
  for (const point of points) {
    if (await same(candidate, point.mark)) last = point
  }
  const verdict = last && (await judge(candidate, last))
  if (verdict) return verdict
  const unread = alike.find((stream) => stream.tail && !stream.tail.ended && stream.tail.compression)
  if (unread) return { kind: 'later', after: unread }
  const longest = points.at(-1)?.mark.offset ?? 0
  if (longest === 0 || (await candidate.goesBeyond(longest))) return NEW
  return (await findOriginal(candidate, alike, candidate.length())) ?? NEW
}

/** What follows from the content being that of a stream up to one of its marks. Null: compare further. */
async function judge(candidate: Candidate, { stream, mark }: Point): Promise<Verdict | null> {
  const position = stream.mark
  const { tail } = stream
  if (tail === null || (tail.ended && tail.compression)) {
    if (mark.offset === position.offset) {
      const rest = tail === null || (await candidate.goesBeyond(mark.offset))
      return rest ? { kind: 'known', stream, mark, from: tail } : { kind: 'copy', of: stream }
    }
    return (await candidate.goesBeyond(position.offset)) ? fork(mark) : { kind: 'copy', of: stream }
  }
  if (tail.compression) return { kind: 'later', after: stream }
  const end = await endOf(stream)
  if (!end) {
    // Its own file no longer holds it: the stream goes on here, unless less of it is here than was read.
    if (mark.offset === position.offset) return { kind: 'known', stream, mark, from: tail }
    return (await candidate.goesBeyond(position.offset)) ? fork(mark) : { kind: 'copy', of: stream }
  }
  if (!(await candidate.goesBeyond(end.offset))) return null
  return (await same(candidate, end)) ? fork(end) : fork(mark)
}

/** A live stream in whose intact file the whole content, or with which the beginning of the content, is. */
async function findOriginal(candidate: Candidate, streams: readonly Stream[], size: number): Promise<Verdict | null> {
  const nearest = streams
    .filter(isPlainlyRead)
    .toSorted((a, b) => Math.abs((a.tail?.size ?? 0) - size) - Math.abs((b.tail?.size ?? 0) - size))
    .slice(0, COMPARED_FILES)
  // Truncated a moment ago: the file may be its copy, and may have been looked at before it was whole.
  let unsettled: Stream | null = null
  for (const stream of nearest) {
    const content = stream.tail?.content
    const end = await endOf(stream)
    const there = end && size <= end.offset && content instanceof PlainContent ? await content.markAt(size) : end
    if (!there) {
      if (stream.tail && !stream.tail.ended) unsettled = stream
    } else if (there.offset > 0 && (await same(candidate, there))) {
      return there.offset < size ? fork(there) : { kind: 'copy', of: stream }
    }
  }
  return unsettled && { kind: 'later', after: unsettled }
}

/** Shared beginnings below TELLING_BYTES may be a banner: then the file is read whole. */
function fork(mark: Mark): Verdict {
  return { kind: 'new', from: mark.offset >= TELLING_BYTES ? mark : null }
}

async function same(candidate: Candidate, mark: Mark): Promise<boolean> {
  const found = await candidate.markAt(mark.offset)
  return found !== null && (mark.bytes === 0 || found.hash === mark.hash)
}

function isPlainlyRead(stream: Stream): boolean {
  return stream.tail?.content instanceof PlainContent
}

/** The mark of the present end of a stream's file; null when the file is gone or no longer holds the stream. */
async function endOf(stream: Stream): Promise<Mark | null> {
  const content = stream.tail?.content
  return content instanceof PlainContent ? content.endMark() : null
}

/** The file that holds a stream by inode comes before any copy of it. */
function preference(candidate: Candidate, { stream }: Point): number {
  return stream.inode === candidate.inode ? 1 : 0
}

/** Streams whose names are compared with that of a tiny file; looking at all would cost the square of their number. */
const NAMES_LOOKED_AT = 1_000

/** Live streams that may be what a short file is the beginning of: a rotator's copy that has only just begun. */
function shorterBeginnings(candidate: Candidate, registry: StreamRegistry): Stream[] {
  const found: Stream[] = []
  if (candidate.beginning.length >= HEAD_BYTES) return found
  const { directory, base } = split(candidate.path)
  let looked = 0
  for (const stream of registry.all()) {
    if (found.length >= COMPARED_FILES || ++looked > NAMES_LOOKED_AT) break
    if (!isPlainlyRead(stream) || !stream.head || stream.head.bytes <= candidate.beginning.length) continue
    const other = split(stream.name)
    if (other.directory === directory && isRotationOf(other.base, base)) found.push(stream)
  }
  return found
}

function split(path: string): { directory: string; base: string } {
  const slash = path.lastIndexOf('/')
  return { directory: path.slice(0, slash), base: path.slice(slash + 1) }
}

/** A plain file under its own content. */
export function fileCandidate(
  path: string,
  inode: string,
  beginning: Uint8Array,
  content: PlainContent,
  size: number,
): Candidate {
  return {
    path,
    inode,
    beginning,
    markAt: (offset) => content.markOf(offset),
    goesBeyond: async (offset) => size > offset,
    length: () => size,
  }
}

/** An archive that is decoded as far as it is asked for. */
export function archiveCandidate(path: string, inode: string, content: StreamedContent): Candidate {
  return {
    path,
    inode,
    beginning: content.firstBytes,
    async markAt(offset) {
      await content.skipTo(offset)
      return content.end < offset ? null : content.markAt(offset)
    },
    async goesBeyond(offset) {
      await content.skipTo(offset)
      await content.fill(offset + 1)
      return content.end > offset
    },
    length: () => content.end,
  }
}
