/**
 * Several sources as one, each asked in its turn. Invariant: as for each alone, because every stream belongs to the one that
 * hands it out.
 */
import type { ByteBatch, LogSource, StreamInfo } from '../core/ports/source.ts'
import { inTurns } from './in-turns.ts'

export class JoinedSource implements LogSource {
  readonly #sources: readonly LogSource[]
  readonly #owners = new Map<string, LogSource>()

  constructor(sources: readonly LogSource[]) {
    this.#sources = sources
  }

  async *batches(signal: AbortSignal): AsyncGenerator<ByteBatch> {
    const owned = async function* (this: JoinedSource, source: LogSource) {
      for await (const batch of source.batches(signal)) {
        this.#owners.set(batch.stream, source)
        yield batch
      }
    }
    yield* inTurns(this.#sources.map((source) => owned.call(this, source)))
  }

  get rested(): boolean {
    return this.#sources.every((source) => source.rested)
  }

  async checkpoint(stream: string, offset: number): Promise<StreamInfo> {
    const owner = this.#owners.get(stream)
    if (owner === undefined) throw new RangeError(`unknown stream ${stream}`)
    return owner.checkpoint(stream, offset)
  }

  async close(): Promise<void> {
    await Promise.all(this.#sources.map((source) => source.close()))
  }
}
