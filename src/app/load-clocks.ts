/**
 * The table of all clocks from what the collector last committed; read-only, beside a running collector or without one.
 * Fits anew what is asked for: some ms per host.
 */
import { ClockReading } from '../analyze/clock/clock-table.ts'
import type { ClockTable } from '../core/host-clock.ts'
import type { StoreReader } from '../core/ports/store.ts'
import { restoreClocks } from './clock-rows.ts'

/** Fits between two turns of the event loop, some 2 ms each. */
const FITS_PER_TURN = 8

/**
 * @param now_ms for forecasts, ms
 * @param reference `issuer <iss>`, `host <name>` or `collector`; left out: the busiest issuer of each group of clocks
 */
export async function loadClocks(reader: StoreReader, now_ms: number, reference?: string): Promise<ClockTable> {
  return (await readClocks(reader, now_ms, reference)).table
}

/** The same with its answers for single instants, which a token's time line needs. */
export async function readClocks(reader: StoreReader, now_ms: number, reference?: string): Promise<ClockReading> {
  const book = await restoreClocks(await reader.clockRows())
  let fits = 0
  for (const link of book.links.values()) {
    book.estimate(link)
    if (++fits % FITS_PER_TURN === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  return new ClockReading(book, { now_ms, ...(reference === undefined ? {} : { reference }) })
}
