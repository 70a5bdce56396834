/**
 * The stores there are: one line per engine. Opens by location: a path, `sqlite:PATH`, or another engine's URL.
 * Everything above works with the port in core/ports/store.ts and never with an engine.
 */
import type { StoreDesk } from '../core/ports/alert-store.ts'
import { type StoreReader, StoreRefusal, type StoreWriter } from '../core/ports/store.ts'
import { openSqliteDesk, openSqliteReader, openSqliteWriter } from './sqlite/open.ts'

interface Engine {
  /** `rest` is the location without its scheme. */
  openWriter(rest: string): Promise<StoreWriter>
  openReader(rest: string): Promise<StoreReader>
  openDesk(rest: string): Promise<StoreDesk>
}

const ENGINES: Readonly<Record<string, Engine>> = {
  sqlite: { openWriter: openSqliteWriter, openReader: openSqliteReader, openDesk: openSqliteDesk },
}

/** Two letters at least: `C:\…` is a path. */
const SCHEME = /^([a-z][a-z0-9+.-]+):(.*)$/is

/** The writer of the store at `location`, which is made when missing. Throws {@link StoreRefusal}. */
export async function openWriter(location: string): Promise<StoreWriter> {
  const { engine, rest } = parseLocation(location)
  return engine.openWriter(rest)
}

/** A reader of the existing store at `location`. Throws {@link StoreRefusal}. */
export async function openReader(location: string): Promise<StoreReader> {
  const { engine, rest } = parseLocation(location)
  return engine.openReader(rest)
}

/** For what people write beside a collector. Throws {@link StoreRefusal}. */
export async function openDesk(location: string): Promise<StoreDesk> {
  const { engine, rest } = parseLocation(location)
  return engine.openDesk(rest)
}

function parseLocation(location: string): { engine: Engine; rest: string } {
  const [, scheme, rest] = SCHEME.exec(location) ?? []
  const name = scheme?.toLowerCase() ?? 'sqlite'
  const engine = Object.hasOwn(ENGINES, name) ? ENGINES[name] : undefined
  if (engine === undefined) {
    const hint = `use a path or one of: ${Object.keys(ENGINES)
      .map((known) => `${known}:PATH`)
      .join(', ')}`
    throw new StoreRefusal('unsupported', `there is no store engine for ${name}: locations`, hint)
  }
  // sqlite:///var/lib/x.db and sqlite:/var/lib/x.db are the same file.
  const path = rest === undefined ? location : rest.replace(/^\/\/(?=\/)/, '')
  if (path.trim() === '') {
    throw new StoreRefusal(
      'missing',
      'the location of the store is empty',
      'name a file, for example with --db authtop.db',
    )
  }
  return { engine, rest: path }
}
