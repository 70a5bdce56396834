/**
 * Which tokens a host has met lately. The first use of a token may be fresh; later ones only drown the edge, and a client
 * that retries one stale token a thousand times must not count a thousand times.
 * Forgets by overwriting, keeps nothing across restarts: a token counted twice costs accuracy, never truth.
 */

/** Tokens remembered per link; 1 KiB. */
const SLOTS = 256

export type SeenTokens = Uint32Array

export function createSeenTokens(): SeenTokens {
  return new Uint32Array(SLOTS)
}

/** True if the token was met before; remembers it. */
export function meet(seen: SeenTokens, fingerprint: string): boolean {
  const hash = fnv1a(fingerprint)
  const slot = (hash >>> 3) % SLOTS
  if (seen[slot] === hash) return true
  seen[slot] = hash
  return false
}

/** FNV-1a, 32 bits, never 0 (an empty slot). */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0 || 1
}
