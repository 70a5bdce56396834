/**
 * Cuts the bytes of one stream into whole lines, with a limit on their length, and knows the position reached.
 * Where the bytes come from is the content's business; when an unfinished line is waited for no longer is the caller's.
 * A line longer than the limit is handed out up to it, the rest up to its newline is counted and never held; one that holds
 * many records (a Collector's batch, a list of events) may be longer.
 * Invariant: consecutive results cover the stream without gap or overlap, `next.offset = offset + bytes.length + cut_bytes`;
 * only a byte order mark or a hole of NULs (a file truncated under a writer that keeps its place) at the very start is left out.
 */
import type { Content } from './content.ts'
import { holdsMany, MESSAGE_LIMIT_BYTES } from './framing.ts'
import { LINE_LIMIT_BYTES, READ_BYTES, SKIP_BYTES_PER_TURN } from './limits.ts'

export interface Lines {
  offset: number
  bytes: Uint8Array
  cut_bytes: number
}

interface Overlong {
  /** Room for what is kept of it; grows. */
  room: Buffer
  kept: number
  limit: number
  searched: number
}

export interface LineStep {
  lines: Lines | null
  /** True when more bytes are there already. */
  more: boolean
  /** Bytes seen of a line that is not finished yet; a change of it means growth. */
  unfinished: number
}

const NEWLINE = 10
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf])

export class LineReader {
  readonly #content: Content
  #position: number
  #started: boolean
  /** A line over the limit: what is kept of it, and how far its newline was looked for. */
  #overlong: Overlong | null = null
  /** How far a hole at the start was looked through. */
  #hole = 0

  constructor(content: Content, position: number) {
    this.#content = content
    this.#position = position
    this.#started = position > 0
  }

  /** End of what was handed out. */
  get position(): number {
    return this.#position
  }

  /** With the bytes before this offset at hand, the next step is a full one. */
  get wants(): number {
    return Math.max(this.#position, this.#overlong?.searched ?? 0, this.#hole) + READ_BYTES
  }

  /**
   * The next whole lines, at most `want` bytes of them.
   * @param final hand out an unfinished last line too: nothing more is expected, or it was waited for long enough.
   */
  async next(want: number, final: boolean): Promise<LineStep> {
    if (this.#overlong) return this.#searchNewline(this.#overlong, final)
    if (this.#hole > 0) return this.#searchText()
    let data = await this.#content.read(this.#position, want)
    if (data.length === want && want < READ_BYTES && data.lastIndexOf(NEWLINE) < 0) {
      data = await this.#content.read(this.#position, READ_BYTES)
      want = READ_BYTES
    }
    const more = data.length === want
    if (!this.#started && data.length > 0) {
      if (data[0] === 0) return this.#searchText()
      if (BYTE_ORDER_MARK.equals(data.subarray(0, 3))) return this.#startAt(3)
    }
    const newline = data.lastIndexOf(NEWLINE)
    if (newline >= 0) return this.#handOut(data.subarray(0, newline + 1), more, data.length - newline - 1)
    if (data.length >= LINE_LIMIT_BYTES) {
      const limit = holdsMany(data) ? MESSAGE_LIMIT_BYTES : LINE_LIMIT_BYTES
      this.#overlong = { room: Buffer.alloc(0), kept: 0, limit, searched: this.#position }
      keep(this.#overlong, data)
      return { lines: null, more: true, unfinished: data.length }
    }
    // NULs at the end of a file are room that its writer reserved and will fill.
    const text = withoutFinalNuls(data)
    if (final && text.length > 0) return this.#handOut(text, false, 0)
    return { lines: null, more: false, unfinished: text.length }
  }

  async #handOut(bytes: Uint8Array, more: boolean, unfinished: number, cut_bytes = 0): Promise<LineStep> {
    const offset = this.#position
    this.#started = true
    this.#position = offset + bytes.length + cut_bytes
    await this.#content.passed(this.#position)
    return { lines: { offset, bytes, cut_bytes }, more, unfinished }
  }

  async #startAt(position: number): Promise<LineStep> {
    this.#position = position
    this.#started = true
    this.#hole = 0
    await this.#content.passed(position)
    return { lines: null, more: true, unfinished: 0 }
  }

  async #searchNewline(line: Overlong, final: boolean): Promise<LineStep> {
    const stop = line.searched + SKIP_BYTES_PER_TURN
    let data: Uint8Array
    do {
      data = await this.#content.read(line.searched, READ_BYTES)
      const newline = data.indexOf(NEWLINE)
      if (newline >= 0) {
        keep(line, data.subarray(0, newline + 1))
        const bytes = line.room.subarray(0, line.kept)
        bytes[bytes.length - 1] = NEWLINE
        this.#overlong = null
        return this.#handOut(bytes, true, 0, line.searched - this.#position - bytes.length)
      }
      keep(line, data)
      await this.#content.lookedThrough(line.searched)
    } while (data.length === READ_BYTES && line.searched < stop)
    const more = data.length === READ_BYTES
    if (more || !final) return { lines: null, more, unfinished: line.searched - this.#position }
    this.#overlong = null
    return this.#handOut(line.room.subarray(0, line.kept), false, 0, line.searched - this.#position - line.kept)
  }

  async #searchText(): Promise<LineStep> {
    const stop = this.#hole + SKIP_BYTES_PER_TURN
    let data: Uint8Array
    do {
      data = await this.#content.read(this.#hole, READ_BYTES)
      const text = firstNonNul(data)
      if (text < data.length) return this.#startAt(this.#hole + text)
      this.#hole += data.length
      await this.#content.lookedThrough(this.#hole)
    } while (data.length === READ_BYTES && this.#hole < stop)
    const more = data.length === READ_BYTES
    // Nothing but NULs so far: the writer of a file may still fill them from the start, so they are looked at again.
    if (!more && this.#content.revisable) this.#hole = 0
    return { lines: null, more, unfinished: 0 }
  }
}

/** Copies as much of it as there is room for: the bytes stay the reader's. */
function keep(line: Overlong, data: Uint8Array): void {
  const part = data.subarray(0, line.limit - line.kept)
  const kept = line.kept + part.length
  if (kept > line.room.length) {
    const room = Buffer.allocUnsafeSlow(Math.min(line.limit, 2 * kept))
    room.set(line.room.subarray(0, line.kept))
    line.room = room
  }
  line.room.set(part, line.kept)
  line.kept = kept
  line.searched += data.length
}

const NULS = Buffer.alloc(READ_BYTES)

function firstNonNul(data: Uint8Array): number {
  if (NULS.equals(data)) return data.length
  const found = data.findIndex((byte) => byte !== 0)
  return found < 0 ? data.length : found
}

function withoutFinalNuls(data: Uint8Array): Uint8Array {
  let end = data.length
  while (end > 0 && data[end - 1] === 0) end--
  return data.subarray(0, end)
}
