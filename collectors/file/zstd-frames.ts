/**
 * Finds where the frames of a zstd file end (RFC 8878, section 3.1), without decoding: a file may hold several
 * (`cat a.zst b.zst`, pzstd, appending loggers), and Node's decoder stops after the first.
 * Bytes that are no frame are passed on for the decoder to refuse.
 */

export interface FramePiece {
  bytes: Uint8Array
  /** True when the frame ends with these bytes. */
  ends: boolean
}

type State = 'magic' | 'descriptor' | 'block' | 'skippable_size' | 'body' | 'foreign'

const FRAME_MAGIC = 0xfd2fb528
const SKIPPABLE_MAGIC = 0x184d2a50
const FIELD_BYTES = { magic: 4, descriptor: 1, block: 3, skippable_size: 4 } as const
const DICTIONARY_ID_BYTES = [0, 1, 2, 4] as const
const CHECKSUM_BYTES = 4

export class ZstdFrames {
  #state: State = 'magic'
  /** The field being gathered, little-endian. */
  #field = 0
  #fieldBytes = 0
  /** Bytes to pass over in state `body`, and what follows them. */
  #remaining = 0
  #afterBody: 'block' | 'end' = 'block'
  #checksum = false

  /** Cuts a chunk where frames end. */
  split(chunk: Uint8Array): FramePiece[] {
    const pieces: FramePiece[] = []
    let from = 0
    let at = 0
    while (at < chunk.length) {
      if (this.#state === 'foreign') break
      if (this.#state === 'body') {
        const step = Math.min(this.#remaining, chunk.length - at)
        this.#remaining -= step
        at += step
      } else {
        this.#field += (chunk[at] ?? 0) * 2 ** (8 * this.#fieldBytes)
        this.#fieldBytes++
        at++
        if (this.#fieldBytes === FIELD_BYTES[this.#state]) this.#fieldRead(this.#state)
      }
      if (this.#frameEnded()) {
        pieces.push({ bytes: chunk.subarray(from, at), ends: true })
        from = at
      }
    }
    if (from < chunk.length) pieces.push({ bytes: chunk.subarray(from), ends: false })
    return pieces
  }

  #fieldRead(state: keyof typeof FIELD_BYTES): void {
    const value = this.#field
    this.#field = 0
    this.#fieldBytes = 0
    if (state === 'magic') {
      const skippable = value >= SKIPPABLE_MAGIC && value <= SKIPPABLE_MAGIC + 15
      this.#state = value === FRAME_MAGIC ? 'descriptor' : skippable ? 'skippable_size' : 'foreign'
    } else if (state === 'descriptor') {
      const singleSegment = (value & 0x20) !== 0
      const sizeFlag = value >> 6
      const sizeBytes = sizeFlag === 0 ? (singleSegment ? 1 : 0) : 2 ** sizeFlag
      this.#checksum = (value & 0x04) !== 0
      this.#pass((singleSegment ? 0 : 1) + (DICTIONARY_ID_BYTES[value & 3] ?? 0) + sizeBytes, 'block')
    } else if (state === 'block') {
      const last = (value & 1) !== 0
      const runLength = ((value >> 1) & 3) === 1
      const body = runLength ? 1 : value >> 3
      this.#pass(body + (last && this.#checksum ? CHECKSUM_BYTES : 0), last ? 'end' : 'block')
    } else {
      this.#pass(value, 'end')
    }
  }

  #pass(bytes: number, then: 'block' | 'end'): void {
    this.#state = 'body'
    this.#remaining = bytes
    this.#afterBody = then
  }

  #frameEnded(): boolean {
    if (this.#state !== 'body' || this.#remaining > 0) return false
    const ended = this.#afterBody === 'end'
    this.#state = ended ? 'magic' : 'block'
    return ended
  }
}
