/**
 * The source port: what every collector (files, stdin, the journal) promises to the ingest.
 * Pull-based: the ingest asks for the next batch when the last one is committed, so back-pressure reaches the disk.
 * Contract: the bytes of one stream come in order, each exactly once after the committed position; a batch never mixes
 * streams and never splits a line.
 */
import type { StreamIdentity, StreamState } from '../source-status.ts'

/** Whole lines of one stream; or whole messages, of a stream that has no lines. */
export interface ByteBatch {
  stream: string
  /** `message`: each behind its length in 4 bytes, big-endian; lines where absent. */
  unit?: 'message'
  /**
   * Whole lines, each with its newline; only the last line of an ended or timed-out stream may lack it. The source's memory: valid
   * until the next batch is asked for.
   */
  bytes: Uint8Array
  /** Offset of the first byte in the decompressed stream. */
  offset: number
  /** Where the next batch of this stream starts: `offset + bytes.length + cut_bytes`. */
  end: number
  /** Bytes dropped from the end of this batch's last line because it was longer than the line limit; 0 otherwise. */
  cut_bytes: number
  /** True when more of this stream is known to follow at once (history): a held multi-line record need not be timed out. */
  more: boolean
  /** True when the stream has ended for good (rotated away and read to its end, `.gz`, stdin closed); `bytes` may be empty then. */
  ended: boolean
  /** Collector's clock when the bytes were read, ms; only for live data, because for history it says nothing about the writer. */
  received_collector_ms?: number
}

/** What is known about a stream from outside its content. */
export interface StreamInfo {
  stream: string
  /** Path or `stdin`, as of now. */
  name: string
  identity: StreamIdentity | null
  device?: string
  inode?: string
  /** Where a source that keeps positions of its own (a journal) is to go on after `offset`. */
  cursor?: string
  /** Labels from the path template. */
  host?: string
  service?: string
  /** Bytes of the source as last seen (compressed files: absent). */
  size?: number
  error?: string
}

/** Something about a source that a person should know; each is told once, not per retry. */
export interface SourceNotice {
  kind:
    | 'opened'
    | 'listening'
    | 'dropped'
    | 'resumed'
    | 'rotated'
    | 'truncated'
    | 'unreadable'
    | 'readable_again'
    | 'already_read'
    | 'ended'
    | 'cut'
    | 'not_utf8'
    | 'no_match'
  name: string
  /** One sentence, no trailing period. */
  text: string
}

export interface LogSource {
  /** Ends when the source has ended (not following) or the signal aborts. */
  batches(signal: AbortSignal): AsyncIterable<ByteBatch>
  /** True once it had nothing more to hand out for a moment (or has ended): what was there at the start is read. */
  readonly rested: boolean
  /**
   * Identity and place of a stream as they must be stored together with `offset`, the end of the last processed record
   * (at or before what was handed out).
   */
  checkpoint(stream: string, offset: number): Promise<StreamInfo>
  close(): Promise<void>
}

export interface SourceOptions {
  /** Keep reading what is appended after the end is reached. */
  follow: boolean
  /** Streams of earlier runs, to be recognised by content and resumed. */
  known: readonly StreamState[]
  notice(notice: SourceNotice): void
  /** Collector's clock, ms. */
  now(): number
}
