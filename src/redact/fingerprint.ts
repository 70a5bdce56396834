/**
 * Turns a secret into `kind:3fa9c1d2e4b5a697`: HMAC-SHA-256 with the store's key, so that equal secrets can be joined
 * and nobody without the key can test guesses. Leaves finding secrets to the contexts and undoing notations to canonical.ts.
 * Invariant: no secret outlives the call; the scratch buffer is wiped before returning.
 */
import { hash } from 'node:crypto'
import { SECRET_KINDS } from '../core/secret-kind.ts'

/** 56 bits: a quarter of a milliard tokens before two share a fingerprint by chance, and short enough to read out. */
const FINGERPRINT_BYTES = 7
/** SHA-256 works on 64-byte blocks (FIPS 180-4), which is what HMAC pads its key to (RFC 2104 §2). */
const BLOCK_BYTES = 64
const DIGEST_BYTES = 32
const KEY_BYTES = 32
/** Longer values than this are rare (an SAML response); they get a buffer of their own. */
const SCRATCH_BYTES = 8192

const AT = new RegExp(`(?:${SECRET_KINDS.join('|')}):[0-9a-f]{16}(?![0-9A-Za-z])`, 'y')

/** Length of the fingerprint that begins at `at`, or 0. */
export function fingerprintLengthAt(text: string, at: number): number {
  AT.lastIndex = at
  if (!AT.test(text)) return 0
  return hasCheck(text.slice(at, AT.lastIndex)) ? AT.lastIndex - at : 0
}

/**
 * The last two digits, made from what stands before them: `secret:` in front of sixteen hexadecimal digits may just as well be
 * a secret under its name, and only one in 256 of those passes for a fingerprint.
 */
function checkOf(unchecked: string): string {
  let h = 0
  for (let i = 0; i < unchecked.length; i++) {
    h = Math.imul(h ^ unchecked.charCodeAt(i), 0x9e3779b1)
    h ^= h >>> 15
  }
  return (h & 0xff).toString(16).padStart(2, '0')
}

function hasCheck(fingerprint: string): boolean {
  return fingerprint.endsWith(checkOf(fingerprint.slice(0, -2)))
}

export function isFingerprint(text: string): boolean {
  return text.length <= 32 && fingerprintLengthAt(text, 0) === text.length && text.length > 0
}

const ANYWHERE = new RegExp(`(?:${SECRET_KINDS.join('|')}):[0-9a-f]{16}(?![0-9A-Za-z])`, 'g')

/** Does a fingerprint stand anywhere in `text`? Then an earlier pass has judged it, and what it left is no secret. */
export function holdsFingerprint(text: string): boolean {
  if (!text.includes(':')) return false
  for (const [found] of text.matchAll(ANYWHERE)) if (hasCheck(found)) return true
  return false
}

const AT_END = new RegExp(`(?:${SECRET_KINDS.join('|')}):[0-9a-f]{16}$`)

/** Is the last thing in `text` a fingerprint, whatever stands before it? */
export function endsInFingerprint(text: string): boolean {
  const found = AT_END.exec(text.slice(-32))
  return found !== null && hasCheck(found[0])
}

export class Fingerprinter {
  readonly #inner = Buffer.alloc(BLOCK_BYTES + SCRATCH_BYTES)
  readonly #outer = Buffer.alloc(BLOCK_BYTES + DIGEST_BYTES)

  /** @param key 32 bytes, one per store; throws a RangeError otherwise. */
  constructor(key: Uint8Array) {
    if (key.length !== KEY_BYTES) throw new RangeError(`redaction key must be ${KEY_BYTES} bytes, got ${key.length}`)
    for (let i = 0; i < BLOCK_BYTES; i++) {
      this.#inner[i] = (key[i] ?? 0) ^ 0x36
      this.#outer[i] = (key[i] ?? 0) ^ 0x5c
    }
  }

  /**
   * `kind:`, 14 hex digits of HMAC-SHA-256(key, kind ‖ 0x00 ‖ value) and two of a check.
   * Composed from two one-shot hashes: `createHmac` sets up an OpenSSL context per call and is ten times slower.
   */
  of(kind: string, value: string): string {
    const message = `${kind}\0${value}`
    const length = Buffer.byteLength(message)
    const fits = length <= SCRATCH_BYTES
    const inner = fits ? this.#inner : Buffer.concat([this.#inner.subarray(0, BLOCK_BYTES), Buffer.alloc(length)])
    inner.write(message, BLOCK_BYTES)
    const digest = hash('sha256', inner.subarray(0, BLOCK_BYTES + length), 'buffer')
    inner.fill(0, BLOCK_BYTES, BLOCK_BYTES + length)
    digest.copy(this.#outer, BLOCK_BYTES)
    const hex = hash('sha256', this.#outer, 'hex')
    const unchecked = `${kind}:${hex.slice(0, 2 * FINGERPRINT_BYTES)}`
    return unchecked + checkOf(unchecked)
  }
}
