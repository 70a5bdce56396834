/**
 * What the parts of one file source share: options, limits, open files, known streams, and a voice.
 */
import type { SourceNotice, SourceOptions } from '../../src/core/ports/source.ts'
import { FILE_LIMITS, type FileLimits } from './limits.ts'
import { OpenFiles } from './open-files.ts'
import { ReadBuffer } from './plain-content.ts'
import { StreamRegistry } from './stream-registry.ts'
import type { TailClock } from './tail.ts'
import { Wake } from './wake.ts'

export class Context implements TailClock {
  readonly follow: boolean
  readonly limits: FileLimits
  readonly files: OpenFiles
  readonly registry: StreamRegistry
  readonly buffer = new ReadBuffer()
  readonly wake = new Wake()
  readonly #options: SourceOptions

  constructor(options: SourceOptions & Partial<FileLimits>) {
    this.#options = options
    this.follow = options.follow
    const given = Object.keys(FILE_LIMITS).filter((key) => options[key as keyof FileLimits] !== undefined)
    this.limits = { ...FILE_LIMITS, ...Object.fromEntries(given.map((key) => [key, options[key as keyof FileLimits]])) }
    this.files = new OpenFiles(this.limits.open_files, () => this.monotonic())
    this.registry = new StreamRegistry(options.known)
  }

  /** For durations; unlike the collector's clock it is never set. */
  monotonic(): number {
    return performance.now()
  }

  now(): number {
    return this.#options.now()
  }

  tell(kind: SourceNotice['kind'], name: string, text: string): void {
    this.#options.notice({ kind, name, text })
  }
}
