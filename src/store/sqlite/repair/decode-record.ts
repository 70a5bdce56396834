/**
 * Reads SQLite's record format (https://www.sqlite.org/fileformat2.html#record_format), trusting nothing: a record whose
 * lengths do not add up, or whose text is no UTF-8, is none.
 */

export type Value = number | bigint | string | Buffer | null

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Value and length of a variable-length integer of one to nine bytes; null at the end of the bytes. */
export function readVarint(bytes: Buffer, at: number): [value: number, length: number] | null {
  let value = 0
  for (let i = 0; i < 7; i++) {
    const byte = bytes[at + i]
    if (byte === undefined) return null
    value = value * 128 + (byte & 0x7f)
    if (byte < 0x80) return [value, i + 1]
  }
  const [eighth, ninth] = [bytes[at + 7], bytes[at + 8]]
  if (eighth === undefined) return null
  const long = (BigInt(value) << 7n) | BigInt(eighth & 0x7f)
  if (eighth < 0x80) return [Number(long), 8]
  return ninth === undefined ? null : [Number(BigInt.asIntN(64, (long << 8n) | BigInt(ninth))), 9]
}

/** Null for what is no intact record. */
export function decodeRecord(payload: Buffer): Value[] | null {
  const head = readVarint(payload, 0)
  if (head === null || head[0] < head[1] || head[0] > payload.length) return null
  const values: Value[] = []
  let body = head[0]
  for (let at = head[1]; at < head[0]; ) {
    const type = readVarint(payload, at)
    if (type === null) return null
    at += type[1]
    const length = lengthOf(type[0])
    if (at > head[0] || length === null || body + length > payload.length) return null
    const value = decode(payload, type[0], body, length)
    if (value === undefined) return null
    values.push(value)
    body += length
  }
  return body === payload.length ? values : null
}

/** Bytes of a value of this serial type; null for the two that are reserved. */
function lengthOf(type: number): number | null {
  if (type >= 12) return Math.floor((type - 12) / 2)
  return [0, 1, 2, 3, 4, 6, 8, 8, 0, 0][type] ?? null
}

function decode(payload: Buffer, type: number, at: number, length: number): Value | undefined {
  if (type === 0) return null
  if (type === 8 || type === 9) return type - 8
  if (type === 7) return payload.readDoubleBE(at)
  if (type === 6) {
    const value = payload.readBigInt64BE(at)
    return Number.isSafeInteger(Number(value)) ? Number(value) : value
  }
  if (type < 6) return payload.readIntBE(at, length)
  const bytes = payload.subarray(at, at + length)
  if (type % 2 === 0) return Buffer.from(bytes)
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined
  }
}
