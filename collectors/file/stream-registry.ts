/**
 * All streams that are known by their content: those of earlier runs and those being read, found by their first bytes.
 * Decides nothing: recognise.ts compares further.
 * Invariant: a stream is found under its head as it is known best; one of which nothing was read is not found at all.
 */
import { randomBytes } from 'node:crypto'
import type { StreamState } from '../../src/core/source-status.ts'
import { type Head, type Mark, START, sha256 } from './identity.ts'
import { HEAD_BYTES, REMEMBERED_MARKS } from './limits.ts'
import type { PathLabels } from './path-template.ts'
import type { Tail } from './tail.ts'

export class Stream {
  readonly id: string
  name: string
  labels: PathLabels
  head: Head | null
  /** Ends of what was handed out, ascending; the last one is the position. */
  readonly marks: Mark[]
  device: string | undefined
  inode: string | undefined
  /** Size as last seen; undefined for compressed files. */
  size: number | undefined
  /** Writer's time of its newest record in an earlier run, ms. */
  lastRecord_ms: number | undefined
  error: string | undefined
  /** Known from an earlier run. */
  restored = false
  /** Read in this run. */
  wasRead = false
  /** Its end was handed out. */
  finished = false
  /** Reads it at present. */
  tail: Tail | null = null

  constructor(id: string, name: string, labels: PathLabels, head: Head | null, mark: Mark) {
    this.id = id
    this.name = name
    this.labels = labels
    this.head = head
    this.marks = [mark]
  }

  get mark(): Mark {
    return this.marks.at(-1) ?? START
  }

  /** Everything before the mark was handed out. */
  reached(mark: Mark): void {
    if (mark.offset <= this.mark.offset) return
    this.marks.push(mark)
    if (this.marks.length > REMEMBERED_MARKS) this.marks.shift()
  }
}

export class StreamRegistry {
  readonly #byId = new Map<string, Stream>()
  /** Inodes that streams of earlier runs were read from. */
  readonly #inodes = new Set<string>()
  readonly #byHead = new Map<number, Map<string, Set<Stream>>>()

  constructor(known: readonly StreamState[]) {
    for (const state of known) {
      if (state.identity) this.#restore(state, state.identity.head, state.identity.head_bytes)
    }
  }

  get(id: string): Stream | undefined {
    return this.#byId.get(id)
  }

  /** True when a stream of an earlier run was read from a file with this inode. */
  hasInode(inode: string): boolean {
    return this.#inodes.has(inode)
  }

  all(): IterableIterator<Stream> {
    return this.#byId.values()
  }

  /** A stream met for the first time; `mark` lies behind what is not to be read of it. */
  create(name: string, labels: PathLabels, mark: Mark): Stream {
    const stream = new Stream(randomBytes(8).toString('hex'), name, labels, null, mark)
    this.#byId.set(stream.id, stream)
    return stream
  }

  /** More of the beginning of a stream is known. */
  setHead(stream: Stream, head: Head): void {
    if (stream.head) this.#byHead.get(stream.head.bytes)?.get(stream.head.hash)?.delete(stream)
    stream.head = head
    if (head.bytes === 0) return
    let hashes = this.#byHead.get(head.bytes)
    if (!hashes) {
      hashes = new Map()
      this.#byHead.set(head.bytes, hashes)
    }
    let streams = hashes.get(head.hash)
    if (!streams) {
      streams = new Set()
      hashes.set(head.hash, streams)
    }
    streams.add(stream)
  }

  /** Streams that begin as `beginning` does, as far as their head is known. */
  beginningAs(beginning: Uint8Array): Stream[] {
    const found: Stream[] = []
    for (const [length, hashes] of this.#byHead) {
      if (length > beginning.length) continue
      const streams = hashes.get(sha256(beginning.subarray(0, length)))
      if (streams) found.push(...streams)
    }
    return found
  }

  #restore(state: StreamState, hash: string, bytes: number): void {
    const { identity } = state
    if (!identity || state.offset <= 0) return
    const labels = {
      ...(state.host === undefined ? {} : { host: state.host }),
      ...(state.service === undefined ? {} : { service: state.service }),
    }
    const mark = { offset: state.offset, bytes: identity.tail_bytes, hash: identity.tail }
    const stream = new Stream(state.stream, state.name, labels, null, mark)
    stream.restored = true
    stream.device = state.device
    stream.inode = state.inode
    stream.size = state.size
    stream.lastRecord_ms = state.last_record_ms
    if (state.inode !== undefined) this.#inodes.add(state.inode)
    this.#byId.set(stream.id, stream)
    this.setHead(stream, { bytes: Math.min(bytes, HEAD_BYTES), hash })
  }
}
