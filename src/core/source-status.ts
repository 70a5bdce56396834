/**
 * One content stream (a log file through all its renames, standard input, …): its identity, its replayable position
 * and what came out of it. `StreamState` is what the store keeps in the same transaction as the data.
 */

/** How a stream is known again: by what is in it, never by its name (ADR 0004). */
export interface StreamIdentity {
  /** SHA-256 (hex) of the first `head_bytes` bytes of the decompressed content; at most 1024 bytes. */
  head: string
  head_bytes: number
  /** SHA-256 (hex) of the `tail_bytes` bytes just before `offset`; at most 4096 bytes. */
  tail: string
  tail_bytes: number
}

export interface StreamState {
  /** Random 64-bit id, hex. */
  stream: string
  /** Path or `stdin`, as last seen. */
  name: string
  /** Null for what cannot be replayed (stdin), or is by its cursor. */
  identity: StreamIdentity | null
  /** Bytes of the decompressed content that are wholly processed. */
  offset: number
  /** Position after `offset` in the words of a source that has positions of its own: a journal's cursor. */
  cursor?: string
  /** File system identity as last seen; decimal strings, because inodes exceed 2^53 on some systems. */
  device?: string
  inode?: string
  /** Labels from the path template. */
  host?: string
  service?: string
  counters: StreamCounters
  /** Format that decoded the last record, e.g. `pino`; several in mixed files. */
  format?: string
  /** IANA zone or `UTC` applied to stamps without one; absent when the format states its zone. */
  zone?: string
  /** Writer's time of the newest record, ms. */
  last_record_ms?: number
  /** Size of the source as last seen, bytes; with `offset` gives the lag. */
  size?: number
  /** Why it cannot be read, in words; absent while it can. */
  error?: string
  /** Up to three redacted lines, kept while nothing of the stream has been recognised. */
  sample?: readonly string[]
}

/** Totals since the stream was first met. */
export interface StreamCounters {
  lines: number
  /** Where nothing could be an auth event, each line that is not indented is taken for one. */
  records: number
  /** Records recognised as auth events. */
  recognised: number
  /** Records cut at a limit, and bytes dropped by cutting. */
  cut_records: number
  cut_bytes: number
}

/** What readers see: the state plus when it was written. */
export interface SourceStatus extends StreamState {
  /** Collector's clock, ms. */
  updated_ms: number
}

export const NO_COUNTS: StreamCounters = { lines: 0, records: 0, recognised: 0, cut_records: 0, cut_bytes: 0 }
