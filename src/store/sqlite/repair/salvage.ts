/**
 * Gives every row of a damaged store that is still whole, table by table, and counts what is not: pages that cannot be read
 * and records that make no sense. What the rows mean is mend.ts's business.
 */
import { StoreRefusal } from '../../../core/ports/store.ts'
import { FURTHEST_MS } from '../../time-grain.ts'
import { APPLICATION_ID } from '../connection.ts'
import { KNOWN_VERSION } from '../migrations/index.ts'
import { readBTreePage } from './b-tree-page.ts'
import type { DamagedFile } from './damaged-file.ts'
import { decodeRecord, type Value } from './decode-record.ts'
import { type IndexLayout, type Layout, layoutOf, type TableLayout } from './layout.ts'
import { findPageOwners } from './page-owners.ts'

/** Root of the table of tables, and its columns. */
const SCHEMA_ROOT = 1
const SCHEMA: TableLayout = {
  name: 'sqlite_schema',
  root: SCHEMA_ROOT,
  columns: ['type', 'name', 'tbl_name', 'rootpage', 'sql'].map((name) => ({ name, type: 'ANY', required: false })),
  rowid: null,
  keyed: false,
}

/** Packed by key-code.ts: text or bytes. */
const KEY_COLUMN = /^(?:incident|success)\.(?:request_id|trace_id|token|token_id|subject|session)$|^history\.key$/

/** Read as JSON, without asking. */
const JSON_COLUMNS = new Set([
  'incident.overflow',
  'incident.other_ids',
  'stream.sample',
  'alert.labels',
  'alert.why',
  'alert.fix',
  'alert_state.body',
  'outbox.body',
  'silence.matchers',
  'watch_step.body',
])

/** A higher number is no version, but damage. */
const PLAUSIBLE_VERSION = 10_000

export interface Damage {
  /** Pages of the table that could not be read; count. */
  pages: number
  /** Records that made no sense, in pages that could be read; count. */
  records: number
  /** Pages that were read; count. */
  sound_pages: number
}

const NO_DAMAGE: Damage = { pages: 0, records: 0, sound_pages: 0 }

/** Reads rows by what the pages themselves say of whom they belong to. */
export class Salvage {
  readonly layout: Layout
  readonly #file: DamagedFile
  readonly #pages = new Map<number, number[]>()
  #parents: ReadonlySet<number> = new Set()
  /** Where the store itself says so; else as in an empty one. */
  #roots: ReadonlyMap<string, number> = new Map()

  /** Throws {@link StoreRefusal} for a file that is sound, but no store of ours, or of a version that is not known. */
  constructor(file: DamagedFile, path: string) {
    this.#file = file
    this.layout = layoutOf(versionOf(file, path))
    this.#own(new Set([SCHEMA_ROOT]))
    this.#roots = this.#findRoots()
    const things = [...this.layout.tables, ...this.layout.indexes]
    this.#own(new Set([SCHEMA_ROOT, ...things.map((thing) => this.#rootOf(thing))]))
  }

  /** Rows in stored order of columns, in no order; the row id in its place. `damage` grows while they are taken. */
  *rows(table: TableLayout, damage: Damage): Generator<Value[]> {
    for (const { rowid, values } of this.#records(this.#rootOf(table), table.keyed, damage)) {
      if (table.rowid !== null) values[table.rowid] = rowid
      // Columns that were added later are missing in older records.
      while (values.length < table.columns.length) values.push(null)
      if (isRowOf(table, values)) yield values
      else damage.records++
    }
  }

  /** Entries of an index; the row id comes last. What is damaged is not counted: an index holds nothing of its own. */
  *entries(index: IndexLayout): Generator<Value[]> {
    for (const { values } of this.#records(this.#rootOf(index), true, { ...NO_DAMAGE }))
      if (values.length === index.columns.length + 1 && typeof values.at(-1) === 'number') yield values
  }

  *#records(root: number, keyed: boolean, damage: Damage): Generator<{ rowid: number; values: Value[] }> {
    for (const number of this.#pages.get(root) ?? []) {
      const page = readBTreePage(this.#file, number, true)
      if (page === null || page.kind.startsWith('index') !== keyed) {
        // Between the root and the leaves of a table lie no rows.
        if (keyed || !this.#parents.has(number)) damage.pages++
        continue
      }
      if (page.kind !== 'table interior') damage.sound_pages++
      damage.records += page.bad_cells
      for (const { rowid, payload } of page.cells) {
        const values = decodeRecord(payload)
        if (values === null) damage.records++
        else yield { rowid, values }
      }
    }
  }

  #own(roots: ReadonlySet<number>): void {
    this.#pages.clear()
    const { owners, parents } = findPageOwners(this.#file, roots)
    this.#parents = parents
    for (const [page, root] of owners) {
      const pages = this.#pages.get(root)
      if (pages === undefined) this.#pages.set(root, [page])
      else pages.push(page)
    }
  }

  #rootOf({ name, root }: TableLayout | IndexLayout): number {
    return this.#roots.get(name) ?? root
  }

  /** VACUUM gives everything new roots. */
  #findRoots(): Map<string, number> {
    const roots = new Map<string, number>()
    for (const [, name, , root] of this.rows(SCHEMA, { ...NO_DAMAGE }))
      if (typeof name === 'string' && typeof root === 'number' && root > 1) roots.set(name, root)
    return roots
  }
}

function versionOf(file: DamagedFile, path: string): number {
  const { header } = file
  if (header !== null && header.application_id === APPLICATION_ID) {
    if (header.user_version > KNOWN_VERSION && header.user_version <= PLAUSIBLE_VERSION) {
      const message = `${path} was written by a newer authtop (schema ${header.user_version}; this one knows ${KNOWN_VERSION})`
      throw new StoreRefusal('newer_version', message, 'repair it with that version')
    }
    if (header.user_version > 0 && header.user_version <= KNOWN_VERSION) return header.user_version
  } else if (header !== null && header.application_id !== 0) {
    const hint = 'name a store made by authtop'
    throw new StoreRefusal('not_a_database', `${path} is a database of another program, not an authtop store`, hint)
  }
  return KNOWN_VERSION
}

function isRowOf({ name, columns }: TableLayout, values: readonly Value[]): boolean {
  return (
    values.length === columns.length &&
    values.every((value, place) => fits(columns[place]!, value) && makesSense(`${name}.${columns[place]!.name}`, value))
  )
}

function fits({ type, required }: TableLayout['columns'][number], value: Value): boolean {
  if (value === null) return !required
  switch (type) {
    case 'INTEGER':
      return Number.isSafeInteger(value)
    case 'REAL':
      return typeof value === 'number'
    case 'TEXT':
      return typeof value === 'string'
    case 'BLOB':
      return Buffer.isBuffer(value)
    case 'ANY':
      return true
  }
}

/** What readers take for granted. */
function makesSense(column: string, value: Value): boolean {
  if (value === null) return true
  if (KEY_COLUMN.test(column)) return typeof value === 'string' || Buffer.isBuffer(value)
  if (column.endsWith('_ms')) return Math.abs(value as number) <= FURTHEST_MS
  if (column === 'incident.confidence') return [0, 1, 2].includes(value as number)
  return value === '' || !JSON_COLUMNS.has(column) || isJson(value as string)
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
