/**
 * Fingerprints of content: the head (first bytes of a stream) and marks (the bytes just before an offset).
 * A stream is known again by both (ADR 0004); where the bytes come from is the callers' business.
 * Invariant: a mark of `offset` covers exactly `min(offset, TAIL_BYTES)` bytes, so equal marks mean equal content there.
 */
import { hash } from 'node:crypto'
import type { StreamIdentity } from '../../src/core/source-status.ts'
import { HEAD_BYTES, TAIL_BYTES } from './limits.ts'

/** Digest of the first `bytes` bytes of a stream; at most {@link HEAD_BYTES}. */
export interface Head {
  bytes: number
  hash: string
}

/** Digest of the `bytes` bytes just before `offset`. */
export interface Mark {
  offset: number
  bytes: number
  hash: string
}

export function sha256(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'hex')
}

export const EMPTY_HASH = sha256(new Uint8Array())

/** The mark of a stream of which nothing has been read. */
export const START: Mark = { offset: 0, bytes: 0, hash: EMPTY_HASH }

export function headOf(beginning: Uint8Array): Head {
  const bytes = beginning.subarray(0, HEAD_BYTES)
  return { bytes: bytes.length, hash: sha256(bytes) }
}

/** How many bytes the mark of `offset` covers. */
export function markLength(offset: number): number {
  return Math.min(offset, TAIL_BYTES)
}

/** The mark of `offset`, from `bytes` that begin at `start`; null when they do not cover it. */
export function markWithin(bytes: Uint8Array, start: number, offset: number): Mark | null {
  const length = markLength(offset)
  if (offset - length < start || offset > start + bytes.length) return null
  const covered = bytes.subarray(offset - length - start, offset - start)
  return { offset, bytes: length, hash: sha256(covered) }
}

export function toIdentity(head: Head | null, mark: Mark): StreamIdentity {
  return {
    head: head?.hash ?? EMPTY_HASH,
    head_bytes: head?.bytes ?? 0,
    tail: mark.hash,
    tail_bytes: mark.bytes,
  }
}
