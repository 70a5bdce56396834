/** The key of a store's fingerprints, made with the store. */
import { randomBytes } from 'node:crypto'
import { StoreRefusal } from '../core/ports/store.ts'

/** The block HMAC-SHA-256 keeps as it is, RFC 2104 §3. */
const FINGERPRINT_KEY_BYTES = 32

/** Hex from the environment, so that applications that report fingerprints (docs/instrumentation.md) and the store say the same. */
export function newFingerprintKey(given = ''): Buffer {
  if (given === '') return randomBytes(FINGERPRINT_KEY_BYTES)
  const key = Buffer.from(given, 'hex')
  if (key.length === FINGERPRINT_KEY_BYTES && given.length === 2 * FINGERPRINT_KEY_BYTES) return key
  throw new StoreRefusal(
    'unsupported',
    `AUTHTOP_FINGERPRINT_KEY must be ${2 * FINGERPRINT_KEY_BYTES} hex digits`,
    'make one with: openssl rand -hex 32',
  )
}
