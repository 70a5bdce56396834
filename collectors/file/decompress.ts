/**
 * Compressed history: told by its first bytes, never by its name, and decoded as a bounded stream.
 * A damaged or cut archive gives all that can be decoded before the damage, then the error.
 * Invariant: at most one slice of input and one window of output are held, whatever the ratio; what grows beyond all measure
 * (decompression bombs) is read no further, and said.
 */
import zlib from 'node:zlib'
import type { Inflow, Sink } from './inflow.ts'
import { ARCHIVE_SLICE_BYTES, EXPANSION_LIMIT } from './limits.ts'
import type { DiskFile, OpenFiles } from './open-files.ts'
import { ZstdFrames } from './zstd-frames.ts'

export type Compression = 'gzip' | 'zstd'

const READABLE: readonly [Compression, readonly number[]][] = [
  ['gzip', [0x1f, 0x8b]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  // A skippable frame first, as pzstd writes it; the low four bits are free, 0 in practice.
  ['zstd', [0x50, 0x2a, 0x4d, 0x18]],
]

const FOREIGN: readonly [string, readonly number[]][] = [
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a]],
  ['bzip2', [0x42, 0x5a, 0x68]],
  ['lz4', [0x04, 0x22, 0x4d, 0x18]],
  ['zip', [0x50, 0x4b, 0x03, 0x04]],
]

/** How a file that begins with these bytes is compressed; null when it is not. */
export function compressionOf(beginning: Uint8Array): Compression | null {
  return READABLE.find(([, magic]) => startsWith(beginning, magic))?.[0] ?? null
}

/** The name of a compression that cannot be read, or null. */
export function foreignCompressionOf(beginning: Uint8Array): string | null {
  return FOREIGN.find(([, magic]) => startsWith(beginning, magic))?.[0] ?? null
}

/** True when a file has so few bytes yet that it may become an archive. */
export function mayBecomeArchive(beginning: Uint8Array): boolean {
  return READABLE.some(
    ([, magic]) => beginning.length < magic.length && beginning.every((byte, at) => byte === magic[at]),
  )
}

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, at) => bytes[at] === byte)
}

/** Decodes `file`, which stays open meanwhile. @param free bytes it may grow to whatever its own size */
export function archiveInflow(file: DiskFile, compression: Compression, files: OpenFiles, free: number): Inflow {
  return new Archive(file, compression, files, free)
}

class Archive implements Inflow {
  readonly #file: DiskFile
  readonly #compression: Compression
  readonly #files: OpenFiles
  readonly #free: number
  readonly #release: () => void
  #decoder: Decoder | null = null
  #paused = false
  #closed = false

  constructor(file: DiskFile, compression: Compression, files: OpenFiles, free: number) {
    this.#file = file
    this.#compression = compression
    this.#files = files
    this.#free = free
    this.#release = files.hold(file)
  }

  start(sink: Sink): void {
    void this.#decode(sink)
  }

  pause(): void {
    this.#paused = true
    this.#decoder?.pause()
  }

  resume(): void {
    this.#paused = false
    this.#decoder?.resume()
  }

  close(): void {
    this.#closed = true
    this.#decoder?.close()
    this.#release()
  }

  async #decode(sink: Sink): Promise<void> {
    let produced = 0
    let slice = 0
    try {
      await this.#run(
        (position) => {
          slice = position
          return ARCHIVE_SLICE_BYTES
        },
        (chunk) => {
          produced += chunk.length
          if (produced > this.#free && produced > EXPANSION_LIMIT * (slice + ARCHIVE_SLICE_BYTES))
            this.#decoder?.fail(new Error(`it grows to more than ${EXPANSION_LIMIT} times its size, as no log does`))
          else sink.data(chunk)
        },
      )
      sink.end()
    } catch (error) {
      if (!this.#closed && isDamage(error)) await this.#salvage(slice, produced, sink)
      sink.fail(error as Error)
    } finally {
      this.#release()
    }
  }

  /**
   * The decoder loses what it decoded from the slice in which it fails: decode again up to that slice, then in ever smaller
   * pieces. Costs as many more passes as there are sizes, for damaged archives only.
   */
  async #salvage(damaged: number, produced: number, sink: Sink): Promise<void> {
    let failing = damaged
    let handedOut = produced
    for (const size of SALVAGE_BYTES) {
      const from = failing
      let known = handedOut
      try {
        await this.#run(
          (position) => {
            failing = position
            return position < from ? Math.min(ARCHIVE_SLICE_BYTES, from - position) : size
          },
          (chunk) => {
            const rest = chunk.subarray(Math.min(known, chunk.length))
            known -= chunk.length - rest.length
            handedOut += rest.length
            if (rest.length > 0) sink.data(rest)
          },
        )
      } catch {
        // The same damage again; it is reported by the first attempt.
      }
    }
  }

  async #run(sliceAt: (position: number) => number, output: (chunk: Uint8Array) => void): Promise<void> {
    const frames = this.#compression === 'zstd' ? new ZstdFrames() : null
    const buffer = Buffer.allocUnsafeSlow(ARCHIVE_SLICE_BYTES)
    let decoder = this.#start(output)
    let open = false
    try {
      for (let position = 0; !this.#closed; ) {
        const count = await this.#files.read(this.#file, buffer, sliceAt(position), position)
        if (count === 0) break
        position += count
        const slice = buffer.subarray(0, count)
        for (const piece of frames ? frames.split(slice) : [{ bytes: slice, ends: false }]) {
          await decoder.write(piece.bytes)
          open = !piece.ends
          if (!piece.ends) continue
          await decoder.finish()
          decoder = this.#start(output)
        }
      }
      if (open) await decoder.finish()
    } finally {
      decoder.close()
    }
  }

  #start(output: (chunk: Uint8Array) => void): Decoder {
    const decoder = new Decoder(this.#compression, output)
    if (this.#paused) decoder.pause()
    this.#decoder = decoder
    return decoder
  }
}

/** One run of the decoder: a whole gzip file (its members are one stream to zlib), or one zstd frame. */
class Decoder {
  readonly #stream: zlib.Gunzip | zlib.ZstdDecompress
  readonly #failed: Promise<never>

  constructor(compression: Compression, output: (chunk: Uint8Array) => void) {
    const options = { chunkSize: DECODED_CHUNK_BYTES }
    this.#stream = compression === 'gzip' ? zlib.createGunzip(options) : zlib.createZstdDecompress(options)
    this.#stream.on('data', output)
    this.#failed = new Promise((_, fail) => {
      this.#stream.on('error', fail)
      this.#stream.on('close', () => fail(new Error('closed')))
    })
    this.#failed.catch(() => {})
  }

  pause(): void {
    this.#stream.pause()
  }

  resume(): void {
    this.#stream.resume()
  }

  async write(bytes: Uint8Array): Promise<void> {
    const written = new Promise<void>((done) => {
      this.#stream.write(bytes, (error) => {
        if (!error) done()
      })
    })
    await Promise.race([written, this.#failed])
  }

  async finish(): Promise<void> {
    const ended = new Promise<void>((done) => this.#stream.once('end', done))
    this.#stream.end()
    await Promise.race([ended, this.#failed])
  }

  close(): void {
    this.#stream.destroy()
  }

  /** What is being decoded ends with this error. */
  fail(error: Error): void {
    this.#stream.destroy(error)
  }
}

/** Pieces in which the last slice before damage is decoded again: few calls in the first pass, no byte lost in the second. */
const SALVAGE_BYTES = [512, 1]

/** Output of one step of the decoder; larger saves little, smaller costs a call each. */
const DECODED_CHUNK_BYTES = 256 * 1024

/** Damage inside, in contrast to an archive that simply stops: there the decoder has given all it had. */
function isDamage(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code ?? ''
  return (
    code === 'Z_DATA_ERROR' || (code.startsWith('ZSTD_error') && code !== 'ZSTD_error_frameParameter_windowTooLarge')
  )
}
