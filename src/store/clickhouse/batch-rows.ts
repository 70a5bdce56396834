/** Rows of one batch, gathered per table, as they wait in the spool and are inserted. */

/** One table's rows as JSON, one a line. */
export interface TableRows {
  table: string
  rows: string
}

/**
 * In this order: `first`, then `data` side by side, then `last`. Positions come first and the commit marker last, so that a
 * reader sees positions no older than the counts, and looks anew only when all is there.
 */
export interface SpooledBatch {
  first: TableRows[]
  data: TableRows[]
  last: TableRows[]
}

export class RowsByTable {
  readonly #tables = new Map<string, string[]>()

  add(table: string, row: Record<string, unknown>): void {
    this.addText(table, JSON.stringify(row))
  }

  addText(table: string, row: string): void {
    const list = this.#tables.get(table)
    if (list === undefined) this.#tables.set(table, [row])
    else list.push(row)
  }

  tables(): TableRows[] {
    return [...this.#tables].map(([table, rows]) => ({ table, rows: rows.join('\n') }))
  }
}
