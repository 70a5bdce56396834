/**
 * One path that was asked for, by name or through a pattern, and what is known about what it leads to.
 * Plain data; asked-paths.ts looks after it.
 */
import type { PipeLines } from '../stdin/pipe-lines.ts'
import type { FileStat } from './open-files.ts'
import type { PathLabels } from './path-template.ts'
import type { Stream } from './stream-registry.ts'
import type { Tail } from './tail.ts'

export interface AskedPath {
  readonly path: string
  readonly labels: PathLabels
  /** Named literally: it is waited for, and a directory there is worth a word. */
  readonly named: boolean
  tail: Tail | null
  /** What is there is (so far) a copy of this stream, and is not read. */
  copyOf: Stream | null
  /** What is to be told about the copy once it is clear that it stays one; and since when it is, monotonic ms. */
  copyNotice: { text: string; since: number } | null
  /** The stream it led to before, if the content at the path was replaced. */
  formerly: Stream | null
  fifo: PipeLines | null
  /** As last looked at. */
  seen: FileStat | null
  /** What it leads to, if it is a symbolic link. */
  target: string | null
  /** Why it cannot be read. */
  problem: string | null
  /** Its content is being recognised. */
  admitting: boolean
  /** To be recognised at the next look even if nothing changed. */
  again: boolean
  /** Last notification of the operating system, monotonic ms. */
  heardAt: number
  rotation: Rotation | null
}

/** What is to be found out after the content at a path was replaced. */
export interface Rotation {
  /** Streams whose content is looked for. */
  lost: Set<Stream>
  /** Those of them whose content was found. */
  found: Set<Stream>
  /** When the former file at the path was last written to (mtime, ns): what was written to since is newer content. */
  since_ns: bigint | null
  /** The same of what was found again, for those whose file was not at hand. */
  found_ns: bigint | null
  /** Siblings between the old and the present content are wanted. */
  between: boolean
  /** A sibling that may be part of it is being decoded, or not yet written to its end. */
  pending: boolean
  /** When to stop looking, monotonic ms. */
  until: number
}

export function newAskedPath(path: string, labels: PathLabels, named: boolean): AskedPath {
  return {
    path,
    labels,
    named,
    tail: null,
    copyOf: null,
    copyNotice: null,
    formerly: null,
    fifo: null,
    seen: null,
    target: null,
    problem: null,
    admitting: false,
    again: false,
    heardAt: Number.NEGATIVE_INFINITY,
    rotation: null,
  }
}
