/**
 * What line-reader.ts needs to know about the bytes of a stream, be it a file, an archive or a pipe.
 */
export interface Content {
  /** The first bytes of all, at most `length` of them and at most {@link HEAD_BYTES}, whatever was read since. */
  beginning(length: number): Promise<Uint8Array>
  /** Bytes from `position` on, at most `length`; fewer (or none) only when no more are there at present. */
  read(position: number, length: number): Promise<Uint8Array>
  /** Everything before `end` was handed out and will not be read again. */
  passed(end: number): Promise<void>
  /** Everything before `end` was looked through, though nothing was handed out yet; it is not asked for again. */
  lookedThrough(end: number): Promise<void>
  /** True when bytes that were read may still be filled in by their writer, as a file's can. */
  readonly revisable: boolean
}

/** What is at the place of a stream is no longer that stream: the file was truncated, rewritten or replaced. */
export class ContentReplaced extends Error {
  override name = 'ContentReplaced'
}
