/**
 * The stores there are: one line per engine. Opens by location: a path, `sqlite:PATH`, or `clickhouse://user@host:8123/database`.
 * Everything above works with the port in core/ports/store.ts and never with an engine.
 */
import type { StoreDesk } from '../core/ports/alert-store.ts'
import type { Repair } from '../core/ports/repair.ts'
import { type StoreReader, StoreRefusal, type StoreWriter } from '../core/ports/store.ts'
import type { ImportSource, StoreImport } from '../core/ports/store-import.ts'
import type { OpenScope } from './scope.ts'

interface Engine {
  /** `rest` is the location without its scheme. */
  openWriter(rest: string, scope: OpenScope): Promise<StoreWriter>
  openReader(rest: string, scope: OpenScope): Promise<StoreReader>
  openDesk(rest: string): Promise<StoreDesk>
  /** `out` is a path; null: beside the damaged one. */
  repair(rest: string, out: string | null, now_ms: number): Promise<Repair>
  /** Absent: the engine takes over no other store. */
  openImport?(rest: string, source: ImportSource): Promise<StoreImport>
}

/** Loaded only when asked for: a start pays for one engine. */
const ENGINES: Readonly<Record<string, { example: string; distant?: true; load(): Promise<Engine> }>> = {
  sqlite: {
    example: 'sqlite:PATH',
    async load() {
      const { openSqliteDesk, openSqliteReader, openSqliteWriter } = await import('./sqlite/open.ts')
      return {
        openWriter: (rest) => openSqliteWriter(filePath(rest)),
        openReader: (rest) => openSqliteReader(filePath(rest)),
        openDesk: (rest) => openSqliteDesk(filePath(rest)),
        repair: async (rest, out, now_ms) => {
          const { repairSqlite } = await import('./sqlite/repair/repair-store.ts')
          return repairSqlite(filePath(rest), out, now_ms)
        },
      }
    },
  },
  clickhouse: {
    example: 'clickhouse://user@host:8123/database',
    distant: true,
    async load() {
      const opens = await import('./clickhouse/open.ts')
      return {
        openWriter: opens.openClickhouseWriter,
        openReader: opens.openClickhouseReader,
        openDesk: opens.openClickhouseDesk,
        repair: refuseRepair,
        openImport: opens.openClickhouseImport,
      }
    },
  },
}

/** Two letters at least: `C:\…` is a path. */
const SCHEME = /^([a-z][a-z0-9+.-]+):(.*)$/is

/** The writer of the store at `location`, which is made when missing. Throws {@link StoreRefusal}. */
export async function openWriter(location: string, scope: OpenScope = 'collector'): Promise<StoreWriter> {
  const { engine, rest } = await parseLocation(location)
  return engine.openWriter(rest, scope)
}

/** A reader of the existing store at `location`. Throws {@link StoreRefusal}. */
export async function openReader(location: string, scope: OpenScope = 'whole'): Promise<StoreReader> {
  const { engine, rest } = await parseLocation(location)
  return engine.openReader(rest, scope)
}

/** For what people write beside a collector. Throws {@link StoreRefusal}. */
export async function openDesk(location: string): Promise<StoreDesk> {
  const { engine, rest } = await parseLocation(location)
  return engine.openDesk(rest)
}

/**
 * Saves what is whole in a damaged store into a new one, which may not be there yet; `out` null: beside it, `x.repaired.db`.
 * The damaged one stays as it is. Throws {@link StoreRefusal}.
 */
export async function repairStore(location: string, out: string | null, now_ms: number): Promise<Repair> {
  const { engine, rest } = await parseLocation(location)
  return engine.repair(rest, out, now_ms)
}

async function refuseRepair(): Promise<never> {
  const hint = 'see CHECK TABLE and SYSTEM RESTORE REPLICA in the documentation of ClickHouse'
  throw new StoreRefusal('unsupported', 'a ClickHouse server repairs its tables itself', hint)
}

/** For a whole store that is to be taken over. Throws {@link StoreRefusal}. */
export async function openImport(location: string, source: ImportSource): Promise<StoreImport> {
  const { engine, rest } = await parseLocation(location)
  if (engine.openImport === undefined)
    throw new StoreRefusal(
      'unsupported',
      'only a ClickHouse store takes over another one',
      'name one with --to clickhouse://user@host:8123/database; SQLite files are copied',
    )
  return engine.openImport(rest, source)
}

/** Is it written over a network, so that the thread that writes does not wait for a disk? */
export function isDistant(location: string): boolean {
  const scheme = SCHEME.exec(location)?.[1]?.toLowerCase()
  return scheme !== undefined && Object.hasOwn(ENGINES, scheme) && ENGINES[scheme]!.distant === true
}

async function parseLocation(location: string): Promise<{ engine: Engine; rest: string }> {
  const [, scheme, rest = location] = SCHEME.exec(location) ?? []
  const name = scheme?.toLowerCase() ?? 'sqlite'
  const engine = Object.hasOwn(ENGINES, name) ? ENGINES[name] : undefined
  if (engine === undefined) {
    const hint = `use a path or one of: ${Object.values(ENGINES)
      .map(({ example }) => example)
      .join(', ')}`
    throw new StoreRefusal('unsupported', `there is no store engine for ${name}: locations`, hint)
  }
  if (rest.trim() === '') {
    throw new StoreRefusal(
      'missing',
      'the location of the store is empty',
      'name a file, for example with --db authtop.db',
    )
  }
  return { engine: await engine.load(), rest }
}

/** sqlite:///var/lib/x.db and sqlite:/var/lib/x.db are the same file. */
function filePath(rest: string): string {
  return rest.replace(/^\/\/(?=\/)/, '')
}
