/**
 * The table of all clocks from what the collector last committed; read-only, beside a running collector or without one.
 * Fits anew what is asked for: some ms per host. Hosts that only wrote records without any instants are listed, too: that
 * nothing can be told of a clock is worth knowing.
 */
import { nothing } from '../analyze/clock/clock-reasons.ts'
import { ClockReading } from '../analyze/clock/clock-table.ts'
import { NO_FILTER } from '../core/filter.ts'
import type { ClockTable, HostClock } from '../core/host-clock.ts'
import type { StoreReader } from '../core/ports/store.ts'
import { restoreClocks } from './clock-rows.ts'

/** Fits between two turns of the event loop, some 2 ms each. */
const FITS_PER_TURN = 8
/** Hosts without any clock evidence that are listed. */
const UNKNOWN_HOSTS = 1_000

/**
 * @param now_ms for forecasts, ms
 * @param reference `issuer <iss>`, `host <name>` or `collector`; left out: the busiest issuer of each group of clocks
 */
export async function loadClocks(reader: StoreReader, now_ms: number, reference?: string): Promise<ClockTable> {
  const { table } = await readClocks(reader, now_ms, reference)
  const known = new Set(table.hosts.map(({ host }) => host))
  const unknown = (await hostsOf(reader)).filter(({ host }) => !known.has(host))
  return { ...table, hosts: [...table.hosts, ...unknown].sort((a, b) => a.host.localeCompare(b.host)) }
}

/** Without the hosts nothing is known of, but with answers for single instants, which a token's time line needs. */
export async function readClocks(reader: StoreReader, now_ms: number, reference?: string): Promise<ClockReading> {
  const book = await restoreClocks(await reader.clockRows())
  let fits = 0
  for (const link of book.links.values()) {
    book.estimate(link)
    if (++fits % FITS_PER_TURN === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  return new ClockReading(book, { now_ms, ...(reference === undefined ? {} : { reference }) })
}

async function hostsOf(reader: StoreReader): Promise<HostClock[]> {
  const extent = await reader.extent()
  if (extent === null) return []
  const rows = await reader.dimension('host', extent, NO_FILTER, UNKNOWN_HOSTS)
  return rows.flatMap(({ value }) => (isHost(value) ? [unknownClock(value)] : []))
}

/** Where the rollups count hosts beyond their limit. */
const OTHER = '(other)'

/** Whether a value of the rollups names one host. */
export function isHost(value: string): boolean {
  return value !== '' && value !== OTHER
}

/** A clock of which nothing is known. */
export function unknownClock(host: string): HostClock {
  return {
    host,
    reference: null,
    kind: 'cannot_tell',
    offset_s: null,
    low_s: null,
    high_s: null,
    drift_ppm: null,
    samples: 0,
    from_ms: null,
    to_ms: null,
    steps: [],
    at_fault: false,
    leeway_s: null,
    breach_ms: null,
    zone_s: null,
    why: [nothing(0)],
  }
}
