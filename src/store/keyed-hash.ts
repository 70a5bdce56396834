/**
 * A 32-bit hash with a secret seed, for index columns; equality is always checked on the full value behind it.
 * The seed is drawn per store: log lines are written by strangers, who must not be able to prepare collisions.
 */

/** Signed 32-bit hash of `text`. */
export function keyedHash(text: string, seed: number): number {
  let h = seed ^ text.length
  for (let i = 0; i < text.length; i++) {
    h = Math.imul(h ^ text.charCodeAt(i), 0x9e3779b1)
    h ^= h >>> 15
  }
  h = Math.imul(h ^ seed, 0x85ebca6b)
  h ^= h >>> 13
  h = Math.imul(h, 0xc2b2ae35)
  return h ^ (h >>> 16)
}
