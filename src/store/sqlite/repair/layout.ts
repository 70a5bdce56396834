/**
 * How the tables of a schema version lie in the file: root pages and the columns in the order they are stored in. Taken from an
 * empty store made in memory, because the damaged one's own schema may be lost; with auto_vacuum, SQLite keeps roots at the
 * beginning in the order they were made, whatever else is stored.
 */
import Database from 'better-sqlite3'
import { MIGRATIONS } from '../migrations/index.ts'

interface Column {
  name: string
  type: 'INTEGER' | 'TEXT' | 'REAL' | 'BLOB' | 'ANY'
  required: boolean
}

export interface TableLayout {
  name: string
  root: number
  /** As they lie in a record. */
  columns: readonly Column[]
  /** Place of the column that is the row id and stored outside of the record; null: none. */
  rowid: number | null
  /** Rows lie in the b-tree of their primary key. */
  keyed: boolean
}

export interface IndexLayout {
  name: string
  table: string
  root: number
  /** Names of its columns; the row id follows. */
  columns: readonly string[]
}

export interface Layout {
  version: number
  tables: readonly TableLayout[]
  indexes: readonly IndexLayout[]
  /** Highest page that is a root. */
  roots: number
}

export function layoutOf(version: number): Layout {
  const db = new Database(':memory:')
  try {
    db.pragma('auto_vacuum = INCREMENTAL')
    for (const sql of MIGRATIONS.slice(0, version)) db.exec(sql)
    const things = db
      .prepare<[], { type: string; name: string; tbl_name: string; rootpage: number }>(
        'SELECT type, name, tbl_name, rootpage FROM sqlite_schema WHERE rootpage > 0 ORDER BY rootpage',
      )
      .all()
    return {
      version,
      tables: things
        .filter(({ type }) => type === 'table')
        .map(({ name, rootpage }) => tableLayout(db, name, rootpage)),
      indexes: things
        .filter(({ type }) => type === 'index')
        .map(({ name, tbl_name, rootpage }) => ({
          name,
          table: tbl_name,
          root: rootpage,
          columns: columnsOf(db, name).filter((column) => column !== null),
        })),
      roots: Math.max(...things.map(({ rootpage }) => rootpage)),
    }
  } finally {
    db.close()
  }
}

function tableLayout(db: Database.Database, name: string, root: number): TableLayout {
  const info = db
    .prepare<[string], { name: string; type: Column['type']; notnull: number; pk: number }>(
      'SELECT name, type, "notnull", pk FROM pragma_table_info(?)',
    )
    .all(name)
  const keyed = db.prepare<[string], number>('SELECT wr FROM pragma_table_list WHERE name = ?').pluck().get(name) === 1
  const key = db
    .prepare<[string], string>("SELECT name FROM pragma_index_list(?) WHERE origin = 'pk'")
    .pluck()
    .get(name)
  const order = keyed ? columnsOf(db, key!) : info.map((column) => column.name)
  const columns = order.map((column) => {
    const { type, notnull, pk } = info.find((each) => each.name === column)!
    return { name: column!, type: type || 'ANY', required: notnull === 1 || pk > 0 }
  })
  const rowid = keyed ? -1 : info.findIndex(({ type, pk }) => pk === 1 && type === 'INTEGER')
  return { name, root, columns, rowid: rowid < 0 ? null : rowid, keyed }
}

/** In stored order; null is the row id. */
function columnsOf(db: Database.Database, index: string): (string | null)[] {
  return db.prepare<[string], string | null>('SELECT name FROM pragma_index_xinfo(?) ORDER BY seqno').pluck().all(index)
}
