/**
 * Fingerprint keys that were replaced. Kept while incidents under them are, because only with its key can a fingerprint be
 * found again to forget whose it is; given up by retention after that.
 */
import type { MetaTable } from './meta-table.ts'

interface RetiredKey {
  /** Hexadecimal. */
  key: string
  /** When another took its place, ms, collector's clock. */
  retired_ms: number
}

export function retiredKeys(meta: MetaTable): RetiredKey[] {
  return JSON.parse(meta.get('retired_keys') ?? '[]') as RetiredKey[]
}

export function retireKey(meta: MetaTable, key: Buffer, now_ms: number): void {
  meta.set('retired_keys', JSON.stringify([...retiredKeys(meta), { key: key.toString('hex'), retired_ms: now_ms }]))
}

/** Gives up keys that were replaced before `before_ms`. */
export function dropRetiredKeys(meta: MetaTable, before_ms: number): void {
  const all = retiredKeys(meta)
  const kept = all.filter(({ retired_ms }) => retired_ms >= before_ms)
  if (kept.length < all.length) meta.set('retired_keys', JSON.stringify(kept))
}
