/** The steward's side of a shared store (core/ports/shared-store.ts), and how a collector becomes it. */
import type { Arrived, SharedStore, Steward } from '../../core/ports/shared-store.ts'
import type { StoreReader, StoreWriter } from '../../core/ports/store.ts'
import { Spool } from '../sqlite/spool.ts'
import { readFailures } from './alert-query.ts'
import { ownerOf } from './batch-plan.ts'
import { readCommitted } from './committed.ts'
import { Documents } from './documents.ts'
import { isReleased, nextIds, readReleased } from './handed-over.ts'
import { Intents, STEWARDS } from './intent.ts'
import type { ClickhouseLocation } from './location.ts'
import { COLLECTOR_BITS, Meta } from './meta.ts'
import { Schema } from './migrations/schema-options.ts'
import { NeighbourSearch } from './neighbour-search.ts'
import { ClickhouseReader } from './reader.ts'
import { isForNow } from './refusal-of.ts'
import { Retention } from './retention.ts'
import { ClickhouseServer } from './server.ts'
import { sql } from './sql.ts'
import { Stewardship } from './stewardship.ts'
import { ClickhouseWriter } from './writer.ts'

/** Under this name the steward writes, whichever collector it is. */
const STEWARD = 'reattribute'

export class ClickhouseSharing implements SharedStore {
  readonly #location: ClickhouseLocation
  readonly #server: ClickhouseServer
  readonly #release: () => Promise<void>
  #stewardship: Stewardship | null = null

  /** @param release hands over what the collector's writer has appended */
  constructor(location: ClickhouseLocation, server: ClickhouseServer, release: () => Promise<void>) {
    this.#location = location
    this.#server = server
    this.#release = release
  }

  release(): Promise<void> {
    return this.#release()
  }

  async steward(): Promise<Steward | null> {
    try {
      this.#stewardship ??= new Stewardship(this.#server, await new Meta(this.#server).collector(STEWARD))
      if (!(await this.#stewardship.hold())) return null
      return await ClickhouseSteward.open(this.#location, this.#stewardship)
    } catch (error) {
      if (isForNow(error)) return null
      throw error
    }
  }
}

export class ClickhouseSteward implements Steward {
  readonly writer: StoreWriter
  readonly reader: StoreReader
  readonly #server: ClickhouseServer
  readonly #stewardship: Stewardship
  readonly #search: NeighbourSearch
  /** As last read, so that a page of arrivals is found whole. */
  #released: ReadonlyMap<number, number> = new Map()

  private constructor(server: ClickhouseServer, stewardship: Stewardship, writer: StoreWriter, reader: StoreReader) {
    this.#server = server
    this.#stewardship = stewardship
    this.writer = writer
    this.reader = reader
    this.#search = new NeighbourSearch(server, () => isReleased(this.#released))
  }

  /** On an up-to-date store, by whoever holds the role. */
  static async open(location: ClickhouseLocation, stewardship: Stewardship): Promise<ClickhouseSteward> {
    const server = new ClickhouseServer(location)
    try {
      const meta = new Meta(server)
      const schema = new Schema(location)
      const collector = await meta.collector(STEWARD)
      const intents = new Intents(server, collector)
      await intents.finish()
      const writer = new ClickhouseWriter({
        server: new ClickhouseServer(location),
        spool: Spool.inMemory(),
        spoolId: STEWARDS,
        spool_bytes: location.spool_bytes,
        documents: await Documents.load(server, collector),
        collector,
        claim: (n, batch) => intents.claim(n, batch),
        key: await meta.fingerprintKey(),
        seed: await meta.seed(),
        ...(await readCommitted(server, collector)),
        meta,
        schema,
        retention: new Retention(server, meta, schema),
        away: null,
      })
      const reader = new ClickhouseReader(new ClickhouseServer(location), meta, null)
      return new ClickhouseSteward(server, stewardship, writer, reader)
    } catch (error) {
      await server.close()
      throw error
    }
  }

  hold(): Promise<boolean> {
    return this.#stewardship.hold()
  }

  async arrivals(after: Arrived, limit: number) {
    this.#released = await readReleased(this.#server)
    const next = nextIds(after, this.#released, limit)
    if (next === null) return { incidents: [], arrived: after }
    return { incidents: await this.#search.among(next.of), arrived: next.arrived }
  }

  async failures(after: Arrived, limit: number) {
    const next = nextIds(after, await readReleased(this.#server), limit)
    if (next === null) return { failures: [], arrived: after }
    return { failures: await readFailures(this.#server, next.of, sql`id`, limit), arrived: next.arrived }
  }

  async arrived(): Promise<Arrived> {
    return Object.fromEntries(await readReleased(this.#server))
  }

  isBefore({ id }: { id: number }, arrived: Arrived): boolean {
    const collector = ownerOf(String(id))
    return id < collector * 2 ** COLLECTOR_BITS + (arrived[collector] ?? 0)
  }

  async close(): Promise<void> {
    await this.#stewardship.giveBack().catch(() => {})
    await this.writer.close()
    await this.reader.close()
    await this.#server.close()
  }
}

/** The store as the steward has it, whoever has had the role until now; null: others were quicker, again and again. */
export async function takeStewardship(location: ClickhouseLocation): Promise<Steward | null> {
  const server = new ClickhouseServer(location)
  try {
    const stewardship = new Stewardship(server, await new Meta(server).collector(STEWARD))
    for (let tries = 0; tries < TRIES; tries++)
      if (await stewardship.hold(true)) return await ClickhouseSteward.open(location, stewardship)
    return null
  } finally {
    await server.close()
  }
}

/** The holder renews its role at the same moment only by chance; count. */
const TRIES = 5
