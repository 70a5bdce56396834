/** What the reader and its query process (sql-process.ts) say to each other. */
import type { RefusalReason, SqlResult } from '../../core/ports/store.ts'

export interface SqlRequest {
  path: string
  query: string
  /** Rows. */
  limit: number
}

export type SqlReply = { result: SqlResult } | { refusal: { reason: RefusalReason; message: string; hint: string } }
