/**
 * Request ids, trace ids and fingerprints in as few bytes as their spelling allows: fingerprints and hexadecimal ids in
 * binary, anything else as it is. Lossless: `decodeKey(encodeKey(x))` is `x` (cut at KEY_LIMIT), so equal means equal.
 */
import { cleanText, KEY_LIMIT } from '../clean-text.ts'

/** First byte of a binary key. */
const TAG = { fingerprint: 1, uuid: 2, hex: 3 } as const

const FINGERPRINT = /^([a-z]{1,12}):([0-9a-f]{16})$/
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const HEX = /^(?:[0-9a-f]{2}){4,64}$/

export type KeyCode = string | Buffer

/** Null for an absent or empty key. */
export function encodeKey(given: string | undefined): KeyCode | null {
  if (!given) return null
  const text = cleanText(given, KEY_LIMIT)
  const colon = text.indexOf(':')
  if (colon > 0 && FINGERPRINT.test(text)) {
    const code = Buffer.allocUnsafe(9 + colon)
    code[0] = TAG.fingerprint
    code.write(text.slice(colon + 1), 1, 'hex')
    code.write(text.slice(0, colon), 9, 'latin1')
    return code
  }
  if (text.length === 36 && UUID.test(text)) return tagged(TAG.uuid, text.replaceAll('-', ''))
  if (HEX.test(text)) return tagged(TAG.hex, text)
  return text
}

export function decodeKey(code: KeyCode | null): string | undefined {
  if (code === null) return undefined
  if (typeof code === 'string') return code
  if (code[0] === TAG.fingerprint) return `${code.toString('latin1', 9)}:${code.toString('hex', 1, 9)}`
  const hex = code.toString('hex', 1)
  if (code[0] === TAG.hex) return hex
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

export function sameKey(a: KeyCode | null, b: KeyCode | null): boolean {
  if (a === null || b === null) return false
  return typeof a === 'string' ? a === b : typeof b !== 'string' && a.equals(b)
}

function tagged(tag: number, hex: string): Buffer {
  const code = Buffer.allocUnsafe(1 + hex.length / 2)
  code[0] = tag
  code.write(hex, 1, 'hex')
  return code
}
