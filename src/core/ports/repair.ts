/** What repairing a store saved, and what it could not: every loss has a name and a number. */

export interface TableRepair {
  table: string
  /** Rows taken over. */
  saved: number
  /** Rows that were made again from what an index or another table knew of them. */
  rebuilt: number
  /** Pages that could not be read. */
  lost_pages: number
  /** About how many rows were in them; null: no page of the table is left to judge by. */
  lost_rows_about: number | null
  /** Records in readable pages that made no sense. */
  lost_records: number
}

export interface RepairLoss {
  /** What is lost, in words that follow a number. */
  what: string
  count: number
}

export interface Repair {
  /** The new store. */
  out: string
  /** Tables that hold or held anything, in the order of the schema. */
  tables: TableRepair[]
  /** What is lost beyond rows of tables, with what follows from it; empty: nothing. */
  losses: RepairLoss[]
  /** Failures in the new store that are kept one by one. */
  incidents: number
}
