/** Opens ClickHouse stores: the order in which spool, server, schema and the collector's own state are looked at. */
import { createHash, randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { StoreDesk } from '../../core/ports/alert-store.ts'
import { type StoreReader, StoreRefusal, type StoreWriter } from '../../core/ports/store.ts'
import type { ImportSource, StoreImport } from '../../core/ports/store-import.ts'
import type { OpenScope } from '../scope.ts'
import { Spool } from '../sqlite/spool.ts'
import { type Committed, readCommitted } from './committed.ts'
import { ClickhouseDesk } from './desk.ts'
import { Documents, documentRows } from './documents.ts'
import { ClickhouseImport } from './import.ts'
import { type ClickhouseLocation, parseClickhouse } from './location.ts'
import { Meta } from './meta.ts'
import { migrate, versionOf } from './migrate.ts'
import { KNOWN_VERSION } from './migrations/index.ts'
import { Schema } from './migrations/schema-options.ts'
import { ClickhouseReader } from './reader.ts'
import { isForNow, refusalOf } from './refusal-of.ts'
import { Retention } from './retention.ts'
import { ClickhouseServer } from './server.ts'
import { Shipper } from './shipper.ts'
import { ClickhouseSharing, takeStewardship } from './steward.ts'
import { ClickhouseWriter } from './writer.ts'

/** The role of the steward is renewed this often; ms. */
const BEAT_MS = 5_000

/** What a collector must know to work without the server; learned once, kept in the spool. */
interface Known {
  collector: number
  key: Uint8Array
  seed: number
}

/** The writer of one collector, or of all that was handed over; the tables are made when missing. Throws StoreRefusal. */
export async function openClickhouseWriter(rest: string, scope: OpenScope): Promise<StoreWriter> {
  const location = parseClickhouse(rest, process.env)
  if (scope === 'whole') return openWhole(location)
  const spool = Spool.open(spoolPath(location))
  const server = new ClickhouseServer(location)
  try {
    const writer = await openOn(server, spool, location)
    return Object.assign(writer, { shared: new ClickhouseSharing(location, server, () => writer.release()) })
  } catch (error) {
    await server.close()
    spool.close()
    throw refusalOf(error, location.shown)
  }
}

/** Whoever joins and decides meanwhile waits until this one is closed. */
async function openWhole(location: ClickhouseLocation): Promise<StoreWriter> {
  const server = new ClickhouseServer(location)
  try {
    await migrate(server, location)
    const steward = await takeStewardship(location)
    if (steward === null)
      throw new StoreRefusal('second_writer', `others join and decide for ${location.shown} now`, 'try again')
    const { writer } = steward
    const beat = setInterval(() => void steward.hold().catch(() => {}), BEAT_MS)
    beat.unref()
    const close = writer.close.bind(writer)
    return Object.assign(writer, {
      async close() {
        clearInterval(beat)
        writer.close = close
        await steward.close()
      },
    })
  } catch (error) {
    throw refusalOf(error, location.shown)
  } finally {
    await server.close()
  }
}

async function openOn(server: ClickhouseServer, spool: Spool, location: ClickhouseLocation): Promise<ClickhouseWriter> {
  const meta = new Meta(server)
  const schema = new Schema(location)
  const kept = new Map(spool.documents().flatMap(({ kind, key, body }) => (kind === 'spool' ? [[key, body!]] : [])))
  const spoolId = kept.get('id') ?? randomBytes(8).toString('hex')
  if (!kept.has('id')) spool.setDocuments([{ kind: 'spool', key: 'id', body: spoolId }])
  const common = {
    server,
    meta,
    spool,
    spoolId,
    spool_bytes: location.spool_bytes,
    claim: null,
    schema,
    retention: new Retention(server, meta, schema),
  }
  try {
    await migrate(server, location)
    const known = {
      collector: await meta.collector(location.collector),
      key: await meta.fingerprintKey(),
      seed: await meta.seed(),
    }
    // What waits goes first: the server's word on where this collector is counts only then.
    const shipper = new Shipper(server, spool, spoolId, () => {})
    await shipper.ship()
    await shipper.close()
    if (shipper.away !== null) throw shipper.away
    await announce(server, location, known.collector)
    const documents = await Documents.load(server, known.collector)
    const committed = await readCommitted(server, known.collector)
    spool.setDocuments([
      ...documents.changes(),
      { kind: 'spool', key: 'known', body: JSON.stringify({ ...known, key: Buffer.from(known.key).toString('hex') }) },
      { kind: 'spool', key: 'committed', body: JSON.stringify(committed) },
    ])
    return new ClickhouseWriter({ ...common, ...known, ...committed, documents, away: null })
  } catch (error) {
    if (!isForNow(error)) throw error
    const known = kept.get('known')
    const committed = kept.get('committed')
    // Never been there: there is nothing to go on with.
    if (known === undefined || committed === undefined) throw error
    const { collector, key, seed } = JSON.parse(known) as Omit<Known, 'key'> & { key: string }
    return new ClickhouseWriter({
      ...common,
      ...(JSON.parse(committed) as Committed),
      collector,
      seed,
      key: new Uint8Array(Buffer.from(key, 'hex')),
      documents: Documents.of(spool.documents()),
      away: error as Error,
    })
  }
}

/** Who writes, for people to see; and the proof that this user may. */
async function announce(
  server: ClickhouseServer,
  { collector: name }: ClickhouseLocation,
  collector: number,
): Promise<void> {
  const opened_ms = Date.now()
  const body = JSON.stringify({ name, host: hostname(), pid: process.pid, opened_ms })
  const rows = documentRows([{ kind: 'collector', key: '', body }], collector, opened_ms)
  await server.insert({ table: 'document', rows, token: `opened ${collector} ${opened_ms} ${process.pid}` })
}

/** One of any number of readers of an existing store. Throws StoreRefusal. */
export async function openClickhouseReader(rest: string, scope: OpenScope): Promise<StoreReader> {
  const location = parseClickhouse(rest, process.env)
  const server = new ClickhouseServer(location)
  try {
    await checkUpToDate(server)
    const meta = new Meta(server)
    return new ClickhouseReader(server, meta, scope === 'whole' ? null : await meta.collector(location.collector))
  } catch (error) {
    await server.close()
    throw refusalOf(error, location.shown)
  }
}

/** For silences and acknowledgements. Throws StoreRefusal. */
export async function openClickhouseDesk(rest: string): Promise<StoreDesk> {
  const location = parseClickhouse(rest, process.env)
  const server = new ClickhouseServer(location)
  try {
    await checkUpToDate(server)
    return new ClickhouseDesk(server, await new Meta(server).knownCollector(location.collector), () =>
      Spool.heldBy(spoolPath(location)),
    )
  } catch (error) {
    await server.close()
    throw refusalOf(error, location.shown)
  }
}

/** For a whole store that is to be taken over as this collector's. Throws StoreRefusal. */
export async function openClickhouseImport(rest: string, source: ImportSource): Promise<StoreImport> {
  const location = parseClickhouse(rest, process.env)
  const server = new ClickhouseServer(location)
  try {
    await migrate(server, location)
    return await ClickhouseImport.begin(server, new Meta(server), location.collector, source)
  } catch (error) {
    await server.close()
    throw refusalOf(error, location.shown)
  }
}

async function checkUpToDate(server: ClickhouseServer): Promise<void> {
  const version = await versionOf(server)
  if (version === 0)
    throw new StoreRefusal('missing', `${server.shown} holds no data yet`, 'collect something first, or check --store')
  if (version < KNOWN_VERSION)
    throw new StoreRefusal(
      'unsupported',
      `${server.shown} was written by an older authtop (schema ${version})`,
      'start a collecting command on it once (for example: authtop collect --once); it brings the store up to date',
    )
}

/** One file per server, database and collector; the name says whose it is. */
function spoolPath(location: ClickhouseLocation): string {
  const { collector, database, url } = location
  const place = createHash('sha256').update(`${url}/${database}`).digest('hex').slice(0, 12)
  return join(location.spool, `${collector}-${database}-${place}.db`)
}
