/**
 * What is known of the clocks as rows for the store: one per host, issuer and link, so that a commit writes only what
 * changed. A row is a version byte and deflated JSON: a busy link is 10 KB as JSON and a quarter of it deflated.
 * Invariant: a row that cannot be read (another version, damage) is left out; its clock starts anew.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import {
  ClockBook,
  type HostState,
  hostParty,
  type IssuerState,
  issuerParty,
  linkKey,
  type SavedClocks,
  type Unused,
} from '../analyze/clock/clock-book.ts'
import type { LinkState } from '../analyze/clock/clock-link.ts'
import type { ClockRow } from '../core/ports/store.ts'

/** Changes whenever the states change shape. */
const VERSION = 5
/** No state is larger, however busy its link; bytes. A damaged row must not fill the memory. */
const STATE_LIMIT = 1_000_000
/** What a row is deflated into, about its size: zlib's own 16 KB, for thousands of rows, wait for the garbage collector. */
const CHUNK_BYTES = 2_048
/** Rows read between two turns of the event loop, some 0.1 ms each. */
const ROWS_PER_TURN = 128

const UNUSED = 'unused'

export const hostRow = (host: HostState): ClockRow => row(hostParty(host.name), host)
export const issuerRow = (issuer: IssuerState): ClockRow => row(issuerParty(issuer.name), issuer)
export const linkRow = (link: LinkState): ClockRow => row(linkKey(link.first, link.second), link)
export const unusedRow = (unused: Unused): ClockRow => row(UNUSED, unused)

function row(key: string, state: HostState | IssuerState | LinkState | Unused): ClockRow {
  const packed = deflateRawSync(JSON.stringify(state), { level: 1, memLevel: 7, chunkSize: CHUNK_BYTES })
  return { key, state: Buffer.concat([Buffer.of(VERSION), packed]) }
}

/**
 * Lets other work have its turn in between: ten thousand hosts take a second. Where several collectors know one clock, the one that
 * has seen most of it is heard.
 */
export async function restoreClocks(rows: readonly ClockRow[]): Promise<ClockBook> {
  const saved: SavedClocks = { version: 1, hosts: [], issuers: [], links: [], unused: new ClockBook().unused }
  const links = new Map<string, LinkState>()
  const hosts = new Map<string, HostState>()
  const issuers = new Map<string, IssuerState>()
  for (const [i, { key, state }] of rows.entries()) {
    if (i % ROWS_PER_TURN === ROWS_PER_TURN - 1) await new Promise((resolve) => setImmediate(resolve))
    const value = unpack(state)
    if (value === null) continue
    // A state names what it is of: under any other key it is damaged.
    const { first, second, name } = value as LinkState & HostState
    if (key === UNUSED) addUp(saved.unused, value as Unused)
    else if (key === linkKey(first, second)) keep(links, key, value as LinkState)
    else if (key === hostParty(name)) keep(hosts, key, value as HostState)
    else if (key === issuerParty(name)) keep(issuers, key, value as IssuerState)
  }
  saved.links.push(...links.values())
  saved.hosts.push(...hosts.values())
  saved.issuers.push(...issuers.values())
  return ClockBook.restore(saved)
}

function keep<T extends { samples: number }>(known: Map<string, T>, key: string, state: T): void {
  const other = known.get(key)
  if (other === undefined || other.samples < state.samples) known.set(key, state)
}

function addUp(sum: Unused, more: Unused): void {
  for (const reason of Object.keys(sum) as (keyof Unused)[]) sum[reason] += more[reason] ?? 0
}

function unpack(state: Uint8Array): object | null {
  if (state[0] !== VERSION) return null
  try {
    const value: unknown = JSON.parse(
      inflateRawSync(state.subarray(1), { maxOutputLength: STATE_LIMIT }).toString('utf8'),
    )
    return typeof value === 'object' ? value : null
  } catch {
    return null
  }
}
