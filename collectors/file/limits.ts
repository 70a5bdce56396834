/**
 * Every limit of the file and stdin collectors with its reason, and the subset that callers (tests above all) may change.
 * Sizes in bytes, times in ms of a monotonic clock.
 * Invariant: no attacker-written log can make the collector hold more than these limits allow per open stream.
 */

/** How much of a stream's beginning makes its fingerprint. Fixed by the stored format (StreamIdentity). */
export const HEAD_BYTES = 1024

/** How much before the position is remembered and compared before reading on. Fixed by the stored format (StreamIdentity). */
export const TAIL_BYTES = 4096

/** Longest line handed out, its newline included. Real records are far below; a stack trace with a payload reaches some 100 KiB. */
export const LINE_LIMIT_BYTES = 1024 * 1024

/** One read of history. As long as the longest line, so that one read always shows whether a line is too long. */
export const READ_BYTES = 1024 * 1024

/** One read of a file that was caught up with; more than that at once means it has to be caught up with again. */
export const LIVE_READ_BYTES = 64 * 1024

/** How far an overlong line, or a hole of NULs, is searched for its end in one turn before other files have theirs. */
export const SKIP_BYTES_PER_TURN = 8 * 1024 * 1024

/** Decompressed or piped bytes that are held before they are asked for: one read, and one being made meanwhile. */
export const AHEAD_BYTES = 2 * READ_BYTES

/** Decompressed bytes kept behind the position, so that a checkpoint can be taken as of any held multi-line record. */
export const KEPT_BYTES = TAIL_BYTES + LINE_LIMIT_BYTES + READ_BYTES

/** Compressed files read at the same time; each holds a window and a decoder, about 6 MiB. */
export const ARCHIVES_AT_ONCE = 4

/** Compressed bytes given to the decoder at once; small, because what it decoded is lost with the slice in which it fails. */
export const ARCHIVE_SLICE_BYTES = 32 * 1024

/** An archive grows to {@link FileLimits.expanded_bytes}, or so many times its own bytes: more than gzip can (1,032) and logs do. */
export const EXPANSION_LIMIT = 1_100

/** Recent ends of what was handed out, remembered with their digest: most checkpoints are answered from them without a read. */
export const REMEMBERED_MARKS = 8

/**
 * Two files that share less than this may share only a banner: a longer file is then a different one, not a continued copy.
 */
export const TELLING_BYTES = 16 * 1024

/** Files with an equal beginning that a new file is compared with; nearest in size first. */
export const COMPARED_FILES = 32

/** Rotated siblings looked at per asked file, newest first: more than any usual retention (logrotate's examples keep 4–52). */
export const SIBLINGS_LOOKED_AT = 64

/** Files one source follows at most. Each costs about 2 KiB; beyond this a pattern is most likely a mistake. */
export const FILES_LIMIT = 100_000

/** Stats in flight at once while polling: enough to fill libuv's pool, little enough to leave it to reads. */
export const STATS_AT_ONCE = 32

/** What may be set from outside; the defaults are the documented behaviour. */
export interface FileLimits {
  /** An unfinished last line is handed out when it has not grown for this long. */
  partial_line_ms: number
  /** A file that was renamed or deleted is followed until it has not grown for this long: writers reopen late. */
  rotated_grace_ms: number
  /** Poll where the operating system reports changes (safety net, and rotation of what it missed). */
  watched_poll_ms: number
  /** Poll where it does not (NFS, some overlays). */
  poll_ms: number
  /** Shortest time between two reads of one caught-up file: a thousand writes a second must not cost a thousand reads. */
  read_pause_ms: number
  /** The rest of a stream whose file was truncated is looked for this long: the copy may be on its way into an archive. */
  lost_search_ms: number
  /** A compressed file must not have changed for this long before it is read while following: it may still be written. */
  archive_settle_ms: number
  /** Up to this an archive may grow whatever its own size; beyond, {@link EXPANSION_LIMIT} times: time must not be made of nothing. */
  expanded_bytes: number
  /** A file without news for this long is closed and recognised again by its content when it grows. */
  idle_close_ms: number
  /** Files kept open at once, well below the usual limit of 1024 descriptors. */
  open_files: number
  /** Use the operating system's change notification where it works. */
  watch: boolean
}

export const FILE_LIMITS: FileLimits = {
  partial_line_ms: 5_000,
  rotated_grace_ms: 60_000,
  watched_poll_ms: 2_000,
  poll_ms: 400,
  read_pause_ms: 50,
  lost_search_ms: 30_000,
  archive_settle_ms: 2_000,
  expanded_bytes: 1024 * 1024 * 1024,
  idle_close_ms: 600_000,
  open_files: 400,
  watch: true,
}
