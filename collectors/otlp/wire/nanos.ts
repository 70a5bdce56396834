/** Nanoseconds since the epoch, as OTLP has them, in ms. */

/** Instants after the year 9999 cannot be written as dates; ms. */
const LATEST_MS = 253_402_300_799_999

/** Cut down to whole ms, as stamps are (ADR 2); undefined for "not set" (0) and for what is no date. */
export function msOfNanos(nanos: bigint): number | undefined {
  const ms = Number(nanos / 1_000_000n)
  return nanos === 0n || ms > LATEST_MS ? undefined : ms
}
