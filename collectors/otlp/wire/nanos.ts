/** Nanoseconds since the epoch, as OTLP has them, in ms: cut down to whole ones, as stamps are (ADR 2). */

/** Instants after the year 9999 cannot be written as dates; ms. */
const LATEST_MS = 253_402_300_799_999

/** Undefined for "not set" (0) and for what is no date. */
export function msOfNanos(nanos: bigint): number | undefined {
  return nanos === 0n ? undefined : dated(Number(nanos / 1_000_000n))
}

/** The same for the two halves of a fixed64, without a bigint: 2^32 ns are 4294 ms and 967,296 ns, and no step leaves 2^53. */
export function msOfHalves(high: number, low: number): number | undefined {
  return high === 0 && low === 0 ? undefined : dated(high * 4294 + Math.floor((high * 967_296 + low) / 1e6))
}

/** The same for decimal digits as they stand in a text, 19 at most: without the last six they are ms. */
export function msOfDigits(bytes: Uint8Array, from: number, to: number): number | undefined {
  let ms = 0
  let zero = true
  for (let i = from; i < to; i++) {
    const digit = bytes[i]! - 48
    if (digit !== 0) zero = false
    if (i < to - 6) ms = ms * 10 + digit
  }
  return zero ? undefined : dated(ms)
}

function dated(ms: number): number | undefined {
  return ms > LATEST_MS ? undefined : ms
}
