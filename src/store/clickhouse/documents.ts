/**
 * What belongs to one collector and is replaced as a whole: positions of streams, state of the clocks and of alerting, notices that
 * wait, digests of deliveries. Held in memory by the writer, who alone changes it, and mirrored in the table `document`.
 */
import type { SpoolDocument } from '../sqlite/spool.ts'
import type { ClickhouseServer } from './server.ts'
import { sql } from './sql.ts'

/** Kinds that the writer reads back; `alert` and `watch` are only written by it. */
const HELD = ['stream', 'clock', 'alert_state', 'notice', 'delivery', 'policy'] as const
export type HeldKind = (typeof HELD)[number]
export type DocumentKind = HeldKind | 'alert' | 'watch' | 'silence' | 'acknowledgement'

export interface DocumentChange extends SpoolDocument {
  kind: DocumentKind
}

const isHeld = (kind: string): kind is HeldKind => (HELD as readonly string[]).includes(kind)

export class Documents {
  readonly #kinds = new Map<HeldKind, Map<string, string>>(HELD.map((kind) => [kind, new Map()]))

  static async load(server: ClickhouseServer, collector: number): Promise<Documents> {
    const rows = await server.rows<[string, string, string]>(
      sql`SELECT kind, key, body FROM document FINAL WHERE collector = ${collector} AND kind IN ${[...HELD]}`,
    )
    return Documents.of(rows.map(([kind, key, body]) => ({ kind, key, body })))
  }

  static of(documents: readonly SpoolDocument[]): Documents {
    const held = new Documents()
    held.apply(documents)
    return held
  }

  apply(changes: readonly SpoolDocument[]): void {
    for (const { kind, key, body } of changes) {
      if (!isHeld(kind)) continue
      const documents = this.#kinds.get(kind)!
      if (body === null) documents.delete(key)
      else documents.set(key, body)
    }
  }

  get(kind: HeldKind, key: string): string | undefined {
    return this.#kinds.get(kind)!.get(key)
  }

  /** Keys and bodies in order of their keys. */
  all(kind: HeldKind): [key: string, body: string][] {
    return [...this.#kinds.get(kind)!].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  }

  size(kind: HeldKind): number {
    return this.#kinds.get(kind)!.size
  }

  /** For the mirror on the local disk. */
  changes(): SpoolDocument[] {
    return [...this.#kinds].flatMap(([kind, documents]) => [...documents].map(([key, body]) => ({ kind, key, body })))
  }
}

/** Rows of the table `document`. */
export function documentRows(changes: readonly SpoolDocument[], collector: number, version: number): string {
  return changes
    .map(({ kind, key, body }) =>
      JSON.stringify({ collector, kind, key, version, deleted: body === null ? 1 : 0, body: body ?? '' }),
    )
    .join('\n')
}
